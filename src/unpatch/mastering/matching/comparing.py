"""Before and after at equal loudness, so that louder does not sound better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.song import Mastered
from unpatch.mastering.matching.source import Source
from unpatch.mastering.matching.writing import write

PAIR = "before.wav", "after.wav"
_HIGHEST_DB = -0.1


def write_pair(folder: Path, before: Source, after: Source, done: Mastered) -> tuple[Path, Path]:
    """Write before.wav and after.wav, 24 bits; both as loud as lets neither clip, at most as the quieter."""
    profiles = (done.before, done.after)
    loudness = min(p.lufs for p in profiles)
    loudness += min(0.0, *(_HIGHEST_DB - (p.true_peak_db + loudness - p.lufs) for p in profiles))
    paths = folder / PAIR[0], folder / PAIR[1]
    for path, source, profile in zip(paths, (before, after), profiles, strict=True):
        write(path, _at(source, loudness - profile.lufs), source, 24)
    return paths


def _at(source: Source, gain_db: float) -> Iterator[Array]:
    for block in source.blocks():
        yield block * np.float32(10 ** (gain_db / 20))
