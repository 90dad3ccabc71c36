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
def _mixed(x: Array, other: Array, h: Array, numbers: Array, turned: Array, y: Array) -> None:
    """One block of the whole output."""
    through, gain, cross = y.dtype.type(numbers[0]), y.dtype.type(numbers[1]), y.dtype.type(numbers[3])
    for j in range(x.size // 2):
        xr, xi = x[2 * j], x[2 * j + 1]
        re, im = xr + cross * (other[2 * j] - xr), xi + cross * (other[2 * j + 1] - xi)
        hr = h[2 * j] * turned[REAL + j] - h[2 * j + 1] * turned[IMAGINARY + j]
        hi = h[2 * j] * turned[IMAGINARY + j] + h[2 * j + 1] * turned[REAL + j]
        y[2 * j] = through * xr + gain * (hr * re - hi * im)
        y[2 * j + 1] = through * xi + gain * (hr * im + hi * re)


@kernel
def _row(x: Array, h: Array, numbers: Array, y: Array) -> None:
    table, turned = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    fill_table(numbers[2], table)
    for start in range(0, x.shape[1], 2 * BLOCK):
        stop = min(start + 2 * BLOCK, x.shape[1])
        turn_table(numbers[2], start // 2, table, turned)
        for c in range(2):
            response = h[c % h.shape[0], start:stop]
            _mixed(x[c, start:stop], x[1 - c, start:stop], response, numbers, turned, y[c, start:stop])


@batch_kernel
def run(x: Array, h: Array, numbers: Array, y: Array) -> None:
    """Signals ``x [B, 2, 2 F]`` through responses ``h [B, C, 2 F]`` into ``y``."""
    for b in numba.prange(x.shape[0]):
        _row(x[b], h[b], numbers[b], y[b])


@kernel
def _mixed_adjoint(
    x: Array, other: Array, h: Array, numbers: Array, turned: Array, g: Array, to_in: Array, to_h: Array
) -> Any:
    """One channel's block: gradient to what enters the response into ``to_in``, that to the response added.

    Returns its share in <x, g>, <wet, g>, the turning of wet, that times j, and the crossing of wet.
    """
    gain, cross = x.dtype.type(numbers[1]), x.dtype.type(numbers[3])
    dry = level = turning = ramp = crossing = x.dtype.type(0)
    for j in range(x.size // 2):
        xr, xi, gr, gi = x[2 * j], x[2 * j + 1], g[2 * j], g[2 * j + 1]
        ar, ai = other[2 * j] - xr, other[2 * j + 1] - xi
        hr = h[2 * j] * turned[REAL + j] - h[2 * j + 1] * turned[IMAGINARY + j]
        hi = h[2 * j] * turned[IMAGINARY + j] + h[2 * j + 1] * turned[REAL + j]
        # What an impulse into the response in place of x would gain.
        br, bi = hr * gr + hi * gi, hr * gi - hi * gr
        to_in[2 * j], to_in[2 * j + 1] = gain * br, gain * bi
        re, im = xr + cross * ar, xi + cross * ai
        dry += xr * gr + xi * gi
        level += re * br + im * bi
        turn = im * br - re * bi
        turning += turn
        ramp += x.dtype.type(j) * turn
        crossing += ar * br + ai * bi
        fr, fi = gain * (re * gr + im * gi), gain * (re * gi - im * gr)
        to_h[2 * j] += fr * turned[REAL + j] + fi * turned[IMAGINARY + j]
        to_h[2 * j + 1] += fi * turned[REAL + j] - fr * turned[IMAGINARY + j]
    return np.float64(dry), np.float64(level), np.float64(turning), np.float64(ramp), np.float64(crossing)


@kernel
def _entered(g: Array, own: Array, other: Array, numbers: Array, to_x: Array) -> None:
    """Gradient to the signal from that to the output and those to what enters both channels' responses."""
    through, cross = g.dtype.type(numbers[0]), g.dtype.type(numbers[3])
    for j in range(g.size):
        to_x[j] = through * g[j] + own[j] + cross * (other[j] - own[j])


@kernel
def _row_adjoint(
    x: Array, h: Array, numbers: Array, g: Array, to_x: Array, to_h: Array, to_numbers: Array
) -> None:
    table, turned = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    fill_table(numbers[2], table)
    left, right = np.empty(2 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    for start in range(0, x.shape[1], 2 * BLOCK):
        stop = min(start + 2 * BLOCK, x.shape[1])
        turn_table(numbers[2], start // 2, table, turned)
        for c in range(2):
            d, flow = c % h.shape[0], left if c == 0 else right
            dry, level, turning, ramp, crossing = _mixed_adjoint(
                x[c, start:stop],
                x[1 - c, start:stop],
                h[d, start:stop],
                numbers,
                turned,
                g[c, start:stop],
                flow,
                to_h[d, start:stop],
            )
            to_numbers[0] += dry
            to_numbers[1] += level
            to_numbers[2] += 2 * math.pi * numbers[1] * (turning * (start // 2) + ramp)
            to_numbers[3] += numbers[1] * crossing
        _entered(g[0, start:stop], left, right, numbers, to_x[0, start:stop])
        _entered(g[1, start:stop], right, left, numbers, to_x[1, start:stop])


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
