"""Compiled loops of dynamic range control, forward and adjoint.

Work goes block by block: what can be vectorised (level, static curve, gain) runs in passes over
buffers that stay in the first-level cache, and only the one-pole runs frame by frame. Levels and
reductions are in octaves of amplitude. The adjoint visits the blocks last to first and computes levels
and static reductions again; of the forward run it needs the states alone.

Shapes: B rows, T time; signals ``[B, 2, T]``, ``law [B, 5]`` (threshold, slope, knee, direction,
limit), ``speed [B, 2]`` (coefficients for rising and falling), ``states [B, T]`` in double precision,
``[0, T]`` where they need not be kept. ``to_x`` is the gradient with respect to ``x``.
"""

import math
from typing import Any, TypeAlias

import numba
import numpy as np

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import Array, batch_kernel, flushed, kernel, ordered_kernel

Pair: TypeAlias = tuple[Array, Array]
"""Left and right."""

# Below this the level counts as silence (-120 dB).
_LEAST = 1e-6
# A narrower knee is a corner.
_HARD = 1e-6
_BLOCK = 512


@kernel
def block(signal: Array, start: int) -> Pair:
    """Both channels of a block, contiguous so that loops over them vectorise."""
    stop = start + _BLOCK
    return signal[0, start:stop], signal[1, start:stop]


@kernel
def _or_nan(value: Any, left: Any, right: Any) -> Any:
    """``value``, unless one of the channels is no number, which its computation has passed over."""
    both = left + right
    return both if np.isnan(both) else value


@kernel
def _louder(signal: Pair, out: Array) -> None:
    """Amplitude of the louder channel."""
    left, right = signal
    for t in range(out.size):
        out[t] = _or_nan(max(abs(left[t]), abs(right[t])), left[t], right[t])


@kernel
def _louder_adjoint(signal: Pair, to_out: Array, to_signal: Pair) -> None:
    """Equal channels share the gradient."""
    left, right = signal
    to_left, to_right = to_signal
    half = left.dtype.type(0.5)
    for t in range(to_out.size):
        lead = abs(left[t]) - abs(right[t])
        share = half + half * np.sign(lead)
        to_left[t] = to_out[t] * share * np.sign(left[t])
        to_right[t] = to_out[t] * (half + half - share) * np.sign(right[t])


@kernel
def levels_of(signal: Pair, out: Array) -> None:
    """Octaves of the louder channel, bounded below by silence."""
    left, right = signal
    least = left.dtype.type(_LEAST)
    for t in range(out.size):
        loud = max(abs(left[t]), abs(right[t]))
        out[t] = _or_nan(fastmath.log2(max(loud, least)), left[t], right[t])


@kernel
def _levels_adjoint(signal: Pair, to_out: Array, to_signal: Pair) -> None:
    """Leaves in ``to_out`` the gradient to the louder channel's amplitude."""
    left, right = signal
    least, none = left.dtype.type(_LEAST), left.dtype.type(0)
    per_octave = left.dtype.type(1 / math.log(2))
    for t in range(to_out.size):
        loud = max(abs(left[t]), abs(right[t]))
        to_out[t] *= per_octave / loud if loud > least else none
    _louder_adjoint(signal, to_out, to_signal)


@kernel
def _curvature(law: Array) -> Any:
    """1 / 2K, finite for a hard knee."""
    return law.dtype.type(0.5) / max(law[2], law.dtype.type(_HARD))


@kernel
def reductions(levels: Array, law: Array, out: Array) -> None:
    """The static curve; ``out`` may be ``levels``."""
    threshold, slope, knee, direction, limit = law[0], law[1], law[2], law[3], law[4]
    none, half, curvature = law.dtype.type(0), law.dtype.type(0.5) * knee, _curvature(law)
    for t in range(levels.size):
        overshoot = direction * (levels[t] - threshold)
        inside = min(max(overshoot + half, none), knee)
        bent = inside * inside * curvature + max(overshoot - half, none)
        out[t] = min(slope * bent, limit)


@kernel
def reductions_adjoint(levels: Array, law: Array, to_out: Array, to_law: Array) -> None:
    """Adds to ``to_law`` and leaves in ``to_out`` the gradient to the levels."""
    threshold, slope, knee, direction, limit = law[0], law[1], law[2], law[3], law[4]
    none, half, curvature = law.dtype.type(0), law.dtype.type(0.5) * knee, _curvature(law)
    to_threshold = to_slope = to_knee = to_limit = 0.0
    for t in range(levels.size):
        overshoot = direction * (levels[t] - threshold)
        inside = min(max(overshoot + half, none), knee)
        bent = inside * inside * curvature + max(overshoot - half, none)
        grad = to_out[t] if slope * bent < limit else none
        to_limit += np.float64(to_out[t] - grad)
        # Slope of the bend: 0 below the knee, 1 above it, and straight in between.
        beyond = law.dtype.type(1) if overshoot >= half else none
        steepness = inside * (curvature + curvature) if overshoot < half else beyond
        to_level = grad * slope * steepness * direction
        to_slope += np.float64(grad * bent)
        to_knee += np.float64(grad * slope * inside * (knee - inside) * (curvature + curvature) * curvature)
        to_threshold -= np.float64(to_level)
        to_out[t] = to_level
    to_law[0] += to_threshold
    to_law[1] += to_slope
    to_law[2] += to_knee
    to_law[4] += to_limit


