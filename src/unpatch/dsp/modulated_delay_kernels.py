"""Compiled loops of the modulated delay line.

Shapes: R rows, C channels, T time, N is 1 (steady) or T (moving). Delays are in samples.
"""

import math

import numpy as np
from numba import prange

from unpatch.dsp.compiled import batch_kernel, kernel

# The newest sample that a tap may read is the one before the current; interpolation needs one
# neighbour on the near side.
SHORTEST = 2.0
# Taps of the interpolation beyond the whole part of the delay.
FAR_TAPS = 2


@kernel
def lagrange(f):  # type: ignore[no-untyped-def]
    """Weights of the taps at delays -1, 0, 1, 2 for a delay of 0 <= f < 1."""
    below, above = f * (f - 1), (f + 1) * (f - 2)
    return -below * (f - 2) / 6, above * (f - 1) / 2, -above * f / 2, below * (f + 1) / 6


@kernel
def _channel(x, delay, feedback, mix, line, y):  # type: ignore[no-untyped-def]
    """One channel; ``line`` is a ring of a power of two, so that any index lies inside it."""
    last = line.size - 1
    line[:] = 0
    for t in range(x.size):
        d = max(delay[t if delay.size > 1 else 0], x.dtype.type(SHORTEST))
        whole = math.floor(d)
        c0, c1, c2, c3 = lagrange(d - whole)
        at = t - int(whole)
        w = (
            c0 * line[(at + 1) & last]
            + c1 * line[at & last]
            + c2 * line[(at - 1) & last]
            + c3 * line[(at - 2) & last]
        )
        line[t & last] = x[t] + feedback * w
        y[t] = x[t] + mix * (w - x[t])


@batch_kernel
def run(x, delay, feedback, mix, longest, y):  # type: ignore[no-untyped-def]
    """x, y ``[R, C, T]``; delay ``[R, N]``; feedback, mix ``[R, 1]``; ``longest`` bounds the delay."""
    size = 1 << math.ceil(math.log2(longest + FAR_TAPS + 2))
    for r in prange(x.shape[0]):
        line = np.zeros(size, x.dtype)
        for c in range(x.shape[1]):
            _channel(x[r, c], delay[r], feedback[r, 0], mix[r, 0], line, y[r, c])
