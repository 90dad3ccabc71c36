"""Estimate the processing graph of a recording."""

from unpatch.estimate.candidates import Candidate, Estimate, merged, shares
from unpatch.estimate.estimating import estimate, shipped, shipped_folder
from unpatch.estimate.masters import MasterEstimate
from unpatch.estimate.provenance import provenance

__all__ = [
    "Candidate",
    "Estimate",
    "MasterEstimate",
    "estimate",
    "merged",
    "provenance",
    "shares",
    "shipped",
    "shipped_folder",
]
