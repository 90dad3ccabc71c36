"""Compressors, expanders, gates, and the envelope follower."""

from __future__ import annotations

import math

from unpatch.exports.circuit import Circuit, Number, Pair
from unpatch.exports.circuits._dynamics import (
    DB_PER_OCTAVE,
    LEAST_AMPLITUDE,
    Law,
    level_of,
    louder,
    pole,
    reduction,
    smoothed,
    turned_down,
)
from unpatch.exports.circuits._filters import blend

_UNBOUNDED_DB = 600.0
_EXPANDER_RANGE_DB, _GATE_RANGE_DB = 120, 60
_LEAST_ENERGY, _ENERGY_DB_PER_OCTAVE, _MOST_OCTAVES = 1e-5, 10 * math.log10(2), 99.0


def compressor(c: Circuit) -> Pair:
    return _compressed(c, c.knob("attack_ms"), c.knob("release_ms"))


def mastering_compressor(c: Circuit) -> Pair:
    return _compressed(c, c.knob("attack_ms"), c.knob("release_ms"))


def simplified_compressor(c: Circuit) -> Pair:
    return _compressed(c, c.knob("time_ms"), c.knob("time_ms"))


def console_compressor(c: Circuit) -> Pair:
    gain = 10 ** (c.knob("gain_db") / 20)
    return _weighted(c, _compressed(c, c.knob("attack_ms"), c.knob("release_ms")), gain)


def expander(c: Circuit) -> Pair:
    return _expanded(c, _EXPANDER_RANGE_DB)


def noisegate(c: Circuit) -> Pair:
    return _expanded(c, _GATE_RANGE_DB)


def console_gate(c: Circuit) -> Pair:
    return _weighted(c, _expanded(c, c.knob("range_db")))


def published_compressor(c: Circuit) -> Pair:
    return _by_energy(c, 1 - 1 / c.knob("ratio"), 1.0)


def published_gate(c: Circuit) -> Pair:
    return _by_energy(c, c.knob("ratio") - 1, -1.0)


def envelope_follower(c: Circuit) -> Pair:
    found = smoothed(c, louder(c, c.inlet("input")), c.knob("attack_ms"), c.knob("release_ms"))
    envelope = (10 ** (c.knob("gain_db") / 20) * found).clamp(0, 1)
    return envelope, envelope


def _key(c: Circuit) -> Pair:
    return c.inlet("sidechain" if c.has("sidechain") else "input")


def _law(c: Circuit, slope: Number, direction: float, limit_db: Number) -> Law:
    threshold, knee = c.knob("threshold_db") / DB_PER_OCTAVE, c.knob("knee_db") / DB_PER_OCTAVE
    return Law(threshold, slope, knee, direction, limit_db / DB_PER_OCTAVE)


def _compressed(c: Circuit, attack_ms: Number, release_ms: Number) -> Pair:
    law = _law(c, 1 - 1 / c.knob("ratio"), 1.0, _UNBOUNDED_DB)
    wanted = reduction(c, level_of(c, _key(c)), law)
    return turned_down(c.inlet("input"), smoothed(c, wanted, attack_ms, release_ms))


def _expanded(c: Circuit, range_db: Number) -> Pair:
    """A rising level lowers the reduction; before the first sample there was silence for long."""
    law = _law(c, c.knob("ratio") - 1, -1.0, range_db)
    wanted = reduction(c, level_of(c, _key(c)), law)
    rest = reduction(c, c.value(math.log2(LEAST_AMPLITUDE)), law)
    return turned_down(c.inlet("input"), smoothed(c, wanted, c.knob("release_ms"), c.knob("attack_ms"), rest))


def _weighted(c: Circuit, wet: Pair, gain: Number = 1.0) -> Pair:
    left, right = (blend(x, gain * y, c.knob("weight")) for x, y in zip(c.inlet("input"), wet, strict=True))
    return left, right


def _by_energy(c: Circuit, slope: Number, direction: float) -> Pair:
    left, right = c.inlet("input")
    state, late = c.register(), pole(c, c.knob("smoothing_ms"))
    energy = blend((left * left + right * right) / 2, state.value, late)
    state.keep(energy)
    threshold, knee = (c.knob(name) / _ENERGY_DB_PER_OCTAVE for name in ("threshold_db", "knee_db"))
    law = Law(threshold, slope, knee, direction, _MOST_OCTAVES)
    turned = (-reduction(c, (energy + _LEAST_ENERGY).log2(), law)).exp2()
    gain = 1 + c.knob("weight") * (turned - 1)
    return left * gain, right * gain
