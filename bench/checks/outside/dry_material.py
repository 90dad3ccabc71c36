"""Dry signals of the everyday chains: voices outside of all training sets, speech, and instruments made here.

Voices are cut from a folder of recordings with an ``index.tsv``; performers are equally likely. Some of
the dry sounds are band-limited, as old or cheap recordings are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from bench.checks.outside.instruments import INSTRUMENTS, phrase
from unpatch.audio import load
from unpatch.synth.draw import Draw
from unpatch.synth.sources import Recording, recordings_in

RATE = 44_100
SECONDS = 5.0
SPLITS = ("val_unseen", "test_only_24k")
CATEGORIES: Mapping[str, float] = {"voice": 0.5, "speech": 0.14, "instrument": 0.36}

BAND_LIMITED = 0.2
BAND_HZ = (11_000.0, 16_000.0)
PEAK_DB = (-14.0, -3.0)

LEAST_SOUNDING = 0.45
"""Share of blocks of 20 ms within 35 dB of the highest peak; a passage with fewer is drawn again."""
ATTEMPTS = 30


@dataclass(frozen=True)
class Dry:
    """A dry sound ``[T]`` at 44.1 kHz.

    Attributes:
        category: voice, speech or instrument.
        band_hz: what it is limited to; None where nothing was taken away.
        may_shift: whether the recording's terms allow another pitch.
    """

    audio: NDArray[np.float32]
    performer: str
    category: str
    band_hz: float | None = None
    may_shift: bool = True


class Material:
    """Draws dry sounds."""

    def __init__(self, root: Path, splits: Sequence[str] = SPLITS) -> None:
        """
        Args:
            root: folder of recordings whose list has kinds (speech, sung_song ...), splits and licences.
        """
        self.performers: dict[str, dict[str, list[Recording]]] = {"voice": {}, "speech": {}}
        for recording in recordings_in(root):
            if recording.split in splits:
                category = "speech" if recording.kind == "speech" else "voice"
                self.performers[category].setdefault(recording.singer, []).append(recording)
        for category, performers in self.performers.items():
            if not performers:
                raise ValueError(f"{root} has no {category} of the splits {', '.join(splits)}")

    def drawn(self, draw: Draw) -> Dry:
        """A dry sound at a drawn level."""
        category = draw.weighted(CATEGORIES)
        if category == "instrument":
            name = draw.choice(tuple(INSTRUMENTS))
            dry = Dry(phrase(name, draw.child(0), SECONDS), name, category)
        else:
            dry = self._voice(category, draw.child(0))
        band_hz = draw.number(*BAND_HZ) if draw.chance(BAND_LIMITED) else None
        audio = dry.audio if band_hz is None else _limited(dry.audio, band_hz)
        level = 10 ** (draw.number(*PEAK_DB) / 20) / float(np.abs(audio).max())
        return Dry(audio * np.float32(level), dry.performer, category, band_hz, dry.may_shift)

    def _voice(self, category: str, draw: Draw) -> Dry:
        performer = draw.choice(sorted(self.performers[category]))
        for _ in range(ATTEMPTS):
            recording = draw.choice(self.performers[category][performer])
            audio = _passage(recording, draw)
            if _sounding(audio) >= LEAST_SOUNDING:
                return Dry(audio, performer, category, may_shift=may_shift(recording.licence))
        raise ValueError(f"{ATTEMPTS} passages of {performer} in a row were nearly silent")


def may_shift(licence: str) -> bool:
    """Whether terms allow to move the pitch; some voices are lent without that."""
    return "except pitch" not in licence


def _passage(recording: Recording, draw: Draw) -> NDArray[np.float32]:
    """From a drawn place, with ends faded; as long as the recording where that is shorter."""
    stereo, rate = load(recording.path)
    audio = stereo.mean(0).numpy()
    frames = round(SECONDS * rate)
    start = draw.integer(0, max(len(audio) - frames, 0))
    cut = soxr.resample(audio[start : start + frames], rate, RATE)
    ramp = np.linspace(0, 1, 441, dtype=np.float32)
    cut[: len(ramp)] *= ramp
    cut[-len(ramp) :] *= ramp[::-1]
    return np.asarray(cut, dtype=np.float32)


def _sounding(audio: NDArray[np.float32]) -> float:
    block = 882
    peaks = np.abs(audio[: len(audio) // block * block]).reshape(-1, block).max(axis=1)
    return float((peaks > peaks.max() * 10 ** (-35 / 20)).mean()) if peaks.max() > 1e-3 else 0.0


def _limited(audio: NDArray[np.float32], band_hz: float) -> NDArray[np.float32]:
    """By a sample rate at which nothing higher exists."""
    low = 2 * band_hz
    there = soxr.resample(audio, RATE, low)
    back = soxr.resample(there, low, RATE)[: len(audio)]
    return np.asarray(np.pad(back, (0, len(audio) - len(back))), dtype=np.float32)
