"""Estimate the processing graph of a recording."""

from unpatch.blind.estimating.candidates import Candidate, Estimate, merged, shares
from unpatch.blind.estimating.estimating import estimate, shipped, shipped_folder
from unpatch.blind.estimating.masters import MasterEstimate
from unpatch.blind.estimating.provenance import provenance

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
