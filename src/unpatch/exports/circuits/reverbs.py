"""Rooms: a feedback-delay network of eight lines, see :mod:`unpatch.dsp.reverb`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from unpatch.dsp import reverb
from unpatch.exports.circuit import Circuit, DelayLine, Number, Pair, Value
from unpatch.exports.circuits._filters import blend

_LINES = len(reverb.LINES_MS)


def mono_reverb(c: Circuit) -> Pair:
    left, right = c.inlet("input")
    (wet,) = _network(c, [(left + right) / 2])
    spread = c.line(reverb.SPREAD_MS / 1000)
    side = c.knob("width") * spread.read(_frames(c, reverb.SPREAD_MS))
    spread.write(wet)
    return blend(left, wet + side, c.knob("mix")), blend(right, wet - side, c.knob("mix"))


def stereo_reverb(c: Circuit) -> Pair:
    left, right = c.inlet("input")
    wet = _network(c, [left, right])
    mean = (wet[0] + wet[1]) / 2
    narrowed = [blend(mean, side, c.knob("width")) for side in wet]
    return blend(left, narrowed[0], c.knob("mix")), blend(right, narrowed[1], c.knob("mix"))


class _Tank(NamedTuple):
    """Gain and pole of every line, and the level that makes their energy one."""

    gains: list[Value]
    poles: list[Value]
    level: Value


def _frames(c: Circuit, milliseconds: float) -> Value:
    """At least one."""
    return (c.sample_rate * (milliseconds / 1000) + 0.5).floor().clamp(min=1)


def _decibels(level: Number) -> Value:
    found: Value = (level * (math.log(10) / 20)).exp()
    return found


def _tank(c: Circuit) -> _Tank:
    decay_s = reverb.SHORTEST_S * (reverb.LONGEST_S / reverb.SHORTEST_S) ** c.knob("size")
    lost = [60 * (_frames(c, ms) / c.sample_rate) / decay_s for ms in reverb.LINES_MS]
    damped = reverb.DAMPED_SHARE ** -c.knob("damping") - 1
    poles = [_one_pole(c, decay_db * damped) for decay_db in lost]
    typical = _decibels(-(sum(lost[1:], lost[0]) / _LINES))
    gains = [_decibels(-decay_db) * (1 - pole) for decay_db, pole in zip(lost, poles, strict=True)]
    return _Tank(gains, poles, (1 - typical * typical).sqrt() / typical)


def _one_pole(c: Circuit, wanted_db: Value) -> Value:
    """Pole of a low-pass that takes this away at :data:`unpatch.dsp.reverb.DAMPING_HZ`."""
    ratio = _decibels(-wanted_db / (1 + wanted_db / reverb.MOST_DAMPING_DB))
    cosine = (2 * math.pi * (reverb.DAMPING_HZ / c.sample_rate).clamp(max=0.5)).cos()
    square = ratio * ratio
    root = ratio * ((1 - cosine) * (2 - square * (1 + cosine))).sqrt()
    return (1 - square) / (1 - square * cosine + root)


def _network(c: Circuit, channels: Sequence[Value]) -> list[Value]:
    tank, count = _tank(c), len(channels)
    entering = _diffused(c, channels)
    lines = [c.line(ms / 1000) for ms in reverb.LINES_MS]
    late = [_absorbed(c, line, k, tank) for k, line in enumerate(lines)]
    mixed = _hadamard(late)
    into, back = math.sqrt(count / _LINES), math.sqrt(1 / _LINES)
    for k, line in enumerate(lines):
        line.write(reverb.SIGNS_IN[k] * into * entering[k % count] + back * mixed[k])
    signed = [reverb.SIGNS_OUT[k] * late[k] for k in range(_LINES)]
    return [sum(signed[i + count :: count], signed[i]) * tank.level for i in range(count)]


def _absorbed(c: Circuit, line: DelayLine, k: int, tank: _Tank) -> Value:
    state = c.register()
    now = tank.gains[k] * line.read(_frames(c, reverb.LINES_MS[k])) + tank.poles[k] * state.value
    state.keep(now)
    return now


def _hadamard(values: list[Value]) -> list[Value]:
    for step in (1, 2, 4):
        values = [
            values[k - step] - value if k & step else value + values[k + step]
            for k, value in enumerate(values)
        ]
    return values


def _diffused(c: Circuit, channels: Sequence[Value]) -> list[Value]:
    found = []
    for channel, stretch in zip(channels, (1.0, reverb.RIGHT_STRETCH), strict=False):
        x = channel
        for ms in reverb.DIFFUSERS_MS:
            line = c.line(ms * stretch / 1000)
            late = line.read(_frames(c, ms * stretch))
            now = x + reverb.DIFFUSION * late
            line.write(now)
            x = late - reverb.DIFFUSION * now
        found.append(x)
    return found
