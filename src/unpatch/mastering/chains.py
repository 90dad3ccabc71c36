"""Chains of mastering effects played as in the study: normalised numbers in, sound out, gradients back.

Before every effect the mean is removed and the peak brought to full scale, so that thresholds and drives
refer to the peak of what they meet. Numbers are the parameters' units in [0, 1], in the order of the
declarations, curves value by value.

Shapes: B batch, T samples (mono), Q numbers of a chain, E effects.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import torch
from torch import Tensor

from unpatch.declaration import Parameter, Processor
from unpatch.dsp.spectrum import Spectrum, fast_size
from unpatch.processors import MASTERING

TINY = 1e-7

Player: TypeAlias = Callable[[Tensor, Mapping[str, Tensor]], Tensor]
"""Mono ``[B, T]`` and parameters ``[B, 1, 1]`` to mono."""

CHAINS: Mapping[str, tuple[str, ...]] = {
    "equalizer": ("mastering_equalizer",),
    "graphic": ("graphic_equalizer",),
    "compressor": ("mastering_compressor",),
    "simplified": ("simplified_compressor",),
    "proxy": ("mastering_compressor",),
    "clipper": ("clipper",),
    "taylor": ("taylor_clipper",),
    "chebyshev": ("chebyshev_clipper",),
    "chain": ("mastering_equalizer", "mastering_compressor", "clipper"),
}
"""What is estimated to the kinds that play it."""

MADE_WITH: Mapping[str, str] = {
    "graphic": "equalizer",
    "simplified": "compressor",
    "proxy": "compressor",
    "taylor": "clipper",
    "chebyshev": "clipper",
}
"""What is estimated to what the sound was made with, where that differs."""


@dataclass(frozen=True)
class Knob:
    """One number: the kind and parameter it belongs to, and its place among a curve's values."""

    kind: str
    parameter: Parameter
    place: int

    @property
    def name(self) -> str:
        return self.parameter.name if self.parameter.size == 1 else f"{self.parameter.name}_{self.place + 1}"


@dataclass(frozen=True)
class MasteringChain:
    """Effects in series."""

    kinds: tuple[str, ...]

    @classmethod
    def from_name(cls, name: str) -> "MasteringChain":
        """One of :data:`CHAINS`."""
        if name not in CHAINS:
            raise ValueError(f"unknown chain {name!r}; there are {', '.join(CHAINS)}")
        return cls(CHAINS[name])

    @cached_property
    def knobs(self) -> tuple[Knob, ...]:
        """Every number in order."""
        return tuple(knob for kind in self.kinds for knob in _knobs(MASTERING[kind]))

    def __len__(self) -> int:
        return len(self.knobs)

    def slices(self) -> dict[str, slice]:
        """Kind to the indices of its numbers."""
        places = [knob.kind for knob in self.knobs]
        return {
            kind: slice(places.index(kind), places.index(kind) + places.count(kind)) for kind in self.kinds
        }

    def values(self, units: Tensor) -> dict[str, dict[str, Tensor]]:
        """Kind to its parameters ``[B, 1, size]`` at numbers ``[B, Q]``."""
        found: dict[str, dict[str, Tensor]] = {}
        columns = iter(units.unbind(1))
        for kind in self.kinds:
            own = found.setdefault(kind, {})
            for name, parameter in _parameters(MASTERING[kind]).items():
                unit = torch.stack([next(columns) for _ in range(parameter.size)], dim=1)
                own[name] = parameter.from_unit(unit)[:, None]
        return found

    def play(
        self,
        units: Tensor,
        audio: Tensor,
        active: Tensor | None = None,
        stand_in: Player | None = None,
    ) -> Tensor:
        """Sound ``[B, T]`` of numbers ``[B, Q]``; effects that are not ``active [B, E]`` are left out.

        A ``stand_in`` plays compressors in place of the exact one.
        """
        values = self.values(units)
        for place, kind in enumerate(self.kinds):
            audio = normalised(audio)
            if stand_in is not None and kind == "mastering_compressor":
                wet = stand_in(audio, values[kind])
            else:
                wet = play_effect(MASTERING[kind], audio, values[kind])
            audio = wet if active is None else torch.where(active[:, place, None], wet, audio)
        return audio


def _parameters(processor: Processor) -> dict[str, Parameter]:
    return {**processor.parameters, **processor.curves}


def _knobs(processor: Processor) -> list[Knob]:
    return [
        Knob(processor.kind, parameter, place)
        for parameter in _parameters(processor).values()
        for place in range(parameter.size)
    ]


def normalised(audio: Tensor) -> Tensor:
    """Without its mean, and with its peak at full scale; ``[B, T]``. Silence stays silent."""
    centred = audio - audio.mean(-1, keepdim=True)
    return centred / centred.abs().amax(-1, keepdim=True).clamp_min(TINY)


def play_effect(
    processor: Processor, audio: Tensor, values: Mapping[str, Tensor], rate: int = 44_100
) -> Tensor:
    """One effect on mono ``[B, T]``."""
    frames, mono = audio.shape[-1], audio[:, None]
    if processor.domain == "frequency":
        size = fast_size(frames + math.ceil(processor.memory(values, rate).room_s * rate))
        processed = processor.function(Spectrum.of(mono, size), sample_rate=float(rate), **values)
        return processed.samples(frames)[:, 0]  # type: ignore[no-any-return]
    both = mono.expand(-1, 2, -1).contiguous()  # compiled dynamics read two channels
    wet = processor.function(both, sample_rate=float(rate), **values)
    return wet[:, 0]  # type: ignore[no-any-return]


def curve_db(units: Tensor, kind: str, frequencies_hz: Tensor, rate: int = 44_100) -> Tensor:
    """Response ``[B, F]`` in dB of an equalizer at numbers ``[B, Q]`` of its own, at some frequencies.

    Read off the spectrum of a pulse, on the grid of half a second.
    """
    chain = MasteringChain((kind,))
    size = fast_size(rate)
    flat = Spectrum(torch.ones(len(units), 1, size // 2 + 1, dtype=torch.complex64), size)
    response = MASTERING[kind].function(flat, sample_rate=float(rate), **chain.values(units)[kind])
    level_db = 20 * response.bins[:, 0].abs().clamp_min(TINY).log10()
    places = (frequencies_hz * size / rate).clamp(0, size // 2 - 1)
    low = places.floor().long()
    return torch.lerp(level_db[:, low], level_db[:, low + 1], places - low)


def grid_hz(points: int = 40, low_hz: float = 30.0, high_hz: float = 16_000.0) -> Tensor:
    """Frequencies at equal distances by ear, ``[points]``."""
    return torch.logspace(math.log10(low_hz), math.log10(high_hz), points)
