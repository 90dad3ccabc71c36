"""The level detector and the static curve that dynamics share."""

from __future__ import annotations

import math
from typing import NamedTuple

from unpatch.exports.circuit import Circuit, Number, Pair, Value

LEAST_AMPLITUDE = 1e-6
DB_PER_OCTAVE = 20 * math.log10(2)
_NARROWEST_KNEE = 1e-6


class Law(NamedTuple):
    """The static curve, levels in octaves; see :mod:`unpatch.dsp.dynamics`."""

    threshold: Number
    slope: Number
    knee: Number
    direction: float
    limit: Number


def reduction(c: Circuit, level: Number, law: Law) -> Value:
    overshoot = law.direction * (level - law.threshold)
    inside = (overshoot + law.knee / 2).clamp(0, law.knee)
    beyond = (overshoot - law.knee / 2).clamp(min=0)
    bent = inside * inside / (2 * c.larger(law.knee, _NARROWEST_KNEE)) + beyond
    return c.smaller(law.slope * bent, law.limit)


def smoothed(c: Circuit, value: Value, rise_ms: Number, fall_ms: Number, first: Number = 0.0) -> Value:
    """Branching one-pole: one time constant for rising, one for falling."""
    state = c.register(first)
    away = state.value - value
    rise, fall = (pole(c, time_ms) for time_ms in (rise_ms, fall_ms))
    found = value + c.where(state.value, value, rise, fall) * away
    state.keep(found)
    return found


def pole(c: Circuit, time_ms: Number) -> Value:
    """Of a one-pole with this time constant (63 %)."""
    found: Value = (-1000 / (time_ms * c.sample_rate)).exp()
    return found


def louder(c: Circuit, key: Pair) -> Value:
    return c.larger(abs(key[0]), abs(key[1]))


def level_of(c: Circuit, key: Pair) -> Value:
    """Octaves of amplitude of the louder channel."""
    return louder(c, key).clamp(min=LEAST_AMPLITUDE).log2()


def turned_down(signal: Pair, octaves: Value) -> Pair:
    gain = (-octaves).exp2()
    return signal[0] * gain, signal[1] * gain
