"""Compiled loops of :mod:`unpatch.dsp.matrix`, forward and adjoint.

Shapes: B rows, N reals; signals ``[B, 2, N]``; ``numbers [B, 2, 2]`` (double).
"""

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel

_BLOCK = 1024


@kernel
def _channel(left: Array, right: Array, numbers: Array, out: Array) -> None:
    from_left, from_right = out.dtype.type(numbers[0]), out.dtype.type(numbers[1])
    for t in range(out.size):
        out[t] = from_left * left[t] + from_right * right[t]


@batch_kernel
def run(x: Array, numbers: Array, y: Array) -> None:
    """``y`` is each row's matrix times ``x``."""
    for b in numba.prange(x.shape[0]):
        for start in range(0, x.shape[2], _BLOCK):
            left, right = x[b, 0, start : start + _BLOCK], x[b, 1, start : start + _BLOCK]
            for c in range(2):
                _channel(left, right, numbers[b, c], y[b, c, start : start + _BLOCK])


@kernel
def _dot(a: Array, b: Array) -> float:
    total = a.dtype.type(0)
    for t in range(a.size):
        total += a[t] * b[t]
    return np.float64(total)


@batch_kernel
def run_adjoint(x: Array, numbers: Array, g: Array, to_x: Array, to_numbers: Array) -> None:
    """Gradients from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_numbers[b] = 0
        for start in range(0, x.shape[2], _BLOCK):
            stop = min(start + _BLOCK, x.shape[2])
            for c in range(2):
                _channel(g[b, 0, start:stop], g[b, 1, start:stop], numbers[b, :, c], to_x[b, c, start:stop])
                for d in range(2):
                    to_numbers[b, d, c] += _dot(g[b, d, start:stop], x[b, c, start:stop])
