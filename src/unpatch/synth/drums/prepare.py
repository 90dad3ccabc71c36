"""Kits made ready: cut, their layers levelled, equalised, and stored for quick loading."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from unpatch.synth.drums.catalogue import Entry, on_side
from unpatch.synth.drums.equalise import equalised, spectra_db, target_db
from unpatch.synth.drums.kit import Floats, Kit, Take, Takes
from unpatch.synth.drums.sample import cut
from unpatch.synth.sources import SAMPLE_RATE

FOLDER = "kits"
"""Folder of prepared kits, below the first of the folders that hold kits."""

LOUD_S = 0.05
MOST_LAYERS = 6
PEAK = 0.9

Report = Callable[[str], None]


def prepared(
    entries: Sequence[Entry], roots: Sequence[Path], report: Report = lambda name: None
) -> list[Kit]:
    """Some kits, ready to play. What is not there yet is made, which takes a minute."""
    folder = roots[0] / FOLDER
    missing = [entry for entry in entries if not Kit.is_saved(folder, entry.name)]
    if missing:
        _prepare(missing, roots, folder, report)
    return [Kit.load(folder, entry.name) for entry in entries]


def _prepare(entries: Sequence[Entry], roots: Sequence[Path], folder: Path, report: Report) -> None:
    """Make kits. The target is that of the seen kits, for all kits."""
    seen = {entry.name: _read(entry, roots) for entry in on_side("seen")}
    target = target_db([spectra_db(takes) for takes in seen.values()])
    for entry in entries:
        report(entry.name)
        takes = seen.get(entry.name) or _read(entry, roots)
        Kit(entry.name, _at_full_scale(equalised(takes, target))).save(folder)


def _read(entry: Entry, roots: Sequence[Path]) -> dict[str, list[Take]]:
    """A kit's takes, cut, a few of each, all as loud as the loudest."""
    found = entry.read(entry.find(roots))
    return {articulation: _levelled(_few(_cut(takes))) for articulation, takes in found.items()}


def _cut(takes: Sequence[Take]) -> list[Take]:
    kept = [Take(take.top, cut(take.sound())) for take in takes]
    return [take for take in kept if len(take.audio)]


def _few(takes: Sequence[Take]) -> list[Take]:
    """At most six layers, the softest and the hardest among them."""
    if len(takes) <= MOST_LAYERS:
        return list(takes)
    return [takes[i] for i in np.linspace(0, len(takes) - 1, MOST_LAYERS).round().astype(int)]


def _levelled(takes: Sequence[Take]) -> list[Take]:
    """All layers at the level of the loudest, so that velocity means the same in every kit."""
    levels = [loudness(take.sound()) for take in takes]
    return [
        Take(take.top, take.sound() * np.float32(max(levels) / level))
        for take, level in zip(takes, levels, strict=True)
    ]


def loudness(audio: Floats) -> float:
    """Root mean square of the loudest 50 ms."""
    window = min(round(LOUD_S * SAMPLE_RATE), len(audio))
    energy = np.cumsum(np.concatenate([[0.0], audio.astype(np.float64) ** 2]))
    return float(np.sqrt((energy[window:] - energy[:-window]).max() / window))


def _at_full_scale(kit: Takes) -> Mapping[str, list[Take]]:
    """The whole kit with its highest peak near full scale."""
    peak = max(float(np.abs(take.sound()).max()) for takes in kit.values() for take in takes)
    return {
        articulation: [Take(take.top, take.sound() * np.float32(PEAK / peak)) for take in takes]
        for articulation, takes in kit.items()
    }
