"""A hard clipper at four times the sample rate, for audio that comes in pieces.

The excess over the threshold is taken at the samples and between them, brought back to the sample rate by
the same windowed sincs (:data:`unpatch.dsp.true_peak.FILTERS`), and subtracted from it: where nothing is
clipped, the signal stays as it is, to the last bit.

Shapes: T time; audio ``[2, T]`` in single precision.
"""

from __future__ import annotations

import numpy as np

from unpatch.dsp.compiled import Array, kernel
from unpatch.dsp.true_peak import FILTERS, HALF, LARGEST

_SPAN = 2 * HALF - 1
"""Samples on either side on which an output sample depends."""
_STRETCH = 128
# The samples themselves and the three places between two of them.
_PHASES = np.concatenate([np.eye(1, 2 * HALF, HALF - 1, dtype=np.float32), FILTERS])


@kernel
def _clip(x: Array, phases: Array, threshold: float, largest: float, excess: Array) -> None:
    """Add to ``excess [T]`` what is to be taken off ``x [T]``; the outermost samples lack some of it."""
    taps = phases.shape[1]
    limit, share = np.float32(threshold), np.float32(1 / phases.shape[0])
    for start in range(0, x.size - taps + 1, _STRETCH):
        stop = min(start + _STRETCH, x.size - taps + 1)
        most = np.float32(0)
        for value in x[start : stop + taps - 1]:
            most = max(most, abs(value))
        if most * largest <= threshold:
            continue
        for t in range(start, stop):
            for p in range(phases.shape[0]):
                value = np.float32(0)
                for k in range(taps):
                    value += phases[p, k] * x[t + k]
                over = abs(value) - limit
                if over > 0:
                    cut = share * (over if value > 0 else -over)
                    for k in range(taps):
                        excess[t + k] += cut * phases[p, k]


class OversampledClipper:
    """Clips at ``threshold``, an amplitude."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._line = np.zeros((2, _SPAN), np.float32)

    def push(self, x: Array) -> Array:
        """What has been clipped so far and was not given yet."""
        line = np.concatenate([self._line, x], axis=1)
        ready = max(line.shape[1] - 2 * _SPAN, 0)
        self._line = line[:, ready:]
        excess = np.zeros_like(line)
        for channel, cut in zip(line, excess, strict=True):
            _clip(channel, _PHASES, self._threshold, LARGEST, cut)
        done = slice(_SPAN, _SPAN + ready)
        return np.ascontiguousarray(line[:, done] - excess[:, done])

    def flush(self) -> Array:
        """The rest."""
        return self.push(np.zeros((2, _SPAN), np.float32))
