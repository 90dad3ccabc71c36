"""Compiled loops of the modulated delay line, forward and backward.

The line is a ring whose size is a power of two, so that any masked index is inside it. When it
is longer than signal and delay together it holds the whole history, which is what the way back needs.

Shapes: R rows, C channels, T time, N is 1 (steady) or T (moving), S size of the ring.
"""

import math
from typing import Any

import numba
import numpy as np

from unpatch.dsp.compiled import Array, Number, batch_kernel, flushed, kernel

# In samples. The newest sample that a tap may read is the one before the current, and the
# interpolation reads one neighbour on that side and two on the other.
SHORTEST = 2
NEIGHBOURS = 3


@kernel
def lagrange(f: Any, one: Any) -> tuple[Any, Any, Any, Any]:
    """Weights of the samples at delays -1, 0, 1, 2 for a delay 0 <= f < 1; ``one`` sets the precision."""
    two = one + one
    outer, inner = f * (f - one) / (two + two + two), (f + one) * (f - two) / two
    return outer * (two - f), inner * (f - one), -inner * f, outer * (f + one)


@kernel
def lagrange_slope(f: Any, one: Any) -> tuple[Any, Any, Any, Any]:
    """Derivatives of :func:`lagrange` with respect to ``f``."""
    two, three = one + one, one + one + one
    square = three * f * f
    far, near = (square - one) / (two * three), (square - one) / two
    return f - one / three - square / (two * three), near - two * f, one + f - square / two, far


@kernel
def _split(delay: Number) -> tuple[int, Number]:
    """Whole and fractional part of a delay, in its own precision (integers would widen it)."""
    held = np.float32(SHORTEST) if delay < SHORTEST else delay
    whole = np.int32(held)
    return np.int64(whole), held - np.float32(whole)  # type: ignore[return-value]


@kernel
def _places(t: int, whole: int, last: int) -> tuple[int, int, int, int]:
    """Positions in the ring of the four samples that :func:`lagrange` weighs."""
    at = t - whole
    return (at + 1) & last, at & last, (at - 1) & last, (at - 2) & last


@kernel
def _forward(x: Array, delay: Array, feedback: Number, mix: Number, line: Array, y: Array) -> None:
    """One channel; x, y ``[T]``, delay ``[N]`` in samples, line ``[S]`` of zeros."""
    last, moving = line.size - 1, delay.size > 1
    zero, one = x.dtype.type(0), x.dtype.type(1)
    for t in range(x.size):
        whole, f = _split(delay[t if moving else 0])
        c0, c1, c2, c3 = lagrange(f, one)
        i0, i1, i2, i3 = _places(t, whole, last)
        wet = (c0 * line[i0] + c1 * line[i1]) + (c2 * line[i2] + c3 * line[i3])
        line[t & last] = flushed(x[t] + feedback * wet, zero)
        y[t] = x[t] + mix * (wet - x[t])


@kernel
def _ring(frames: float, like: Array) -> Array:
    return np.zeros(1 << math.ceil(math.log2(frames)), like.dtype)


@batch_kernel
def forward(longest: float, x: Array, delay: Array, feedback: Array, mix: Array, y: Array) -> None:
    """x, y ``[R, C, T]``; delay ``[R, N]`` up to ``longest``; feedback, mix ``[R, 1]``."""
    for r in numba.prange(x.shape[0]):
        for c in range(x.shape[1]):
            line = _ring(longest + NEIGHBOURS, x)
            _forward(x[r, c], delay[r], feedback[r, 0], mix[r, 0], line, y[r, c])


@kernel
def _backward(
    x: Array, delay: Array, feedback: Number, mix: Number, line: Array, g: Array, gx: Array, g_delay: Array
) -> tuple[float, float]:
    """Gradients of :func:`_forward` from the one at its output, against the time.

    Args:
        x, delay, feedback, mix: as in the way forward.
        line: history of the line ``[S]``.
        g: gradient at the output ``[T]``.
        gx: written; ``[T]``.
        g_delay: added to; ``[N]``.

    Returns:
        Gradients of feedback and mix.
    """
    last, one, moving = line.size - 1, x.dtype.type(1), delay.size > 1
    g_line = np.zeros_like(line)
    g_feedback = g_mix = 0.0
    for t in range(x.size - 1, -1, -1):
        at = t if moving else 0
        whole, f = _split(delay[at])
        c0, c1, c2, c3 = lagrange(f, one)
        d0, d1, d2, d3 = lagrange_slope(f, one)
        i0, i1, i2, i3 = _places(t, whole, last)
        v0, v1, v2, v3 = line[i0], line[i1], line[i2], line[i3]
        wet = c0 * v0 + c1 * v1 + c2 * v2 + c3 * v3
        entering = g_line[t & last]
        g_wet = mix * g[t] + feedback * entering
        g_line[i0] += c0 * g_wet
        g_line[i1] += c1 * g_wet
        g_line[i2] += c2 * g_wet
        g_line[i3] += c3 * g_wet
        gx[t] = (one - mix) * g[t] + entering
        g_feedback += entering * wet
        g_mix += g[t] * (wet - x[t])
        if delay[at] >= SHORTEST:
            g_delay[at] += g_wet * (d0 * v0 + d1 * v1 + d2 * v2 + d3 * v3)
    return g_feedback, g_mix


@batch_kernel
def backward(
    longest: float,
    x: Array,
    delay: Array,
    feedback: Array,
    mix: Array,
    g: Array,
    gx: Array,
    g_delay: Array,
    g_feedback: Array,
    g_mix: Array,
) -> None:
    """Gradients of :func:`forward`, shaped as what they belong to and zero before."""
    for r in numba.prange(x.shape[0]):
        for c in range(x.shape[1]):
            line = _ring(longest + NEIGHBOURS + x.shape[2], x)
            _forward(x[r, c], delay[r], feedback[r, 0], mix[r, 0], line, gx[r, c])
            more = _backward(
                x[r, c], delay[r], feedback[r, 0], mix[r, 0], line, g[r, c], gx[r, c], g_delay[r]
            )
            g_feedback[r, 0] += more[0]
            g_mix[r, 0] += more[1]
