"""The part of a recording for the comparison of graphs, and its dry sources.

Shapes: C channels, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from unpatch.audio import AudioError, AudioLike, as_stereo, check_equally_long, check_sounds
from unpatch.graph.data import SOURCES

# Of longer recordings the loudest stretch is used: the cost grows with the length.
EXCERPT_S = 6.0


Dry: TypeAlias = "AudioLike | Mapping[str, AudioLike]"
"""One dry signal ``[C, T]``, or source kind to dry signal."""


@dataclass(frozen=True)
class Material:
    """The excerpt of a recording on which graphs are compared, and the same of its dry sources.

    Attributes:
        dry: source kind to signal ``[2, T]``.
        wet: the recording ``[2, T]``.
        sample_rate: of both, in Hz.
        start_s: its start in the recording.
    """

    dry: Mapping[str, Tensor]
    wet: Tensor
    sample_rate: int
    start_s: float

    @classmethod
    def of(cls, dry: Dry, wet: AudioLike, sample_rate: int) -> Material:
        """From whole signals ``[C, T]``, mono or stereo."""
        recording = as_stereo(wet, "the recording")
        frames = round(EXCERPT_S * sample_rate)
        start = _loudest(recording, frames)
        end = min(start + frames, recording.shape[-1])
        sources = sources_of(dry, recording, sample_rate)
        excerpts = {name: audio[:, start:end] for name, audio in sources.items()}
        return cls(excerpts, recording[:, start:end], sample_rate, start / sample_rate)


def by_source(dry: Dry) -> Mapping[str, AudioLike]:
    """Source kind to signal; a signal without a name is the one source of a graph that has one."""
    return dry if isinstance(dry, Mapping) else {SOURCES[0]: dry}


def sources_of(dry: Dry, wet: AudioLike, sample_rate: int) -> dict[str, Tensor]:
    """Source kind to signal ``[2, T]``, as long as the recording; refuses signals that do not match."""
    recording = as_stereo(wet, "the recording")
    check_sounds(recording, "the recording")
    if not (tracks := by_source(dry)):
        raise AudioError("there is no dry signal")
    sources = {name: _belonging(name, audio, recording, sample_rate) for name, audio in tracks.items()}
    check_sounds(torch.stack(list(sources.values())), "the dry signal")
    return sources


def _belonging(name: str, audio: AudioLike, wet: Tensor, sample_rate: int) -> Tensor:
    if name not in SOURCES:
        raise AudioError(f"there is no source {name!r}; sources are {', '.join(SOURCES)}")
    signal = as_stereo(audio, f"the dry signal of {name!r}")
    dry_s, wet_s = signal.shape[-1] / sample_rate, wet.shape[-1] / sample_rate
    check_equally_long(dry_s, wet_s, f"the dry signal of {name!r}")
    return _as_long(signal, wet)


def _as_long(audio: Tensor, other: Tensor) -> Tensor:
    missing = max(0, other.shape[-1] - audio.shape[-1])
    return torch.nn.functional.pad(audio, (0, missing))[:, : other.shape[-1]]


def _loudest(audio: Tensor, frames: int) -> int:
    """Start of the loudest stretch of this many samples, in steps of half of one."""
    last = max(0, audio.shape[-1] - frames)
    starts: list[int] = [*range(0, last, frames // 2), last]
    powers = [float(audio[:, start : start + frames].square().sum()) for start in starts]
    return starts[powers.index(max(powers))]
