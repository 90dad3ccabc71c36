"""Usual settings of a knob: distributions in a parameter's declaration.

Samples are made by mapping uniform numbers to values, so that the same stream of numbers in [0, 1)
gives the same values everywhere. Values are in the parameter's unit.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol, TypeAlias

Number: TypeAlias = Callable[[], float]
"""The next uniform number in [0, 1)."""

MEASURED_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of which a measured distribution gives the quantiles."""

_NORMAL = NormalDist()
# The ends of a normal distribution are at infinity.
_LEAST_SHARE = 1e-12
# Quantiles are computed from this many equally likely values of each part.
_GRAINS = 400


@dataclass(frozen=True)
class Typical:
    """A mixture of parts, each of which maps shares in [0, 1] to values.

    Attributes:
        parts: weight and part; the weights need not sum to one.
        source: where it was measured, empty where it is an engineer's judgement.
    """

    parts: tuple[tuple[float, QuantileMap], ...]
    source: str = ""

    def __post_init__(self) -> None:
        if not self.parts or any(weight <= 0 for weight, _ in self.parts):
            raise ValueError("a distribution needs parts of positive weight")

    @property
    def low(self) -> float:
        """The smallest value that is drawn."""
        return min(part.low for _, part in self.parts)

    @property
    def high(self) -> float:
        """The largest one."""
        return max(part.high for _, part in self.parts)

    def draw(self, number: Number) -> float:
        """A value; takes two numbers, of a single part one."""
        return self._chosen(number).value(number())

    def quantile(self, share: float) -> float:
        """The value that is not exceeded with this probability."""
        total = sum(weight for weight, _ in self.parts)
        grains = sorted(
            (part.value((i + 0.5) / _GRAINS), weight / total / _GRAINS)
            for weight, part in self.parts
            for i in range(_GRAINS)
        )
        for value, weight in grains:
            share -= weight
            if share <= 0:
                return value
        return grains[-1][0]

    def _chosen(self, number: Number) -> QuantileMap:
        if len(self.parts) == 1:
            return self.parts[0][1]
        level = number() * sum(weight for weight, _ in self.parts)
        for weight, part in self.parts:
            level -= weight
            if level < 0:
                return part
        return self.parts[-1][1]  # rounding at the very end of the range


class QuantileMap(Protocol):
    """A map from shares to values that never falls."""

    @property
    def low(self) -> float:
        """The smallest value."""

    @property
    def high(self) -> float:
        """The largest value."""

    def value(self, share: float) -> float:
        """The value that is not exceeded with this probability."""


@dataclass(frozen=True)
class QuantileLine:
    """Linear between points, on a line or its logarithm.

    Attributes:
        shares: from 0 to 1, rising.
        points: the values there.
        log: whether the points are joined by straight lines of the logarithm.
        grid: what values are rounded to a multiple of; 0 leaves them as they are.
    """

    shares: tuple[float, ...]
    points: tuple[float, ...]
    log: bool = False
    grid: float = 0.0

    def __post_init__(self) -> None:
        if len(self.shares) != len(self.points) or (self.shares[0], self.shares[-1]) != (0.0, 1.0):
            raise ValueError("a value is needed for each share from 0 to 1")
        if list(self.points) != sorted(self.points) or list(self.shares) != sorted(set(self.shares)):
            raise ValueError(f"shares and values must rise, got {self.shares} and {self.points}")
        if self.log and self.points[0] <= 0:
            raise ValueError("values on a logarithmic scale must be positive")

    @property
    def low(self) -> float:
        return self._on_grid(self.points[0])

    @property
    def high(self) -> float:
        return self._on_grid(self.points[-1])

    def value(self, share: float) -> float:
        right = min(bisect_right(self.shares, share), len(self.shares) - 1)
        start, end = self.points[right - 1], self.points[right]
        along = (share - self.shares[right - 1]) / (self.shares[right] - self.shares[right - 1])
        between = start * (end / start) ** along if self.log else start + along * (end - start)
        return self._on_grid(min(max(between, start), end))

    def _on_grid(self, value: float) -> float:
        return self.grid * math.floor(value / self.grid + 0.5) if self.grid else value


