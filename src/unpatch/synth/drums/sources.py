"""Dry drum tracks to draw from: performances played on kits."""

from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch

from unpatch.graph.data import DRUMS
from unpatch.synth.credits import Credit, gathered
from unpatch.synth.draw import Draw
from unpatch.synth.drums.catalogue import KITS, Side, on_side
from unpatch.synth.drums.groove import INFO, GrooveFile, Stroke, performances
from unpatch.synth.drums.kit import ARTICULATIONS, Floats, Kit
from unpatch.synth.drums.prepare import prepared
from unpatch.synth.drums.sample import FADE_MS, LONGEST_S, faded
from unpatch.synth.sources import FRAMES, LEVEL_DB, SAMPLE_RATE, Segment, SourceError

Parts: TypeAlias = tuple[Side, str]

SPLITS: dict[str, Parts] = {
    "train": ("seen", "train"),
    "val_seen": ("seen", "validation"),
    "val_unseen": ("unseen", "test"),
}
"""Split to the side of the kits and the part of the performances that it takes."""

ATTEMPTS = 20
MIN_STROKES = 4
TEMPO = (0.92, 1.08)
JITTER_S = 0.004
VELOCITY_CHANGE = 0.1
# A stroke at half the highest velocity is 9 dB softer.
DECIBELS_PER_TENFOLD = 30.0
# A track whose energy is further below the loudest one's is absent.
PRESENT_DB = -45.0


class DrumSources:
    """Kits and performances of one split. Kits are equally likely; performances by how long they last."""

    def __init__(self, kits: Sequence[Kit], played: Sequence[GrooveFile], root: Path, split: str) -> None:
        self.kits = tuple(kits)
        self.played = tuple(played)
        self.root = root
        self.split = split
        self._ends = list(accumulate(performance.seconds for performance in played))

    @classmethod
    def open(cls, root: str | Path, kits: Sequence[str | Path], split: str) -> "DrumSources":
        """Performances in ``root`` and kits in some folders, prepared at first use; see :data:`SPLITS`."""
        return _opened(Path(root), tuple(map(Path, kits)), split)

    def check(self) -> None:
        """Refuse a performance that is missing, before a long run comes upon it."""
        for performance in self.played:
            if not performance.path.is_file():
                raise SourceError(f"{performance.path}: no such file")

    def credits(self) -> list[Credit]:
        """The kits, with the licences of their packages. Performances contribute no sound."""
        known = {entry.name: entry.licence for entry in KITS}
        return gathered(Credit("drums", (kit.name,), known.get(kit.name, "")) for kit in self.kits)

    def segment(self, draw: Draw, frames: int = FRAMES) -> Segment:
        """Tracks of a drawn passage on a drawn kit; only those that sound."""
        for _ in range(ATTEMPTS):
            kit = draw.choice(self.kits)
            performance = self.played[
                min(bisect(self._ends, draw.number(0, self._ends[-1])), len(self._ends) - 1)
            ]
            strokes = _passage(performance, draw, frames / SAMPLE_RATE)
            if sum(stroke.time_s >= 0 for stroke in strokes) >= MIN_STROKES:
                tracks = play(kit, strokes, frames)
                names = present(tracks)
                audio = _levelled(np.stack([tracks[name] for name in names]), draw)
                file = performance.path.relative_to(self.root).as_posix()
                return Segment(torch.from_numpy(audio), names, kit.name, (file,))
        raise SourceError(f"{ATTEMPTS} segments from {self.root} in a row had hardly a stroke")


def performance_files(root: Path, split: str) -> list[Path]:
    """All that are played in a split, and the list of them."""
    _, part = _parts(split)
    return [root / INFO, *(performance.path for performance in performances(root, part))]


def _parts(split: str) -> Parts:
    if split not in SPLITS:
        raise SourceError(f"unknown split {split!r} of drums; there are {', '.join(SPLITS)}")
    return SPLITS[split]


