"""The part of a recording by which graphs are judged, and its dry sources.

Shapes: C channels, T samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.audio import AudioError, check_sounds
from unpatch.graph.data import SOURCES

# Longer recordings are judged by their loudest stretch: every second costs as much as all before.
EXCERPT_S = 6.0
# A recording and its dry signal may differ in length by so much; it is filled up or cut off.
SLACK_S = 0.5


@dataclass(frozen=True)
class Material:
    """An excerpt.

    Attributes:
        dry: source kind to signal ``[2, T]``.
        wet: the recording ``[2, T]``.
        sample_rate: of both, in Hz.
        start_s: where it begins in the recording.
    """

    dry: Mapping[str, Tensor]
    wet: Tensor
    sample_rate: int
    start_s: float

    @classmethod
    def of(cls, dry: Tensor | Mapping[str, Tensor], wet: Tensor, sample_rate: int) -> "Material":
        """From whole signals ``[C, T]``, mono or stereo; refuses what cannot belong together."""
        recording = _stereo(wet, "the recording")
        named = dry if isinstance(dry, Mapping) else {SOURCES[0]: dry}
        sources = {name: _stereo(audio, f"the dry signal of {name!r}") for name, audio in named.items()}
        _check(sources, recording, sample_rate)
        frames = round(EXCERPT_S * sample_rate)
        start = _loudest(recording, frames)
        end = min(start + frames, recording.shape[-1])
        fitting = {name: _as_long(audio, recording)[:, start:end] for name, audio in sources.items()}
        return cls(fitting, recording[:, start:end], sample_rate, start / sample_rate)

    @property
    def all_dry(self) -> Tensor:
        """The sum of the sources ``[2, T]``."""
        return torch.stack(list(self.dry.values())).sum(0)


def _check(sources: Mapping[str, Tensor], wet: Tensor, sample_rate: int) -> None:
    check_sounds(wet, "the recording")
    if not sources:
        raise AudioError("there is no dry signal")
    for name, audio in sources.items():
        if name not in SOURCES:
            raise AudioError(f"there is no source {name!r}; sources are {', '.join(SOURCES)}")
        apart_s = abs(audio.shape[-1] - wet.shape[-1]) / sample_rate
        if apart_s > SLACK_S:
            raise AudioError(
                f"the dry signal of {name!r} and the recording differ in length by {apart_s:.3g} s; "
                "a recording and its dry signal are equally long"
            )
    check_sounds(torch.cat(list(sources.values()), dim=-1), "the dry signal")


def _stereo(audio: Tensor, name: str) -> Tensor:
    stereo = audio.detach().float().cpu()
    stereo = stereo[None] if stereo.ndim == 1 else stereo
    if stereo.ndim != 2 or not 1 <= len(stereo) <= 2:
        raise AudioError(f"{name} has shape {tuple(audio.shape)}; [T], [1, T] and [2, T] are supported")
    if not torch.isfinite(stereo).all():
        raise AudioError(f"{name} holds NaN or infinite samples")
    return stereo.expand(2, -1)


def _as_long(audio: Tensor, other: Tensor) -> Tensor:
    missing = max(0, other.shape[-1] - audio.shape[-1])
    return torch.nn.functional.pad(audio, (0, missing))[:, : other.shape[-1]]


def _loudest(audio: Tensor, frames: int) -> int:
    """Where the loudest stretch of so many samples begins, in steps of half of one."""
    last = max(0, audio.shape[-1] - frames)
    starts: list[int] = [*range(0, last, frames // 2), last]
    powers = [float(audio[:, start : start + frames].square().sum()) for start in starts]
    return starts[powers.index(max(powers))]
