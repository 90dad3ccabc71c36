"""Processing of a finished recording on its way to a listener: files, codecs, resampling.

A lossy file lacks what a bit crusher or a distortion adds below the masking threshold and above 16 kHz; a
model trained without them takes the loss for a processor. What is drawn here comes after the graph and
is no part of it. It stays aligned to the original within a sample, and at its level: a file is written at
another level, for clipping and dither depend on that, but is scaled back, since thresholds are learnt
relative to the level of what leaves the graph.

Everything is drawn from a :class:`~unpatch.synth.draw.Draw`. Equal draws give equal bytes with the same
versions of libsndfile and its codecs (LAME, libvorbis, libopus), of FFmpeg (AAC), soxr, numpy and scipy; with
others the same settings are drawn, but the codecs' choices may differ.

Shapes: C 2 channels, T samples.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import soundfile
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.dsp.limiter import Limiter
from unpatch.execution.extras import require
from unpatch.synth.draw import Draw

Floats: TypeAlias = NDArray[np.float32]
Codec: TypeAlias = Literal["mp3", "vorbis", "opus", "aac"]

OPUS_RATE = 48_000
_STEP = 2.0**-15
# libsndfile recognises an MP3 file in memory by an ID3 tag only: this is an empty one.
_ID3 = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)

# What FFmpeg's encoder of AAC puts before the first sample; streams in ADTS don't name it.
_AAC_DELAY = 1024

_FORMATS: Mapping[str, tuple[str, str]] = {
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "vorbis": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
}
COMPRESSION: Mapping[Codec, tuple[float, float]] = {
    "mp3": (0.0, 0.88),
    "vorbis": (0.1, 1.0),
    "opus": (0.35, 0.9),
    "aac": (0.0, 1.0),
}
"""Levels that give some 320 to 64 kb/s in stereo. Smaller MP3 files do not name their delay."""
AAC_KBPS = (320.0, 64.0)
"""Bit rates of AAC in stereo at the lowest and the highest compression; half of that in mono."""


@dataclass(frozen=True)
class DeliverySettings:
    """How often recordings are changed on their way, and how far.

    Attributes:
        coded: share that goes through a lossy codec.
        codecs: name to weight.
        resampled: share that goes through another sample rate.
        rates_hz: sample rate to weight.
        limited: share with a limiter on the way out.
        limit_db: by how much it lowers the highest peak.
        dithered: share of the rest, which is not coded, that was stored with 16 bits.
        noisy: share with some noise.
        noise_db: its level relative to the recording's root mean square.
        peak_db: of the file, relative to full scale.
    """

    coded: float = 1 / 3
    codecs: Mapping[Codec, float] = field(
        default_factory=lambda: {"mp3": 0.35, "vorbis": 0.35, "opus": 0.15, "aac": 0.15}
    )
    resampled: float = 0.2
    rates_hz: Mapping[int, float] = field(default_factory=lambda: {22_050: 1, 32_000: 2, 48_000: 4})
    limited: float = 0.08
    limit_db: tuple[float, float] = (0.5, 3.0)
    dithered: float = 0.6
    noisy: float = 0.15
    noise_db: tuple[float, float] = (-90.0, -60.0)
    peak_db: tuple[float, float] = (-12.0, -0.1)


def delivered(wet: Tensor, sample_rate: int, draw: Draw, settings: DeliverySettings | None = None) -> Tensor:
    """``wet [2, T]`` after delivery: equally long and loud, aligned within a sample.

    Raises:
        MissingExtraError: without the extra ``synth``, whatever is drawn.
    """
    require("synth")
    chosen = settings or DeliverySettings()
    peak = float(wet.abs().max())
    if peak == 0.0:
        return wet
    gain, limit, rate, noise, file = (draw.child(i) for i in range(5))
    scale = 10 ** (gain.number(*chosen.peak_db) / 20) / peak
    audio = np.asarray(wet.numpy() * np.float32(scale))
    if limit.chance(chosen.limited):
        audio = limited(audio, sample_rate, limit.number(*chosen.limit_db))
    if rate.chance(chosen.resampled):
        audio = through_rate(audio, sample_rate, rate.weighted(chosen.rates_hz))
    if noise.chance(chosen.noisy):
        audio = audio + _noise(audio, noise, noise.number(*chosen.noise_db))
    audio = _stored(audio, sample_rate, file, chosen)
    # Codecs move the level by hundredths of a decibel, limiters by more.
    return torch.from_numpy(audio * np.float32(_level(wet.numpy()) / max(_level(audio), 1e-12)))


def _stored(audio: Floats, sample_rate: int, draw: Draw, settings: DeliverySettings) -> Floats:
    """In a lossy file, in one of 16 bits, or in one that loses nothing."""
    if draw.chance(settings.coded):
        codec = draw.weighted(settings.codecs)
        low, high = COMPRESSION[codec]
        return coded(audio, sample_rate, codec, draw.number(low, high), variable=draw.chance(0.5))
    return dithered(audio, draw) if draw.chance(settings.dithered) else audio


def coded(
    audio: Floats, sample_rate: int, codec: Codec, compression: float, *, variable: bool = False
) -> Floats:
    """``audio [2, T]`` as it comes back from a lossy file, its delay taken away.

    Args:
        audio: within full scale.
        sample_rate: in Hz.
        codec: Opus works at 48 kHz.
        compression: libsndfile's level, from 0 (best) to 1; of AAC the place between two bit rates.
        variable: whether the bit rate is; only MP3 has the choice.

    Raises:
        ValueError: the file does not name its delay, so that it cannot be taken away.
    """
    if codec == "opus" and sample_rate != OPUS_RATE:
        at_48 = _resampled(audio, sample_rate, OPUS_RATE)
        return _fitted(
            _resampled(coded(at_48, OPUS_RATE, codec, compression), OPUS_RATE, sample_rate), audio.shape[1]
        )
    data = encoded(audio, sample_rate, codec, compression, variable=variable)
    decoded = _aac_decoded(data)[:, : audio.shape[1]] if codec == "aac" else _decoded(data)
    if decoded.shape[1] != audio.shape[1]:
        raise ValueError(f"{codec} at compression {compression:g} does not name its delay")
    return np.ascontiguousarray(np.broadcast_to(decoded, audio.shape))


def encoded(
    audio: Floats, sample_rate: int, codec: Codec, compression: float, *, variable: bool = False
) -> bytes:
    """The bytes of a lossy file; what is equal left and right is written as mono."""
    channels = audio[:1] if np.array_equal(audio[0], audio[1]) else audio
    if codec == "aac":
        return _aac_encoded(channels, sample_rate, compression)
    format_, subtype = _FORMATS[codec]
    mode = {"bitrate_mode": "VARIABLE" if variable else "CONSTANT"} if codec == "mp3" else {}
    buffer = io.BytesIO()
    soundfile.write(
        buffer, channels.T, sample_rate, subtype, format=format_, compression_level=compression, **mode
    )
    return (_ID3 if codec == "mp3" else b"") + buffer.getvalue()


def _decoded(data: bytes) -> Floats:
    audio, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return np.asarray(audio.T)


def _aac_encoded(channels: Floats, sample_rate: int, compression: float) -> bytes:
    """AAC of low complexity as a stream in ADTS of ``channels [1 or 2, T]``."""
    import av

    layout = "mono" if len(channels) == 1 else "stereo"
    low, high = np.log(AAC_KBPS)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="adts") as file:
        stream = file.add_stream("aac", rate=sample_rate, layout=layout)
        stream.bit_rate = round(500 * len(channels) * float(np.exp(low + compression * (high - low))))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(channels), format="fltp", layout=layout)
        frame.sample_rate, frame.pts = sample_rate, 0
        for part in (frame, None):
            file.mux(stream.encode(part))
    return buffer.getvalue()


def _aac_decoded(data: bytes) -> Floats:
    """Audio from its start on, with what fills the last frame."""
    import av

    with av.open(io.BytesIO(data), "r", format="aac") as file:
        parts = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.asarray(np.concatenate(parts, axis=1)[:, _AAC_DELAY:], dtype=np.float32)


def limited(audio: Floats, sample_rate: int, reduction_db: float) -> Floats:
    """``audio [2, T]`` through a limiter that lowers its highest peak by this much."""
    ceiling = float(np.abs(audio).max()) * 10 ** (-reduction_db / 20)
    limiter = Limiter(ceiling, sample_rate)
    return np.concatenate([limiter.push(audio), limiter.flush()], axis=1)[:, : audio.shape[1]]


def through_rate(audio: Floats, sample_rate: int, other_hz: int) -> Floats:
    """``audio [2, T]`` at another sample rate and back."""
    there = _resampled(audio, sample_rate, other_hz)
    return _fitted(_resampled(there, other_hz, sample_rate), audio.shape[1])


def dithered(audio: Floats, draw: Draw) -> Floats:
    """``audio [2, T]`` in steps of 16 bits, with triangular dither of two steps (Lipshitz et al., 1992)."""
    noise = draw.noise(2 * audio.size).reshape(2, *audio.shape).sum(axis=0) / 2
    steps = np.clip(np.round(audio / _STEP + noise), -(2**15), 2**15 - 1)
    return np.asarray(steps * _STEP, dtype=np.float32)


def _noise(audio: Floats, draw: Draw, level_db: float) -> Floats:
    white = draw.noise(audio.size).reshape(audio.shape)
    return np.asarray(white * (_level(audio) * np.sqrt(3.0) * 10 ** (level_db / 20)), dtype=np.float32)


def _resampled(audio: Floats, from_hz: int, to_hz: int) -> Floats:
    return np.ascontiguousarray(soxr.resample(np.ascontiguousarray(audio.T), from_hz, to_hz).T)


def _fitted(audio: Floats, frames: int) -> Floats:
    """Cut, or filled up with silence, to a length, which resampling rounds."""
    missing = max(frames - audio.shape[1], 0)
    return np.ascontiguousarray(np.pad(audio[:, :frames], ((0, 0), (0, missing))))


def _level(audio: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
