"""Knobs that several console processors share, declared once."""

from unpatch.declaration import amount, factor

WEIGHT = amount(0, 1, 1, neutral=0, doc="0 is dry, 1 is wet")
CUT_Q = factor(0.5, 2, 0.7071, doc="resonance of the cut; 0.7071 is Butterworth")
SHELF_Q = factor(0.4, 1.5, 0.7071, doc="steepness of the shelf; above 0.7071 it overshoots")
BELL_Q = factor(0.3, 8, 1, doc="centre frequency over bandwidth")
