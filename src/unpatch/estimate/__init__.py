"""Hear a sound, get the patch."""

from unpatch.estimate.candidates import Candidate, Estimate, merged, shares
from unpatch.estimate.estimating import estimate, shipped, shipped_folder

__all__ = ["Candidate", "Estimate", "estimate", "merged", "shares", "shipped", "shipped_folder"]
