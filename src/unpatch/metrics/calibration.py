"""Calibration of confidences: of the processors with a confidence of 70 %, 70 % should be right."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from unpatch.graph.data import Graph
from unpatch.metrics.graphs import parts_of

BINS = 10


class Prediction(NamedTuple):
    """The confidence of a predicted processor, and whether it is right."""

    confidence: float
    right: bool


class Bin(NamedTuple):
    """Predictions of similar confidence: their number, mean confidence and share that is right."""

    size: int
    confidence: float
    right: float


def predictions_of(found: Graph, true: Graph) -> list[Prediction]:
    """The processors of a decoded graph, and whether the true graph has them in the same track (or bus).

    Where the truth has fewer of a kind, those of highest confidence are the right ones.
    """
    truth = parts_of(true, true)
    predictions = []
    for name, nodes in parts_of(found, true).items():
        left = Counter(node.kind for node in truth.get(name, ()))
        confident = [(node.confidence, node.kind) for node in nodes if node.is_processor]
        for confidence, kind in sorted((c, k) for c, k in confident if c is not None)[::-1]:
            predictions.append(Prediction(confidence, left[kind] > 0))
            left[kind] -= 1
    return predictions


def reliability(predictions: Sequence[Prediction]) -> list[Bin]:
    """Confidences in bins of equal width; empty ones are left out."""
    confidence, right = np.array(predictions, dtype=np.float64).reshape(-1, 2).T
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    members = [place == i for i in range(BINS)]
    return [
        Bin(int(own.sum()), float(confidence[own].mean()), float(right[own].mean()))
        for own in members
        if own.any()
    ]


def calibration_error(predictions: Sequence[Prediction]) -> float:
    """Expected calibration error: the mean over predictions of |mean confidence - share right| of their bins.

    After Guo et al., On Calibration of Modern Neural Networks, ICML 2017, eq. 3. NaN without predictions.
    """
    bins = reliability(predictions)
    if not bins:
        return float("nan")
    return sum(b.size * abs(b.confidence - b.right) for b in bins) / sum(b.size for b in bins)
