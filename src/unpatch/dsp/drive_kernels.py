"""Compiled loops of the distortion.

Shapes: B rows, C channels, T time; ``shape [B, 3]`` holds gain, tail s and ceiling of the lower half.
"""

import numba
import numpy as np

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import Array, batch_kernel, kernel


@kernel
def _distort_line(x: Array, gain: float, tail: float, low: float, y: Array) -> None:
    one = x.dtype.type(1)
    straight, sharpness, inverse = one - tail, one / tail, one / low
    for t in range(x.size):
        driven = gain * x[t]
        lower = driven < 0
        size = abs(driven) * (inverse if lower else one)
        bent = fastmath.tanh(max(size - straight, one - one) * sharpness)
        clipped = min(size, straight) + tail * bent
        y[t] = clipped * (-low if lower else one)


@batch_kernel
def distort(x: Array, shape: Array, y: Array) -> None:
    """Distort ``x [B, C, T]`` into ``y``."""
    for b in numba.prange(x.shape[0]):
        for c in range(x.shape[1]):
            _distort_line(x[b, c], shape[b, 0], shape[b, 1], shape[b, 2], y[b, c])


@kernel
def _adjoint_line(
    x: Array, gain: float, tail: float, low: float, grad: Array, to_x: Array
) -> tuple[float, float, float]:
    """Gradient to ``x``; returns those to gain, tail and ceiling."""
    one = x.dtype.type(1)
    straight, sharpness, inverse = one - tail, one / tail, one / low
    to_gain = to_tail = to_low = 0.0
    for t in range(x.size):
        driven = gain * x[t]
        lower = driven < 0
        size = abs(driven) * (inverse if lower else one)
        over = max(size - straight, one - one) * sharpness
        bent = fastmath.tanh(over)
        slope = one - bent * bent
        by_tail = (bent - one + slope * (one - over)) if size > straight else one - one
        by_low = min(size, straight) + tail * bent - size * slope
        to_x[t] = grad[t] * slope * gain
        to_gain += np.float64(grad[t] * slope * x[t])
        to_tail += np.float64(grad[t] * by_tail * (-low if lower else one))
        to_low -= np.float64(grad[t] * by_low) if lower else 0.0
    return to_gain, to_tail, to_low


@batch_kernel
def distort_adjoint(x: Array, shape: Array, grad: Array, to_x: Array, to_shape: Array) -> None:
    """Gradients to ``x`` and ``shape`` from that of :func:`distort`'s output."""
    for b in numba.prange(x.shape[0]):
        to_shape[b] = 0
        for c in range(x.shape[1]):
            sums = _adjoint_line(x[b, c], shape[b, 0], shape[b, 1], shape[b, 2], grad[b, c], to_x[b, c])
            for i in range(len(sums)):
                to_shape[b, i] += sums[i]
