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
"""So many times the highest sample a value in between can be."""


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
        most = np.float32(0)
        for c in range(2):
            for t in range(start, start + size + taps - 1):
                most = max(most, abs(x[c, t]))
        for t in range(size):
            out[start + t] = max(abs(x[0, start + t + lead]), abs(x[1, start + t + lead]))
        if most > largest:
            for c in range(2):
                for f in range(filters.shape[0]):
                    sums[:] = 0
                    for k in range(taps):
                        tap = filters[f, k]
                        for t in range(size):
                            sums[t] += tap * x[c, start + k + t]
                    for t in range(size):
                        out[start + t] = max(out[start + t], abs(sums[t]))
        for t in range(size):
            highest = max(highest, out[start + t])
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
