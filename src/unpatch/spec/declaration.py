"""A processor is one decorated function; all that is known of it is read off that.

Arguments before ``*`` are its inlets, keyword defaults are its parameters, the return annotation tells
its outlets.

Shapes: B batch, C channel, T time.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from unpatch.spec.parameter import Parameter

if TYPE_CHECKING:
    from torch import Tensor

    Audio: TypeAlias = Tensor
    """Signal ``[B, 2, T]``."""
    Control: TypeAlias = Tensor
    """Modulation signal ``[B, 1, T]`` or ``[B, 2, T]``: LFO in [-1, 1], envelope in [0, 1]."""

Signal = Literal["audio", "control"]
Channels = Literal["same", "apart", "midside", "crossed"]
"""What a linear processor does to left and right: the same to both, to each its own, the same with
the channels swapped (mid and side stay apart), or anything. Two in series can be swapped when both
keep left and right apart, or both mid and side; one that does the same to both swaps with any."""


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
