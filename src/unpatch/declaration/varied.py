"""How a knob is set in large random graphs, to suit the sound that arrives: rules of a declaration.

A filter set where there is nothing to filter, or a gate whose threshold is never crossed, is no
training example. So frequencies are drawn within the incoming energy and thresholds within the incoming
level moves; other knobs keep away from their neutral positions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from unpatch.declaration.parameter import Parameter


class Choices(Protocol):
    """A stream of random choices."""

    def number(self, low: float = 0.0, high: float = 1.0) -> float:
        """Uniform in [low, high)."""

    def chance(self, probability: float) -> bool:
        """Whether it happens."""

    def sign(self) -> int:
        """1 or -1."""


class Sound(Protocol):
    """What is known of a signal that arrives."""

    def level_db(self, quantile: float) -> float:
        """The level in dBFS that it stays below for this share of its sounding time."""

    def frequency_hz(self, share: float, tilt: float = 0.0) -> float:
        """The frequency with this share of the energy below it, of a spectrum that is raised by a tilt."""


class Varied(Protocol):
    """A rule, with its numbers as fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        """A value, also where nothing is known of the signal."""


ENERGY_SHARES = (0.2, 0.8)
SIGNAL_TO_STEPS_DB = (3.0, 30.0)
DRIVE_DB = (0.0, 30.0)
ENVELOPE_DB = (-6.0, 0.0)


@dataclass(frozen=True)
class Between:
    """Uniform on the knob's own scale."""

    low: float
    high: float

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        return knob.from_unit(draw.number(knob.to_unit(self.low), knob.to_unit(self.high)))


@dataclass(frozen=True)
class Away:
    """``least`` to ``most`` above or below ``centre``."""

    centre: float
    least: float
    most: float

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        value = self.centre + draw.sign() * draw.number(self.least, self.most)
        return min(max(value, knob.low), knob.high)


@dataclass(frozen=True)
class Anywhere:
    """Uniform over the whole declared range; the rule of knobs that declare none."""

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        return knob.from_unit(draw.number())


@dataclass(frozen=True)
class WhereEnergyIs:
    """A frequency that has between 20 % and 80 % of the incoming energy below it.

    Singing has so little energy in its upper octaves that bands there would never be drawn. With a
    probability of ``tilted`` the spectrum is raised by 6 dB per octave.
    """

    tilted: float = 0.0

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        share, tilt = draw.number(*ENERGY_SHARES), draw.chance(self.tilted)
        if incoming is None:
            return knob.from_unit(share)
        return _clamped(knob, incoming.frequency_hz(share, tilt))


@dataclass(frozen=True)
class WhereLevelMoves:
    """A threshold that the incoming level is below for a share of its sounding time in this range."""

    low: float
    high: float

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        quantile = draw.number(self.low, self.high)
        return knob.default if incoming is None else _clamped(knob, incoming.level_db(quantile))


@dataclass(frozen=True)
class Drive:
    """A gain that lifts the loud parts to the ceiling and up to 30 dB above it."""

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        return _clamped(knob, draw.number(*DRIVE_DB) - _loud_db(incoming))


@dataclass(frozen=True)
class Coarseness:
    """A word length with steps 3 to 30 dB below the loud parts."""

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        distance = draw.number(*SIGNAL_TO_STEPS_DB)
        return _clamped(knob, 1 + (_loud_db(incoming) - distance) * knob.follows_level)


@dataclass(frozen=True)
class EnvelopeGain:
    """A gain that brings the loud parts of the envelope to between -6 and 0 dB."""

    def __call__(self, draw: Choices, knob: Parameter, incoming: Sound | None) -> float:
        return _clamped(knob, draw.number(*ENVELOPE_DB) - _loud_db(incoming))


def _loud_db(incoming: Sound | None) -> float:
    """The level that nine tenths of the sounding time stay below."""
    return 0.0 if incoming is None else incoming.level_db(0.9)


def _clamped(knob: Parameter, value: float) -> float:
    return min(max(value, knob.low), knob.high)
