"""Tools that two kinds share, declared once."""

from unpatch.declaration import Tool

LOW_CUT = Tool("low cut", 1.3, rank=1, place=2)
HIGH_CUT = Tool("high cut", 1.2, rank=1.5, place=3)
BAND = Tool("band", 0.8, rank=1.5, place=8)
