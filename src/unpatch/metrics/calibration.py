"""Do confidences mean what they say? Of the processors told with 70 %, 70 % should be right."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from unpatch.graph.data import Graph
from unpatch.metrics.graphs import parts_of

BINS = 10


class Judged(NamedTuple):
    """A confidence, and whether what it was given to is right."""

    confidence: float
    right: bool


class Bin(NamedTuple):
    """What was told with about the same confidence: how many, how sure on average, how often right."""

    size: int
    confidence: float
    right: float


def judged(found: Graph, true: Graph) -> list[Judged]:
    """The processors of a decoded graph, and whether the true graph has them in the same track (or bus).

    Where the truth has fewer of a kind, the surest of those found are the right ones.
    """
    truth = parts_of(true, true)
    verdicts = []
    for name, nodes in parts_of(found, true).items():
        left = Counter(node.kind for node in truth.get(name, ()))
        told = [(node.confidence, node.kind) for node in nodes if node.is_processor]
        for confidence, kind in sorted((c, k) for c, k in told if c is not None)[::-1]:
            verdicts.append(Judged(confidence, left[kind] > 0))
            left[kind] -= 1
    return verdicts


def reliability(told: Sequence[Judged]) -> list[Bin]:
    """Confidences in bins of equal width; empty ones are left out."""
    confidence, right = np.array(told, dtype=np.float64).reshape(-1, 2).T
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    members = [place == i for i in range(BINS)]
    return [
        Bin(int(own.sum()), float(confidence[own].mean()), float(right[own].mean()))
        for own in members
        if own.any()
    ]


def calibration_error(told: Sequence[Judged]) -> float:
    """Expected calibration error: the mean over what was told of |how sure - how often right| of its bin.

    After Guo et al., On Calibration of Modern Neural Networks, ICML 2017, eq. 3. NaN if nothing was told.
    """
    bins = reliability(told)
    if not bins:
        return float("nan")
    return sum(b.size * abs(b.confidence - b.right) for b in bins) / sum(b.size for b in bins)