@lru_cache(maxsize=4)
def _opened(root: Path, kits: tuple[Path, ...], split: str) -> DrumSources:
    side, part = _parts(split)
    if not kits:
        raise SourceError("drums need kits: name the folder that `unpatch data fetch drums` has filled")
    played = performances(root, part)
    return DrumSources(prepared(on_side(side), kits), played, root, split)


def _passage(performance: GrooveFile, draw: Draw, seconds: float) -> list[Stroke]:
    """Strokes of a drawn passage, in seconds from its start, and those before it that still ring."""
    tempo = draw.number(*TEMPO)
    start = draw.number(0, max(performance.seconds / tempo - seconds, 0.0))
    near = [
        (stroke, time_s)
        for stroke in performance.strokes()
        if -LONGEST_S < (time_s := stroke.time_s / tempo - start) < seconds
    ]
    return [_humanised(stroke._replace(time_s=time_s), draw) for stroke, time_s in near]


def _humanised(stroke: Stroke, draw: Draw) -> Stroke:
    """A little early or late, a little softer or harder."""
    late = JITTER_S * (draw.number() - draw.number())
    velocity = stroke.velocity * draw.number(1 - VELOCITY_CHANGE, 1 + VELOCITY_CHANGE)
    return stroke._replace(time_s=stroke.time_s + late, velocity=min(velocity, 1.0))


def play(kit: Kit, strokes: Sequence[Stroke], frames: int) -> dict[str, Floats]:
    """Track to the audio of some strokes ``[frames]``; a stroke on the hat ends an open one."""
    tracks = {name: np.zeros(frames, dtype=np.float32) for name in DRUMS}
    ends = _chokes(strokes)
    for stroke, end_s in zip(strokes, ends, strict=True):
        audio = kit.struck(stroke.articulation, stroke.velocity)
        if end_s is not None:
            longest = round((end_s - stroke.time_s + FADE_MS / 1000) * SAMPLE_RATE)
            audio = faded(audio[:longest]) if longest < len(audio) else audio
        _add(tracks[ARTICULATIONS[stroke.articulation]], audio, stroke)
    return tracks


def _chokes(strokes: Sequence[Stroke]) -> list[float | None]:
    """When each stroke is damped: an open hat by the next stroke on the hat."""
    ends: list[float | None] = [None] * len(strokes)
    following: float | None = None
    for i in sorted(range(len(strokes)), key=lambda i: strokes[i].time_s, reverse=True):
        if ARTICULATIONS[strokes[i].articulation] == "hat":
            ends[i] = following if strokes[i].articulation == "hat_open" else None
            following = strokes[i].time_s
    return ends


def _add(track: Floats, audio: Floats, stroke: Stroke) -> None:
    """Add a take to a track, to the sample where it belongs."""
    start = round(stroke.time_s * SAMPLE_RATE)
    within = audio[max(-start, 0) : max(len(track) - start, 0)]
    gain = np.float32(stroke.velocity ** (DECIBELS_PER_TENFOLD / 20))
    track[max(start, 0) : max(start, 0) + len(within)] += gain * within


def present(tracks: dict[str, Floats]) -> tuple[str, ...]:
    """Names of the tracks with significant energy beside the loudest."""
    energies = {name: float(np.dot(track, track)) for name, track in tracks.items()}
    least = max(energies.values()) * 10 ** (PRESENT_DB / 10)
    return tuple(name for name, energy in energies.items() if energy > least)


def _levelled(tracks: Floats, draw: Draw) -> Floats:
    """All tracks ``[S, T]`` by one gain: their sum gets a drawn level, and nothing exceeds full scale."""
    mixed = tracks.sum(axis=0)
    level = float(np.sqrt(np.dot(mixed, mixed) / len(mixed)))
    gain = 10 ** (draw.number(*LEVEL_DB) / 20) / level
    peak = max(float(np.abs(tracks).max()), float(np.abs(mixed).max()))
    return np.asarray(tracks * np.float32(min(gain, 1 / peak)), dtype=np.float32)
