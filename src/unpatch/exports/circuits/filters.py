"""Filters and bands of equalizers."""

from __future__ import annotations

import math

from unpatch.dsp import svf
from unpatch.dsp.warp import HIGHEST, out_of_reach
from unpatch.exports.circuit import Circuit, Number, Pair, Value
from unpatch.exports.circuits._filters import Weights, blend, state_variable

_LOW, _BAND, _HIGH, _BOTH = Weights(0, 0, 1), Weights(0, 1, 0), Weights(1, 0, 0), Weights(1, 0, 1)


def lowpass2(c: Circuit) -> Pair:
    return _plain(c, _LOW)


def bandpass2(c: Circuit) -> Pair:
    return _plain(c, _BAND)


def highpass2(c: Circuit) -> Pair:
    return _plain(c, _HIGH)


def bandreject2(c: Circuit) -> Pair:
    return _plain(c, _BOTH)


def lowpass4(c: Circuit) -> Pair:
    return _plain(c, _LOW, svf.BUTTERWORTH_SECTIONS)


def bandpass4(c: Circuit) -> Pair:
    return _plain(c, _BAND, svf.EQUAL_SECTIONS)


def highpass4(c: Circuit) -> Pair:
    return _plain(c, _HIGH, svf.BUTTERWORTH_SECTIONS)


def bell(c: Circuit) -> Pair:
    def one(x: Value, frequency_hz: Value, root: Value) -> Value:
        damping = 1 / (c.knob("q") * root**2)
        return state_variable(c, x, frequency_hz, damping, Weights(1, root**4, 1))

    return _shaped(c, one)


def lowshelf(c: Circuit) -> Pair:
    def one(x: Value, frequency_hz: Value, root: Value) -> Value:
        weights = Weights(1, root**2, root**4)
        return state_variable(c, x, frequency_hz, 1 / c.knob("q"), weights, scale=1 / root)

    return _shaped(c, one)


def highshelf(c: Circuit) -> Pair:
    def one(x: Value, frequency_hz: Value, root: Value) -> Value:
        weights = Weights(root**4, root**2, 1)
        return state_variable(c, x, frequency_hz, 1 / c.knob("q"), weights, scale=root)

    return _shaped(c, one)


def crossover(c: Circuit) -> tuple[Pair, ...]:
    """Fourth order; the high band is what the low one leaves of an all-pass."""
    frequency_hz = c.moved("frequency_hz")
    bands = [_split(c, x, hz) for x, hz in zip(c.inlet("input"), frequency_hz, strict=True)]
    (low_left, high_left), (low_right, high_right) = bands
    return (low_left, low_right), (high_left, high_right)


def _split(c: Circuit, x: Value, frequency_hz: Value) -> Pair:
    held, damping = frequency_hz.clamp(max=HIGHEST * c.sample_rate), math.sqrt(2)
    band = state_variable(c, x, held, damping, _LOW, sections=svf.EQUAL_SECTIONS)
    both = state_variable(c, x, held, damping, Weights(1, -1, 1))
    low = blend(band, both, out_of_reach(frequency_hz, c.sample_rate))  # type: ignore[arg-type]
    return low, both - low


def _plain(c: Circuit, weights: Weights, sections: tuple[float, ...] = svf.ONE_SECTION) -> Pair:
    def one(x: Value, frequency_hz: Value) -> Value:
        return state_variable(c, x, frequency_hz, 1 / c.knob("q"), weights, sections=sections)

    left, right = map(one, c.inlet("input"), c.moved("frequency_hz"))
    return left, right


def _shaped(c: Circuit, one: Number) -> Pair:
    """``one`` takes the fourth root of the amplitude gain."""
    roots = [(gain_db * (math.log(10) / 80)).exp() for gain_db in c.moved("gain_db")]
    left, right = map(one, c.inlet("input"), c.moved("frequency_hz"), roots)
    return left, right
