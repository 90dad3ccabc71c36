"""Second-order filters that circuits share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from unpatch.dsp.warp import HIGHEST, out_of_reach
from unpatch.exports.circuit import Circuit, Number, Value


class Weights(NamedTuple):
    """Of the three bands of a state-variable filter."""

    high: Number
    band: Number
    low: Number


def blend(one: Number, other: Number, share: Number) -> Number:
    return one + share * (other - one)


def faded(c: Circuit, weights: Weights, frequency_hz: Number) -> Weights:
    """All that of the low band where the corner lies above half the sample rate."""
    share = out_of_reach(frequency_hz, c.sample_rate)  # type: ignore[arg-type]
    return Weights(
        blend(weights.high, weights.low, share), blend(weights.band, weights.low, share), weights.low
    )


def state_variable(
    c: Circuit,
    x: Value,
    frequency_hz: Number,
    damping: Number,
    weights: Weights,
    *,
    scale: Number = 1.0,
    sections: Sequence[float] = (1.0,),
) -> Value:
    """:mod:`unpatch.dsp.svf`: sections in series, each with its factor on the damping."""
    high, band, low = faded(c, weights, frequency_hz)
    g = scale * ((frequency_hz / c.sample_rate).clamp(max=HIGHEST) * math.pi).tan()
    for spread in sections:
        x = _section(c, x, g, damping * spread, Weights(high, band, low))
    return x


def _section(c: Circuit, x: Value, g: Number, damping: Number, weights: Weights) -> Value:
    a1 = 1 / (1 + g * (g + damping))
    a2 = g * a1
    a3 = g * a2
    odd, even = damping * (weights.band - weights.high), weights.low - weights.high
    through = odd * a2 + even * a3
    first, second = c.register(), c.register()
    away = x - second.value
    first.keep((2 * a1 - 1) * first.value + 2 * a2 * away)
    second.keep(second.value + 2 * a2 * first.value + 2 * a3 * away)
    straight, by_first, by_second = weights.high + through, odd * a1 + even * a2, even - through
    found: Value = straight * x + by_first * first.value + by_second * second.value
    return found


def biquad(c: Circuit, x: Value, above: Sequence[Number], below: Sequence[Number]) -> Value:
    """Transposed direct form II; ``below`` begins with the coefficient of the output."""
    b0, b1, b2 = (b / below[0] for b in above)
    a1, a2 = (a / below[0] for a in below[1:])
    first, second = c.register(), c.register()
    y: Value = b0 * x + first.value
    first.keep(b1 * x - a1 * y + second.value)
    second.keep(b2 * x - a2 * y)
    return y
