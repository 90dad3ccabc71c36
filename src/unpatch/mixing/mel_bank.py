"""Bands of Slaney's mel scale, stored as two numbers per bin: each bin is on at most two slopes.

Shapes: F bins, M bands.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from unpatch.dsp.compiled import Array

# The rate of the paper: lengths of transforms and scale of magnitudes are those at this rate.
REFERENCE_RATE = 30_000
OVERLAP = 4

# Linear below 1 kHz, logarithmic above (M. Slaney, Auditory Toolbox, 1998).
_HZ_PER_MEL = 200 / 3
_BREAK_HZ, _BREAK_MEL = 1000.0, 15.0
_STEP = math.log(6.4) / 27


@dataclass(frozen=True, eq=False)
class Bank:
    """Triangular bands over the bins of a transform.

    Band m rises from corner m to corner m + 1, falls to corner m + 2, and has area 1 over frequency in Hz.

    Attributes:
        size: length of the transform in samples.
        corners: for each corner the first bin that is not below it, ``[M + 2]``.
        rise: weight of a bin in the band that rises there ``[F]``.
        fall: weight of a bin in the band that falls there ``[F]``.
    """

    size: int
    corners: NDArray[np.int64]
    rise: Array
    fall: Array

    @property
    def hop(self) -> int:
        """From frame to frame, in samples."""
        return self.size // OVERLAP

    @property
    def bands(self) -> int:
        """How many."""
        return len(self.corners) - 2


def size_at(sample_rate: float, reference_size: int) -> int:
    """Length at this rate of the transform that has ``reference_size`` samples at 30 kHz.

    The nearest multiple of four whose fourth has no prime factor above 5.
    """
    wanted = reference_size * sample_rate / REFERENCE_RATE / OVERLAP
    near = range(max(1, int(0.8 * wanted)), math.ceil(1.25 * wanted) + 1)
    smooth = (length for length in near if next_fast_len(length, real=True) == length)
    return OVERLAP * min(smooth, key=lambda length: abs(math.log(length / wanted)))


def hz_to_mel(frequency_hz: float) -> float:
    """Slaney's scale."""
    if frequency_hz < _BREAK_HZ:
        return frequency_hz / _HZ_PER_MEL
    return _BREAK_MEL + math.log(frequency_hz / _BREAK_HZ) / _STEP


def mel_to_hz(mel: Array) -> Array:
    """Its inverse."""
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, _BREAK_HZ * np.exp((mel - _BREAK_MEL) * _STEP))


def corners_hz(bands: int, highest_hz: float, sample_rate: float) -> Array:
    """``[M + 2]``: corners of ``bands`` bands from 0 to ``highest_hz``, as far as half the rate reaches."""
    corners = mel_to_hz(np.linspace(0, hz_to_mel(highest_hz), bands + 2))
    held: Array = corners[corners <= sample_rate / 2 * (1 + 1e-9)]
    return held


def mel_bank(reference_size: int, bands: int, highest_hz: float, sample_rate: float) -> Bank:
    """The bands at one resolution.

    Raises:
        ValueError: if a band is between two bins, or none is below half the rate.
    """
    size = size_at(sample_rate, reference_size)
    bins_hz = np.arange(size // 2 + 1) * (sample_rate / size)
    corners = corners_hz(bands, highest_hz, sample_rate)
    places = np.searchsorted(bins_hz, corners * (1 - 1e-12)).astype(np.int64)
    empty = np.flatnonzero(places[2:] - places[:-2] < 1)
    if len(corners) < 3 or len(empty):
        given = f"{bands} bands up to {highest_hz:g} Hz, transforms of {size} samples at {sample_rate:g} Hz"
        raise ValueError(f"every band needs a bin: take fewer bands or longer transforms; got {given}")
    return Bank(size, places, *_slopes(bins_hz, corners, places))


def _slopes(bins_hz: Array, corners: Array, places: NDArray[np.int64]) -> tuple[Array, Array]:
    """Weights of rising and falling slopes; 0 where there is none, so at 0 Hz and half the rate."""
    rise, fall = np.zeros_like(bins_hz), np.zeros_like(bins_hz)
    heights = 2 / (corners[2:] - corners[:-2])
    for j, (start, stop) in enumerate(pairwise(places)):
        up = (bins_hz[start:stop] - corners[j]) / (corners[j + 1] - corners[j])
        if j < len(heights):
            rise[start:stop] = heights[j] * up
        if j > 0:
            fall[start:stop] = heights[j - 1] * (1 - up)
    return rise, fall