@kernel
def rest(law: Array) -> Any:
    """State before the first frame: there was silence for long."""
    silence = np.full(1, fastmath.log2(law.dtype.type(_LEAST)))
    reductions(silence, law, silence)
    return np.float64(silence[0])


@kernel
def _rest_adjoint(law: Array, to_rest: float, to_law: Array) -> None:
    silence = np.full(1, fastmath.log2(law.dtype.type(_LEAST)))
    reductions_adjoint(silence, law, np.full(1, law.dtype.type(to_rest)), to_law)


@ordered_kernel
def smooth(values: Array, before: float, speed: Array, states: Array) -> Any:
    """Smooth branching one-pole; returns the last state.

    Each state waits for the one before: both branches are computed while they are compared.
    """
    rise, fall = speed[0], speed[1]
    to_rise, to_fall = 1.0 - rise, 1.0 - fall
    state = before
    for t in range(values.size):
        value = np.float64(values[t])
        risen, fallen = rise * state + to_rise * value, fall * state + to_fall * value
        state = risen if value > state else fallen
        states[t] = state
    return flushed(state, 0.0)


@ordered_kernel
def _smooth_both(values: Pair, before: Pair, speed: Array, states: Pair) -> Pair:
    """:func:`smooth` of two rows at once: while one state waits for its predecessor the other one moves."""
    (one, other), (one_states, other_states) = values, states
    one_rise, one_fall = speed[0, 0], speed[0, 1]
    other_rise, other_fall = speed[1, 0], speed[1, 1]
    one_to_rise, one_to_fall = 1.0 - one_rise, 1.0 - one_fall
    other_to_rise, other_to_fall = 1.0 - other_rise, 1.0 - other_fall
    state, second = before
    for t in range(one.size):
        value, further = np.float64(one[t]), np.float64(other[t])
        risen, fallen = one_rise * state + one_to_rise * value, one_fall * state + one_to_fall * value
        high, low = (
            other_rise * second + other_to_rise * further,
            other_fall * second + other_to_fall * further,
        )
        state = risen if value > state else fallen
        second = high if further > second else low
        one_states[t], other_states[t] = state, second
    return flushed(state, 0.0), flushed(second, 0.0)


@kernel
def smooth_adjoint(
    values: Array,
    before: float,
    speed: Array,
    states: Array,
    to_states: Array,
    carried: float,
    to_speed: Array,
) -> Any:
    """Add to ``to_speed``, turn ``to_states`` into the gradient to ``values``, return that to ``before``."""
    rise, fall = speed[0], speed[1]
    to_rise = to_fall = 0.0
    for t in range(values.size - 1, -1, -1):
        lead = (states[t - 1] if t else before) - np.float64(values[t])
        total = to_states[t] + carried
        rising = lead < 0
        carried = (rise if rising else fall) * total
        to_rise += total * lead if rising else 0.0
        to_fall += 0.0 if rising else total * lead
        to_states[t] = total - carried
    to_speed[0] += to_rise
    to_speed[1] += to_fall
    return flushed(carried, 0.0)


@kernel
def apply_reductions(x: Pair, reductions: Array, y: Pair) -> None:
    left, right = x
    y_left, y_right = y
    for t in range(reductions.size):
        gain = fastmath.exp2(left.dtype.type(-reductions[t]))
        y_left[t] = left[t] * gain
        y_right[t] = right[t] * gain


@kernel
def _apply_adjoint(x: Pair, reductions: Array, grad: Pair, to_x: Pair, to_reductions: Array) -> None:
    left, right = x
    grad_left, grad_right = grad
    to_left, to_right = to_x
    per_octave = left.dtype.type(-math.log(2))
    for t in range(reductions.size):
        gain = fastmath.exp2(left.dtype.type(-reductions[t]))
        to_left[t] = grad_left[t] * gain
        to_right[t] = grad_right[t] * gain
        to_reductions[t] = per_octave * (left[t] * to_left[t] + right[t] * to_right[t])


@kernel
def _control_row(x: Array, key: Array, law: Array, speed: Array, y: Array, states: Array) -> None:
    buffer, scratch = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK)
    state = rest(law)
    for start in range(0, x.shape[1], _BLOCK):
        values = buffer[: x.shape[1] - start]
        kept = states[start : start + _BLOCK] if states.size else scratch[: values.size]
        levels_of(block(key, start), values)
        reductions(values, law, values)
        state = smooth(values, state, speed, kept)
        apply_reductions(block(x, start), kept, block(y, start))


