"""Performances: MIDI files of drumming as lists of strokes.

Reads the Groove MIDI Dataset (Gillick et al., Learning to Groove with Inverse Sequence Transformations, ICML
2019), whose info.csv names the official split, or any folder of MIDI files.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from unpatch.synth.sources import ALL, SourceError

INFO = "info.csv"
COLUMNS = frozenset({"midi_filename", "duration", "split"})
SUFFIXES = frozenset({".mid", ".midi"})
HIGHEST_VELOCITY = 127
DEFAULT_TEMPO = 500_000
"""Microseconds per beat where a file says nothing: 120 beats per minute."""

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
class Performance:
    """A MIDI file and how long it lasts."""

    path: Path
    seconds: float

    def strokes(self) -> tuple[Stroke, ...]:
        """All strokes in order; the file is read once."""
        return _strokes(self.path)


def performances(root: Path, split: str) -> list[Performance]:
    """Those of a split of the dataset. Of a folder without info.csv every file belongs to every split."""
    if not root.is_dir():
        raise SourceError(f"{root} is not a folder")
    found = _listed(root / INFO, split) if (root / INFO).is_file() else _every_file(root)
    if not found:
        raise SourceError(f"no performances of split {split!r} in {root}")
    return found


def _listed(info: Path, split: str) -> list[Performance]:
    with info.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise SourceError(f"{info} has no column {', '.join(sorted(missing))}")
        rows = [row for row in reader if split in (ALL, row["split"])]
    return [Performance(info.parent / row["midi_filename"], float(row["duration"])) for row in rows]


def _every_file(root: Path) -> list[Performance]:
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES)
    found = [(path, _strokes(path)) for path in paths]
    return [Performance(path, strokes[-1].time_s) for path, strokes in found if strokes]


@cache
def _strokes(path: Path) -> tuple[Stroke, ...]:
    import mido

    try:
        return tuple(_played(mido.MidiFile(path)))
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        raise SourceError(f"{path}: not readable as MIDI ({error or type(error).__name__})") from None


def _played(file: Any) -> Iterator[Stroke]:
    """Strokes of all tracks of a MIDI file in order, by the tempo that it sets on the way.

    mido's own iteration copies every message, which takes longer than reading the file.
    """
    messages = [
        (tick, message)
        for track in file.tracks
        for tick, message in zip(accumulate(m.time for m in track), track, strict=True)
        if message.type in ("set_tempo", "note_on")
    ]
    time_s, last, tempo = 0.0, 0, DEFAULT_TEMPO
    for tick, message in sorted(messages, key=lambda item: item[0]):
        time_s, last = time_s + (tick - last) * tempo * 1e-6 / file.ticks_per_beat, tick
        if message.type == "set_tempo":
            tempo = message.tempo
        elif message.velocity and message.note in PITCHES:
            yield Stroke(time_s, PITCHES[message.note], message.velocity / HIGHEST_VELOCITY)
