"""Dry signals of several categories from several folders: voices, speech and instruments, by licence.

Material that a model learns from can be limited to permissive licences; material that it is only measured on
is not, since nothing of it ends up in the weights.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from unpatch.synth.credits import Credit, gathered
from unpatch.synth.draw import Draw
from unpatch.synth.instruments.catalogue import fonts_in
from unpatch.synth.instruments.sources import InstrumentSources
from unpatch.synth.licences import LicenceError, is_permissive
from unpatch.synth.sources import (
    ALL,
    FRAMES,
    INDEX,
    SAMPLE_RATE,
    TRAIN,
    DrySources,
    Recording,
    Segment,
    SourceError,
    Sources,
    recordings_in,
)

Floats: TypeAlias = NDArray[np.float32]
Category: TypeAlias = Literal["voice", "speech", "instrument"]
Licences: TypeAlias = Literal["any", "permissive"]

DEVELOPMENT = "dev"
"""The split of those that are held out of training for choosing between models."""
LEARNT = (TRAIN, "val_seen")
"""Splits of the performers that a model learns from."""

WEIGHTS: Mapping[Category, float] = {"voice": 0.5, "speech": 0.1, "instrument": 0.4}
"""How often each category is drawn, among those that there are."""
CATEGORIES: Mapping[str, Category] = {"speech": "speech"}
"""Kind of a recording, as its list names it, to its category; all others are voices."""

# Few singers become more by speed: formants move with the pitch, as between people.
SPEED_PROBABILITY = 0.5
SPEED_SEMITONES = 3.0
# Below this voices have no energy, but old converters drift.
RUMBLE_HZ = 30.0


class Listed(DrySources, Protocol):
    """Sources with access to their files."""

    def files(self) -> list[Path]:
        """All that are drawn from, and the lists of them."""


class Mixture:
    """Sources of several categories; which of them a segment is of, is drawn first."""

    def __init__(self, sources: Mapping[Category, Listed], split: str) -> None:
        if not sources:
            raise SourceError(f"no dry signals of split {split!r}")
        self.sources = dict(sources)
        self.split = split
        self._weights = {category: WEIGHTS[category] for category in sorted(sources)}

    @classmethod
    def open(
        cls,
        roots: Sequence[str | Path],
        split: str = TRAIN,
        licences: Licences = "any",
        development: Sequence[str] = (),
    ) -> "Mixture":
        """Everything of ``split`` in some folders.

        Args:
            roots: folders of recordings, as :class:`~unpatch.synth.sources.Sources` reads them, and those
                that `unpatch data fetch instruments` has filled, of which the instruments are taken.
            split: as the lists name it, or "dev".
            licences: "permissive" excludes from training all that is not, and refuses recordings with
                no licence, or one that is not in :data:`unpatch.synth.licences.KNOWN`.
            development: performers who are taken out of training: they are the split "dev".
        """
        folders = [Path(root) for root in roots]
        fonts = [root for root in folders if fonts_in(root)]
        recorded = [root for root in folders if root not in fonts]
        found = [recording for root in recorded for recording in _some_in(root)]
        _check_names(development, found)
        chosen = [r for r in found if _belongs(r, split, licences, frozenset(development))]
        by_category: dict[Category, list[Recording]] = {}
        for recording in chosen:
            by_category.setdefault(CATEGORIES.get(recording.kind, "voice"), []).append(recording)
        sources: dict[Category, Listed] = {
            name: Voices(some, recorded[0], split, name) for name, some in by_category.items()
        }
        if fonts:
            sources["instrument"] = InstrumentSources.open(fonts, split)
        return cls(sources, split)

    def files(self) -> list[Path]:
        """All that are drawn from, and the lists of them."""
        return [path for source in self.sources.values() for path in source.files()]

    def check(self) -> None:
        """Refuse what is missing or cannot be opened, before a long run comes upon it."""
        for source in self.sources.values():
            source.check()

    def credits(self) -> list[Credit]:
        """All that is drawn from, with licences."""
        return gathered(
            replace(credit, category=category)
            for category, source in self.sources.items()
            for credit in source.credits()
        )

    def segment(self, draw: Draw, frames: int = FRAMES) -> Segment:
        """A drawn segment of a drawn category."""
        category = draw.weighted(self._weights)
        return self.sources[category].segment(draw.child(0), frames)


class Voices(Sources):
    """Voices or speech of several folders, without rumble; half of the segments are faster or slower.

    Voices whose terms are not permissive keep their speed: some makers exclude changes of pitch.
    """

    def __init__(self, recordings: Sequence[Recording], root: Path, split: str, category: Category) -> None:
        super().__init__(recordings, root, split)
        self.category = category

    def files(self) -> list[Path]:
        """All that are drawn from, and the lists of them."""
        lists = {recording.root / INDEX for recording in self.recordings}
        return [*sorted(path for path in lists if path.is_file()), *(r.path for r in self.recordings)]

    def segment(self, draw: Draw, frames: int = FRAMES) -> Segment:
        """A drawn segment."""
        changed = draw.chance(SPEED_PROBABILITY)
        speed = 2 ** (draw.number(-SPEED_SEMITONES, SPEED_SEMITONES) / 12)
        found = super().segment(draw, max(frames, math.ceil(frames * speed)))
        licence = self.by_singer[found.performer][0].licence
        audio = found.audio[0].numpy()
        if changed and _may_change(licence):
            audio = soxr.resample(audio, SAMPLE_RATE * speed, SAMPLE_RATE)
        audio = without_rumble(_fitted(audio, frames))
        return replace(found, audio=torch.from_numpy(audio)[None], category=self.category, licence=licence)

    def _name(self, recording: Recording) -> str:
        return f"{recording.root.name}/{recording.path.relative_to(recording.root).as_posix()}"


def without_rumble(audio: Floats) -> Floats:
    """``audio [T]`` through a high-pass filter (Butterworth, 12 dB an octave) below all voices."""
    from scipy.signal import butter, sosfilt

    sections = butter(2, RUMBLE_HZ, "highpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfilt(sections, audio), dtype=np.float32)


def _fitted(audio: Floats, frames: int) -> Floats:
    """Cut, or filled up with silence, to a length."""
    return np.pad(audio[:frames], (0, max(frames - len(audio), 0)))


def _may_change(licence: str) -> bool:
    try:
        return is_permissive(licence)
    except LicenceError:
        return False


def _some_in(root: Path) -> list[Recording]:
    found = recordings_in(root)
    if not found:
        raise SourceError(f"no recordings in {root}, and no SoundFonts of `unpatch data fetch instruments`")
    return found


def _check_names(development: Sequence[str], recordings: Iterable[Recording]) -> None:
    there = {recording.singer for recording in recordings}
    if unknown := sorted(set(development) - there):
        raise SourceError(f"nobody is called {', '.join(unknown)}; there are {', '.join(sorted(there))}")


def _belongs(recording: Recording, split: str, licences: Licences, development: frozenset[str]) -> bool:
    """Whether a recording is in a split. Folders without a list belong to all but the one for development."""
    if split == DEVELOPMENT:
        return recording.singer in development and recording.split == TRAIN
    if split in (ALL, *LEARNT) and recording.singer in development:
        return False
    if split not in (ALL, recording.split) and (recording.root / INDEX).is_file():
        return False
    return split not in (ALL, *LEARNT) or licences == "any" or _is_permissive(recording)


def _is_permissive(recording: Recording) -> bool:
    try:
        return is_permissive(recording.licence)
    except LicenceError as fault:
        raise SourceError(f"{recording.path}: {fault}") from None