@kernel
def _control_rows(x: Array, key: Array, law: Array, speed: Array, y: Array, states: Array) -> None:
    """Two rows, ``[2, 2, T]``."""
    buffers, scratch = np.empty((2, _BLOCK), x.dtype), np.empty((2, _BLOCK))
    before = rest(law[0]), rest(law[1])
    for start in range(0, x.shape[2], _BLOCK):
        size = min(_BLOCK, x.shape[2] - start)
        one, other = buffers[0, :size], buffers[1, :size]
        first = states[0, start : start + size] if states.size else scratch[0, :size]
        second = states[1, start : start + size] if states.size else scratch[1, :size]
        levels_of(block(key[0], start), one)
        levels_of(block(key[1], start), other)
        reductions(one, law[0], one)
        reductions(other, law[1], other)
        before = _smooth_both((one, other), before, speed, (first, second))
        apply_reductions(block(x[0], start), first, block(y[0], start))
        apply_reductions(block(x[1], start), second, block(y[1], start))


def control(x: Array, key: Array, law: Array, speed: Array, y: Array, states: Array) -> None:
    """Turn ``x`` down by the smoothed static reduction of the level of ``key``, into ``y``."""
    enough = len(x) >= 2 * numba.get_num_threads()
    _control(x, key, law, speed, y, states, 2 if enough else 1)


@batch_kernel
def _control(x: Array, key: Array, law: Array, speed: Array, y: Array, states: Array, together: int) -> None:
    """A thread takes this many rows, 1 or 2, at once."""
    rows = x.shape[0]
    for place in numba.prange(-(-rows // together)):
        a, b = place * together, min(place * together + together, rows)
        if b - a > 1:
            _control_rows(x[a:b], key[a:b], law[a:b], speed[a:b], y[a:b], states[a:b])
        else:
            kept = states[a] if states.size else np.empty(0)
            _control_row(x[a], key[a], law[a], speed[a], y[a], kept)


@kernel
def _control_adjoint_row(
    x: Array,
    key: Array,
    law: Array,
    speed: Array,
    states: Array,
    grad: Array,
    to_x: Array,
    to_key: Array,
    to_law: Array,
    to_speed: Array,
) -> None:
    levels, values = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK, x.dtype)
    flow, carried = np.empty(_BLOCK, x.dtype), 0.0
    for start in range((x.shape[1] - 1) // _BLOCK * _BLOCK, -1, -_BLOCK):
        kept = states[start : start + _BLOCK]
        level, value, to_value = levels[: kept.size], values[: kept.size], flow[: kept.size]
        levels_of(block(key, start), level)
        reductions(level, law, value)
        _apply_adjoint(block(x, start), kept, block(grad, start), block(to_x, start), to_value)
        before = states[start - 1] if start else rest(law)
        carried = smooth_adjoint(value, before, speed, kept, to_value, carried, to_speed)
        reductions_adjoint(level, law, to_value, to_law)
        _levels_adjoint(block(key, start), to_value, block(to_key, start))
    _rest_adjoint(law, carried, to_law)


@batch_kernel
def control_adjoint(
    x: Array,
    key: Array,
    law: Array,
    speed: Array,
    states: Array,
    grad: Array,
    to_x: Array,
    to_key: Array,
    to_law: Array,
    to_speed: Array,
) -> None:
    """Gradients to ``x``, ``key``, ``law`` and ``speed`` from ``grad``, that of :func:`control`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_law[b], to_speed[b] = 0, 0
        _control_adjoint_row(
            x[b], key[b], law[b], speed[b], states[b], grad[b], to_x[b], to_key[b], to_law[b], to_speed[b]
        )


@batch_kernel
def follow(x: Array, speed: Array, y: Array, states: Array) -> None:
    """Envelope ``y [B, T]`` of the louder channel, from silence."""
    for b in numba.prange(x.shape[0]):
        scratch, state = np.empty(_BLOCK), 0.0
        for start in range(0, x.shape[2], _BLOCK):
            values = y[b, start : start + _BLOCK]
            kept = states[b, start : start + _BLOCK] if states.size else scratch[: values.size]
            _louder(block(x[b], start), values)
            state = smooth(values, state, speed[b], kept)
            values[:] = kept


@batch_kernel
def follow_adjoint(x: Array, speed: Array, states: Array, grad: Array, to_x: Array, to_speed: Array) -> None:
    """Gradients to ``x`` and ``speed`` from ``grad [B, T]``, that of :func:`follow`'s ``y``."""
    for b in numba.prange(x.shape[0]):
        to_speed[b] = 0
        buffer, flow, carried = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK, x.dtype), 0.0
        for start in range((x.shape[2] - 1) // _BLOCK * _BLOCK, -1, -_BLOCK):
            kept = states[b, start : start + _BLOCK]
            values, to_value = buffer[: kept.size], flow[: kept.size]
            _louder(block(x[b], start), values)
            to_value[:] = grad[b, start : start + _BLOCK]
            before = states[b, start - 1] if start else 0.0
            carried = smooth_adjoint(values, before, speed[b], kept, to_value, carried, to_speed[b])
            _louder_adjoint(block(x[b], start), to_value, block(to_x[b], start))
