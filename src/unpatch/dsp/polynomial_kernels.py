"""Compiled loops of the polynomial clippers.

Shapes: B rows, C channels, T time, ``coefficients [B, H]``. Work goes block by block and order by order:
``orders [H + 1, BLOCK]`` holds the polynomials of a block, ``slopes`` their derivatives.
"""

from typing import Any

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel

_BLOCK = 256


@kernel
def _bounded(x: Array, out: Array) -> None:
    """Up to full scale."""
    one = x.dtype.type(1)
    for t in range(x.size):
        # Only comparisons that no number fails: what is none stays so.
        out[t] = one if x[t] > one else (-one if x[t] < -one else x[t])


@kernel
def _fill(x: Array, rise: Any, fall: Any, orders: Array) -> None:
    """The polynomials at ``x``, of order 0 on."""
    orders[0, : x.size] = 1
    orders[1, : x.size] = x
    for h in range(2, orders.shape[0]):
        below, lower, out = orders[h - 1], orders[h - 2], orders[h]
        for t in range(x.size):
            out[t] = rise * x[t] * below[t] - fall * lower[t]


@kernel
def _fill_slopes(x: Array, rise: Any, fall: Any, orders: Array, slopes: Array) -> None:
    slopes[0, : x.size] = 0
    slopes[1, : x.size] = 1
    for h in range(2, orders.shape[0]):
        value, below, lower, out = orders[h - 1], slopes[h - 1], slopes[h - 2], slopes[h]
        for t in range(x.size):
            out[t] = rise * (value[t] + x[t] * below[t]) - fall * lower[t]


@kernel
def _rests(count: int, rise: Any, fall: Any, like: Array) -> Array:
    """The polynomials at 0."""
    orders, nothing = np.empty((count, 1), like.dtype), np.zeros(1, like.dtype)
    _fill(nothing, rise, fall, orders)
    return orders[:, 0].copy()


@kernel
def _add(values: Array, weight: Any, rest: Any, out: Array) -> None:
    for t in range(out.size):
        out[t] += weight * (values[t] - rest)


@kernel
def _dot(values: Array, rest: Any, grad: Array) -> float:
    total = values.dtype.type(0)
    for t in range(grad.size):
        total += (values[t] - rest) * grad[t]
    return np.float64(total)


@kernel
def _row(x: Array, coefficients: Array, rise: Any, fall: Any, y: Array) -> None:
    count = coefficients.size + 1
    orders, buffer = np.empty((count, _BLOCK), x.dtype), np.empty(_BLOCK, x.dtype)
    rests = _rests(count, rise, fall, x)
    for start in range(0, x.size, _BLOCK):
        own, out = x[start : start + _BLOCK], y[start : start + _BLOCK]
        inside = buffer[: own.size]
        _bounded(own, inside)
        _fill(inside, rise, fall, orders)
        out[:] = own
        for h in range(1, count):
            _add(orders[h], coefficients[h - 1], rests[h], out)


@batch_kernel
def bend(x: Array, coefficients: Array, rise: float, fall: float, y: Array) -> None:
    """Bend ``x [B, C, T]`` into ``y``."""
    for b in numba.prange(x.shape[0]):
        for c in range(x.shape[1]):
            _row(x[b, c], coefficients[b], x.dtype.type(rise), x.dtype.type(fall), y[b, c])


@kernel
def _chain(own: Array, bent: Array, grad: Array, to_x: Array) -> None:
    """Gradient to ``own`` from the slope of what is added to it, which holds its value beyond full scale."""
    one = own.dtype.type(1)
    for t in range(own.size):
        to_x[t] = grad[t] * (one + bent[t] if abs(own[t]) <= one else one)


@kernel
def _row_adjoint(
    x: Array, coefficients: Array, rise: Any, fall: Any, grad: Array, to_x: Array, to_coefficients: Array
) -> None:
    """Adds to ``to_coefficients``, double."""
    count = coefficients.size + 1
    orders, slopes = np.empty((count, _BLOCK), x.dtype), np.empty((count, _BLOCK), x.dtype)
    buffer, bends = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK, x.dtype)
    rests, none = _rests(count, rise, fall, x), x.dtype.type(0)
    for start in range(0, x.size, _BLOCK):
        own, g = x[start : start + _BLOCK], grad[start : start + _BLOCK]
        inside, bent = buffer[: own.size], bends[: own.size]
        _bounded(own, inside)
        _fill(inside, rise, fall, orders)
        _fill_slopes(inside, rise, fall, orders, slopes)
        bent[:] = 0
        for h in range(1, count):
            _add(slopes[h], coefficients[h - 1], none, bent)
            to_coefficients[h - 1] += _dot(orders[h], rests[h], g)
        _chain(own, bent, g, to_x[start : start + _BLOCK])


@batch_kernel
def bend_adjoint(
    x: Array,
    coefficients: Array,
    rise: float,
    fall: float,
    grad: Array,
    to_x: Array,
    to_coefficients: Array,
) -> None:
    """Gradients to ``x`` and ``coefficients`` from that of :func:`bend`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        sums = np.zeros(coefficients.shape[1])
        for c in range(x.shape[1]):
            ends = x.dtype.type(rise), x.dtype.type(fall)
            _row_adjoint(x[b, c], coefficients[b], ends[0], ends[1], grad[b, c], to_x[b, c], sums)
        to_coefficients[b] = sums
