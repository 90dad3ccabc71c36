"""Headers without the length of the audio, because a program wrote into a pipe or was stopped.

Such a file is read as if its header declared that it lasts to the end of the file.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

Corrections = Mapping[int, bytes]
"""Position in a file to the corrected bytes."""

_UNKNOWN_32, _UNKNOWN_64 = b"\xff" * 4, 2**64 - 1
_FRAMES_AT_ONCE = 65_536
_MOST_CHUNKS = 10_000
# STREAMINFO is the first block of a FLAC file: a byte of which the lower half belongs to the total number
# of samples, and four more (RFC 9639, section 8.2).
_FLAC_TOTAL = 21


class _Chunk(NamedTuple):
    name: bytes
    size: int
    start: int


def corrections(path: Path) -> Corrections:
    """What is wrong with the length in a header; nothing for almost every file."""
    with path.open("rb") as file:
        start = file.read(26)
        end = file.seek(0, io.SEEK_END)
        if start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE":
            return _wave(file, end)
        if start[:4] == b".snd" and start[8:12] == bytes(4) and end > int.from_bytes(start[4:8], "big"):
            return {8: _UNKNOWN_32}
        if start[:4] == b"caff":
            return _caf(file, end)
        if start[:4] == b"fLaC" and _flac_total(start) == 0:
            status = path.stat()
            total = _counted(path, status.st_size, status.st_mtime_ns)
            return {
                _FLAC_TOTAL: struct.pack(">BI", start[_FLAC_TOTAL] & 0xF0 | total >> 32, total & 0xFFFFFFFF)
            }
    return {}


class Corrected(io.RawIOBase):
    """A file that reads as if its corrections were in it."""

    def __init__(self, path: Path, wanted: Corrections) -> None:
        self._file = path.open("rb")
        self._wanted = wanted

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        start = self._file.tell()
        count = self._file.readinto(view)
        for place, data in self._wanted.items():
            for position, byte in enumerate(data, place - start):
                if 0 <= position < count:
                    view[position] = byte
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def _wave(file: IO[bytes], end: int) -> Corrections:
    """WAV: a data chunk of size 0 with audio behind it; RF64: the same, or the largest size there is."""
    long = None
    for chunk in _chunks(file, 12, end, "<I", padded=True):
        if chunk.name == b"ds64":
            long = chunk
        if chunk.name == b"data":
            left = end - chunk.start
            if long is not None:
                file.seek(long.start + 8)
                size = int.from_bytes(file.read(8), "little")
                return {long.start + 8: struct.pack("<QQ", left, 0)} if size in (0, _UNKNOWN_64) else {}
            is_audio = chunk.size == 0 and left and not _are_chunks(file, chunk.start, end)
            return {chunk.start - 4: _UNKNOWN_32} if is_audio else {}
    return {}


def _caf(file: IO[bytes], end: int) -> Corrections:
    """CAF: a data chunk of size -1 lasts to the end of the file, which libsndfile does not support."""
    for chunk in _chunks(file, 8, end, ">q", padded=False):
        if chunk.name == b"data":
            return {chunk.start - 8: struct.pack(">q", end - chunk.start)} if chunk.size in (0, -1) else {}
    return {}


def _chunks(file: IO[bytes], start: int, end: int, layout: str, *, padded: bool) -> Iterator[_Chunk]:
    """Chunks in order, up to the first that has no name of letters."""
    head = 4 + struct.calcsize(layout)
    for _ in range(_MOST_CHUNKS):
        file.seek(start)
        if start + head > end or not (name := file.read(4)).isascii() or not name.decode().isprintable():
            return
        (size,) = struct.unpack(layout, file.read(head - 4))
        yield _Chunk(name, size, start + head)
        start += head + max(size, 0) + (size % 2 if padded else 0)


def _are_chunks(file: IO[bytes], start: int, end: int) -> bool:
    """Whether there are chunks, such as tags, exactly up to the end of the file."""
    for chunk in _chunks(file, start, end, "<I", padded=True):
        start = chunk.start + chunk.size
    return start in (end, end - 1)


def _flac_total(start: bytes) -> int:
    return int.from_bytes(start[_FLAC_TOTAL : _FLAC_TOTAL + 5], "big") & (2**36 - 1)


@lru_cache(maxsize=64)
def _counted(path: Path, size: int, modified_ns: int) -> int:
    """Frames of a file, by decoding it; the other arguments show whether it is still the same."""
    import soundfile

    class UnseekableFile(soundfile.SoundFile):  # type: ignore[misc]
        """Read from start to end: after each block soundfile would seek, which needs the length."""

        def seekable(self) -> bool:
            return False

    total = 0
    with UnseekableFile(os.fsencode(path)) as file:
        while frames := len(file.read(_FRAMES_AT_ONCE, dtype="int32")):
            total += frames
    return total
