"""Performances: MIDI files of drumming as lists of strokes.

Reads the Groove MIDI Dataset (Gillick et al., Learning to Groove with Inverse Sequence Transformations, ICML
2019), whose info.csv names the official split, or any folder of MIDI files.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from unpatch.graph.data import shorten
from unpatch.storage.documents import read_table
from unpatch.storage.files import visible
from unpatch.synth.drums.midi import notes, percussion
from unpatch.synth.sources import ALL, SourceError

INFO = "info.csv"
COLUMNS = frozenset({"midi_filename", "duration", "split"})
SUFFIXES = frozenset({".mid", ".midi"})
HIGHEST_VELOCITY = 127

PITCHES: Mapping[int, str] = {
    35: "kick", 36: "kick", 38: "snare", 40: "snare", 37: "rim",
    22: "hat_closed", 42: "hat_closed", 26: "hat_open", 46: "hat_open", 44: "hat_pedal",
    48: "tom_high", 50: "tom_high", 45: "tom_mid", 47: "tom_mid", 41: "tom_floor", 43: "tom_floor",
    58: "tom_floor", 51: "ride", 59: "ride", 53: "ride_bell", 49: "crash", 55: "crash", 52: "crash_2",
    57: "crash_2",
}  # fmt: skip
"""MIDI pitch to articulation: the drum module Roland TD-11, of which General MIDI is a part."""


class Stroke(NamedTuple):
    """Something struck at ``time_s`` with a velocity in (0, 1]."""

    time_s: float
    articulation: str
    velocity: float


@dataclass(frozen=True)
class GrooveFile:
    """A MIDI file and how long it lasts."""

    path: Path
    seconds: float

    def strokes(self) -> tuple[Stroke, ...]:
        """All strokes in order; the file is read once."""
        return _strokes(self.path)


def performances(root: Path, split: str) -> list[GrooveFile]:
    """Those of a split of the dataset. Of a folder without info.csv every file belongs to every split."""
    if not root.is_dir():
        raise SourceError(f"{root} is not a folder")
    found = _listed(root / INFO, split) if (root / INFO).is_file() else _every_file(root)
    if not found:
        raise SourceError(f"no performances of split {split!r} in {root}")
    return found


def _listed(info: Path, split: str) -> list[GrooveFile]:
    rows = read_table(info, COLUMNS, delimiter=",", kind=SourceError)
    return [_listed_performance(info, line, row) for line, row in rows if split in (ALL, row["split"])]


def _listed_performance(info: Path, line: int, row: Mapping[str, str]) -> GrooveFile:
    file, duration = row["midi_filename"], row["duration"]
    try:
        seconds = float(duration)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise SourceError(
            f"{info}: line {line} gives duration {shorten(duration)}; seconds of 0 or more are allowed"
        )
    return GrooveFile(info.parent / file, seconds)


def _every_file(root: Path) -> list[GrooveFile]:
    paths = visible(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES)
    found = [(path, _strokes(path)) for path in paths]
    return [GrooveFile(path, strokes[-1].time_s) for path, strokes in found if strokes]


@cache
def _strokes(path: Path) -> tuple[Stroke, ...]:
    """Percussion of a MIDI file; none where several channels are used and channel 10 is not."""
    return tuple(
        Stroke(note.time_s, PITCHES[note.key], note.velocity / HIGHEST_VELOCITY)
        for note in percussion(notes(path))
        if note.key in PITCHES
    )
