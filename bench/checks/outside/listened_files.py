"""The files that the everyday clips are written to, and read back from: WAV, MP3, Vorbis, Opus and AAC.

MP3, Vorbis and Opus are libsndfile's, at a compression that gives the wanted bit rate about; AAC is FFmpeg's
by ``av``.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import av
import numpy as np
import soundfile
import soxr
import torch
from torch import Tensor

from unpatch.synth.draw import Draw

Coding = Literal["float", "wav", "mp3", "ogg", "opus", "m4a"]
"""Of WAV files, "float" has 32 bits and loses nothing, "wav" has 16."""

LOSSY: Mapping[Coding, float] = {"mp3": 3, "m4a": 3, "ogg": 2, "opus": 2}
KBPS = (64, 96, 128, 160, 192)
LOW_KBPS = (48, 64, 80)
"""For sample rates below 32 kHz."""
OPUS_RATE = 48_000
EMPTY_TAG = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)
"""Of an MP3 file; without a tag libsndfile takes some for other formats."""


@dataclass(frozen=True)
class Format:
    """How a file is coded; ``kbps`` is 0 for WAV files."""

    coding: Coding
    kbps: int = 0

    def __str__(self) -> str:
        return f"{self.coding} {self.kbps} kb/s" if self.kbps else self.coding


def drawn_format(draw: Draw, sample_rate: int, lossy: bool) -> Format:
    """A file as people have it."""
    if not lossy:
        return Format("wav")
    return Format(draw.weighted(LOSSY), draw.choice(KBPS if sample_rate >= 32_000 else LOW_KBPS))


def written(audio: Tensor, sample_rate: int, how: Format, draw: Draw) -> bytes:
    """The bytes of a file of ``audio [2, T]``, within full scale.

    Args:
        draw: of the dither of 16 bits.
    """
    samples = audio.numpy()
    if how.coding == "m4a":
        return _aac(samples, sample_rate, how.kbps)
    if how.coding == "opus" and sample_rate not in (24_000, OPUS_RATE):
        samples, sample_rate = soxr.resample(samples.T, sample_rate, OPUS_RATE).T, OPUS_RATE
    if how.coding == "wav":
        noise = draw.noise(2 * samples.size).reshape(2, *samples.shape).sum(axis=0) / 2
        steps = np.round(samples * 2**15 + noise)
        return _file(np.clip(steps, -(2**15), 2**15 - 1).astype(np.int16), sample_rate, "WAV", "PCM_16")
    match how.coding:
        case "float":
            return _file(samples, sample_rate, "WAV", "FLOAT")
        case "mp3":
            lowest, highest = (32, 320) if sample_rate >= 32_000 else (8, 160)
            level = (highest - how.kbps) / (highest - lowest)
            steady = {"compression_level": level, "bitrate_mode": "CONSTANT"}
            return EMPTY_TAG + _file(samples, sample_rate, "MP3", "MPEG_LAYER_III", **steady)
        case "ogg":
            return _file(
                samples, sample_rate, "OGG", "VORBIS", compression_level=_vorbis(how.kbps, sample_rate)
            )
        case _:
            level = 1 - (how.kbps / 2 - 6) / 250  # per channel, between 6 and 256 kb/s
            return _file(samples, sample_rate, "OGG", "OPUS", compression_level=level)


def read_back(data: bytes, how: Format) -> tuple[Tensor, int]:
    """Audio ``[2, T]`` and its rate."""
    if how.coding == "m4a":
        return _aac_back(data)
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return torch.from_numpy(np.ascontiguousarray(samples.T)), int(rate)


def _file(samples: Any, sample_rate: int, format_: str, subtype: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples.T, sample_rate, subtype, format=format_, **how)
    return buffer.getvalue()


def _vorbis(kbps: int, sample_rate: int) -> float:
    """Quality 0 to 6 is 64 to 192 kb/s at 44.1 kHz; below 32 kHz about half of that."""
    at_44 = kbps * (1 if sample_rate >= 32_000 else 2)
    return 1 - float(np.interp(at_44, (64, 80, 96, 112, 128, 160, 192), range(7))) / 10


def _aac(samples: Any, sample_rate: int, kbps: int) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=sample_rate, layout="stereo")
        stream.bit_rate = 1_000 * kbps
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = sample_rate, 0
        for some in (frame, None):
            for packet in stream.encode(some):
                file.mux(packet)
    return buffer.getvalue()


def _aac_back(data: bytes) -> tuple[Tensor, int]:
    with av.open(io.BytesIO(data), "r") as file:
        rate = int(file.streams.audio[0].rate)
        parts = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return torch.from_numpy(np.concatenate(parts, axis=1).astype(np.float32)), rate
