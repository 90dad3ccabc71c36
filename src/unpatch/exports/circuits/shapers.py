"""What bends a signal sample by sample, and the phaser."""

from __future__ import annotations

import math

from unpatch.dsp import polynomial
from unpatch.dsp.allpass_kernels import STAGES
from unpatch.dsp.drive import LEAST_CEILING, LEAST_TAIL
from unpatch.dsp.warp import HIGHEST, out_of_reach
from unpatch.exports.circuit import Circuit, Number, Pair, Value
from unpatch.exports.circuits._filters import blend

_CUBIC_KNEE, _CUBIC_SHARE = 1.5, 4 / 27


def distortion(c: Circuit) -> Pair:
    """:func:`unpatch.dsp.drive.distort`."""
    gain = 10 ** (c.knob("gain_db") / 20)
    tail = 1 - (1 - LEAST_TAIL) * c.knob("hardness")
    low = 1 - (1 - LEAST_CEILING) * c.knob("asymmetry")

    def one(x: Value) -> Value:
        driven = gain * x
        ceiling = c.where(driven, 0, low, 1)
        size = abs(driven) / ceiling
        straight = 1 - tail
        clipped = c.smaller(size, straight) + tail * ((size - straight).clamp(min=0) / tail).tanh()
        return c.where(driven, 0, -(clipped * ceiling), clipped * ceiling)

    return _each(c, one)


def bitcrush(c: Circuit) -> Pair:
    step = (1 - c.knob("bit")).exp2()
    return _each(c, lambda x: (x / step + 0.5).floor() * step)


def clipper(c: Circuit) -> Pair:
    """:func:`unpatch.dsp.clip.clip`."""
    gain, offset = 10 ** (c.knob("gain_db") / 20), c.knob("offset")
    soft, hard = (1 - c.knob("hardness")).clamp(min=0), (c.knob("hardness") - 1).clamp(min=0)

    def curve(size: Value) -> Value:
        inner = size.clamp(max=_CUBIC_KNEE)
        cubic = inner - _CUBIC_SHARE * inner * inner * inner
        return soft * size.tanh() + (1 - soft - hard) * cubic + hard * size.clamp(max=1)

    def one(x: Value) -> Value:
        driven = gain * x + offset
        clipped = curve(abs(driven))
        return (c.where(driven, 0, -clipped, clipped) - curve(offset)) / gain

    return _each(c, one)


def taylor_clipper(c: Circuit) -> Pair:
    return _bent(c, polynomial.TAYLOR)


def chebyshev_clipper(c: Circuit) -> Pair:
    return _bent(c, polynomial.CHEBYSHEV)


def phaser(c: Circuit) -> Pair:
    """:mod:`unpatch.dsp.allpass`, mixed with the input."""
    left, right = (
        blend(x, _chain(c, x, hz), c.knob("mix"))
        for x, hz in zip(c.inlet("input"), c.moved("frequency_hz"), strict=True)
    )
    return left, right


def _each(c: Circuit, one: Number) -> Pair:
    left, right = map(one, c.inlet("input"))
    return left, right


def _bent(c: Circuit, family: polynomial.Family) -> Pair:
    """:func:`unpatch.dsp.polynomial.bend`."""

    def orders(x: Number, count: int) -> list[Number]:
        found: list[Number] = [1.0, x]
        while len(found) <= count:
            found.append(family.rise * x * found[-1] - family.fall * found[-2])
        return found[1:]

    def one(x: Value) -> Value:
        weights = c.curve("coefficients")
        here, rest = orders(x.clamp(-1, 1), len(weights)), orders(0.0, len(weights))
        for weight, value, silent in zip(weights, here, rest, strict=True):
            x = x + weight * (value - silent)
        return x

    return _each(c, one)


def _chain(c: Circuit, x: Value, frequency_hz: Value) -> Value:
    """All-pass stages in a loop that is solved at every sample."""
    g = ((frequency_hz / c.sample_rate).clamp(max=HIGHEST) * math.pi).tan()
    p, feedback = (g - 1) / (g + 1), c.knob("feedback")
    r = (1 - p * p).sqrt()
    states = [c.register() for _ in range(STAGES)]
    held, through = c.value(0), c.value(1)
    for state in states:
        held, through = p * held + r * state.value, through * p
    y = (x + feedback * held) / (1 - feedback * through)
    for state in states:
        before = y
        y = p * before + r * state.value
        state.keep(r * before - p * state.value)
    return blend(y, x / (1 - feedback), out_of_reach(frequency_hz, c.sample_rate))  # type: ignore[arg-type, no-any-return]
