"""Held-out examples to look at and listen to: the truth beside what a model takes it for, on one page."""

from unpatch.gallery.exhibits import Exhibit, Room, collect
from unpatch.gallery.page import page

__all__ = ["Exhibit", "Room", "collect", "page"]
