"""The declaration of a processor, and what can be read off it.

A processor is one decorated function. Arguments before ``*`` are its inlets, keyword
defaults are its parameters, the return annotation tells its outlets. Everything else in
the project (graph check, renderer, generator, tokens, estimator heads, command line,
reference pages) is derived from the :class:`Processor` that the decorator returns.

A parameter has three coordinates, converted here and nowhere else:

=========  ===============  =======================================
value      dB, Hz, ms, ...  graphs, JSON, people
unit       [0, 1]           sliders, priors, neural targets
latent     the real line    optimisers
=========  ===============  =======================================

Shapes: B batch, C channel, T time.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

if TYPE_CHECKING:
    from torch import Tensor

    Audio: TypeAlias = Tensor
    """Signal ``[B, 2, T]``."""
    Control: TypeAlias = Tensor
    """Modulation signal ``[B, 1, T]`` or ``[B, 2, T]``: LFO in [-1, 1], envelope in [0, 1]."""

Signal = Literal["audio", "control"]
Scale = Literal["linear", "log"]
Channels = Literal["same", "apart", "midside", "crossed"]
"""What a linear processor does to left and right: the same to both, to each its own, the same with
the channels swapped (mid and side stay apart), or anything. Two in series can be swapped when both
keep left and right apart, or both mid and side; one that does the same to both swaps with any."""

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

    An inlet that moves a knob may stay unconnected, unless ``inlet_required`` says otherwise.

    Attributes:
        follows_level: by how much the knob must move for the same effect when the input is 1 dB louder:
            1 for a threshold, -1 for a drive.
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
    doc: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"{self.name or 'parameter'}: range {self.low} to {self.high} is empty")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name or 'parameter'}: a log range must be positive, got {self.low}")
        if self.scale == "log" and self.follows_level:
            raise ValueError(f"{self.name or 'parameter'}: a logarithmic knob cannot follow a level in dB")
        if not self.low <= self.default <= self.high:
            raise ValueError(f"default {self.default} is outside {self.low} to {self.high}")

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


# Short names for declarations. They return Any because a declaration's default stands where
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


# Every edge has one linear gain. Baked graphs may hold any finite number; generator and
# estimator keep to this range (negative depth turns a modulation round).
EDGE_GAIN = Parameter(-1.0, 1.0, 1.0, neutral=1.0, name="gain", doc="linear factor on the edge")


@dataclass(frozen=True)
class Port:
    """An inlet or outlet. ``required`` and ``modulates`` speak of inlets only."""

    name: str
    signal: Signal
    required: bool = True
    modulates: str | None = None


@dataclass(frozen=True)
class Processor:
    """One processor kind: everything known about it, and the call that runs it."""

    kind: str
    family: str
    version: int
    inlets: tuple[Port, ...]
    outlets: tuple[Port, ...]
    parameters: Mapping[str, Parameter]
    lti: bool
    channels: Channels
    no_gradient: frozenset[str]
    doc: str
    function: Callable[..., Any]

    @property
    def summary(self) -> str:
        return self.doc.split("\n", 1)[0]

    @property
    def has_audio_output(self) -> bool:
        return any(port.signal == "audio" for port in self.outlets)

    def inlet(self, name: str) -> Port | None:
        return next((port for port in self.inlets if port.name == name), None)

    def outlet(self, name: str) -> Port | None:
        return next((port for port in self.outlets if port.name == name), None)

    def __call__(
        self,
        inputs: Mapping[str, Tensor] | None = None,
        *,
        sample_rate: float,
        frames: int | None = None,
        **values: float | Tensor,
    ) -> dict[str, Tensor]:
        """Run a batch.

        Args:
            inputs: inlet name to signal ``[B, C, T]``; optional inlets may be left out.
            sample_rate: in Hz.
            frames: length of the output; needed only by kinds without inlets.
            values: parameters as numbers or tensors ``[B]``; those left out take the default.

        Returns:
            Outlet name to signal: audio ``[B, 2, T]``, control ``[B, 1, T]`` or ``[B, 2, T]``.
        """
        inputs = dict(inputs or {})
        self._check_names(inputs, values)
        self._check_shapes(inputs)
        like = next(iter(inputs.values()), None)
        knobs = {
            name: _column(values.get(name, parameter.default), like)
            for name, parameter in self.parameters.items()
        }
        arguments: dict[str, Any] = {}
        for port in self.inlets:
            signal = inputs.get(port.name)
            if port.modulates is None:
                arguments[port.name] = signal
            elif signal is not None:
                parameter = self.parameters[port.modulates]
                knobs[port.modulates] = parameter.modulate(knobs[port.modulates], signal)
        arguments = {name: signal for name, signal in arguments.items() if signal is not None}
        if not self.inlets:
            if frames is None:
                raise ValueError(f"{self.kind} has no inlets: say how many frames to make")
            arguments["frames"] = frames
        result = self.function(**arguments, sample_rate=float(sample_rate), **knobs)
        results = result if isinstance(result, tuple) else (result,)
        return {port.name: signal for port, signal in zip(self.outlets, results, strict=True)}

    def _check_names(self, inputs: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        for name in inputs:
            if self.inlet(name) is None:
                raise ValueError(f"{self.kind} has no inlet {name!r}; it has {_names(self.inlets)}")
        for port in self.inlets:
            if port.required and port.name not in inputs:
                raise ValueError(f"{self.kind} needs a signal at its inlet {port.name!r}")
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise ValueError(f"{self.kind} has no parameter {name!r}; it has {known}")

    def _check_shapes(self, inputs: Mapping[str, Tensor]) -> None:
        """Compiled loops trust these shapes: they would read and write past the end of others."""
        given = [(port, inputs[port.name]) for port in self.inlets if port.name in inputs]
        for port, signal in given:
            if not _fits(port, signal, like=given[0][1]):
                shapes = "[B, 2, T]" if port.signal == "audio" else "[B, 1, T] or [B, 2, T]"
                raise ValueError(
                    f"{self.kind}: inlet {port.name!r} takes {shapes}, B and T like the other inlets, "
                    f"got {list(signal.shape)}"
                )


def _fits(port: Port, signal: Tensor, like: Tensor) -> bool:
    channels = (2,) if port.signal == "audio" else (1, 2)
    return signal.ndim == 3 and signal.shape[1] in channels and signal.shape[::2] == like.shape[::2]


def _names(ports: tuple[Port, ...]) -> str:
    return ", ".join(port.name for port in ports) or "none"


def _column(value: float | Tensor, like: Tensor | None) -> Tensor:
    """A parameter as ``[B, 1, 1]`` (``[1, 1, 1]`` for a plain number), like the signals it meets."""
    import torch

    if not isinstance(value, torch.Tensor):
        value = torch.tensor(float(value), dtype=None if like is None else like.dtype)
    if like is not None:
        value = value.to(like)
    return value.reshape(-1, 1, 1)


def processor(
    *,
    family: str,
    version: int = 1,
    lti: bool = False,
    channels: Channels = "same",
    outlets: str = "out",
    no_gradient: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Processor]:
    """Declare a processor from a function; see the module's page for the reading rules.

    Args:
        family: the group it is listed under.
        version: raised whenever the sound changes, so that stored graphs keep their meaning.
        lti: linear and time-invariant while nothing modulates it.
        channels: see :data:`Channels`; says something of LTI kinds only.
        outlets: names, separated by spaces, in the order of the returned tuple.
        no_gradient: inlets and parameters to which no useful gradient flows.
    """

    def read(function: Callable[..., Any]) -> Processor:
        signature = inspect.signature(function)
        arguments = signature.parameters.values()
        parameters = {
            a.name: replace(a.default, name=a.name) for a in arguments if isinstance(a.default, Parameter)
        }
        plain = tuple(_read_inlet(a) for a in arguments if a.kind is a.POSITIONAL_OR_KEYWORD)
        moved = tuple(
            Port(p.inlet, "control", required=p.inlet_required, modulates=p.name)
            for p in parameters.values()
            if p.inlet is not None
        )
        signal = _signal_of(str(signature.return_annotation))
        return Processor(
            kind=function.__name__,
            family=family,
            version=version,
            inlets=plain + moved,
            outlets=tuple(Port(name, signal) for name in outlets.split()),
            parameters=parameters,
            lti=lti,
            channels=channels,
            no_gradient=frozenset(no_gradient),
            doc=inspect.getdoc(function) or "",
            function=function,
        )

    return read


def _read_inlet(argument: inspect.Parameter) -> Port:
    return Port(argument.name, _signal_of(str(argument.annotation)), argument.default is argument.empty)


def _signal_of(annotation: str) -> Signal:
    if "Audio" in annotation:
        return "audio"
    if "Control" in annotation:
        return "control"
    raise TypeError(f"annotate signals as Audio or Control, got {annotation}")
