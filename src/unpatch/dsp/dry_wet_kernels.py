"""Compiled loops of :mod:`unpatch.dsp.dry_wet`, forward and adjoint.

Shapes: B rows, T time; signals ``[B, 2, T]``; ``numbers [B, 2]`` (double): factors on dry and wet.
"""

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel

_BLOCK = 1024


@kernel
def _mix(dry: Array, wet: Array, numbers: Array, out: Array) -> None:
    a, b = out.dtype.type(numbers[0]), out.dtype.type(numbers[1])
    for t in range(out.size):
        out[t] = a * dry[t] + b * wet[t]


@batch_kernel
def run(dry: Array, wet: Array, numbers: Array, y: Array) -> None:
    for b in numba.prange(y.shape[0]):
        for c in range(2):
            _mix(dry[b, c], wet[b, c], numbers[b], y[b, c])


@kernel
def _mix_adjoint(
    dry: Array, wet: Array, numbers: Array, g: Array, to_dry: Array, to_wet: Array, to_numbers: Array
) -> None:
    a, b = g.dtype.type(numbers[0]), g.dtype.type(numbers[1])
    to_a, to_b = g.dtype.type(0), g.dtype.type(0)
    for t in range(g.size):
        to_dry[t] = a * g[t]
        to_wet[t] = b * g[t]
        to_a += dry[t] * g[t]
        to_b += wet[t] * g[t]
    to_numbers[0] += np.float64(to_a)
    to_numbers[1] += np.float64(to_b)


@batch_kernel
def run_adjoint(
    dry: Array, wet: Array, numbers: Array, g: Array, to_dry: Array, to_wet: Array, to_numbers: Array
) -> None:
    """Gradients from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(g.shape[0]):
        to_numbers[b] = 0
        for start in range(0, g.shape[2], _BLOCK):
            stop = min(start + _BLOCK, g.shape[2])
            for c in range(2):
                _mix_adjoint(
                    dry[b, c, start:stop],
                    wet[b, c, start:stop],
                    numbers[b],
                    g[b, c, start:stop],
                    to_dry[b, c, start:stop],
                    to_wet[b, c, start:stop],
                    to_numbers[b],
                )
