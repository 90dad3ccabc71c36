"""A processor is one decorated function; its declaration is derived from it.

Arguments before ``*`` are its inlets, keyword defaults are its parameters, the return annotation gives
its outlets.

Shapes: B batch, C channel, T time.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from unpatch.declaration.memory import Duration, Memory, seconds
from unpatch.declaration.parameter import Parameter
from unpatch.declaration.stream import Stream, Streaming
from unpatch.declaration.uses import Role, Tool

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.dsp.spectrum import Spectrum

    Audio: TypeAlias = Tensor
    """Signal ``[B, 2, T]``."""
    Control: TypeAlias = Tensor
    """Modulation signal ``[B, 1, T]`` or ``[B, 2, T]``: LFO in [-1, 1], envelope in [0, 1]."""
    Bins: TypeAlias = Tensor
    """What of a linear processor is the same for samples ``[B, 2, T]`` and for bins ``[B, 2, F]``."""

Signal = Literal["audio", "control"]
Domain = Literal["time", "frequency", "either"]
"""What a processor's audio reaches its body as: samples, a :class:`~unpatch.dsp.spectrum.Spectrum`, or
samples or bins, as available."""
Channels = Literal["same", "apart", "midside", "crossed"]
"""What a linear processor does to left and right: the same to both, to each its own, the same with
the channels swapped (mid and side stay separate), or anything. Two in series can be swapped when both
keep left and right separate, or both mid and side; one that does the same to both swaps with any."""


@dataclass(frozen=True)
class Port:
    """An inlet or outlet.

    Attributes:
        required: whether something must be plugged into an inlet.
        modulates: the knob that an inlet moves.
        expected: whether the node is inaudible while an optional inlet is open.
    """

    name: str
    signal: Signal
    required: bool = True
    modulates: str | None = None
    expected: bool = False


@dataclass(frozen=True)
class Processor:
    """One processor kind: everything known about it, and the call that runs it.

    Attributes:
        parameters: knobs, by name.
        curves: knobs of many values each.
        tail_s: memory of an input, see :mod:`unpatch.declaration.memory`.
        lead_s: how far ahead an input acts.
        stream: how a signal is processed piece by piece, for kinds of unlimited memory.
        akin: shared by kinds that do much the same to a sound, so that one may be taken for another.
        device: the type of device, where its family has one of each: equalizer, compressor, gate, ...
        keeps_energy: whether the energy rule belongs to graphs with it.
        spreads: whether left and right differ behind it, whatever comes in.
        roles: places in motifs that it may take.
        tools: how it is used on its own.
    """

    kind: str
    family: str
    akin: str
    version: int
    inlets: tuple[Port, ...]
    outlets: tuple[Port, ...]
    parameters: Mapping[str, Parameter]
    curves: Mapping[str, Parameter]
    domain: Domain
    tail_s: Duration
    lead_s: Duration
    stream: Streaming | None
    lti: bool
    channels: Channels
    no_gradient: frozenset[str]
    device: str
    keeps_energy: bool
    spreads: bool
    roles: tuple[Role, ...]
    tools: tuple[Tool, ...]
    doc: str
    function: Callable[..., Any]

    @property
    def summary(self) -> str:
        return self.doc.split("\n", 1)[0]

    @property
    def label(self) -> str:
        """Its everyday name: ``console_equalizer`` of the family ``console`` is an equalizer."""
        return self.kind.removeprefix(f"{self.family}_").replace("_", " ")

    @property
    def has_audio_output(self) -> bool:
        return any(port.signal == "audio" for port in self.outlets)

    @property
    def is_effect(self) -> bool:
        """Whether it changes a sound: one audio signal in, one out, and numbers to set.

        The others split, merge or control, for the sake of effects.
        """
        fed = [port for port in self.inlets if port.required and port.signal == "audio"]
        return self.has_audio_output and len(fed) == len(self.outlets) == 1 and bool(self.parameters)

    @property
    def is_junction(self) -> bool:
        """Whether it only brings signals together: linear, one audio out, nothing to set."""
        is_plain = self.lti and not (self.parameters or self.curves)
        return is_plain and self.has_audio_output and len(self.outlets) == 1

    def inlet(self, name: str) -> Port | None:
        return next((port for port in self.inlets if port.name == name), None)

    def outlet(self, name: str) -> Port | None:
        return next((port for port in self.outlets if port.name == name), None)

    def memory(self, values: Mapping[str, Any], sample_rate: float, inlets: Sequence[str] = ()) -> Memory:
        """The longest over all rows of ``values``, given as in a call.

        Knobs moved by one of the connected ``inlets`` may be anywhere in their range. A kind that is streamed
        has unlimited memory.
        """
        if self.stream:
            return Memory(math.inf)
        moved = frozenset(port.modulates for port in self.inlets if port.modulates and port.name in inlets)
        tail_s, lead_s = (
            seconds(duration, self.parameters, values, sample_rate, moved)
            for duration in (self.tail_s, self.lead_s)
        )
        return Memory(tail_s, lead_s)

    def streamed(self, values: Mapping[str, float], sample_rate: float) -> Stream:
        """A signal's way through a kind that has a ``stream``; settings left out take the default."""
        assert self.stream is not None
        knobs = {name: float(values.get(name, knob.default)) for name, knob in self.parameters.items()}
        return self.stream(sample_rate=sample_rate, **knobs)

    def __call__(
        self,
        inputs: Mapping[str, Tensor] | None = None,
        *,
        sample_rate: float,
        frames: int | range | None = None,
        **values: float | Sequence[float] | Tensor,
    ) -> dict[str, Tensor]:
        """Run a batch.

        Args:
            inputs: inlet name to signal ``[B, C, T]``; optional inlets may be left out.
            sample_rate: in Hz.
            frames: which frames to make, or how many from 0 on; needed only by kinds without inlets.
            values: parameters as numbers or tensors ``[B]``, curves as sequences or tensors ``[B, size]``;
                those left out take the default.

        Returns:
            Outlet name to signal: audio ``[B, 2, T]``, control ``[B, 1, T]`` or ``[B, 2, T]``.
        """
        inputs = dict(inputs or {})
        self._check_names(inputs, values)
        self._check_shapes(inputs)
        like = next(iter(inputs.values()), None)
        if self.domain == "frequency":
            return self._through_spectra(inputs, sample_rate, values)
        knobs = self._knobs(values, like.real if like is not None and like.is_complex() else like)
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
            arguments["frames"] = frames if isinstance(frames, range) else range(frames)
        result = self.function(**arguments, sample_rate=float(sample_rate), **knobs)
        results = result if isinstance(result, tuple) else (result,)
        return {port.name: signal for port, signal in zip(self.outlets, results, strict=True)}

    def on_spectrum(
        self, spectrum: Spectrum, *, sample_rate: float, **values: float | Sequence[float] | Tensor
    ) -> Spectrum:
        """Run what works on spectra on a batch of them; ``values`` as in a call."""
        knobs = self._knobs(values, spectrum.bins.real)
        return self.function(spectrum, sample_rate=float(sample_rate), **knobs)  # type: ignore[no-any-return]

    def _through_spectra(
        self, inputs: Mapping[str, Tensor], sample_rate: float, values: Mapping[str, Any]
    ) -> dict[str, Tensor]:
        from unpatch.dsp.spectrum import Spectrum, fast_size

        (audio,) = inputs.values()
        frames = audio.shape[-1]
        room_s = self.memory(values, sample_rate).room_s
        size = fast_size(frames + math.ceil(room_s * sample_rate))
        result = self.on_spectrum(Spectrum.of(audio, size), sample_rate=sample_rate, **values)
        return {self.outlets[0].name: result.samples(frames)}

    def _knobs(self, values: Mapping[str, Any], like: Tensor | None) -> dict[str, Tensor]:
        return {
            name: _column(values.get(name, knob.default), like, knob.size)
            for name, knob in (*self.parameters.items(), *self.curves.items())
        }

    def _check_names(self, inputs: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        for name in inputs:
            if self.inlet(name) is None:
                raise ValueError(f"{self.kind} has no inlet {name!r}; it has {_names(self.inlets)}")
        for port in self.inlets:
            if port.required and port.name not in inputs:
                raise ValueError(f"{self.kind} needs a signal at its inlet {port.name!r}")
        for name in values:
            if name not in self.parameters and name not in self.curves:
                known = ", ".join((*self.parameters, *self.curves)) or "none"
                raise ValueError(f"{self.kind} has no parameter {name!r}; it has {known}")

    def _check_shapes(self, inputs: Mapping[str, Tensor]) -> None:
        """Compiled loops rely on these shapes: they would read and write past the end of others."""
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


def _column(value: float | Sequence[float] | Tensor, like: Tensor | None, size: int) -> Tensor:
    """A parameter as ``[B, 1, size]`` (B is 1 for plain numbers), like the signals it meets."""
    import torch

    if not isinstance(value, torch.Tensor):
        value = torch.as_tensor(value, dtype=torch.get_default_dtype() if like is None else like.dtype)
    if like is not None:
        value = value.to(like)
    if size > 1 and value.ndim == 0:
        return value.expand(1, 1, size)
    return value.reshape(-1, 1, size)


def processor(
    *,
    family: str,
    akin: str | None = None,
    version: int = 1,
    lti: bool = False,
    channels: Channels = "same",
    outlets: str = "out",
    no_gradient: tuple[str, ...] = (),
    tail_s: Duration = 0.0,
    lead_s: Duration = 0.0,
    stream: Streaming | None = None,
    device: str = "",
    keeps_energy: bool = True,
    spreads: bool = False,
    roles: Sequence[Role] = (),
    tools: Sequence[Tool] = (),
) -> Callable[[Callable[..., Any]], Processor]:
    """Declare a processor from a function; see the module's page for the reading rules.

    Args:
        family: the group it is listed under.
        akin: name of the kinds that do much the same to a sound (a chorus, a flanger and a vibrato); that of
            the kind if left out.
        version: raised whenever the sound changes, so that stored graphs keep their meaning.
        lti: linear and time-invariant while nothing modulates it.
        channels: see :data:`Channels`; applies to LTI kinds only.
        outlets: names, separated by spaces, in the order of the returned tuple.
        no_gradient: inlets and parameters to which no useful gradient flows.
        tail_s: memory of an input, in seconds or as a function of the settings and the
            sample rate.
        lead_s: how far ahead an input acts.
        stream: for kinds of unlimited memory, see :mod:`unpatch.declaration.stream`.
        device: the type of device, where its family has one of each: equalizer, compressor, gate, ...
        keeps_energy: whether its level is undone by the energy rule; of consoles and mastering it is not.
        spreads: whether left and right differ behind it, whatever comes in.
        roles: places in the motifs of random graphs that it may take.
        tools: how engineers use it on its own; an everyday effect that declares none is used like others
            of its family.
    """

    def read(function: Callable[..., Any]) -> Processor:
        signature = inspect.signature(function)
        arguments = signature.parameters.values()
        parameters = {
            a.name: replace(a.default, name=a.name) for a in arguments if isinstance(a.default, Parameter)
        }
        knobs = {name: knob for name, knob in parameters.items() if knob.size == 1}
        plain = tuple(_read_inlet(a) for a in arguments if a.kind is a.POSITIONAL_OR_KEYWORD)
        moved = tuple(
            Port(p.inlet, "control", required=p.inlet_required, modulates=p.name, expected=p.inlet_expected)
            for p in parameters.values()
            if p.inlet is not None
        )
        signal = _signal_of(str(signature.return_annotation))
        return Processor(
            kind=function.__name__,
            family=family,
            akin=akin or function.__name__,
            version=version,
            inlets=plain + moved,
            outlets=tuple(Port(name, signal) for name in outlets.split()),
            parameters=knobs,
            curves={name: knob for name, knob in parameters.items() if knob.size > 1},
            domain=_domain_of(str(signature.return_annotation)),
            tail_s=tail_s,
            lead_s=lead_s,
            stream=stream,
            lti=lti,
            channels=channels,
            no_gradient=frozenset(no_gradient),
            device=device,
            keeps_energy=keeps_energy,
            spreads=spreads,
            roles=tuple(roles),
            tools=tuple(tools),
            doc=inspect.getdoc(function) or "",
            function=function,
        )

    return read


def _read_inlet(argument: inspect.Parameter) -> Port:
    return Port(argument.name, _signal_of(str(argument.annotation)), argument.default is argument.empty)


def _signal_of(annotation: str) -> Signal:
    if any(name in annotation for name in _DOMAINS):
        return "audio"
    if "Control" in annotation:
        return "control"
    raise TypeError(f"annotate signals as Audio, Spectrum, Bins or Control, got {annotation}")


_DOMAINS: Mapping[str, Domain] = {"Audio": "time", "Spectrum": "frequency", "Bins": "either"}


def _domain_of(annotation: str) -> Domain:
    return next((domain for name, domain in _DOMAINS.items() if name in annotation), "time")
