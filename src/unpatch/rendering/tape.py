"""Long signals under way: in memory while there is room, else in files that vanish with them.

Shapes: C channels, T samples.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

MEMORY_BYTES = 2**28
"""What all tapes of a store hold in memory, at most."""


@dataclass(eq=False)
class TapeStore:
    """Where tapes are kept.

    Attributes:
        folder: where files are made; left out, where the system has its temporary ones. They have no names,
            so that none is left behind however the process ends.
        memory_bytes: how much may be kept in memory instead.
    """

    folder: Path | None = None
    memory_bytes: int = MEMORY_BYTES
    held: int = field(init=False, default=0)

    def tape(self, first: int, stop: int) -> Tape:
        """An empty tape for the samples from ``first`` up to ``stop``; 0 is the start of the song."""
        return Tape(self, first, stop)

    def record(self, blocks: Iterator[Tensor], frames: int) -> Tape:
        """A tape from sample 0 on, of blocks ``[C, n]`` that last ``frames`` together."""
        tape = self.tape(0, frames)
        for block in blocks:
            tape.append(block)
        return tape

    def take(self, size: int) -> bool:
        """Reserve memory, if there is room."""
        fits = self.held + size <= self.memory_bytes
        self.held += size if fits else 0
        return fits

    def give_back(self, size: int) -> None:
        self.held -= size


class Tape:
    """A signal that is written once, from start to end, and read anywhere; around it there is silence."""

    def __init__(self, store: TapeStore, first: int, stop: int) -> None:
        self.store, self.first, self.stop = store, first, stop
        self.channels, self.written = 0, first
        self.dtype = torch.float32
        self._memory: Tensor | None = None
        self._file: IO[bytes] | None = None

    def append(self, block: Tensor) -> None:
        """Write the next samples ``[C, n]``."""
        if not self.channels:
            self._open(block)
        end = self.written + block.shape[-1]
        if self._memory is not None:
            self._memory[:, self.written - self.first : end - self.first] = block
        else:
            self._write(block.T.contiguous().numpy())
        self.written = end

    def read(self, start: int, stop: int) -> Tensor:
        """Samples ``[C, stop - start]``."""
        begin, end = max(start, self.first), min(stop, self.written)
        if begin >= end:
            return torch.zeros(self.channels or 2, stop - start, dtype=self.dtype)
        if self._memory is not None:
            part = self._memory[:, begin - self.first : end - self.first]
        else:
            part = self._read(begin, end)
        if (begin, end) == (start, stop):
            return part
        return torch.nn.functional.pad(part, (begin - start, stop - end))

    def _open(self, block: Tensor) -> None:
        self.channels, self.dtype = len(block), block.dtype
        size = len(block) * (self.stop - self.first) * block.element_size()
        if self.store.take(size):
            weakref.finalize(self, self.store.give_back, size)
            self._memory = block.new_zeros(len(block), self.stop - self.first)
        else:
            self._file = tempfile.TemporaryFile(dir=self.store.folder)  # noqa: SIM115
            weakref.finalize(self, self._file.close)

    def _write(self, samples: np.ndarray[Any, Any]) -> None:
        assert self._file is not None
        try:
            self._file.seek(0, 2)
            self._file.write(samples.data)
            self._file.flush()
        except OSError as fault:
            where = self.store.folder or Path(tempfile.gettempdir())
            raise OSError(fault.errno, fault.strerror, str(where)) from None

    def _read(self, begin: int, end: int) -> Tensor:
        assert self._file is not None
        samples = torch.empty(end - begin, self.channels, dtype=self.dtype)
        self._file.seek((begin - self.first) * self.channels * samples.element_size())
        self._file.readinto(samples.numpy().data.cast("B"))  # type: ignore[attr-defined]
        return samples.T.contiguous()


@dataclass(frozen=True)
class TapeInput:
    """A tape and the gain of its edge."""

    tape: Tape
    gain: float = 1.0

    def read(self, start: int, stop: int) -> Tensor:
        """Samples ``[C, stop - start]``; not to be written to."""
        part = self.tape.read(start, stop)
        return part if self.gain == 1.0 else part * self.gain

    def blocks(self, frames: int, block: int) -> Iterator[Tensor]:
        """The samples from 0 up to ``frames``, one block after another."""
        for start in range(0, frames, block):
            yield self.read(start, min(start + block, frames))
