"""Samples on disk: decoded and resampled once, then read where they are needed.

Twenty stereo tracks of four minutes are 1.7 GB. Each is written to a file without a name, which the system
removes when the last reader is gone, however the program ends; silence behind the sound takes no room.

Shapes: C channel, T time.
"""

import tempfile
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.audio import opened, read

_BLOCK = 1 << 18
_BYTES = 4
# Fewer equal samples in a row occur at the crest of a slow wave in 16 bit; a peak below -6 dB is no limit
# that a converter or a limiter would cut at.
_FLAT, _LOUD = 4, 0.5

Samples = NDArray[np.float32]


class TemporarySamples:
    """Samples in a separate file, in single precision.

    Attributes:
        frames: how many there are per channel.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by finalize
        self._turn = threading.Lock()
        weakref.finalize(self, self._file.close)
        self.frames = 0
        self._channels = 0
        self._same = True

    @property
    def mono(self) -> bool:
        """Whether all channels are the same."""
        return self._same

    def write(self, samples: Samples) -> None:
        """Append ``[T, C]``, one or two channels."""
        self._channels = samples.shape[1]
        self._same = self._same and bool((samples[:, 0] == samples[:, -1]).all())
        self._file.write(np.ascontiguousarray(samples, dtype=np.float32).data)
        self.frames += len(samples)

    def extend(self, frames: int) -> None:
        """Append silence up to this many frames."""
        self.frames = max(self.frames, frames)
        self._file.truncate(self._width * self.frames)
        self._file.seek(0, 2)

    def read(self, start: int, frames: int) -> Tensor:
        """A copy of ``[2, frames]`` from frame ``start`` on; both must be within."""
        samples = np.empty((frames, self._channels), dtype=np.float32)
        with self._turn:
            self._file.seek(start * self._width)
            self._file.readinto(samples.data)  # type: ignore[attr-defined]
        return self._stereo(samples)

    def audio(self) -> Tensor:
        """All of it ``[2, T]``, mapped into memory; what is written there does not reach the file."""
        self._file.flush()
        shape = (self.frames, self._channels)
        return self._stereo(np.memmap(self._file, dtype=np.float32, mode="c", shape=shape))

    def later(self, shift: int, frames: int) -> "TemporarySamples":
        """Another tape of this many frames, on which the same starts ``shift`` frames later, or earlier."""
        moved = TemporarySamples()
        moved._channels, moved._same = self._channels, self._same
        moved.extend(min(max(shift, 0), frames))
        first, last = max(-shift, 0), min(self.frames, frames - shift)
        for start in range(first, last, _BLOCK):
            count = min(_BLOCK, last - start)
            moved.write(self.read(start, count)[: self._channels].T.numpy())
        moved.extend(frames)
        return moved

    @property
    def _width(self) -> int:
        return _BYTES * self._channels

    def _stereo(self, samples: Samples) -> Tensor:
        """``[T, C]`` to ``[2, T]``; the same samples twice where the channels are the same."""
        audio = torch.from_numpy(samples).T
        return audio[:1].expand(2, -1) if self._same else audio


@dataclass(frozen=True)
class TapedFile:
    """A file on tape.

    Attributes:
        tape: with its samples.
        sample_rate: of the file, in Hz; the tape's may be another.
        clipped: in how many places the file is cut off at its peak.
        peak: largest magnitude in the file.
    """

    tape: TemporarySamples
    sample_rate: int
    clipped: int
    peak: float


def taped(path: Path, sample_rate: int) -> TapedFile:
    """Decode a file, block by block, and resample it (soxr, high quality).

    Raises:
        AudioError: where it is not readable, damaged, cut off, or holds NaN.
    """
    tape, flat = TemporarySamples(), Flat()
    with opened(path) as file:
        blocks = flat.watched(_blocks(path, file))
        for block in resampled(blocks, int(file.samplerate), sample_rate, int(file.channels)):
            tape.write(block)
        return TapedFile(tape, int(file.samplerate), flat.places, flat.peak)


def _blocks(path: Path, file: object) -> Iterator[Samples]:
    total = int(file.frames)  # type: ignore[attr-defined]
    for start in range(0, total, _BLOCK):
        yield read(path, file, min(_BLOCK, total - start))


def resampled(blocks: Iterator[Samples], from_hz: int, to_hz: int, channels: int) -> Iterator[Samples]:
    """Blocks ``[T, C]`` at another rate."""
    if from_hz == to_hz:
        yield from blocks
        return
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)


class Flat:
    """Counts the places where a signal stays at its highest or lowest value for several samples: clipping."""

    def __init__(self) -> None:
        self._sides = (_Crest(), _Crest())

    @property
    def peak(self) -> float:
        """Largest magnitude."""
        return max(side.peak for side in self._sides)

    @property
    def places(self) -> int:
        return sum(side.places for side in self._sides if side.peak >= _LOUD)

    def watched(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        """The blocks ``[T, C]`` as they are."""
        for block in blocks:
            for side, samples in zip(self._sides, (block, -block), strict=True):
                side.watch(samples)
            yield block


class _Crest:
    """The highest value so far, 0 at least, and where a signal stays there."""

    def __init__(self) -> None:
        self.peak, self.places = 0.0, 0

    def watch(self, samples: Samples) -> None:
        peak = float(samples.max(initial=0.0))
        if peak < self.peak:
            return
        found = sum(_runs(channel) for channel in (samples == peak).T)
        self.places = found + (self.places if peak == self.peak else 0)
        self.peak = peak


def _runs(flags: NDArray[np.bool_]) -> int:
    """How many runs of ``_FLAT`` or more are set."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return int((np.diff(edges)[::2] >= _FLAT).sum())
