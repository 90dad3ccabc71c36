"""Compiled loops of :mod:`unpatch.dsp.repeats`, forward and adjoint.

Shapes: B rows, F bins as pairs ``[..., 2 F]``; ``grid [2, F]`` as in :mod:`unpatch.dsp.sections`;
``numbers [B, 2, 6]`` (double, each channel its own): feedback, delay in cycles per bin, corners of
low-pass and high-pass, how many repeats sound in full, the share of the one after them. With
D = colour phasor and q = feedback D::

    wet = D ((1 - q^n) / (1 - q) + share q^n)

Buffers hold a block of bins, real parts before imaginary parts, ``[2 BLOCK]``.
"""

import math
from typing import Any

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel
from unpatch.dsp.phasors import BLOCK, IMAGINARY, REAL, fill_table, turn_table


@kernel
def _once(grid: Array, start: int, count: int, numbers: Array, turned: Array, once: Array) -> None:
    """D, one trip around the loop without its feedback."""
    low, high = grid.dtype.type(numbers[2]), grid.dtype.type(numbers[3])
    both, across = low * high, low + high
    sines, cosines = grid[0, start : start + count], grid[1, start : start + count]
    for j in range(sines.size):
        sine, cosine = sines[j], cosines[j]
        dr, di = both * cosine * cosine - sine * sine, across * sine * cosine
        scale = low * sine * cosine / (dr * dr + di * di)
        cr, ci = di * scale, dr * scale
        once[REAL + j] = cr * turned[REAL + j] - ci * turned[IMAGINARY + j]
        once[IMAGINARY + j] = cr * turned[IMAGINARY + j] + ci * turned[REAL + j]


@kernel
def _multiply(factor: Array, into: Array) -> None:
    for j in range(BLOCK):
        fr, fi, r, i = factor[REAL + j], factor[IMAGINARY + j], into[REAL + j], into[IMAGINARY + j]
        into[REAL + j], into[IMAGINARY + j] = fr * r - fi * i, fr * i + fi * r


@kernel
def _square(into: Array) -> None:
    for j in range(BLOCK):
        r, i = into[REAL + j], into[IMAGINARY + j]
        into[REAL + j], into[IMAGINARY + j] = r * r - i * i, r * i + r * i


@kernel
def _power(once: Array, feedback: Any, exponent: int, base: Array, out: Array) -> None:
    """(feedback once)^exponent, by repeated squaring."""
    out[REAL:IMAGINARY], out[IMAGINARY:] = 1, 0
    for j in range(2 * BLOCK):
        base[j] = feedback * once[j]
    while exponent > 0:
        if exponent & 1:
            _multiply(base, out)
        _square(base)
        exponent >>= 1


@kernel
def _sum(once: Array, power: Array, feedback: Any, share: Any, wet: Array) -> None:
    """The geometric sum; ``power`` is q^(n - 1)."""
    one = once.dtype.type(1)
    for j in range(BLOCK):
        dr, di, pr, pi = once[REAL + j], once[IMAGINARY + j], power[REAL + j], power[IMAGINARY + j]
        qr, qi = feedback * dr, feedback * di
        nr, ni = pr * qr - pi * qi, pr * qi + pi * qr
        scale = one / ((one - qr) * (one - qr) + qi * qi)
        rr, ri = (one - qr) * scale, qi * scale
        br = (one - nr) * rr + ni * ri + share * nr
        bi = (one - nr) * ri - ni * rr + share * ni
        wet[REAL + j], wet[IMAGINARY + j] = dr * br - di * bi, dr * bi + di * br


@kernel
def _response(
    grid: Array, start: int, count: int, numbers: Array, table: Array, work: Array
) -> tuple[Array, Array, Array]:
    """A block's trip around the loop, q^(n - 1), and wet; views of ``work [5 * 2 BLOCK]``."""
    size = 2 * BLOCK
    turned, once, base = work[:size], work[size : 2 * size], work[2 * size : 3 * size]
    power, wet = work[3 * size : 4 * size], work[4 * size :]
    feedback, share = grid.dtype.type(numbers[0]), grid.dtype.type(numbers[5])
    turn_table(numbers[1], start, table, turned)
    _once(grid, start, count, numbers, turned, once)
    _power(once, feedback, int(numbers[4]) - 1, base, power)
    _sum(once, power, feedback, share, wet)
    return once, power, wet


