"""A band that plays when no stems are given: eight dry, mono tracks, drawn by seed.

Plain synthesis, as unlike each other as a kick, a voice and a pad are: what counts is that they overlap in
time and frequency as the tracks of a song do, and have rests, in which delays and reverbs are audible.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources

import torch
from torch import Tensor

from unpatch.audio import load, resample
from unpatch.synth.draw import Draw

SCALE = (0, 3, 5, 7, 10, 12)
"""Semitones of the notes that may sound together."""


def band(draw: Draw, seconds: float, sample_rate: int) -> dict[str, Tensor]:
    """Track to mono audio ``[T]``, peaks at 0.5."""
    beat_s, root_hz = 60 / draw.number(80, 140), 55 * 2 ** draw.number(0, 1)
    tracks = {}
    for i, (name, (notes_per_beat, share, note)) in enumerate(PLAYERS.items()):
        own = draw.child(i)
        step = round(beat_s / notes_per_beat * sample_rate)
        audio = torch.zeros(round(seconds * sample_rate))
        for start in range(own.integer(0, 1) * step, len(audio), step):
            if own.chance(share):
                sound = note(own, root_hz, sample_rate)[: len(audio) - start]
                audio[start : start + len(sound)] += own.number(0.5, 1) * sound
        tracks[name] = audio
    tracks["voice"] = _voice(draw.child(len(PLAYERS)), seconds, sample_rate)
    return {name: 0.5 * audio / audio.abs().amax().clamp_min(1e-9) for name, audio in tracks.items()}


def _time(seconds: float, sample_rate: int) -> Tensor:
    return torch.arange(round(seconds * sample_rate)) / sample_rate


def _noise(draw: Draw, frames: int) -> Tensor:
    return torch.randn(frames, generator=torch.Generator().manual_seed(draw.integer(0, 2**31)))


def _kick(draw: Draw, root_hz: float, sample_rate: int) -> Tensor:
    t = _time(0.3, sample_rate)
    return torch.sin(2 * math.pi * (50 * t - 4 * torch.exp(-30 * t))) * torch.exp(-14 * t)


def _snare(draw: Draw, root_hz: float, sample_rate: int) -> Tensor:
    t = _time(0.25, sample_rate)
    return (0.5 * _noise(draw, len(t)) + torch.sin(2 * math.pi * 190 * t)) * torch.exp(-22 * t)


def _hat(draw: Draw, root_hz: float, sample_rate: int) -> Tensor:
    t = _time(0.12, sample_rate)
    return _noise(draw, len(t) + 2).diff(n=2) * torch.exp(-draw.number(30, 80) * t)


def _tone(
    draw: Draw, root_hz: float, sample_rate: int, *, octave: int, seconds: float, decay: float, bright: float
) -> Tensor:
    """A harmonic tone of the scale; partials fall by ``bright`` dB per octave."""
    t, hz = _time(seconds, sample_rate), root_hz * 2 ** (octave + draw.choice(SCALE) / 12)
    partials = [n for n in range(1, 25) if n * hz < 0.45 * sample_rate]
    tone = sum(
        (n ** (-bright / 6) * torch.sin(2 * math.pi * n * hz * t) for n in partials), torch.zeros(len(t))
    )
    ends = torch.minimum(t / 0.005, (seconds - t) / 0.02).clamp(0, 1)
    return tone * torch.exp(-decay * t) * ends


def _voice(draw: Draw, seconds: float, sample_rate: int) -> Tensor:
    """The demo's voice, beginning somewhere, over and over."""
    with resources.as_file(resources.files("unpatch") / "assets" / "voice.flac") as path:
        audio, rate = load(path)
    voice = resample(audio, rate, sample_rate)[0]
    times = math.ceil(seconds * sample_rate / len(voice)) + 1
    start = draw.integer(0, len(voice) - 1)
    return voice.repeat(times)[start : start + round(seconds * sample_rate)]


PLAYERS: Mapping[str, tuple[float, float, Callable[[Draw, float, int], Tensor]]] = {
    "kick": (1, 0.8, _kick),
    "snare": (0.5, 0.9, _snare),
    "hat": (2, 0.7, _hat),
    "bass": (1, 0.8, partial(_tone, octave=0, seconds=0.4, decay=3, bright=9)),
    "keys": (2, 0.5, partial(_tone, octave=2, seconds=0.5, decay=6, bright=6)),
    "pad": (0.25, 0.9, partial(_tone, octave=1, seconds=2.0, decay=0.3, bright=7)),
    "lead": (1, 0.4, partial(_tone, octave=3, seconds=0.6, decay=1, bright=5)),
}
"""Track to notes per beat, how often one sounds, and what a note is."""
