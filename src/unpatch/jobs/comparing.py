"""Two audio files in, their distances out."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from unpatch.audio import AudioError, level_db, load, resample
from unpatch.pages.estimate.measures import Distance, distance
from unpatch.pages.mix.loudness import Loudness


@dataclass(frozen=True)
class AudioComparison:
    """How far a sound is from a reference.

    Attributes:
        distance: in level, spectrum and time.
        residual_db: energy of the difference of the samples over that of the reference, in dB: -inf where
            they are equal.
        reference: its loudness.
        other: loudness of the sound.
        compared_s: length of the part that both have.
        sample_rate: in Hz, of the comparison.
    """

    distance: Distance
    residual_db: float
    reference: Loudness
    other: Loudness
    compared_s: float
    sample_rate: int

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def compare_files(reference: Path, other: Path) -> AudioComparison:
    """Compare audio files from their start, as far as both last, at the sample rate of the reference.

    Raises:
        ValueError: a file that cannot be read, or is silent.
    """
    wanted, rate = _read(reference)
    found, own_rate = _read(other)
    found = resample(found, own_rate, rate)
    frames = min(wanted.shape[-1], found.shape[-1])
    wanted, found = wanted[:, :frames], found[:, :frames]
    return AudioComparison(
        distance=distance(wanted, found, rate),
        residual_db=_residual_db(wanted, found),
        reference=Loudness.of(wanted, rate),
        other=Loudness.of(found, rate),
        compared_s=frames / rate,
        sample_rate=rate,
    )


def _read(path: Path) -> tuple[Tensor, int]:
    audio, rate = load(path)
    if level_db(audio) == -math.inf:
        raise AudioError(f"{path}: is silent, there is nothing to compare")
    return audio, rate


def _residual_db(reference: Tensor, other: Tensor) -> float:
    return level_db(other.double() - reference.double()) - level_db(reference)
