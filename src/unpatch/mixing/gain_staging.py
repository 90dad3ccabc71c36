"""What equalizers and reverbs change of the level, which is the gain's to do.

The published cost is the distance of the log powers of what goes into such a processor and what comes out of
it, before dry and wet are mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.dsp.spectrum import Spectrum

WATCHED = ("equalizer", "reverb")
QUIET = 1e-8
"""Power below which a signal has no level: -80 dB."""


class GainStaging(Mapping[str, Processor]):
    """A registry whose equalizers and reverbs note how they change the level."""

    def __init__(self, registry: Mapping[str, Processor]) -> None:
        self._registry = {kind: self._watched(each) for kind, each in registry.items()}
        self._changes: list[Tensor] = []

    def __getitem__(self, kind: str) -> Processor:
        return self._registry[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._registry)

    def __len__(self) -> int:
        return len(self._registry)

    def taken(self) -> Tensor:
        """The sum of all changes since the last call, in units of log power."""
        total = torch.stack(self._changes).sum() if self._changes else torch.zeros(())
        self._changes.clear()
        return total

    def _watched(self, processor: Processor) -> Processor:
        if processor.device not in WATCHED or "weight" not in processor.parameters:
            return processor

        def watched(input: Any, *, weight: Tensor, **knobs: Any) -> Any:
            wet = processor.function(input, weight=torch.ones_like(weight), **knobs)
            came, went = _power(input), _power(wet)
            audible = came > QUIET
            self._changes.append(((went + QUIET).log() - (came + QUIET).log()).abs()[audible].sum())
            return _mixed(input, wet, weight)

        return replace(processor, function=watched)


def _power(signal: Tensor | Spectrum) -> Tensor:
    """Mean square of each row of ``[B, 2, T]``, ``[B]``; of a spectrum by Parseval's theorem."""
    if isinstance(signal, Spectrum):
        # Magnitudes would have to be kept for the way back; the spectrum itself is kept anyway.
        squares = torch.view_as_real(signal.bins).square().sum((-2, -1))
        return 2 * squares.mean(1) / signal.size**2
    return signal.square().mean((1, 2))


def _mixed(dry: Any, wet: Any, weight: Tensor) -> Any:
    if isinstance(dry, Spectrum):
        return Spectrum(torch.lerp(dry.bins, wet.bins, weight.to(dry.bins)), dry.size)
    return torch.lerp(dry, wet, weight)