@dataclass(frozen=True)
class Bell:
    """A normal distribution of the value, or of its logarithm, cut off at both ends."""

    median: float
    spread: float
    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not (self.low <= self.median <= self.high and self._line(self.spread) > 0):
            raise ValueError(
                f"the median {self.median} must lie in {self.low} to {self.high}, and spread out"
            )

    def value(self, share: float) -> float:
        first, last = (_NORMAL.cdf(self._deviations(end)) for end in (self.low, self.high))
        inner = min(max(first + share * (last - first), _LEAST_SHARE), 1 - _LEAST_SHARE)
        place = self._line(self.median) + self._line(self.spread) * _NORMAL.inv_cdf(inner)
        return min(max(math.exp(place) if self.log else place, self.low), self.high)

    def _deviations(self, value: float) -> float:
        return (self._line(value) - self._line(self.median)) / self._line(self.spread)

    def _line(self, value: float) -> float:
        return math.log(value) if self.log else value


@dataclass(frozen=True)
class Mirrored:
    """Another part with the opposite sign."""

    part: QuantileMap

    @property
    def low(self) -> float:
        return -self.part.high

    @property
    def high(self) -> float:
        return -self.part.low

    def value(self, share: float) -> float:
        return -self.part.value(1 - share)


def uniform(low: float, high: float, *, grid: float = 0.0) -> Typical:
    """Every value is as likely; with a grid every multiple of it, the two ends half as often."""
    return _one(QuantileLine((0.0, 1.0), (low, high), grid=grid))


def log_uniform(low: float, high: float) -> Typical:
    """Every octave is as likely."""
    return _one(QuantileLine((0.0, 1.0), (low, high), log=True))


def log_normal(median: float, spread: float, low: float, high: float) -> Typical:
    """Two thirds are between ``median / spread`` and ``median * spread``; cut off at both ends."""
    return _one(Bell(median, spread, low, high, log=True))


def normal(median: float, spread: float, low: float, high: float) -> Typical:
    """Two thirds are within ``spread`` of the ``median``; cut off at both ends."""
    return _one(Bell(median, spread, low, high))


def measured(source: str, *quantiles: float, low: float, high: float, log: bool = True) -> Typical:
    """A distribution that was measured: its 5, 25, 50, 75 and 95 % quantiles, joined on its scale."""
    shares = (0.0, *MEASURED_SHARES, 1.0)
    return Typical(((1.0, QuantileLine(shares, (low, *quantiles, high), log=log)),), source)


def steps(*values: float) -> Typical:
    """Each of a few values is as likely."""
    return Typical(tuple((1.0, QuantileLine((0.0, 1.0), (value, value))) for value in values))


def mixture(*parts: tuple[float, Typical]) -> Typical:
    """Distributions by weight."""
    flat = [
        (weight * own / sum(w for w, _ in typical.parts), part)
        for weight, typical in parts
        for own, part in typical.parts
    ]
    sources = dict.fromkeys(typical.source for _, typical in parts if typical.source)
    return Typical(tuple(flat), ", ".join(sources))


def both_signs(typical: Typical, positive: float = 0.5) -> Typical:
    """The distribution of a size, with a positive sign so often."""
    return mixture((positive, typical), (1 - positive, negative(typical)))


def negative(typical: Typical) -> Typical:
    """The same turned round."""
    return Typical(tuple((weight, Mirrored(part)) for weight, part in typical.parts), typical.source)


def _one(part: QuantileMap) -> Typical:
    return Typical(((1.0, part),))


@dataclass(frozen=True)
class Movement:
    """How a knob is usually moved.

    Attributes:
        rate_hz: cycles per second of an oscillator.
        depth: gain of the edge of the modulation, as a magnitude.
        around: centre of the modulation, if other than the usual value.
        slow_hz: rate from which on the depth falls in proportion: the limit of moving delays is their pitch.
    """

    rate_hz: Typical
    depth: Typical
    around: Typical | None = None
    slow_hz: float = math.inf

    def depth_at(self, rate_hz: float, number: Number) -> float:
        """The gain of the edge from an oscillator of this rate."""
        return self.depth.draw(number) * min(1.0, self.slow_hz / rate_hz)
