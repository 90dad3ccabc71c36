"""Held-out examples to see and hear: the truth beside the estimate, on one page."""

from unpatch.pages.gallery.exhibits import Exhibit, Room, collect
from unpatch.pages.gallery.page import page

__all__ = ["Exhibit", "Room", "collect", "page"]
