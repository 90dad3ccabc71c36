"""Stems on disk and the mix that was made of them: loading, grouping, and how they lie in the mix."""

from unpatch.stems.loading import load_multitrack
from unpatch.stems.multitrack import Multitrack, Stem, StemsError

__all__ = ["Multitrack", "Stem", "StemsError", "load_multitrack"]
