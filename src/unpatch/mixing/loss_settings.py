"""Settings of the mix loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import torch

from unpatch.mixing.loss_terms import NORMALISATIONS, Normalisation
from unpatch.mixing.mel import MelTransform
from unpatch.mixing.mel_bank import mel_bank
from unpatch.mixing.weighting import WEIGHTINGS, Weighting


@dataclass(frozen=True)
class MixLossSettings:
    """The defaults are the paper's.

    Attributes:
        normalisation: what spectral convergence divides by, see :mod:`unpatch.mixing.loss`.
        weighting: of magnitudes by frequency, see :func:`unpatch.mixing.weighting.weights`.
        warmup_s: this much of a segment's start is cut off before measuring: reverberation and
            detectors lack their past there.
        sizes: of the transforms, in samples at 30 kHz. At other rates they last as long, up to what makes
            them quick to compute. The hop is a fourth.
        bands: mel bands from 0 to ``highest_hz``, of which a rate has those that end below half of it.
        highest_hz: higher frequencies do not count.
        floor: lowest magnitude of a bin, where a sine of amplitude 1 has a fourth of the size.
        dealt: share of the logarithmic term that is dealt out to the tracks, 0 to 1.
        least_presence: tracks that fill less than this share of the song count as if they filled as much.

    Raises:
        ValueError: if a setting is out of its range.
    """

    normalisation: Normalisation = "published"
    weighting: Weighting = "published"
    warmup_s: float = 1.0
    sizes: tuple[int, ...] = (512, 1024, 4096)
    bands: int = 96
    highest_hz: float = 15_000.0
    floor: float = 0.01
    dealt: float = 0.0
    least_presence: float = 1e-3

    def __post_init__(self) -> None:
        allowed = (
            ("normalisation", f"one of {', '.join(NORMALISATIONS)}", self.normalisation in NORMALISATIONS),
            ("weighting", f"one of {', '.join(WEIGHTINGS)}", self.weighting in WEIGHTINGS),
            ("warmup_s", "0 or more", self.warmup_s >= 0),
            ("sizes", "one or more lengths from 16 on", min(self.sizes, default=0) >= 16),
            ("bands", "1 or more", self.bands >= 1),
            ("highest_hz", "above 0", self.highest_hz > 0),
            ("floor", "above 0", self.floor > 0),
            ("dealt", "a share from 0 to 1", 0 <= self.dealt <= 1),
            ("least_presence", "a share above 0, at most 1", 0 < self.least_presence <= 1),
        )
        for name, range_, fits in allowed:
            if not fits:
                raise ValueError(f"{name} is {range_}, got {getattr(self, name)!r}")

    def scored(self, frames: int, sample_rate: float) -> slice:
        """The scored samples of a segment.

        Raises:
            ValueError: if none does.
        """
        warmup = round(self.warmup_s * sample_rate)
        if warmup >= frames:
            given = f"{frames / sample_rate:g} s with {self.warmup_s:g} s of warm-up"
            raise ValueError(f"a segment is longer than its warm-up, got {given}")
        return slice(warmup, None)


def published() -> MixLossSettings:
    """As in the paper, comparable to its values."""
    return MixLossSettings()


def standard() -> MixLossSettings:
    """As in the paper, but for spectral convergence, which is relative to the target."""
    return MixLossSettings("standard")


def ours() -> MixLossSettings:
    """Quiet tracks weighted, guarded division, exact A-weighting, and bands up to 20 kHz."""
    return MixLossSettings("guarded", "exact", bands=104, highest_hz=20_000.0, dealt=0.5)


LOSSES: Mapping[str, Callable[[], MixLossSettings]] = {
    "published": published,
    "standard": standard,
    "ours": ours,
}
"""Name to settings."""


def name_of(settings: MixLossSettings) -> str:
    """Name of a loss, independent of its warm-up; ``"other"`` if it has none."""
    names = (name for name, make in LOSSES.items() if replace(make(), warmup_s=settings.warmup_s) == settings)
    return next(names, "other")


@lru_cache(maxsize=32)
def transforms(
    settings: MixLossSettings, sample_rate: float, frames: int, dtype: torch.dtype
) -> tuple[MelTransform, ...]:
    """Of this many scored samples, at each resolution."""
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"sound is float32 or float64, got {dtype}")
    return tuple(
        MelTransform(
            mel_bank(size, settings.bands, settings.highest_hz, sample_rate),
            frames,
            sample_rate,
            weighting=settings.weighting,
            floor=settings.floor,
            dtype=dtype,
        )
        for size in settings.sizes
    )
