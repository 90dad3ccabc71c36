"""Level statistics of a master: traces of compressors and clippers.

=================  ======================================================================================
bands              mean, deviation, skewness and quantiles over time of the level of each mel band
values             how often samples have each value, finer near the peaks: the knee of a clipper
levels             how often the level over 1 and 10 ms has each value, and the height of peaks
movement           quantiles of how the level changes over 1 ms to 1 s, and how long it is like itself
=================  ======================================================================================

All of it is of a clip whose mean is removed and whose peak is at full scale, so that turning a master up or
down changes nothing.

Shapes: B batch, T samples, M bands, F frames, D statistics.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unpatch.mastering.chains import normalised
from unpatch.mastering.mel import slaney_bank

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOVES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
LAGS_MS = (1, 3, 10, 30, 100, 300, 1000)
LOWEST_DB = -60.0
VALUE_BINS, PEAK_BINS, LEVEL_BINS = 64, 32, 40
PEAK_FROM = 0.6
SILENT_POWER = 1e-9
# Levels are scaled by this, in dB, to be about 1.
SCALE_DB = 20.0


@dataclass(frozen=True)
class LevelSettings:
    """How bands are looked at."""

    rate_hz: int = 44_100
    fft: int = 2_048
    hop: int = 512
    bands: int = 96


class Levels(nn.Module):
    """Statistics ``[B, D]`` and pictures ``[B, M, F]`` of clips."""

    def __init__(self, settings: LevelSettings) -> None:
        super().__init__()
        self.settings = settings
        self.register_buffer("window", torch.hann_window(settings.fft), persistent=False)
        bank = slaney_bank(settings.fft, settings.bands, settings.rate_hz)
        narrow = bank.sum(0, keepdim=True).clamp_min(1e-9)
        self.register_buffer("bank", bank / narrow, persistent=False)

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Of ``[B, T]``."""
        clip = normalised(audio)
        picture = self.picture(clip)
        parts = (_of_bands(picture), _of_values(clip), *self._of_levels(clip))
        return torch.cat(parts, dim=1), picture

    def picture(self, clip: Tensor) -> Tensor:
        """Levels of mel bands in units of :data:`SCALE_DB`."""
        settings = self.settings
        spectra = torch.stft(
            clip, settings.fft, settings.hop, window=self.get_buffer("window"), return_complex=True
        )
        power = torch.view_as_real(spectra).square().sum(-1)
        bands = power.transpose(1, 2) @ self.get_buffer("bank")
        return _db(bands.transpose(1, 2) / settings.fft)

    def _of_levels(self, clip: Tensor) -> list[Tensor]:
        millisecond = self.settings.rate_hz // 1000
        short, longer = _levels(clip, millisecond), _levels(clip, 10 * millisecond)
        rms = clip.square().mean(-1, keepdim=True)
        crest = [-_db(rms), -_db(clip.abs().mean(-1, keepdim=True).square())]
        counts = [_histogram(x * SCALE_DB, LOWEST_DB, 0.0, LEVEL_BINS) for x in (short, longer)]
        return [*counts, *crest, _movement(short), _likeness(longer)]


def _db(power: Tensor) -> Tensor:
    return (10 / SCALE_DB) * power.clamp_min(SILENT_POWER).log10()


def _levels(clip: Tensor, samples: int) -> Tensor:
    """Level of each stretch of this many samples."""
    whole = clip.shape[-1] // samples * samples
    return _db(clip[:, :whole].reshape(len(clip), -1, samples).square().mean(-1))


def _of_bands(picture: Tensor) -> Tensor:
    mean, deviation = picture.mean(-1, keepdim=True), picture.std(-1, keepdim=True)
    skewness = ((picture - mean) / deviation.clamp_min(1e-3)).pow(3).mean(-1, keepdim=True)
    ordered = picture.sort(-1).values
    places = [round(q * (picture.shape[-1] - 1)) for q in QUANTILES]
    return torch.cat((mean, deviation, skewness / 2, ordered[..., places]), -1).flatten(1)


def _of_values(clip: Tensor) -> Tensor:
    """Histograms of all values, and of those near the positive and the negative peak."""
    near = [_histogram(sign * clip, PEAK_FROM, 1.0, PEAK_BINS) for sign in (1, -1)]
    ends = [clip.amax(-1, keepdim=True), -clip.amin(-1, keepdim=True)]
    return torch.cat((_histogram(clip, -1.0, 1.0, VALUE_BINS), *near, *ends), -1)


def _histogram(values: Tensor, low: float, high: float, bins: int) -> Tensor:
    """Logarithm of the share of values in each bin, ``[B, bins]``, about -1 to 1; others do not count."""
    places = ((values - low) * (bins / (high - low))).floor().long()
    inside = (places >= 0) & ((places < bins) | (values <= high))
    places = places.clamp(0, bins - 1)
    counts = torch.zeros(len(values), bins, dtype=values.dtype)
    counts.scatter_add_(1, places, inside.to(values.dtype))
    share = counts / values.shape[-1]
    return 1 + (share + 1e-6).log10() / 3


def _movement(level: Tensor) -> Tensor:
    """Quantiles of the level's change over each lag, ``[B, lags * quantiles]``."""
    found = []
    for lag in LAGS_MS:
        if lag >= level.shape[-1]:
            found.append(level.new_zeros(len(level), len(MOVES)))
            continue
        change = (level[:, lag:] - level[:, :-lag]).sort(-1).values
        found.append(change[:, [round(q * (change.shape[-1] - 1)) for q in MOVES]])
    return torch.cat(found, -1)


def _likeness(level: Tensor, lags: int = 16) -> Tensor:
    """Correlation of the level with itself, at lags of equal distances by logarithm up to half a clip."""
    frames = level.shape[-1]
    around = level - level.mean(-1, keepdim=True)
    power = around.square().mean(-1).clamp_min(1e-6)
    longest = max(2, frames // 2)
    places = [min(frames - 1, round(longest ** (k / (lags - 1)))) for k in range(lags)]
    return torch.stack([(around[:, p:] * around[:, : frames - p]).mean(-1) / power for p in places], -1)


def count(settings: LevelSettings) -> int:
    """D."""
    with torch.no_grad():
        some = torch.sin(torch.arange(settings.fft * 4) / math.pi)[None]
        return int(Levels(settings)(some)[0].shape[1])
