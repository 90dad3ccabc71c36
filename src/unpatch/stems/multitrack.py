"""Stems and the mix that was made of them.

Shapes: S stems, T samples.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import torch
from torch import Tensor

from unpatch.stems.tape import TemporarySamples


class StemsError(ValueError):
    """What is wrong with stems or their mix, in one line."""


@dataclass(frozen=True, eq=False)
class Stem:
    """One track.

    Attributes:
        name: unique within its multitrack.
        group: of tracks that are mixed together first.
        audio: ``[2, T]`` in single precision. Of a loaded stem it is in a file that is mapped into
            memory, and both channels of a mono one are the same samples; read, do not write.
        clipped: number of places where the recording is cut off at its peak.
        tape: file of a loaded stem's samples.
    """

    name: str
    group: str
    audio: Tensor
    clipped: int = 0
    tape: TemporarySamples | None = None

    @property
    def mono(self) -> bool:
        """Whether both channels are known to be the same."""
        return self.audio.stride(0) == 0

    def segment(self, start: int, frames: int) -> Tensor:
        """A copy of ``[2, frames]`` from sample ``start`` on, silent outside of the stem.

        Unlike slices of ``audio``, whose pages the system keeps in memory once they were read, this costs
        no memory but its own.
        """
        first, last = max(start, 0), min(start + frames, self.audio.shape[-1])
        found = torch.zeros(2, frames)
        if first < last:
            there = self.audio[:, first:last] if self.tape is None else self.tape.read(first, last - first)
            found[:, first - start : last - start] = there
        return found


class Tracks(Sequence[Tensor]):
    """Whole stems as a sequence of signals ``[2, T]``, by :meth:`Stem.segment`."""

    def __init__(self, stems: Sequence[Stem]) -> None:
        self._stems = stems

    def __len__(self) -> int:
        return len(self._stems)

    @overload
    def __getitem__(self, index: int) -> Tensor: ...

    @overload
    def __getitem__(self, index: slice) -> "Tracks": ...

    def __getitem__(self, index: int | slice) -> "Tensor | Tracks":
        if isinstance(index, slice):
            return Tracks(self._stems[index])
        stem = self._stems[index]
        return stem.segment(0, stem.audio.shape[-1])


@dataclass(frozen=True, eq=False)
class Multitrack:
    """Stems of one song, equally long, and its mix.

    Attributes:
        stems: at least one, names unique.
        mix: ``[2, T]``, silent where the stems outlast it, or None.
        sample_rate: of all, in Hz.
        mix_frames: how long the mix itself is.
        mix_clipped: number of places where it is cut off at its peak.
        notices: notes on how it was loaded, a line each.
    """

    stems: tuple[Stem, ...]
    mix: Tensor | None
    sample_rate: int
    mix_frames: int = 0
    mix_clipped: int = 0
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.stems:
            raise StemsError("there are no stems; at least one is needed")
        _check_unique([stem.name for stem in self.stems])
        signals = [(stem.name, stem.audio) for stem in self.stems]
        _check_shapes(signals if self.mix is None else [*signals, ("the mix", self.mix)])
        if self.mix is not None and not self.mix_frames:
            object.__setattr__(self, "mix_frames", self.frames)

    @property
    def frames(self) -> int:
        """T."""
        return self.stems[0].audio.shape[-1]

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Group to names of its stems, in the order in which they come."""
        found: dict[str, list[str]] = {}
        for stem in self.stems:
            found.setdefault(stem.group, []).append(stem.name)
        return {group: tuple(names) for group, names in found.items()}

    @property
    def tracks(self) -> "Tracks":
        """Copies of whole stems ``[2, T]``, each made on demand and not kept."""
        return Tracks(self.stems)

    def segment(self, start: int, frames: int) -> Tensor:
        """All stems ``[S, 2, frames]`` from sample ``start`` on, as by :meth:`Stem.segment`."""
        return torch.stack([stem.segment(start, frames) for stem in self.stems])


def _check_unique(names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise StemsError(f"names of stems are unique; given twice: {', '.join(twice)}")


def _check_shapes(signals: Sequence[tuple[str, Tensor]]) -> None:
    shape = (2, signals[0][1].shape[-1])
    for name, audio in signals:
        if audio.shape != shape or not shape[1]:
            raise StemsError(
                f"{name} has shape {tuple(audio.shape)}; "
                f"stems and mix are [2, T] and equally long, here {list(shape)}"
            )
