"""Notes played on a preset of a SoundFont, as a mono track.

Beside what percussion uses (see :mod:`unpatch.synth.drums.soundfont`), notes need velocity layers, and
attack and release of the volume envelope. Left alone are filters, oscillators of low frequency, modulators
other than that of velocity to level, and the effects that a preset sends to: tracks are as dry as the samples
are. Of a stereo pair the left side is taken, as a microphone; two spaced ones summed would comb.

(SoundFont Technical Specification 2.04, E-mu 2006, sections 8.1.2, 8.4.1 and 9.)
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from unpatch.synth.instruments.phrases import Note
from unpatch.synth.soundfonts.font import Floats, SoundFont
from unpatch.synth.soundfonts.tables import (
    ATTACK,
    ATTENUATION,
    DECAY,
    DELAY,
    HOLD,
    RELEASE,
    SAMPLE,
    SUSTAIN,
    VELOCITY_RANGE,
    Zone,
)
from unpatch.synth.sources import SAMPLE_RATE

RIGHT, LEFT = 2, 4
"""Types of a sample that is one side of a pair."""
FALL_DB = 100.0
"""Decay and release times are those of such a fall."""
INAUDIBLE_DB = 70.0
"""A note is over where it has fallen so far."""
SHORTEST_RELEASE_S = 0.012
SHORTEST_ATTACK_S = 0.001
"""Against clicks."""


class Instrument:
    """One preset."""

    def __init__(self, font: SoundFont, bank: int, preset: int) -> None:
        self.font = font
        self.bank = bank
        self.preset = preset
        self._zones = lru_cache(maxsize=256)(self._read_zones)

    def play(self, notes: Sequence[Note], frames: int) -> Floats:
        """Some notes ``[frames]``; those that started before time 0 still sound."""
        out = np.zeros(frames, dtype=np.float32)
        voices = [
            _Voice(note, zone, min(note.length_s + _release_s(zone), frames / SAMPLE_RATE - note.start_s))
            for note in notes
            for zone in self.zones(note.key, note.velocity)
        ]
        sounds: dict[tuple[int, int], Floats] = {}
        for voice in sorted(voices, key=lambda voice: -voice.lasts_s):
            place = (id(voice.zone), voice.note.key)
            if place not in sounds:  # the longest one comes first
                sounds[place] = self._sound(voice)
            _add(out, _shaped(sounds[place], voice), voice.note.start_s)
        return out

    def zones(self, key: int, velocity: int) -> list[Zone]:
        """What a key plays at a velocity."""
        return [zone for zone in self._zones(key) if _low(zone) <= velocity <= _high(zone)]

    def _read_zones(self, key: int) -> list[Zone]:
        """Of pairs one side."""
        found = self.font.zones(self.bank, self.preset, key)
        kinds = [int(self.font.header(zone[SAMPLE])["type"]) for zone in found]
        if LEFT not in kinds:
            return found
        return [zone for zone, kind in zip(found, kinds, strict=True) if kind != RIGHT]

    def _sound(self, voice: "_Voice") -> Floats:
        """A zone at its pitch."""
        return self.font.pitched(voice.zone, voice.note.key, voice.lasts_s)


class _Voice(NamedTuple):
    """A zone that a note plays, and its audible duration."""

    note: Note
    zone: Zone
    lasts_s: float


def _low(zone: Zone) -> int:
    return zone[VELOCITY_RANGE] & 0xFF


def _high(zone: Zone) -> int:
    return zone[VELOCITY_RANGE] >> 8


def _seconds(timecents: float) -> float:
    return float(2 ** (timecents / 1200))


def _release_s(zone: Zone) -> float:
    """Until a released note is inaudible."""
    return max(_seconds(zone[RELEASE]) * INAUDIBLE_DB / FALL_DB, SHORTEST_RELEASE_S)


def _shaped(sound: Floats, voice: _Voice) -> Floats:
    """A note's part of a sound, through its envelope, at its level."""
    note, zone, lasts_s = voice
    audio = sound[: round(lasts_s * SAMPLE_RATE)]
    gain = 10 ** (-zone[ATTENUATION] / 200) * gain_of(note.velocity)
    return audio * (np.float32(gain) * envelope(zone, note.length_s, len(audio)))


def gain_of(velocity: int) -> float:
    """Amplitude for a velocity: 40 dB for each tenth (section 8.4.1, the default modulator)."""
    return (velocity / 127) ** 2


def envelope(zone: Zone, held_s: float, frames: int) -> Floats:
    """Volume envelope ``[frames]`` of a note held so long: linear attack, then straight falls in decibels."""
    seconds = np.arange(frames, dtype=np.float32) / np.float32(SAMPLE_RATE)
    delay_s, hold_s, decay_s = (_seconds(zone[number]) for number in (DELAY, HOLD, DECAY))
    attack_s = max(_seconds(zone[ATTACK]), SHORTEST_ATTACK_S)
    sustain_db = min(zone[SUSTAIN] / 10, FALL_DB)
    fallen_db = np.clip((seconds - (delay_s + attack_s + hold_s)) * (FALL_DB / decay_s), 0, sustain_db)
    fallen_db += np.maximum(seconds - held_s, 0) * (INAUDIBLE_DB / _release_s(zone))
    out = np.exp(fallen_db * np.float32(-np.log(10) / 20))
    # A note that is let go during its attack falls from where it was.
    out *= np.clip(np.minimum(seconds, held_s) / attack_s - delay_s / attack_s, 0, 1)
    ends_s = held_s + _release_s(zone)
    out *= np.clip((ends_s - seconds) / SHORTEST_RELEASE_S, 0, 1)
    return np.asarray(out, dtype=np.float32)


def _add(track: Floats, audio: Floats, start_s: float) -> None:
    """Add a note to a track, to the sample where it belongs."""
    start = round(start_s * SAMPLE_RATE)
    within = audio[max(-start, 0) : max(len(track) - start, 0)]
    track[max(start, 0) : max(start, 0) + len(within)] += within
