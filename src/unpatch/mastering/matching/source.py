"""Audio that is mastered or analysed block by block: a file, or audio in memory, of any length.

Shapes: T time; audio ``[2, T]`` in single precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from unpatch.audio import AudioError, opened, read
from unpatch.dsp.compiled import Array

BLOCK = 65_536
FramesDone = Callable[[int, int], None]
"""Takes the frames read so far, and those of the whole source."""
SHORTEST_S = 0.5


class Source(Protocol):
    """Audio that can be read from its start, as often as needed."""

    @property
    def name(self) -> str: ...
    @property
    def sample_rate(self) -> int: ...
    @property
    def frames(self) -> int: ...
    @property
    def mono(self) -> bool: ...
    def blocks(self, size: int = BLOCK) -> Iterator[Array]: ...


@dataclass(frozen=True)
class AudioFile:
    """An audio file; make it by :meth:`of`, which looks at the header."""

    path: Path
    sample_rate: int
    frames: int
    mono: bool

    @classmethod
    def of(cls, path: Path) -> AudioFile:
        with opened(path) as file:
            header = int(file.samplerate), int(file.frames), file.channels == 1
        return cls(path, *header)

    @property
    def name(self) -> str:
        return str(self.path)

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        with opened(self.path) as file:
            for start in range(0, self.frames, size):
                samples = read(self.path, file, min(size, self.frames - start))
                yield _stereo(samples.T)


@dataclass(frozen=True)
class AudioInMemory:
    """Audio ``[1 or 2, T]`` in memory."""

    audio: Array
    sample_rate: int
    name: str = "the audio"

    @property
    def frames(self) -> int:
        return int(self.audio.shape[1])

    @property
    def mono(self) -> bool:
        return len(self.audio) == 1

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        for start in range(0, self.frames, size):
            yield _stereo(self.audio[:, start : start + size])


def _stereo(audio: Array) -> Array:
    return np.ascontiguousarray(np.repeat(audio, 2, axis=0) if len(audio) == 1 else audio, dtype=np.float32)


def check_length(source: Source) -> None:
    """Refuse audio that is shorter than :data:`SHORTEST_S`."""
    seconds = source.frames / source.sample_rate
    if seconds < SHORTEST_S:
        raise AudioError(f"{source.name}: lasts {seconds:.2g} s; at least {SHORTEST_S:g} s are needed")
