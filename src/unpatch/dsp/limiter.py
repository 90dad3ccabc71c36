"""A limiter that looks ahead: the gain that holds a ceiling, without corners.

At each sample the gain is at most ``ceiling / peak``. The least such gain within the time ahead is followed
at once when it falls and by an exponential when it rises again (release); two running means in series, which
together last as long as the limiter looks ahead, round it off. What they average at a sample has looked at
that sample, so the mean stays below the required gain.

Source: Zölzer (ed.), DAFX, section 4.2.2, with a true-peak detector (ITU-R BS.1770-4) in place of its.

Shapes: T time; audio ``[2, T]`` in single precision; both channels get one gain.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.compiled import Array, kernel, ordered_kernel
from unpatch.dsp.true_peak import HALF, Detector

AHEAD_MS, RELEASE_MS = 2.0, 80.0
# A moving gain changes the values between samples by less than this.
_MARGIN_DB = 0.02


@kernel
def _around(place: int, size: int) -> int:
    """A place in a ring, at most one round too far; a remainder would cost a division."""
    return place - size if place >= size else place


@ordered_kernel
def _gains(
    peaks: Array,
    ceiling: float,
    release: float,
    values: Array,
    places: NDArray[np.int64],
    rings: Array,
    numbers: Array,
    out: Array,
) -> None:
    """Gains ``[T]``, late by the ring of ``values`` less one, from peaks ``[T]``; all states are moved on.

    ``values`` and ``places`` hold the falling minima of the window in a ring; ``rings [2, W]`` what the two
    means average; ``numbers`` head, count, frames so far, released gain, both sums, place in the rings.
    """
    head, count, now = int(numbers[0]), int(numbers[1]), int(numbers[2])
    released, first, second, place = numbers[3], numbers[4], numbers[5], int(numbers[6])
    size, width = values.size, rings.shape[1]
    for t in range(peaks.size):
        asked = min(1.0, ceiling / max(np.float64(peaks[t]), 1e-30))
        # What has left the window makes room before the new gain comes in, so the ring never overflows.
        if count and places[head] <= now - size:
            head, count = _around(head + 1, size), count - 1
        while count and values[_around(head + count - 1, size)] >= asked:
            count -= 1
        tail = _around(head + count, size)
        values[tail], places[tail] = asked, now
        count += 1
        least = values[head]
        released = least if least < released else least + release * (released - least)
        first += released - rings[0, place]
        rings[0, place] = released
        mean = first / width
        second += mean - rings[1, place]
        rings[1, place] = mean
        out[t] = min(second / width, 1.0)
        place = _around(place + 1, width)
        now += 1
    numbers[0], numbers[1], numbers[2], numbers[3] = head, count, now, released
    numbers[4], numbers[5], numbers[6] = first, second, place


class Limiter:
    """Holds the true peak of a signal that comes in pieces at a ceiling.

    Args:
        ceiling: amplitude.
        sample_rate: in Hz.
    """

    def __init__(self, ceiling: float, sample_rate: float) -> None:
        width = max(2, round(AHEAD_MS / 2000 * sample_rate))
        self._ceiling = ceiling * 10 ** (-_MARGIN_DB / 20)
        self._release = math.exp(-1000 / (RELEASE_MS * sample_rate))
        # A peak between two samples belongs to both: the window reaches one sample further back.
        self._values, self._places = np.zeros(2 * width + 1), np.zeros(2 * width + 1, np.int64)
        self._rings = np.ones((2, width))
        self._numbers = np.array([0, 0, 0, 1.0, width, width, 0])
        self._detector = Detector()
        # The means look back on 2 (width - 1) minima, each of the last 2 width + 1 peaks.
        self._late = 2 * width - 1 + HALF
        self._waiting = np.zeros((2, self._late), np.float32)
        self._to_drop = self._late
        self.most_reduction_db = 0.0

    def push(self, x: Array) -> Array:
        """What has been limited so far and was not given yet."""
        found, _ = self._detector.push(x, self._ceiling)
        gains = np.empty(x.shape[1], np.float32)
        states = (self._values, self._places, self._rings, self._numbers)
        _gains(found, self._ceiling, self._release, *states, gains)
        if gains.size:
            self.most_reduction_db = max(self.most_reduction_db, -20 * math.log10(float(gains.min())))
        line = np.concatenate([self._waiting, x], axis=1)
        self._waiting = line[:, x.shape[1] :].copy()
        ready = line[:, : x.shape[1]] * gains
        dropped = min(self._to_drop, ready.shape[1])
        self._to_drop -= dropped
        return np.ascontiguousarray(ready[:, dropped:])

    def flush(self) -> Array:
        """The rest."""
        return self.push(np.zeros((2, self._late), np.float32))
