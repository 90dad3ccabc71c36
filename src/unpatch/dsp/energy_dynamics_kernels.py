"""Compiled loops of :mod:`unpatch.dsp.energy_dynamics`, forward and adjoint.

Block by block as in :mod:`unpatch.dsp.dynamics_kernels`, whose curve and one-pole these loops use, with
the one-pole before the curve. Levels are octaves of energy.

Shapes: B rows, T time; signals ``[B, 2, T]``, ``law [B, 5]`` as there, ``speed [B, 2]`` twice the same
coefficient, ``weights [B]`` (double), ``states [B, T]`` in double precision, ``[0, T]`` where they need
not be kept.
"""

import math
from typing import Any

import numba
import numpy as np

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import Array, batch_kernel, kernel
from unpatch.dsp.dynamics_kernels import (
    Pair,
    block,
    reductions,
    reductions_adjoint,
    smooth,
    smooth_adjoint,
)

# Added to the energy before its logarithm (-50 dB).
_LEAST = 1e-5
_BLOCK = 512


@kernel
def _energies(signal: Pair, out: Array) -> None:
    """Mean square of both channels."""
    left, right = signal
    half = left.dtype.type(0.5)
    for t in range(out.size):
        out[t] = half * (left[t] * left[t] + right[t] * right[t])


@kernel
def _levels(states: Array, out: Array) -> None:
    least = out.dtype.type(_LEAST)
    for t in range(out.size):
        out[t] = fastmath.log2(out.dtype.type(states[t]) + least)


@kernel
def _levels_adjoint(states: Array, flow: Array) -> None:
    """``flow``, the gradient to levels, becomes that to the states."""
    least, per_octave = flow.dtype.type(_LEAST), flow.dtype.type(1 / math.log(2))
    for t in range(flow.size):
        flow[t] *= per_octave / (flow.dtype.type(states[t]) + least)


@kernel
def _apply(x: Pair, reduction: Array, weight: Any, y: Pair) -> None:
    left, right = x
    y_left, y_right = y
    one = left.dtype.type(1)
    for t in range(reduction.size):
        gain = one + weight * (fastmath.exp2(-reduction[t]) - one)
        y_left[t] = left[t] * gain
        y_right[t] = right[t] * gain


@kernel
def _apply_adjoint(x: Pair, reduction: Array, weight: Any, grad: Pair, to_x: Pair, flow: Array) -> float:
    """Leaves the gradient to the reductions in ``flow``; returns that to the weight."""
    left, right = x
    grad_left, grad_right = grad
    to_left, to_right = to_x
    one, none = left.dtype.type(1), left.dtype.type(0)
    per_octave, total = left.dtype.type(-math.log(2)) * weight, none
    for t in range(reduction.size):
        wet = fastmath.exp2(-reduction[t])
        gain = one + weight * (wet - one)
        met = left[t] * grad_left[t] + right[t] * grad_right[t]
        to_left[t] = grad_left[t] * gain
        to_right[t] = grad_right[t] * gain
        flow[t] = per_octave * wet * met
        total += (wet - one) * met
    return np.float64(total)


@kernel
def _energies_adjoint(x: Pair, flow: Array, to_x: Pair) -> None:
    left, right = x
    to_left, to_right = to_x
    for t in range(flow.size):
        to_left[t] += flow[t] * left[t]
        to_right[t] += flow[t] * right[t]


@batch_kernel
def control(x: Array, law: Array, speed: Array, weights: Array, y: Array, states: Array) -> None:
    """Turn ``x`` down by the static reduction of its smoothed energy, into ``y``."""
    for b in numba.prange(x.shape[0]):
        buffer, scratch, state = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK), 0.0
        for start in range(0, x.shape[2], _BLOCK):
            values = buffer[: x.shape[2] - start]
            kept = states[b, start : start + _BLOCK] if states.size else scratch[: values.size]
            _energies(block(x[b], start), values)
            state = smooth(values, state, speed[b], kept)
            _levels(kept, values)
            reductions(values, law[b], values)
            _apply(block(x[b], start), values, x.dtype.type(weights[b]), block(y[b], start))


@kernel
def _row_adjoint(
    x: Array,
    law: Array,
    speed: Array,
    weight: float,
    states: Array,
    grad: Array,
    to_x: Array,
    to_law: Array,
    to_speed: Array,
) -> float:
    buffer, levels = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK, x.dtype)
    flows, carried, to_weight = np.empty(_BLOCK, x.dtype), 0.0, 0.0
    for start in range((x.shape[1] - 1) // _BLOCK * _BLOCK, -1, -_BLOCK):
        kept = states[start : start + _BLOCK]
        values, level, flow = buffer[: kept.size], levels[: kept.size], flows[: kept.size]
        _levels(kept, level)
        reductions(level, law, values)
        to_block = block(to_x, start)
        signal = block(x, start)
        to_weight += _apply_adjoint(signal, values, x.dtype.type(weight), block(grad, start), to_block, flow)
        reductions_adjoint(level, law, flow, to_law)
        _levels_adjoint(kept, flow)
        _energies(signal, values)
        before = states[start - 1] if start else 0.0
        carried = smooth_adjoint(values, before, speed, kept, flow, carried, to_speed)
        _energies_adjoint(signal, flow, to_block)
    return to_weight


@batch_kernel
def control_adjoint(
    x: Array,
    law: Array,
    speed: Array,
    weights: Array,
    states: Array,
    grad: Array,
    to_x: Array,
    to_law: Array,
    to_speed: Array,
    to_weights: Array,
) -> None:
    """Gradients from ``grad``, that of :func:`control`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_law[b], to_speed[b] = 0, 0
        to_weights[b] = _row_adjoint(
            x[b], law[b], speed[b], weights[b], states[b], grad[b], to_x[b], to_law[b], to_speed[b]
        )
