"""Ways to take processors out of a graph while it sounds the same.

All accept a removal if the loss stays below the lowest so far plus a tolerance. They differ in what they try,
and in which order: brute force, dry/wet and the hybrid of both as published, and ours.
"""

from unpatch.mixing.pruning.gradual import gradual
from unpatch.mixing.pruning.objective import (
    Gone,
    Ledger,
    Objective,
    PruningCandidate,
    PruningResult,
    PruningTrial,
)
from unpatch.mixing.pruning.published import brute_force, dry_wet, hybrid

__all__ = [
    "Gone",
    "Ledger",
    "Objective",
    "PruningCandidate",
    "PruningResult",
    "PruningTrial",
    "brute_force",
    "dry_wet",
    "gradual",
    "hybrid",
]