@kernel
def _weigh(x: Array, wet: Array, weight: Any, y: Array) -> None:
    one = x.dtype.type(1)
    for j in range(x.size // 2):
        hr, hi = one + weight * (wet[REAL + j] - one), weight * wet[IMAGINARY + j]
        y[2 * j] = hr * x[2 * j] - hi * x[2 * j + 1]
        y[2 * j + 1] = hr * x[2 * j + 1] + hi * x[2 * j]


@batch_kernel
def run(x: Array, grid: Array, numbers: Array, weights: Array, y: Array) -> None:
    """Signals ``x [B, 2, 2 F]`` with their repeats, mixed by ``weights [B]``, into ``y``."""
    for b in numba.prange(x.shape[0]):
        table, work = np.empty(2 * BLOCK, x.dtype), np.zeros(10 * BLOCK, x.dtype)
        for c in range(2):
            fill_table(numbers[b, c, 1], table)
            for start in range(0, x.shape[2], 2 * BLOCK):
                stop = min(start + 2 * BLOCK, x.shape[2])
                _, _, wet = _response(grid, start // 2, (stop - start) // 2, numbers[b, c], table, work)
                _weigh(x[b, c, start:stop], wet, x.dtype.type(weights[b]), y[b, c, start:stop])


@kernel
def _weigh_adjoint(x: Array, g: Array, wet: Array, weight: Any, to_x: Array, met: Array) -> float:
    """Gradient to ``x``; leaves that to wet in ``met``, returns that to the weight."""
    one, total = x.dtype.type(1), x.dtype.type(0)
    for j in range(x.size // 2):
        wr, wi = wet[REAL + j] - one, wet[IMAGINARY + j]
        hr, hi = one + weight * wr, weight * wi
        xr, xi, gr, gi = x[2 * j], x[2 * j + 1], g[2 * j], g[2 * j + 1]
        to_x[2 * j], to_x[2 * j + 1] = hr * gr + hi * gi, hr * gi - hi * gr
        mr, mi = xr * gr + xi * gi, xr * gi - xi * gr
        total += wr * mr + wi * mi
        met[REAL + j], met[IMAGINARY + j] = weight * mr, weight * mi
    return np.float64(total)


@kernel
def _sum_adjoint(once: Array, power: Array, numbers: Array, met: Array, to_numbers: Array) -> None:
    """Adds to feedback and share; ``met`` becomes the gradient to the logarithm of once."""
    kind = once.dtype.type
    one, feedback, count, share = kind(1), kind(numbers[0]), kind(numbers[4]), kind(numbers[5])
    to_feedback, to_share = kind(0), kind(0)
    for j in range(BLOCK):
        dr, di, pr, pi = once[REAL + j], once[IMAGINARY + j], power[REAL + j], power[IMAGINARY + j]
        qr, qi = feedback * dr, feedback * di
        nr, ni = pr * qr - pi * qi, pr * qi + pi * qr
        scale = one / ((one - qr) * (one - qr) + qi * qi)
        rr, ri = (one - qr) * scale, qi * scale
        mr, mi = met[REAL + j], met[IMAGINARY + j]
        # a = (1 - q^n) / (1 - q); the sum is b = a + share q^n, its slope s = (a - n q^(n-1)) / (1 - q) + ...
        ar, ai = (one - nr) * rr + ni * ri, (one - nr) * ri - ni * rr
        tr, ti = ar - count * pr, ai - count * pi
        sr, si = tr * rr - ti * ri + share * count * pr, tr * ri + ti * rr + share * count * pi
        # z = conj(once) met: the gradient to b.
        zr, zi = dr * mr + di * mi, dr * mi - di * mr
        to_share += nr * zr + ni * zi
        fr, fi = dr * sr - di * si, dr * si + di * sr
        to_feedback += fr * zr + fi * zi
        ur, ui = ar + share * nr + feedback * fr, ai + share * ni + feedback * fi
        met[REAL + j], met[IMAGINARY + j] = ur * zr + ui * zi, ur * zi - ui * zr
    to_numbers[0] += np.float64(to_feedback)
    to_numbers[5] += np.float64(to_share)


@kernel
def _once_adjoint(grid: Array, start: int, count: int, numbers: Array, met: Array, to_numbers: Array) -> None:
    """Adds to the delay and the two corners."""
    kind = grid.dtype.type
    low, high = kind(numbers[2]), kind(numbers[3])
    both, across = low * high, low + high
    to_low, to_high, turning, ramp, level = kind(0), kind(0), kind(0), kind(0), kind(0)
    sines, cosines = grid[0, start : start + count], grid[1, start : start + count]
    for j in range(sines.size):
        sine, cosine = sines[j], cosines[j]
        a, c = cosine * cosine, sine * cosine
        dr, di = both * a - sine * sine, across * c
        scale = kind(1) / (dr * dr + di * di)
        # v = conj(1 / denominator) met
        mr, mi = met[REAL + j], met[IMAGINARY + j]
        vr, vi = (dr * mr - di * mi) * scale, (dr * mi + di * mr) * scale
        level += mr
        to_low -= high * a * vr + c * vi
        to_high -= low * a * vr + c * vi
        turning += mi
        ramp += kind(j) * mi
    to_numbers[1] -= 2 * math.pi * (np.float64(turning) * start + np.float64(ramp))
    to_numbers[2] += np.float64(to_low) + np.float64(level) / numbers[2]
    to_numbers[3] += np.float64(to_high)


@batch_kernel
def run_adjoint(
    x: Array,
    grid: Array,
    numbers: Array,
    weights: Array,
    g: Array,
    to_x: Array,
    to_numbers: Array,
    to_weights: Array,
) -> None:
    """Gradients from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_numbers[b], to_weights[b] = 0, 0
        table, work = np.empty(2 * BLOCK, x.dtype), np.zeros(10 * BLOCK, x.dtype)
        met, weight = np.zeros(2 * BLOCK, x.dtype), x.dtype.type(weights[b])
        for c in range(2):
            own, to_own = numbers[b, c], to_numbers[b, c]
            fill_table(own[1], table)
            for start in range(0, x.shape[2], 2 * BLOCK):
                stop = min(start + 2 * BLOCK, x.shape[2])
                first, count = start // 2, (stop - start) // 2
                once, power, wet = _response(grid, first, count, own, table, work)
                met[:] = 0
                to_weights[b] += _weigh_adjoint(
                    x[b, c, start:stop], g[b, c, start:stop], wet, weight, to_x[b, c, start:stop], met
                )
                _sum_adjoint(once, power, own, met, to_own)
                _once_adjoint(grid, first, count, own, met, to_own)
