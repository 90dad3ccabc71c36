"""Zero-phase filters whose log-magnitude is given on a grid of frequencies, as published.

K values are given for K frequencies, 30 000 / (2 K - 1) Hz apart from 0 to almost 15 kHz: the bins of a
transform of 2 K - 1 samples at 30 kHz. The inverse transform of the magnitudes, centred and multiplied by
a Hann window of its length, is the filter. (The published window is the periodic one: its peak comes half a
sample after the centre, so that at 30 kHz a flat magnitude of one gives a gain of 1 - 6e-7 for K = 1024 and
of 0.998 for K = 20.)

At other rates the filter lasts as long in seconds: its grid is the nearest that an odd number of samples
allows, values are interpolated along frequency in dB, and held above the last.

Source: Lee et al., Searching for Music Mixing Graphs: A Pruning Approach (DAFx 2024), and ``grafx`` 0.6.

Shapes: B batch, K values, L taps.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

from unpatch.dsp.response import Way, respond
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.transform import rfft

PUBLISHED_RATE = 30_000
"""The sample rate of the published definitions, in Hz."""
_NEPERS_PER_DB = math.log(10) / 20


def equalize(signal: Spectrum, magnitude_db: Tensor, weight: Tensor, sample_rate: float) -> Spectrum:
    """Both channels through the filter of ``magnitude_db [B or 1, 1, K]``, mixed with the input.

    What rings before a sound that comes first is cut off.
    """
    filters = taps(magnitude_db, sample_rate)
    centre = torch.full_like(weight, filters.shape[-1] // 2)
    return respond(signal, rfft(filters, signal.size), Way(weight, -centre))


def taps(magnitude_db: Tensor, sample_rate: float) -> Tensor:
    """The filter, its centre in the middle: ``[..., K]`` to ``[..., L]``, L odd."""
    size = magnitude_db.shape[-1]
    length = tap_count(size, sample_rate)
    spacing_hz = PUBLISHED_RATE / (2 * size - 1)
    ours_hz = torch.arange(length // 2 + 1, dtype=torch.float64) * (sample_rate / length)
    magnitude = (interpolated(magnitude_db, ours_hz / spacing_hz) * _NEPERS_PER_DB).exp()
    centred = torch.fft.irfft(magnitude, length).roll(length // 2, dims=-1)
    windowed: Tensor = centred * _window(length).to(centred)
    return windowed


def tap_count(size: int, sample_rate: float) -> int:
    """The odd number of samples that lasts about as long as ``2 size - 1`` at the published rate."""
    return 2 * round((2 * size - 1) * sample_rate / PUBLISHED_RATE / 2 - 0.5) + 1


def interpolated(values: Tensor, position: Tensor) -> Tensor:
    """Values ``[..., K]`` at positions ``[F]`` counted in values; held beyond the last."""
    position = position.clamp(max=values.shape[-1] - 1)
    below = position.floor().clamp(max=values.shape[-1] - 2).long()
    share = (position - below).to(values)
    return torch.lerp(values[..., below], values[..., below + 1], share)


@lru_cache(maxsize=8)
def _window(length: int) -> Tensor:
    return torch.hann_window(length, periodic=True, dtype=torch.float64)
