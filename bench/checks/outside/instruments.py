"""Dry instruments, made here: strings that are plucked, an electric piano, an organ.

Training plays SoundFonts; these are other sounds, of physical or additive models, with nothing in them that
any effect has done. Phrases are riffs, chords and held notes in a key, with rests.

Strings after Karplus and Strong, "Digital synthesis of plucked-string and drum timbres", CMJ 7(2), 1983, with
the extensions of Jaffe and Smith in the same issue; drawbars and a tine by sums of partials.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from unpatch.synth.draw import Draw

Floats: TypeAlias = NDArray[np.float64]

RATE = 44_100
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 7, 10))
FADE_S = 0.008
NOISE_DB = (-84.0, -66.0)
"""Of pick-ups and amplifiers, relative to the highest peak."""


@dataclass(frozen=True)
class Note:
    """When it starts and how long it is held, in seconds; MIDI pitch; velocity in (0, 1]."""

    start_s: float
    held_s: float
    pitch: int
    velocity: float

    @property
    def frequency_hz(self) -> float:
        return float(440 * 2 ** ((self.pitch - 69) / 12))


@dataclass(frozen=True)
class Instrument:
    """What plays notes.

    Attributes:
        pitches: lowest and highest MIDI pitch.
        chords: share of the phrases that are of chords.
        rings_s: how long a note continues after its release.
        tone: makes a note of so many frames.
    """

    pitches: tuple[int, int]
    chords: float
    rings_s: float
    tone: Callable[[Note, int, Draw], Floats]


def plucked(note: Note, frames: int, draw: Draw, *, decay_s: float, softness: float, place: float) -> Floats:
    """A string.

    Args:
        decay_s: time in which the fundamental falls by 60 dB.
        softness: of the loop's low-pass, in (0, 0.5]: how much sooner high partials die away.
        place: where it is plucked, as a share of its length.
    """
    period = RATE / note.frequency_hz
    whole = int(period - softness)
    late = period - softness - whole
    gain = 10 ** (-3 / (note.frequency_hz * decay_s))
    loop = gain * np.convolve((1 - softness, softness), (1 - late, late))
    noise = draw.noise(whole + 1)
    burst = lfilter([0.15 + 0.7 * note.velocity], [1, 0.7 * note.velocity - 0.85], noise)
    string = np.zeros(frames + 3)
    end = min(len(burst), frames)
    string[3 : 3 + end] = burst[:end]
    # What comes round is at least a period old: a period at a time.
    for start in range(3 + whole, frames + 3, whole):
        stop = min(start + whole, frames + 3)
        for tap, weight in enumerate(loop):
            before = start - whole - tap
            string[start:stop] += weight * string[before : before + stop - start]
    comb = max(1, round(place * period))
    again = np.concatenate([np.zeros(min(comb, frames)), string[3 : max(3, frames + 3 - comb)]])
    return np.asarray(string[3:] - again)


def partials(
    note: Note, frames: int, parts: Sequence[tuple[float, float, float]], attack_s: float, draw: Draw
) -> Floats:
    """A sum of sines.

    Args:
        parts: of each the multiple of the fundamental, its amplitude, and the seconds in which it falls by
            60 dB.
    """
    time_s = np.arange(frames) / RATE
    sound = np.zeros(frames)
    for multiple, amplitude, decay_s in parts:
        if multiple * note.frequency_hz < 0.45 * RATE:
            angle = 2 * np.pi * (multiple * note.frequency_hz * time_s + draw.number())
            sound += amplitude * np.sin(angle) * 10 ** (-3 * time_s / decay_s)
    return sound * np.minimum(time_s / attack_s, 1.0)


def _acoustic_guitar(note: Note, frames: int, draw: Draw) -> Floats:
    """With the air and the top of its body sounding along."""
    string = plucked(note, frames, draw, decay_s=2.5, softness=0.25, place=0.2)
    return string + sum(_resonant(string, hz, q) * 0.5 for hz, q in ((105, 12), (205, 10), (410, 8)))


def _electric_guitar(note: Note, frames: int, draw: Draw) -> Floats:
    """Straight from the pick-up, which resonates at 3.5 kHz."""
    string = plucked(note, frames, draw, decay_s=4.0, softness=0.12, place=0.13)
    return _low_pass(string, 3_500) + 0.5 * _resonant(string, 3_500, 2)


def _bass(note: Note, frames: int, draw: Draw) -> Floats:
    return _low_pass(plucked(note, frames, draw, decay_s=5.0, softness=0.3, place=0.22), 2_800)


def _electric_piano(note: Note, frames: int, draw: Draw) -> Floats:
    """A tone bar and a tine, brighter the harder it is struck."""
    hard = note.velocity
    parts = (
        (1.0, 1.0, 5.0),
        (2.0, 0.5 * hard, 3.0),
        (3.0, 0.35 * hard, 2.0),
        (4.0, 0.2 * hard, 1.5),
        (5.0, 0.12 * hard, 1.2),
        (6.27, 0.3 * hard, 0.35),
        (13.7, 0.15 * hard, 0.2),
    )
    return partials(note, frames, parts, 0.003, draw)


def _organ(note: Note, frames: int, draw: Draw) -> Floats:
    parts = tuple(
        (multiple, amplitude, 1e6)
        for multiple, amplitude in (
            (0.5, 0.6),
            (1, 1),
            (1.5, 0.5),
            (2, 0.7),
            (3, 0.35),
            (4, 0.3),
            (6, 0.15),
            (8, 0.2),
        )
    )
    return partials(note, frames, parts, 0.012, draw)


INSTRUMENTS: Mapping[str, Instrument] = {
    "acoustic guitar": Instrument((43, 76), 0.5, 0.5, _acoustic_guitar),
    "electric guitar": Instrument((40, 79), 0.4, 0.2, _electric_guitar),
    "bass": Instrument((28, 50), 0.0, 0.08, _bass),
    "electric piano": Instrument((40, 84), 0.6, 0.15, _electric_piano),
    "organ": Instrument((48, 84), 0.6, 0.05, _organ),
}


def phrase(name: str, draw: Draw, seconds: float) -> NDArray[np.float32]:
    """So many seconds of an instrument ``[T]``, its highest peak at full scale."""
    instrument = INSTRUMENTS[name]
    sound = np.zeros(round(seconds * RATE))
    for place, note in enumerate(notes(instrument, draw.child(0), seconds)):
        start = round(note.start_s * RATE)
        frames = min(round((note.held_s + instrument.rings_s) * RATE), len(sound) - start)
        if frames > 0:
            tone = instrument.tone(note, frames, draw.child(1, place))
            sound[start : start + frames] += note.velocity * tone * _let_go(note, frames)
    peak = np.abs(sound).max()
    noise = draw.child(2)
    level = 10 ** (noise.number(*NOISE_DB) / 20)
    return np.asarray(sound / peak + level * noise.noise(len(sound)), dtype=np.float32)


def notes(instrument: Instrument, draw: Draw, seconds: float) -> list[Note]:
    """A phrase in a key and a tempo."""
    low, high = instrument.pitches
    scale = draw.choice(SCALES)
    key = draw.integer(0, 11)
    steps = [p for p in range(low, high + 1) if (p - key) % 12 in scale]
    beat_s = 60 / draw.number(75, 140)
    chords = draw.chance(instrument.chords)
    found: list[Note] = []
    place, now_s = draw.integer(0, len(steps) // 2), draw.number(0, 0.15)
    while now_s < seconds - 0.1:
        lasts_s = beat_s * draw.choice((1, 2, 4) if chords else (0.5, 0.5, 1, 2))
        if draw.chance(0.85) or not found:
            some = steps[place : place + 6 : 2] if chords else [steps[place]]
            hard, strum_s = draw.number(0.35, 1), draw.number(0, 0.02)
            held_s = lasts_s * draw.number(0.5, 1)
            found += [Note(now_s + i * strum_s, held_s, p, hard) for i, p in enumerate(some)]
        now_s += lasts_s
        place = min(max(place + draw.integer(-3, 3), 0), len(steps) - 1)
    return found


def _let_go(note: Note, frames: int) -> Floats:
    """Full while it is held, then dying away; the last milliseconds fade."""
    time_s = np.arange(frames) / RATE
    after_s = np.maximum(time_s - note.held_s, 0)
    rings = np.exp(-after_s / 0.06)
    return np.asarray(rings * np.minimum((frames / RATE - time_s) / FADE_S, 1.0))


def _resonant(audio: Floats, frequency_hz: float, q: float) -> Floats:
    """A band around a frequency, at 0 dB there."""
    w = 2 * np.pi * frequency_hz / RATE
    radius = np.exp(-w / (2 * q))
    gain = (1 - radius**2) / 2
    return np.asarray(lfilter([gain, 0, -gain], [1, -2 * radius * np.cos(w), radius**2], audio))


def _low_pass(audio: Floats, frequency_hz: float) -> Floats:
    """Of the second order, two alike in a row."""
    pole = np.exp(-2 * np.pi * frequency_hz / RATE)
    once = lfilter([1 - pole], [1, -pole], audio)
    return np.asarray(lfilter([1 - pole], [1, -pole], once))
