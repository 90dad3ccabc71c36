"""How a dry track was recorded: the bandwidth, noise and room that it brings along before any processing.

Voices of a studio are too similar: a model trained on them alone takes the missing top octave of a
24 kHz file for a low-pass filter. What is drawn here belongs to the dry signal and so to no graph.

Everything is drawn from a :class:`~unpatch.synth.draw.Draw`; results are equal byte by byte on machines with
the same versions of numpy and scipy, else up to rounding.

Shapes: T samples, S tracks.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import scipy.fft
import torch
from numpy.typing import NDArray

from unpatch.synth.draw import Draw
from unpatch.synth.sources import SAMPLE_RATE, Segment

Floats: TypeAlias = NDArray[np.float32]

EDGE_OCTAVES = 1 / 12
"""From the last frequency that passes a band limit to the first that is gone."""
HARMONICS = 7
_SILENT = 1e-9


@dataclass(frozen=True)
class RecordingSettings:
    """How often and how far recordings differ.

    Attributes:
        limited: share of them without their highest frequencies, as files at 16 to 32 kHz are.
        limit_hz: lowest and highest limit, drawn on a log scale.
        noisy: share with a noise floor.
        noise_db: its level relative to the track's root mean square.
        roomy: share recorded in a small room.
        room_s: its reverberation time (60 dB).
        room_db: energy of the room relative to the direct sound.
        humming: share with mains hum.
        hum_db: its level relative to the track's.
    """

    limited: float = 1 / 3
    limit_hz: tuple[float, float] = (8_000.0, 16_000.0)
    noisy: float = 0.5
    noise_db: tuple[float, float] = (-75.0, -50.0)
    roomy: float = 0.2
    room_s: tuple[float, float] = (0.1, 0.4)
    room_db: tuple[float, float] = (-26.0, -10.0)
    humming: float = 0.04
    hum_db: tuple[float, float] = (-70.0, -50.0)


def recorded(segment: Segment, draw: Draw, settings: RecordingSettings | None = None) -> Segment:
    """The segment as another microphone, room and converter would have given it; its level stays."""
    chosen = settings or RecordingSettings()
    tracks = [_recorded(track, draw.child(i), chosen) for i, track in enumerate(segment.audio.numpy())]
    return replace(segment, audio=torch.from_numpy(np.stack(tracks)))


def _recorded(track: Floats, draw: Draw, settings: RecordingSettings) -> Floats:
    """A track ``[T]`` in its room, with hum and noise, then through the limit of its converter.

    Each choice has a separate stream: changing one setting leaves the others as they were.
    """
    level = _level(track)
    if level < _SILENT:
        return track
    room, hum, hiss, limit = (draw.child(i) for i in range(4))
    out = track.astype(np.float64)
    if room.chance(settings.roomy):
        out = in_room(out, room, room.number(*settings.room_s), room.number(*settings.room_db))
    if hum.chance(settings.humming):
        out = out + _at_level(humming(len(out), hum), level, hum.number(*settings.hum_db))
    if hiss.chance(settings.noisy):
        out = out + _at_level(noise(len(out), hiss), level, hiss.number(*settings.noise_db))
    if limit.chance(settings.limited):
        low, high = settings.limit_hz
        out = band_limited(out, low * (high / low) ** limit.number())
    gain = level / max(_level(out), _SILENT)
    peak = float(np.abs(out).max())
    return np.asarray(out * min(gain, 1 / peak), dtype=np.float32)


def band_limited(audio: NDArray[np.float64], limit_hz: float) -> NDArray[np.float64]:
    """``audio [T]`` without the range above a frequency; no delay, as by a good resampler."""
    size = scipy.fft.next_fast_len(len(audio) + 4096, real=True)
    spectrum = scipy.fft.rfft(audio, size)
    octaves = np.log2(np.maximum(scipy.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1.0) / limit_hz)
    gone = np.clip(1 + octaves / EDGE_OCTAVES, 0, 1)
    limited = scipy.fft.irfft(spectrum * (0.5 + 0.5 * np.cos(np.pi * gone)), size)[: len(audio)]
    return np.asarray(limited)


def in_room(audio: NDArray[np.float64], draw: Draw, seconds: float, level_db: float) -> NDArray[np.float64]:
    """``audio [T]`` with the sound of a small room after it.

    The response is noise that dies away exponentially and is duller than the direct sound (Moorer, About
    This Reverberation Business, 1979), after the time that sound takes for one to three metres of detour.
    """
    delay = round(draw.number(0.003, 0.009) * SAMPLE_RATE)
    count = round(1.2 * seconds * SAMPLE_RATE)
    falls = 10 ** (-3 * np.arange(count) / (seconds * SAMPLE_RATE))
    response = _tilted(draw.noise(count), draw.number(0.3, 0.8)) * falls
    response *= 10 ** (level_db / 20) / np.sqrt(np.dot(response, response))
    size = scipy.fft.next_fast_len(len(audio) + count + delay, real=True)
    room = scipy.fft.irfft(scipy.fft.rfft(audio, size) * scipy.fft.rfft(response, size), size)
    out = audio.copy()
    out[delay:] += room[: len(audio) - delay]
    return out


def noise(count: int, draw: Draw) -> NDArray[np.float64]:
    """Noise ``[T]`` between white and duller, as of microphones, amplifiers and rooms."""
    return _tilted(draw.noise(count), draw.number(0.0, 0.9))


def humming(count: int, draw: Draw) -> NDArray[np.float64]:
    """Mains hum ``[T]``: 50 or 60 Hz with harmonics that fall."""
    base_hz = draw.choice((50.0, 60.0))
    angle = 2 * np.pi * base_hz * np.arange(count) / SAMPLE_RATE
    falls = draw.number(0.8, 2.0)
    waves = [
        np.sin(n * angle + draw.number(0, 2 * np.pi)) * draw.number(0.2, 1.0) / n**falls
        for n in range(1, HARMONICS + 1)
    ]
    return np.asarray(np.sum(waves, axis=0))


def _tilted(white: NDArray[np.float64], pole: float) -> NDArray[np.float64]:
    """White noise through a one-pole low-pass filter."""
    from scipy.signal import lfilter

    return np.asarray(lfilter([1 - pole], [1, -pole], white))


def _at_level(audio: NDArray[np.float64], level: float, relative_db: float) -> NDArray[np.float64]:
    return audio * (level * 10 ** (relative_db / 20) / max(_level(audio), _SILENT))


def _level(audio: NDArray[np.floating]) -> float:
    """Root mean square."""
    return float(np.sqrt(np.dot(audio, audio) / max(len(audio), 1)))
