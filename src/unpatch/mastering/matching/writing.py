"""Audio files written piece by piece, in 16, 24 or 32 bits.

Shapes: T time; audio ``[2, T]`` in single precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from unpatch.audio import AudioError, writing
from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.source import Source

ENDINGS = (".wav", ".flac", ".aiff")
SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
_LONGEST_WAV = 2**32 - 2**20


def check_format(path: Path, bits: int) -> None:
    """Refuse what a kind of file cannot hold."""
    if bits not in SUBTYPES:
        raise AudioError(f"{bits} bits; 16, 24 and 32 are supported")
    if path.suffix.lower() not in ENDINGS:
        raise AudioError(f"{path}: such files end in {', '.join(ENDINGS)}")
    if bits == 32 and path.suffix.lower() == ".flac":
        raise AudioError(f"{path}: FLAC holds whole numbers; take 24 bits, or .wav")


def write(path: Path, blocks: Iterable[Array], source: Source, bits: int) -> None:
    """Write a song as long as ``source``; the whole file is there in the end or none."""
    big = path.suffix.lower() == ".wav" and source.frames * 2 * bits // 8 > _LONGEST_WAV
    with writing(path, source.sample_rate, 2, SUBTYPES[bits], "RF64" if big else None) as file:
        for samples in encoded(blocks, bits):
            file.write(samples)


def encoded(blocks: Iterable[Array], bits: int, seed: int = 0) -> Iterator[Array]:
    """Blocks as frames ``[T, 2]`` of what the file holds; 16 bits with triangular dither of 2 LSB."""
    draw = np.random.default_rng(seed)
    for block in blocks:
        frames = np.ascontiguousarray(block.T)
        if bits == 32:
            yield frames
        elif bits == 24:
            yield (_whole(frames, 24) << 8).astype(np.int32)
        else:
            noise = draw.random((*frames.shape, 2), dtype=np.float32)
            yield _whole(frames, 16, noise[..., 0] - noise[..., 1]).astype(np.int16)


def _whole(frames: Array, bits: int, dither: Array | None = None) -> Any:
    """Nearest whole numbers of this bit depth; a file of the same depth comes back unchanged."""
    scaled = frames.astype(np.float64) * 2 ** (bits - 1)
    if dither is not None:
        scaled += dither
    end = 2 ** (bits - 1)
    return np.clip(np.rint(scaled), -end, end - 1).astype(np.int64)
