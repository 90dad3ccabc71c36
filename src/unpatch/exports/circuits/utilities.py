"""Gain, place, width, mid and side, and oscillators."""

from __future__ import annotations

import math

from unpatch.exports.circuit import Circuit, Number, Pair, Value
from unpatch.exports.circuits._filters import blend


def mix(c: Circuit) -> Pair:
    return c.inlet("input")


def gain(c: Circuit) -> Pair:
    factors = (10 ** (gain_db / 20) for gain_db in c.moved("gain_db"))
    left, right = (x * factor for x, factor in zip(c.inlet("input"), factors, strict=True))
    return left, right


def panning(c: Circuit) -> Pair:
    """Equal power, unity in the centre."""
    (left, right), (to_left, to_right) = c.inlet("input"), c.moved("pan")
    return (
        left * ((to_left + 1) * (math.pi / 4)).cos() * math.sqrt(2),
        right * ((to_right + 1) * (math.pi / 4)).sin() * math.sqrt(2),
    )


def imager(c: Circuit) -> Pair:
    return _widened(c, c.knob("width"))


def console_imager(c: Circuit) -> Pair:
    return _widened(c, 1 + c.knob("weight") * (c.knob("width") - 1))


def published_imager(c: Circuit) -> Pair:
    return _widened(c, 1 + c.knob("weight") * (10 ** (c.knob("side_db") / 20) - 1))


def console_gain(c: Circuit) -> Pair:
    gain, angle = 10 ** (c.knob("gain_db") / 20), c.knob("pan") * (math.pi / 4)
    return _balanced(c, gain * (angle.cos() - angle.sin()), gain * (angle.cos() + angle.sin()))


def published_gain(c: Circuit) -> Pair:
    return _balanced(c, 10 ** (c.knob("left_db") / 20), 10 ** (c.knob("right_db") / 20))


def midside_split(c: Circuit) -> tuple[Pair, ...]:
    left, right = c.inlet("input")
    mid, side = (left + right) / 2, (left - right) / 2
    return (mid, mid), (side, side)


def midside_merge(c: Circuit) -> Pair:
    mid, side = c.inlet("mid"), c.inlet("side")
    return mid[0] + side[0], mid[1] - side[1]


def mono_lfo(c: Circuit) -> Pair:
    wave = _sine(c, c.knob("phase"))
    return wave, wave


def stereo_lfo(c: Circuit) -> Pair:
    return _sine(c, c.knob("phase")), _sine(c, c.knob("phase") + c.knob("stereo_offset"))


def _sine(c: Circuit, phase: Number) -> Value:
    cycles = c.knob("frequency_hz") * c.seconds + phase
    wave: Value = (2 * math.pi * (cycles - cycles.floor())).sin()
    return wave


def _widened(c: Circuit, width: Number) -> Pair:
    left, right = c.inlet("input")
    added = (width - 1) / 2 * (left - right)
    return left + added, right - added


def _balanced(c: Circuit, to_left: Number, to_right: Number) -> Pair:
    left, right = c.inlet("input")
    return blend(left, left * to_left, c.knob("weight")), blend(right, right * to_right, c.knob("weight"))
