"""Stems on disk and the mix that was made of them: loading, grouping, and alignment to the mix."""

from unpatch.stems.aligning import align
from unpatch.stems.alignment import Alignment, Alignments
from unpatch.stems.loading import load_multitrack
from unpatch.stems.multitrack import Multitrack, Stem, StemsError

__all__ = ["Alignment", "Alignments", "Multitrack", "Stem", "StemsError", "align", "load_multitrack"]
