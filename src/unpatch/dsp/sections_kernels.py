"""Compiled loops of :mod:`unpatch.dsp.sections`, forward and adjoint.

Shapes: B rows, S sections, F bins as pairs ``[..., 2 F]``; ``grid [2, F]`` are sine and cosine of half
of each bin's angle; ``numbers [B, S, 6]`` (double) are the three coefficients of a section's excess and
the three of its denominator. With a = cosine^2, b = sine^2, c = sine cosine::

    section = 1 + excess / denominator        polynomial (p0, p1, p2) = p0 a - p2 b + i p1 c

Loops go over one section and one block of bins at a time, in flat buffers that stay in the first-level
cache: ``abc [3 BLOCK]``, ``product [2 BLOCK]``, and for the way back ``kept [S, 6 BLOCK]`` with excess over
denominator, 1 / denominator, and the product of the sections before.
"""

from typing import Any

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel
from unpatch.dsp.phasors import BLOCK, IMAGINARY, REAL

# A denominator may vanish in one bin (direct current, half the sample rate) of a filter that is off.
_LEAST = 1e-30
_A, _B, _C = (i * BLOCK for i in range(3))
_RATIO, _INVERSE, _BEFORE = (i * 2 * BLOCK for i in range(3))


@kernel
def _squares(grid: Array, start: int, count: int, out: Array) -> None:
    """a, b and c of a block."""
    sines, cosines = grid[0, start : start + count], grid[1, start : start + count]
    for j in range(sines.size):
        sine, cosine = sines[j], cosines[j]
        out[_A + j], out[_B + j], out[_C + j] = cosine * cosine, sine * sine, sine * cosine


@kernel
def _multiply(abc: Array, numbers: Array, product: Array) -> None:
    """Multiply ``product`` by one section."""
    kind = abc.dtype.type
    e0, e1, e2 = kind(numbers[0]), kind(numbers[1]), kind(numbers[2])
    d0, d1, d2 = kind(numbers[3]), kind(numbers[4]), kind(numbers[5])
    one, least = kind(1), kind(_LEAST)
    for j in range(BLOCK):
        a, b, c = abc[_A + j], abc[_B + j], abc[_C + j]
        dr, di = d0 * a - d2 * b, d1 * c
        er, ei = e0 * a - e2 * b, e1 * c
        scale = one / max(dr * dr + di * di, least)
        rr, ri = (er * dr + ei * di) * scale, (ei * dr - er * di) * scale
        pr, pi = product[REAL + j], product[IMAGINARY + j]
        product[REAL + j] = pr + (pr * rr - pi * ri)
        product[IMAGINARY + j] = pi + (pr * ri + pi * rr)


@kernel
def _section(abc: Array, numbers: Array, product: Array, kept: Array) -> None:
    """The same; ``kept`` takes what the way back needs."""
    kind = abc.dtype.type
    e0, e1, e2 = kind(numbers[0]), kind(numbers[1]), kind(numbers[2])
    d0, d1, d2 = kind(numbers[3]), kind(numbers[4]), kind(numbers[5])
    one, least = kind(1), kind(_LEAST)
    for j in range(BLOCK):
        a, b, c = abc[_A + j], abc[_B + j], abc[_C + j]
        dr, di = d0 * a - d2 * b, d1 * c
        scale = one / max(dr * dr + di * di, least)
        ir, ii = dr * scale, -di * scale
        er, ei = e0 * a - e2 * b, e1 * c
        rr, ri = er * ir - ei * ii, er * ii + ei * ir
        pr, pi = product[REAL + j], product[IMAGINARY + j]
        kept[_RATIO + j], kept[_RATIO + BLOCK + j] = rr, ri
        kept[_INVERSE + j], kept[_INVERSE + BLOCK + j] = ir, ii
        kept[_BEFORE + j], kept[_BEFORE + BLOCK + j] = pr, pi
        product[REAL + j] = pr + (pr * rr - pi * ri)
        product[IMAGINARY + j] = pi + (pr * ri + pi * rr)


@kernel
def _product(abc: Array, numbers: Array, product: Array, kept: Array) -> None:
    product[REAL:IMAGINARY], product[IMAGINARY:] = 1, 0
    for s in range(numbers.shape[0]):
        if len(kept):
            _section(abc, numbers[s], product, kept[s])
        else:
            _multiply(abc, numbers[s], product)


