"""Dry recordings to process: any folder of audio, or one with a list that names singers and splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.audio import opened, read
from unpatch.storage.documents import read_table
from unpatch.storage.files import visible
from unpatch.synth.credits import Credit, gathered
from unpatch.synth.draw import Draw

SAMPLE_RATE = 44_100
FRAMES = 160_000
"""Length of an example: 3.63 s at 44.1 kHz."""

INDEX = "index.tsv"
SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"})
ALL = "all"
TRAIN = "train"

# A segment must sound for this share of its time at least, counted in blocks within 35 dB of its
# peak, and its peak must not be below -50 dB.
MIN_SOUNDING = 0.35
SOUNDING_RANGE_DB = 35.0
MIN_PEAK_DB = -50.0
ATTEMPTS = 20

JOIN_PROBABILITY = 0.35
SWELL_PROBABILITY = 0.5
SWELL_POINTS = 5
SWELL_DB = (-12.0, 0.0)
LEVEL_DB = (-30.0, -12.0)
PAUSE_S = (0.0, 0.5)
FADE_MS = 10.0


@dataclass(frozen=True)
class Recording:
    """One file and its performer.

    Attributes:
        kind: sung_song, sung_phrases, speech, or as in its list.
        licence: as in its list; empty where it is missing.
        origin: where it is from, likewise.
        root: the folder whose list names it.
    """

    path: Path
    singer: str = ""
    split: str = TRAIN
    kind: str = ""
    licence: str = ""
    origin: str = ""
    root: Path = Path()

    @cached_property
    def info(self) -> tuple[int, int]:
        """Frames and sample rate."""
        with opened(self.path) as file:
            return int(file.frames), int(file.samplerate)

    def check(self) -> None:
        """Refuse, by AudioError, a file that is missing or cannot be opened."""
        with opened(self.path):
            pass


class SourceError(ValueError):
    """What is wrong with a folder of recordings, in one line."""


@dataclass(frozen=True)
class Segment:
    """Dry mono tracks and where they came from.

    Attributes:
        audio: ``[S, T]`` float32.
        names: of the graph's sources, one per track.
        performer: a singer, or a drum kit.
        files: that were read, relative to the folder of recordings.
        category: where sources are of several: voice, speech or instrument.
        licence: of the recordings, where it is known.
    """

    audio: Tensor
    names: tuple[str, ...]
    performer: str
    files: tuple[str, ...]
    category: str = ""
    licence: str = ""


class DrySources(Protocol):
    """Anything that segments can be drawn from."""

    @property
    def split(self) -> str: ...

    def check(self) -> None:
        """Refuse what is missing or cannot be read, before a long run comes upon it."""

    def segment(self, draw: Draw, frames: int) -> Segment:
        """A drawn segment of this many frames."""

    def credits(self) -> list[Credit]:
        """All that is drawn from, with licences."""


class Sources:
    """Recordings from which segments are drawn; singers are equally likely, with any number of files."""

    def __init__(self, recordings: Sequence[Recording], root: Path, split: str = ALL) -> None:
        if not recordings:
            raise SourceError(f"no recordings to draw from in {root}")
        self.root = root
        self.split = split
        self.recordings = tuple(recordings)
        self.by_singer: dict[str, list[Recording]] = {}
        for recording in self.recordings:
            self.by_singer.setdefault(recording.singer, []).append(recording)

    @classmethod
    def open(cls, root: str | Path, split: str = TRAIN) -> "Sources":
        """Recordings of ``split`` in a folder.

        A folder with ``index.tsv`` (columns file, singer, split) is read by that list. Of any other
        folder every audio file belongs to every split, and its folder counts as the singer.
        """
        root = Path(root)
        index = root / INDEX
        found = recordings_in(root)
        return cls([r for r in found if split in (ALL, r.split) or not index.is_file()], root, split)

    def files(self) -> list[Path]:
        """All that are drawn from, and the list of them."""
        return [self.root / INDEX, *(recording.path for recording in self.recordings)]

    def credits(self) -> list[Credit]:
        """Licences and origins of the recordings."""
        found = {(r.licence, r.origin, r.singer) for r in self.recordings}
        return gathered(Credit("", (singer,), licence, origin) for licence, origin, singer in sorted(found))

    def check(self) -> None:
        """Refuse a recording that is missing or cannot be opened, before a long run comes upon it."""
        for recording in self.recordings:
            recording.check()

    def segment(self, draw: Draw, frames: int = FRAMES) -> Segment:
        """A drawn segment with enough sound in it, varied in level, phrasing and padding."""
        for _ in range(ATTEMPTS):
            singer = draw.choice(sorted(self.by_singer))
            audio, files = self._phrases(singer, draw, frames)
            if sounding(audio) >= MIN_SOUNDING:
                return Segment(torch.from_numpy(_varied(audio, draw))[None], ("in",), singer, files)
        raise SourceError(f"{ATTEMPTS} segments from {self.root} in a row were nearly silent")

    def _phrases(self, singer: str, draw: Draw, frames: int) -> tuple[NDArray[np.float32], tuple[str, ...]]:
        """One passage, or two of the same singer with a pause between them."""
        out = np.zeros(frames, dtype=np.float32)
        pause = round(draw.number(*PAUSE_S) * SAMPLE_RATE)
        joined = draw.chance(JOIN_PROBABILITY)
        end = round(draw.number(0.3, 0.7) * frames) if joined else frames
        spans = [(0, end), (min(end + pause, frames), frames)] if joined else [(0, frames)]
        files = []
        for start, stop in spans:
            recording = draw.choice(self.by_singer[singer])
            passage = _passage(recording, draw, stop - start)
            out[start : start + len(passage)] = passage
            files.append(self._name(recording))
        return out, tuple(files)

    def _name(self, recording: Recording) -> str:
        """The origin of a segment."""
        return recording.path.relative_to(self.root).as_posix()


def sounding(audio: NDArray[np.float32], block: int = 441) -> float:
    """Share of the blocks that are within 35 dB of the peak; 0 for what is nearly silent."""
    peaks = np.abs(audio[: len(audio) // block * block]).reshape(-1, block).max(axis=1)
    top = float(peaks.max(initial=0.0))
    if top < 10 ** (MIN_PEAK_DB / 20):
        return 0.0
    return float((peaks > top * 10 ** (-SOUNDING_RANGE_DB / 20)).mean())


def _passage(recording: Recording, draw: Draw, frames: int) -> NDArray[np.float32]:
    """``frames`` mono samples from a drawn place, fewer where the file is shorter; ends are faded."""
    length, rate = recording.info
    wanted = min(length, -(-frames * rate // SAMPLE_RATE))
    start = draw.integer(0, length - wanted)
    with opened(recording.path) as file:
        audio = read(recording.path, file, wanted, start).mean(axis=1)
    if rate != SAMPLE_RATE:
        audio = soxr.resample(audio, rate, SAMPLE_RATE)
    return _faded(audio[:frames])


def _faded(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    count = min(round(FADE_MS / 1000 * SAMPLE_RATE), len(audio) // 2)
    ramp = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)
    audio = audio.copy()
    audio[:count] *= ramp
    audio[len(audio) - count :] *= ramp[::-1]
    return audio


def _varied(audio: NDArray[np.float32], draw: Draw) -> NDArray[np.float32]:
    """Another level and, half of the time, a slow gain curve, so that even syllables get phrasing."""
    if draw.chance(SWELL_PROBABILITY):
        points = [10 ** (draw.number(*SWELL_DB) / 20) for _ in range(SWELL_POINTS)]
        place = np.linspace(0, SWELL_POINTS - 1, len(audio))
        audio = audio * np.interp(place, range(SWELL_POINTS), points).astype(np.float32)
    level = float(np.sqrt(np.dot(audio, audio) / len(audio)))
    gain = 10 ** (draw.number(*LEVEL_DB) / 20) / level
    return audio * np.float32(min(gain, 1 / max(float(audio.max()), -float(audio.min()))))


def recordings_in(root: Path) -> list[Recording]:
    """Those that a folder's list names, with singer and split, or every file of audio below it.

    The list may have the columns kind, origin and license (or licence), too.
    """
    if not root.is_dir():
        raise SourceError(f"{root} is not a folder")
    return _listed(root) if (root / INDEX).is_file() else _every_file(root)


def _listed(root: Path) -> list[Recording]:
    rows = read_table(root / INDEX, ("file", "singer", "split"), kind=SourceError)
    return [_recording(root, row) for _, row in rows]


def _recording(root: Path, row: Mapping[str, str | None]) -> Recording:
    file, singer, split, kind, origin = (
        row.get(n) or "" for n in ("file", "singer", "split", "kind", "origin")
    )
    licence = row.get("license") or row.get("licence") or ""
    return Recording(root / file, singer, split, kind, licence, origin, root)


def _every_file(root: Path) -> list[Recording]:
    paths = visible(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES)
    return [Recording(path, path.parent.relative_to(root).as_posix(), root=root) for path in paths]
