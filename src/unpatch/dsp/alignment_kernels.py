"""Compiled loops of :mod:`unpatch.dsp.alignment`, forward and adjoint.

Shapes: B rows, F bins as pairs ``[..., 2 F]``; ``numbers [B, 2]`` (double): delay in cycles per bin, gain.
"""

import math
from typing import Any

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel
from unpatch.dsp.phasors import BLOCK, IMAGINARY, REAL, fill_table, turn_table


@kernel
def _turn(x: Array, turned: Array, gain: Any, y: Array) -> None:
    for j in range(x.size // 2):
        hr, hi = gain * turned[REAL + j], gain * turned[IMAGINARY + j]
        y[2 * j] = hr * x[2 * j] - hi * x[2 * j + 1]
        y[2 * j + 1] = hr * x[2 * j + 1] + hi * x[2 * j]


@kernel
def _turn_adjoint(x: Array, g: Array, turned: Array, gain: Any, to_x: Array) -> Any:
    """Gradient to ``x``; returns the turning of what is delayed, that times j, and its gain's gradient."""
    turning = ramp = level = x.dtype.type(0)
    for j in range(x.size // 2):
        hr, hi = turned[REAL + j], turned[IMAGINARY + j]
        br, bi = hr * g[2 * j] + hi * g[2 * j + 1], hr * g[2 * j + 1] - hi * g[2 * j]
        to_x[2 * j], to_x[2 * j + 1] = gain * br, gain * bi
        level += x[2 * j] * br + x[2 * j + 1] * bi
        turn = x[2 * j + 1] * br - x[2 * j] * bi
        turning += turn
        ramp += x.dtype.type(j) * turn
    return np.float64(turning), np.float64(ramp), np.float64(level)


@batch_kernel
def run(x: Array, numbers: Array, y: Array) -> None:
    """Signals ``x [B, 2, 2 F]`` delayed and scaled, into ``y``."""
    for b in numba.prange(x.shape[0]):
        table, turned = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
        fill_table(numbers[b, 0], table)
        for start in range(0, x.shape[2], 2 * BLOCK):
            stop = min(start + 2 * BLOCK, x.shape[2])
            turn_table(numbers[b, 0], start // 2, table, turned)
            for c in range(2):
                _turn(x[b, c, start:stop], turned, x.dtype.type(numbers[b, 1]), y[b, c, start:stop])


@batch_kernel
def run_adjoint(x: Array, numbers: Array, g: Array, to_x: Array, to_numbers: Array) -> None:
    """Gradients from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_numbers[b] = 0
        table, turned = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
        fill_table(numbers[b, 0], table)
        gain = x.dtype.type(numbers[b, 1])
        for start in range(0, x.shape[2], 2 * BLOCK):
            stop = min(start + 2 * BLOCK, x.shape[2])
            turn_table(numbers[b, 0], start // 2, table, turned)
            for c in range(2):
                turning, ramp, level = _turn_adjoint(
                    x[b, c, start:stop], g[b, c, start:stop], turned, gain, to_x[b, c, start:stop]
                )
                to_numbers[b, 0] += 2 * math.pi * numbers[b, 1] * (turning * (start // 2) + ramp)
                to_numbers[b, 1] += level