@kernel
def _weigh(x: Array, product: Array, weight: Any, y: Array) -> None:
    one = x.dtype.type(1)
    for j in range(x.size // 2):
        hr, hi = one + weight * (product[REAL + j] - one), weight * product[IMAGINARY + j]
        y[2 * j] = hr * x[2 * j] - hi * x[2 * j + 1]
        y[2 * j + 1] = hr * x[2 * j + 1] + hi * x[2 * j]


@kernel
def _row(x: Array, grid: Array, numbers: Array, weight: float, y: Array) -> None:
    abc, product = np.zeros(3 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    kept = np.empty((0, 6 * BLOCK), x.dtype)
    for start in range(0, x.shape[1], 2 * BLOCK):
        stop = min(start + 2 * BLOCK, x.shape[1])
        _squares(grid, start // 2, (stop - start) // 2, abc)
        _product(abc, numbers, product, kept)
        for c in range(x.shape[0]):
            _weigh(x[c, start:stop], product, x.dtype.type(weight), y[c, start:stop])


@batch_kernel
def run(x: Array, grid: Array, numbers: Array, weights: Array, y: Array) -> None:
    """Signals ``x [B, 2, 2 F]`` through each row's sections, mixed by ``weights [B]``, into ``y``."""
    for b in numba.prange(x.shape[0]):
        _row(x[b], grid, numbers[b], weights[b], y[b])


@kernel
def _weigh_adjoint(x: Array, g: Array, product: Array, weight: Any, to_x: Array, met: Array) -> None:
    """Gradient to ``x``; adds conj(x) g to ``met``."""
    one = x.dtype.type(1)
    for j in range(x.size // 2):
        hr, hi = one + weight * (product[REAL + j] - one), weight * product[IMAGINARY + j]
        xr, xi, gr, gi = x[2 * j], x[2 * j + 1], g[2 * j], g[2 * j + 1]
        to_x[2 * j] = hr * gr + hi * gi
        to_x[2 * j + 1] = hr * gi - hi * gr
        met[REAL + j] += xr * gr + xi * gi
        met[IMAGINARY + j] += xr * gi - xi * gr


@kernel
def _weight_adjoint(product: Array, met: Array, weight: Any) -> float:
    """Gradient to the weight; ``met`` becomes that to the product."""
    one, total = met.dtype.type(1), met.dtype.type(0)
    for j in range(BLOCK):
        total += (product[REAL + j] - one) * met[REAL + j] + product[IMAGINARY + j] * met[IMAGINARY + j]
        met[REAL + j] *= weight
        met[IMAGINARY + j] *= weight
    return np.float64(total)


@kernel
def _section_adjoint(abc: Array, kept: Array, met: Array, to_numbers: Array) -> None:
    """Add to a section's ``to_numbers [6]``; ``met`` becomes the gradient to the product before it."""
    none = abc.dtype.type(0)
    e0, e1, e2, d0, d1, d2 = none, none, none, none, none, none
    for j in range(BLOCK):
        a, b, c = abc[_A + j], abc[_B + j], abc[_C + j]
        rr, ri = kept[_RATIO + j], kept[_RATIO + BLOCK + j]
        ir, ii = kept[_INVERSE + j], kept[_INVERSE + BLOCK + j]
        pr, pi = kept[_BEFORE + j], kept[_BEFORE + BLOCK + j]
        mr, mi = met[REAL + j], met[IMAGINARY + j]
        sr, si = pr * mr + pi * mi, pr * mi - pi * mr
        qr, qi = ir * sr + ii * si, ir * si - ii * sr
        tr, ti = -(rr * qr + ri * qi), ri * qr - rr * qi
        e0 += qr * a
        e1 += qi * c
        e2 -= qr * b
        d0 += tr * a
        d1 += ti * c
        d2 -= tr * b
        met[REAL + j] = mr + (rr * mr + ri * mi)
        met[IMAGINARY + j] = mi + (rr * mi - ri * mr)
    to_numbers[0] += np.float64(e0)
    to_numbers[1] += np.float64(e1)
    to_numbers[2] += np.float64(e2)
    to_numbers[3] += np.float64(d0)
    to_numbers[4] += np.float64(d1)
    to_numbers[5] += np.float64(d2)


@kernel
def _row_adjoint(
    x: Array, grid: Array, numbers: Array, weight: float, g: Array, to_x: Array, to_numbers: Array
) -> float:
    abc, product = np.zeros(3 * BLOCK, x.dtype), np.empty(2 * BLOCK, x.dtype)
    kept, met = np.empty((numbers.shape[0], 6 * BLOCK), x.dtype), np.empty(2 * BLOCK, x.dtype)
    mixed, to_weight = x.dtype.type(weight), 0.0
    for start in range(0, x.shape[1], 2 * BLOCK):
        stop = min(start + 2 * BLOCK, x.shape[1])
        _squares(grid, start // 2, (stop - start) // 2, abc)
        _product(abc, numbers, product, kept)
        met[:] = 0
        for c in range(x.shape[0]):
            _weigh_adjoint(x[c, start:stop], g[c, start:stop], product, mixed, to_x[c, start:stop], met)
        to_weight += _weight_adjoint(product, met, mixed)
        for s in range(numbers.shape[0] - 1, -1, -1):
            _section_adjoint(abc, kept[s], met, to_numbers[s])
    return to_weight


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
        to_numbers[b] = 0
        to_weights[b] = _row_adjoint(x[b], grid, numbers[b], weights[b], g[b], to_x[b], to_numbers[b])
