"""Echoes, and delays that move."""

from __future__ import annotations

import math
from typing import NamedTuple

from unpatch.dsp.modulated_delay_kernels import SHORTEST
from unpatch.dsp.warp import HIGHEST, out_of_reach
from unpatch.exports.circuit import Circuit, DelayLine, Number, Pair, Value
from unpatch.exports.circuits._filters import biquad, blend


def mono_delay(c: Circuit) -> Pair:
    left, right = c.inlet("input")
    return _echoes(c, (left, right), crossed=False)


def pingpong_delay(c: Circuit) -> Pair:
    left, right = c.inlet("input")
    return _echoes(c, ((left + right) / 2, c.value(0)), crossed=True)


def chorus(c: Circuit) -> Pair:
    return _moving_delay(c)


def flanger(c: Circuit) -> Pair:
    return _moving_delay(c)


def vibrato(c: Circuit) -> Pair:
    return _moving_delay(c)


def _between(c: Circuit, line: DelayLine, delay: Number) -> Value:
    """What was written ``delay`` samples ago, at least two: third-order Lagrange interpolation."""
    held = delay.clamp(min=SHORTEST)
    whole = held.floor()
    f = held - whole
    outer, inner = f * (f - 1) / 6, (f + 1) * (f - 2) / 2
    weights = (outer * (2 - f), inner * (f - 1), -(inner * f), outer * (f + 1))
    taps = [weight * line.read(whole + place) for place, weight in zip((-1, 0, 1, 2), weights, strict=True)]
    found: Value = (taps[0] + taps[1]) + (taps[2] + taps[3])
    return found


def _moving_delay(c: Circuit) -> Pair:
    """:mod:`unpatch.dsp.modulated_delay`, each channel by itself."""
    longest_s = c.processor.parameters["delay_ms"].high / 1000

    def one(x: Value, delay_ms: Value) -> Value:
        line = c.line(longest_s)
        wet = _between(c, line, delay_ms * (c.sample_rate / 1000))
        line.write(x + c.knob("feedback") * wet)
        return x + c.knob("mix") * (wet - x)

    left, right = map(one, c.inlet("input"), c.moved("delay_ms"))
    return left, right


def _echoes(c: Circuit, entering: Pair, *, crossed: bool) -> Pair:
    """:mod:`unpatch.dsp.echo`."""
    knobs, filter_ = c.processor.parameters, _lowpass(c)
    longest_s = knobs["delay_ms"].high / 1000 * 2 ** (knobs["stereo_offset"].high / 2)
    lines = c.line(longest_s), c.line(longest_s)
    half = c.knob("stereo_offset") / 2
    delays = [c.knob("delay_ms") * (c.sample_rate / 1000) * turn.exp2() for turn in (-half, half)]
    wet = [biquad(c, _between(c, line, delay), *filter_) for line, delay in zip(lines, delays, strict=True)]
    for line, x, back in zip(lines, entering, wet[::-1] if crossed else wet, strict=True):
        line.write(x + c.knob("feedback") * back)
    left, right = (blend(x, y, c.knob("mix")) for x, y in zip(c.inlet("input"), wet, strict=True))
    return left, right


class _Filter(NamedTuple):
    above: tuple[Number, ...]
    below: tuple[Number, ...]


def _lowpass(c: Circuit) -> _Filter:
    """Of largest gain one; a corner out of reach leaves the gain at 0 Hz."""
    hz, q = c.knob("frequency_hz"), c.knob("q")
    w = (hz * (2 * math.pi) / c.sample_rate).clamp(max=2 * math.pi * HIGHEST)
    alpha, cosine = w.sin() / (2 * q), w.cos()
    square = q.clamp(min=math.sqrt(0.5)) ** 2
    level = (square - 0.25).sqrt() / square
    b0 = (1 - cosine) / 2 / (1 + alpha) * level
    below = (1.0, -2 * cosine / (1 + alpha), (1 - alpha) / (1 + alpha))
    share = out_of_reach(hz, c.sample_rate)  # type: ignore[arg-type]
    above = tuple(blend(b, level * a, share) for b, a in zip((b0, 2 * b0, b0), below, strict=True))
    return _Filter(above, below)
