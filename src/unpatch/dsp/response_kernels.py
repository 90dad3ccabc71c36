"""Compiled loops of :mod:`unpatch.dsp.response`, forward and adjoint.

Shapes: B rows, F bins as pairs ``[..., 2 F]``; signals have two channels, responses one or two.
``numbers [B, 4]`` (double): through, gain, delay in cycles per bin, cross. In blocks of bins k::

    y_c = through x_c + gain phasor_k h_c (x_c + cross (x_other - x_c))
"""

import math
from typing import Any

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel
from unpatch.dsp.phasors import BLOCK, IMAGINARY, REAL, fill_table, turn_table


@kernel
def _wet(x: Array, other: Array, h: Array, cross: Any, turned: Array, out: Array) -> None:
    """One block of the response's output, without its gain."""
    for j in range(x.size // 2):
        re = x[2 * j] + cross * (other[2 * j] - x[2 * j])
        im = x[2 * j + 1] + cross * (other[2 * j + 1] - x[2 * j + 1])
        hr = h[2 * j] * turned[REAL + j] - h[2 * j + 1] * turned[IMAGINARY + j]
        hi = h[2 * j] * turned[IMAGINARY + j] + h[2 * j + 1] * turned[REAL + j]
        out[2 * j] = hr * re - hi * im
        out[2 * j + 1] = hr * im + hi * re


@kernel
def _mean_square(h: Array, count: int) -> float:
    """Mean over channels and the first ``count`` bins and the next, both ends counted half."""
    total = 0.0
    for c in range(h.shape[0]):
        for start in range(0, 2 * (count + 1), 2 * BLOCK):
            block = h[c, start : min(start + 2 * BLOCK, 2 * (count + 1))]
            part = h.dtype.type(0)
            for j in range(block.size):
                part += block[j] * block[j]
            total += np.float64(part)
        first, last = h[c, 0] ** 2 + h[c, 1] ** 2, h[c, 2 * count] ** 2 + h[c, 2 * count + 1] ** 2
        total -= 0.5 * (np.float64(first) + np.float64(last))
    mean: float = total / (count * h.shape[0])
    return mean


@batch_kernel
def mean_squares(h: Array, count: int, out: Array) -> None:
    """:func:`_mean_square` of each row of ``h [B, C, 2 F]``."""
    for b in numba.prange(h.shape[0]):
        out[b] = _mean_square(h[b], count)


@kernel
def _row(x: Array, h: Array, numbers: Array, y: Array) -> None:
    through, gain, cross = y.dtype.type(numbers[0]), y.dtype.type(numbers[1]), y.dtype.type(numbers[3])
    table, turned = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    fill_table(numbers[2], table)
    buffer = np.empty(2 * BLOCK, x.dtype)
    for start in range(0, x.shape[1], 2 * BLOCK):
        stop = min(start + 2 * BLOCK, x.shape[1])
        turn_table(numbers[2], start // 2, table, turned)
        for c in range(2):
            dry, out, wet = x[c, start:stop], y[c, start:stop], buffer[: stop - start]
            _wet(dry, x[1 - c, start:stop], h[c % h.shape[0], start:stop], cross, turned, wet)
            for j in range(dry.size):
                out[j] = through * dry[j] + gain * wet[j]


@batch_kernel
def run(x: Array, h: Array, numbers: Array, y: Array) -> None:
    """Signals ``x [B, 2, 2 F]`` through responses ``h [B, C, 2 F]`` into ``y``."""
    for b in numba.prange(x.shape[0]):
        _row(x[b], h[b], numbers[b], y[b])


@kernel
def _dots(x: Array, other: Array, h: Array, wet: Array, g: Array, cross: Any, turned: Array) -> Any:
    """A block's share in: <x, g>, <wet, g>, the turning of wet (and that times j), the crossing of wet."""
    none = x.dtype.type(0)
    dry = level = turning = ramp = crossing = none
    for j in range(x.size // 2):
        gr, gi, wr, wi = g[2 * j], g[2 * j + 1], wet[2 * j], wet[2 * j + 1]
        dry += x[2 * j] * gr + x[2 * j + 1] * gi
        level += wr * gr + wi * gi
        turn = wi * gr - wr * gi
        turning += turn
        ramp += x.dtype.type(j) * turn
        hr = h[2 * j] * turned[REAL + j] - h[2 * j + 1] * turned[IMAGINARY + j]
        hi = h[2 * j] * turned[IMAGINARY + j] + h[2 * j + 1] * turned[REAL + j]
        dr, di = other[2 * j] - x[2 * j], other[2 * j + 1] - x[2 * j + 1]
        crossing += (hr * dr - hi * di) * gr + (hr * di + hi * dr) * gi
    return np.float64(dry), np.float64(level), np.float64(turning), np.float64(ramp), np.float64(crossing)


@kernel
def _flows(
    x: Array,
    other: Array,
    h: Array,
    g: Array,
    gain: Any,
    cross: Any,
    turned: Array,
    to_in: Array,
    to_h: Array,
) -> None:
    """Gradient to what enters the response into ``to_in``; that to the response is added to ``to_h``."""
    for j in range(x.size // 2):
        gr, gi = gain * g[2 * j], gain * g[2 * j + 1]
        hr = h[2 * j] * turned[REAL + j] - h[2 * j + 1] * turned[IMAGINARY + j]
        hi = h[2 * j] * turned[IMAGINARY + j] + h[2 * j + 1] * turned[REAL + j]
        to_in[2 * j] = hr * gr + hi * gi
        to_in[2 * j + 1] = hr * gi - hi * gr
        re = x[2 * j] + cross * (other[2 * j] - x[2 * j])
        im = x[2 * j + 1] + cross * (other[2 * j + 1] - x[2 * j + 1])
        fr, fi = re * gr + im * gi, re * gi - im * gr
        to_h[2 * j] += fr * turned[REAL + j] + fi * turned[IMAGINARY + j]
        to_h[2 * j + 1] += fi * turned[REAL + j] - fr * turned[IMAGINARY + j]


@kernel
def _row_adjoint(
    x: Array, h: Array, numbers: Array, g: Array, to_x: Array, to_h: Array, to_numbers: Array
) -> None:
    through, gain, cross = x.dtype.type(numbers[0]), x.dtype.type(numbers[1]), x.dtype.type(numbers[3])
    table, turned = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    fill_table(numbers[2], table)
    wet, flows = np.empty(2 * BLOCK, x.dtype), np.empty((2, 2 * BLOCK), x.dtype)
    keep = x.dtype.type(1) - cross
    for start in range(0, x.shape[1], 2 * BLOCK):
        stop = min(start + 2 * BLOCK, x.shape[1])
        turn_table(numbers[2], start // 2, table, turned)
        for c in range(2):
            own, other = x[c, start:stop], x[1 - c, start:stop]
            response, grad = h[c % h.shape[0], start:stop], g[c, start:stop]
            _wet(own, other, response, cross, turned, wet[: own.size])
            dots = _dots(own, other, response, wet[: own.size], grad, cross, turned)
            to_numbers[0] += dots[0]
            to_numbers[1] += dots[1]
            to_numbers[2] += 2 * math.pi * numbers[1] * (dots[2] * (start // 2) + dots[3])
            to_numbers[3] += numbers[1] * dots[4]
            to_h_block = to_h[c % h.shape[0], start:stop]
            _flows(own, other, response, grad, gain, cross, turned, flows[c, : own.size], to_h_block)
        for c in range(2):
            out, grad = to_x[c, start:stop], g[c, start:stop]
            own_flow, other_flow = flows[c, : out.size], flows[1 - c, : out.size]
            for j in range(out.size):
                out[j] = through * grad[j] + keep * own_flow[j] + cross * other_flow[j]


@batch_kernel
def run_adjoint(
    x: Array, h: Array, numbers: Array, g: Array, to_x: Array, to_h: Array, to_numbers: Array
) -> None:
    """Gradients from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_h[b], to_numbers[b] = 0, 0
        _row_adjoint(x[b], h[b], numbers[b], g[b], to_x[b], to_h[b], to_numbers[b])


@batch_kernel
def mean_squares_adjoint(h: Array, count: int, to_squares: Array, to_h: Array) -> None:
    """Add to ``to_h`` what the mean squares, of gradient ``to_squares [B]``, send back."""
    for b in numba.prange(h.shape[0]):
        slope = h.dtype.type(2 * to_squares[b] / (count * h.shape[1]))
        half = h.dtype.type(0.5) * slope
        for c in range(h.shape[1]):
            own, out = h[b, c, : 2 * (count + 1)], to_h[b, c, : 2 * (count + 1)]
            for j in range(own.size):
                out[j] += slope * own[j]
            for j in (0, 1, 2 * count, 2 * count + 1):
                out[j] -= half * own[j]
