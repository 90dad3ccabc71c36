"""One knob and its three coordinates, converted here and nowhere else.

=========  ===============  =======================================
value      dB, Hz, ms, ...  graphs, JSON, people
unit       [0, 1]           sliders, priors, neural targets
latent     the real line    optimisers
=========  ===============  =======================================

Shapes: B batch, C channel, T time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, overload

from unpatch.declaration.typical import Movement, Typical
from unpatch.declaration.varied import Varied

if TYPE_CHECKING:
    from torch import Tensor

Scale = Literal["linear", "log"]

# The latent's sigmoid overshoots the unit range by this much on both sides, so that the ends
# of a range are reached at finite latents with a gradient that has not vanished.
_OVERSHOOT = 0.02
_LATENT_END = math.log((1 + _OVERSHOOT) / _OVERSHOOT)
# What a modulation signal of 1 on an edge of gain 1 does, by the parameter's unit.
OCTAVES_PER_UNIT = 4.0
DB_PER_UNIT = 24.0


@dataclass(frozen=True)
class Parameter:
    """One knob: its name, unit, range, scale, default, and the inlet that moves it, if any.

    An inlet that moves a knob may stay unconnected, unless ``inlet_required`` is set.

    Attributes:
        follows_level: by how much the knob must move for the same effect when the input is 1 dB louder:
            1 for a threshold, -1 for a drive.
        circular: whether both ends of the range are one place, as of a phase.
        size: how many values it has; with more than one it is a curve.
        inlet_expected: whether the node is inaudible while nothing moves the knob.
        typical: how it is usually set; of a knob that follows the level, for an input whose loud parts are at
            0 dBFS.
        movement: how it is usually moved.
        varied: how it is set in large random graphs; anywhere in its range if left out.
    """

    low: float
    high: float
    default: float
    unit: str = ""
    scale: Scale = "linear"
    neutral: float | None = None
    inlet: str | None = None
    inlet_required: bool = False
    follows_level: float = 0.0
    circular: bool = False
    doc: str = ""
    name: str = ""
    size: int = 1
    inlet_expected: bool = False
    typical: Typical | None = None
    movement: Movement | None = None
    varied: Varied | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"{self.name or 'parameter'}: range {self.low} to {self.high} is empty")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name or 'parameter'}: a log range must be positive, got {self.low}")
        if self.scale == "log" and self.follows_level:
            raise ValueError(f"{self.name or 'parameter'}: a logarithmic knob cannot follow a level in dB")
        if self.size < 1:
            raise ValueError(f"{self.name or 'parameter'}: has {self.size} values, at least one is needed")
        if not self.low <= self.default <= self.high:
            raise ValueError(f"default {self.default} is outside {self.low} to {self.high}")
        around = None if self.movement is None else self.movement.around
        for usual in (None if self.follows_level else self.typical, around):
            if usual is not None and not (usual.low in self and usual.high in self):
                raise ValueError(f"usually {usual.low} to {usual.high}, outside {self.low} to {self.high}")

    @property
    def value(self) -> float | tuple[float, ...]:
        """The default, repeated for each value."""
        return self.default if self.size == 1 else (self.default,) * self.size

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    @overload
    def to_unit(self, value: float) -> float: ...
    @overload
    def to_unit(self, value: Tensor) -> Tensor: ...
    def to_unit(self, value: Any) -> Any:
        """Value to [0, 1]."""
        if self.scale == "log":
            return _log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    @overload
    def from_unit(self, unit: float) -> float: ...
    @overload
    def from_unit(self, unit: Tensor) -> Tensor: ...
    def from_unit(self, unit: Any) -> Any:
        """[0, 1] to value, clamped to the declared range (rounding must not step out of it).

        Outside of [0, 1] and at its ends a tensor's gradient is that of the unclamped map, so that what
        has stepped too far can come back. The same holds of :meth:`from_latent`.
        """
        if self.scale == "log":
            value = self.low * _exp(unit * math.log(self.high / self.low))
        else:
            value = self.low + unit * (self.high - self.low)
        return _clamp(value, self.low, self.high)

    @overload
    def to_latent(self, value: float) -> float: ...
    @overload
    def to_latent(self, value: Tensor) -> Tensor: ...
    def to_latent(self, value: Any) -> Any:
        """Value to the real line; finite over the whole closed range."""
        p = (_clamp(self.to_unit(value), 0.0, 1.0) + _OVERSHOOT) / (1 + 2 * _OVERSHOOT)
        return _log(p / (1 - p))

    @overload
    def from_latent(self, latent: float) -> float: ...
    @overload
    def from_latent(self, latent: Tensor) -> Tensor: ...
    def from_latent(self, latent: Any) -> Any:
        """Real line to value, clamped to the declared range."""
        latent = _clamp(latent, -_LATENT_END, _LATENT_END)
        unit = (1 + 2 * _OVERSHOOT) / (1 + _exp(-latent)) - _OVERSHOOT
        return self.from_unit(_clamp(unit, 0.0, 1.0))

    def at_level(self, value: float, change_db: float) -> float:
        """The setting for the same effect on a signal that is louder by so many dB."""
        return value + self.follows_level * change_db

    def modulate(self, value: Tensor, control: Tensor) -> Tensor:
        """Move ``value [B, 1, 1]`` by ``control [B, C, T]``; stays inside the declared range.

        Frequencies move exponentially, four octaves per unit; decibels by 24 dB; times in
        proportion, so that a signal of -1 reaches zero and 1 the double; others add.
        """
        if self.unit == "Hz":
            moved = value * (OCTAVES_PER_UNIT * control).exp2()
        elif self.unit == "dB":
            moved = value + DB_PER_UNIT * control
        elif self.unit == "ms":
            moved = value * (1.0 + control)
        else:
            moved = value + control
        return moved.clamp(self.low, self.high)


def _log(x: Any) -> Any:
    return x.log() if hasattr(x, "log") else math.log(x)


def _exp(x: Any) -> Any:
    return x.exp() if hasattr(x, "exp") else math.exp(x)


def _clamp(x: Any, low: float, high: float) -> Any:
    """Clamp a number or a tensor, whose gradient passes as if it were not clamped."""
    if not hasattr(x, "clamp"):
        return min(max(x, low), high)
    clamped = x.clamp(low, high)
    return clamped.detach() + (x - x.detach()) if x.requires_grad else clamped


# Short names for declarations. They return Any because a declaration's default is where
# the body will see a tensor.
def hz(low: float, high: float, default: float, **more: Any) -> Any:
    """Frequency, logarithmic."""
    return Parameter(low, high, default, "Hz", "log", **more)


def ms(low: float, high: float, default: float, **more: Any) -> Any:
    """Time in milliseconds, logarithmic."""
    return Parameter(low, high, default, "ms", "log", **more)


def db(low: float, high: float, default: float, **more: Any) -> Any:
    """Level or gain in decibels."""
    return Parameter(low, high, default, "dB", "linear", **more)


def factor(low: float, high: float, default: float, **more: Any) -> Any:
    """A ratio or quality factor, logarithmic."""
    return Parameter(low, high, default, "", "log", **more)


def amount(low: float, high: float, default: float, **more: Any) -> Any:
    """A linear amount: mix, feedback, width, phase, ..."""
    return Parameter(low, high, default, more.pop("unit", ""), "linear", **more)


def usually(
    knob: Any,
    typical: Typical | None = None,
    movement: Movement | None = None,
    varied: Varied | None = None,
) -> Any:
    """The same knob where it is usually set, moved or varied in another way."""
    return replace(
        knob,
        typical=typical or knob.typical,
        movement=movement or knob.movement,
        varied=varied or knob.varied,
    )


# Every edge has one linear gain. Baked graphs may hold any finite number; generator and
# estimator keep to this range (negative depth turns a modulation round).
EDGE_GAIN = Parameter(-1.0, 1.0, 1.0, neutral=1.0, name="gain", doc="linear factor on the edge")
