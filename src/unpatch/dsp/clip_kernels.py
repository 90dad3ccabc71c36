"""Compiled loops of the clipper.

Shapes: B rows, C channels, T time; ``shape [B, 5]`` holds gain, offset and the shares of tanh, cubic and
hard clipper.
"""

from typing import Any

import numba
import numpy as np

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import Array, batch_kernel, kernel, part

_KNEE = np.float32(1.5)
_CUBIC = 4 / 27


@part
def _cubic(size: Any, share: Any) -> Any:
    """Of a number that is not negative; ``share`` is 4/27."""
    inner = min(size, size - size + _KNEE)
    return inner - share * inner * inner * inner


@kernel
def _clip_line(x: Array, shape: Array, y: Array) -> None:
    gain, offset, soft, middle, hard = shape[0], shape[1], shape[2], shape[3], shape[4]
    one, none, share = x.dtype.type(1), x.dtype.type(0), x.dtype.type(_CUBIC)
    inverse = one / gain
    rest = soft * fastmath.tanh(offset) + middle * _cubic(offset, share) + hard * min(offset, one)
    for t in range(x.size):
        driven = gain * x[t] + offset
        size = abs(driven)
        clipped = soft * fastmath.tanh(size) + middle * _cubic(size, share) + hard * min(size, one)
        moved = ((-clipped if driven < none else clipped) - rest) * inverse
        # Silence to the last bit, for the rest may have been rounded otherwise; what is no number stays so.
        y[t] = x[t] if x[t] == none or np.isnan(x[t]) else moved


@batch_kernel
def clip(x: Array, shape: Array, y: Array) -> None:
    """Clip ``x [B, C, T]`` into ``y``."""
    for b in numba.prange(x.shape[0]):
        for c in range(x.shape[1]):
            _clip_line(x[b, c], shape[b], y[b, c])


@kernel
def _adjoint_line(
    x: Array, shape: Array, grad: Array, to_x: Array
) -> tuple[float, float, float, float, float, float]:
    """Gradient to ``x``; returns sums over time.

    They are of the gradient times: slope and sample, slope, tanh, cubic, hard clipper (all of the driven
    sample), and of the gradient alone.
    """
    gain, offset, soft, middle, hard = shape[0], shape[1], shape[2], shape[3], shape[4]
    one, none, share = x.dtype.type(1), x.dtype.type(0), x.dtype.type(_CUBIC)
    by_gain = by_slope = by_soft = by_middle = by_hard = total = 0.0
    for t in range(x.size):
        driven = gain * x[t] + offset
        size = abs(driven)
        sign = -one if driven < none else one
        tanh, cubic, straight = fastmath.tanh(size), _cubic(size, share), min(size, one)
        inner = min(size, size - size + _KNEE)
        inside = one if size <= one else none
        slope = (
            soft * (one - tanh * tanh)
            + middle * (one - (share + share + share) * inner * inner)
            + hard * inside
        )
        signed = sign * grad[t]
        to_x[t] = grad[t] * slope
        by_slope += np.float64(to_x[t])
        by_gain += np.float64(to_x[t] * x[t])
        by_soft += np.float64(signed * tanh)
        by_middle += np.float64(signed * cubic)
        by_hard += np.float64(signed * straight)
        total += np.float64(grad[t])
    return by_gain, by_slope, by_soft, by_middle, by_hard, total


@kernel
def _row_adjoint(x: Array, shape: Array, grad: Array, to_x: Array, to_shape: Array) -> None:
    share, knee = _CUBIC, np.float64(_KNEE)
    gain, offset = np.float64(shape[0]), np.float64(shape[1])
    soft, middle, hard = np.float64(shape[2]), np.float64(shape[3]), np.float64(shape[4])
    tanh, cubic, straight = np.tanh(offset), _cubic(offset, share), min(offset, 1.0)
    inner = min(offset, knee)
    rest = soft * tanh + middle * cubic + hard * straight
    steepness = soft * (1 - tanh * tanh) + middle * (1 - 3 * share * inner * inner) + hard * (offset <= 1)
    to_gain = to_offset = to_soft = to_middle = to_hard = 0.0
    for c in range(x.shape[0]):
        by_gain, by_slope, by_soft, by_middle, by_hard, total = _adjoint_line(x[c], shape, grad[c], to_x[c])
        moved = soft * by_soft + middle * by_middle + hard * by_hard - rest * total
        to_gain += (by_gain - moved / gain) / gain
        to_offset += (by_slope - steepness * total) / gain
        to_soft += (by_soft - tanh * total) / gain
        to_middle += (by_middle - cubic * total) / gain
        to_hard += (by_hard - straight * total) / gain
    to_shape[0], to_shape[1] = to_gain, to_offset
    to_shape[2], to_shape[3], to_shape[4] = to_soft, to_middle, to_hard


@batch_kernel
def clip_adjoint(x: Array, shape: Array, grad: Array, to_x: Array, to_shape: Array) -> None:
    """Gradients to ``x`` and ``shape`` from that of :func:`clip`'s output."""
    for b in numba.prange(x.shape[0]):
        _row_adjoint(x[b], shape[b], grad[b], to_x[b], to_shape[b])
