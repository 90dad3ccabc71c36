"""Peaks between the samples: four times oversampling (ITU-R BS.1770-4, annex 2).

A windowed sinc of 16 taps for each of the three places between two samples. Where a stretch is so low that
not even the largest sum the filters can make reaches what matters, nothing is filtered.

Shapes: T time; audio ``[2, T]`` in single precision.
"""

from __future__ import annotations

import numpy as np

from unpatch.dsp.compiled import Array, kernel

HALF = 8
"""Samples on either side of a place that count."""
_OVERSAMPLING = 4
_KAISER = 5.0
_STRETCH = 128


def _filters() -> Array:
    """``[3, 2 HALF]``, each of unit gain for direct current."""
    places = np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    distance = np.arange(2 * HALF)[None] - (HALF - 1) - places[:, None]
    window = np.i0(_KAISER * np.sqrt(np.maximum(1 - (distance / HALF) ** 2, 0))) / np.i0(_KAISER)
    taps = np.sinc(distance) * window
    return np.asarray(taps / taps.sum(1, keepdims=True), dtype=np.float32)


FILTERS = _filters()
LARGEST = float(np.abs(FILTERS).sum(1).max())
"""Largest ratio of a value in between to the highest sample."""


@kernel
def peaks(x: Array, filters: Array, floor: float, out: Array) -> float:
    """The higher channel's peak from each sample to the next; returns the highest of all.

    Args:
        x: ``[2, T + 2 HALF - 1]``: ``HALF - 1`` samples before the first and ``HALF`` behind the last one.
        filters: :data:`FILTERS`.
        floor: what stays below may be given as the peak of its samples alone.
        out: ``[T]``.
    """
    taps, highest = filters.shape[1], np.float32(0)
    lead = taps // 2 - 1
    largest = np.float32(floor / LARGEST)
    sums = np.empty(_STRETCH, np.float32)
    for start in range(0, out.size, _STRETCH):
        size = min(_STRETCH, out.size - start)
        most, found, part = np.float32(0), out[start : start + size], sums[:size]
        for c in range(2):
            for value in x[c, start : start + size + taps - 1]:
                most = max(most, abs(value))
        left, right = x[0, start + lead : start + lead + size], x[1, start + lead : start + lead + size]
        for t in range(size):
            found[t] = max(abs(left[t]), abs(right[t]))
        if most > largest:
            for c in range(2):
                for f in range(filters.shape[0]):
                    part[:] = 0
                    for k in range(taps):
                        # A slice, because indices that might be negative keep a loop from being vectorised.
                        tap, piece = filters[f, k], x[c, start + k : start + k + size]
                        for t in range(size):
                            part[t] += tap * piece[t]
                    for t in range(size):
                        found[t] = max(found[t], abs(part[t]))
        for t in range(size):
            highest = max(highest, found[t])
    return float(highest)


class Detector:
    """Peaks of a signal that comes in pieces, ``HALF`` samples late."""

    def __init__(self) -> None:
        self._before = np.zeros((2, 2 * HALF - 1), np.float32)

    def push(self, x: Array, floor: float) -> tuple[Array, float]:
        """Peaks ``[T]`` of what ends ``HALF`` samples before ``x [2, T]`` does, and the highest of them."""
        padded = np.concatenate([self._before, x], axis=1)
        self._before = padded[:, -(2 * HALF - 1) :].copy()
        found = np.empty(x.shape[1], np.float32)
        return found, float(peaks(padded, FILTERS, floor, found))
