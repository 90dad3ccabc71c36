"""Equalizer bands and a residual curve as one causal filter.

The curve is minimum phase, as the bands are: no ringing before an attack, no delay, and an equalizer of
minimum phase on a recording is undone with its phase. The whole filter is one impulse
response for mid and one for side.

Shapes: P points, N taps, T time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from unpatch.dsp import prototypes
from unpatch.dsp.compiled import Array
from unpatch.dsp.warp import HIGHEST
from unpatch.mastering.matching.spectrum import POINTS_HZ

BANDS = ("low_shelf", "peak_1", "peak_2", "peak_3", "high_shelf")
_SHAPES = {"low_shelf": prototypes.low_shelf, "high_shelf": prototypes.high_shelf}
_TAPS_S = 0.35
Complex: TypeAlias = NDArray[np.complexfloating]


def bands_db(knobs: Mapping[str, float | Array], hz: Array, sample_rate: float) -> Array:
    """Magnitude of a ``mastering_equalizer``'s knobs at ``hz [P]``; knobs may be ``[B]``: then ``[B, P]``."""
    s = 1j * np.tan(np.pi * np.minimum(hz, 0.4999 * sample_rate) / sample_rate)
    total = np.zeros((1, len(hz)))
    for name in BANDS:
        frequency, gain, q = (
            np.atleast_1d(np.asarray(knobs[f"{name}_{unit}"], float)) for unit in ("hz", "db", "q")
        )
        g = np.tan(np.pi * np.minimum(frequency / sample_rate, HIGHEST))
        above, below = _SHAPES.get(name, prototypes.bell)(g, 10 ** (gain / 40), q)
        total = total + 20 * np.log10(np.abs(_at(above, s) / _at(below, s)))
    return np.asarray(total if np.ndim(knobs["peak_1_db"]) else total[0])


def _at(
    polynomial: prototypes.Polynomial[Array], s: NDArray[np.complexfloating]
) -> NDArray[np.complexfloating]:
    """Value ``[B, P]`` at the frequencies ``s [P]``."""
    constant, linear, square = (coefficient[:, None] for coefficient in polynomial)
    return constant + s * (linear + s * square)


def impulse_response(curve_db: Array, knobs: Mapping[str, float] | None, sample_rate: float) -> Array:
    """Minimum-phase taps ``[N]`` of the curve ``[P]`` plus the bands."""
    taps = 2 ** math.ceil(math.log2(_TAPS_S * sample_rate))
    size = 8 * taps
    hz = np.arange(size // 2 + 1) * (sample_rate / size)
    level = np.interp(np.log(np.maximum(hz, 1.0)), np.log(POINTS_HZ), curve_db)
    if knobs:
        level = level + bands_db(knobs, hz, sample_rate)
    cepstrum = scipy.fft.irfft(level * (math.log(10) / 20))
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    response = scipy.fft.irfft(np.exp(scipy.fft.rfft(cepstrum)))[:taps]
    fade = taps // 8
    response[-fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)
    return np.asarray(response, dtype=np.float32)


class MidSideFilter:
    """Impulse responses on mid and side of audio that comes in pieces (overlap and save)."""

    def __init__(self, mid: Array, side: Array, *, width: float = 1.0) -> None:
        taps = len(mid)
        self._size, self._step = 4 * taps, 3 * taps
        self._spectra = scipy.fft.rfft(np.stack([mid, width * side]).astype(np.float32), self._size)
        self._line = np.zeros((2, taps), np.float32)
        self._lead = taps

    def push(self, x: Array) -> Array:
        """``[2, T]`` to as much as is done."""
        both = np.stack([x[0] + x[1], x[0] - x[1]]) * np.float32(0.5)
        self._line = np.concatenate([self._line, both], axis=1)
        made = []
        while self._line.shape[1] >= self._size:
            made.append(self._segment(self._line[:, : self._size]))
            self._line = self._line[:, self._step :]
        return np.concatenate(made, axis=1) if made else np.empty((2, 0), np.float32)

    def flush(self) -> Array:
        left = self._line.shape[1] - self._lead
        padded = np.zeros((2, self._size), np.float32)
        padded[:, : self._line.shape[1]] = self._line
        return self._segment(padded)[:, :left]

    def _segment(self, line: Array) -> Array:
        mid, side = scipy.fft.irfft(scipy.fft.rfft(line) * self._spectra, self._size)[:, self._lead :]
        return np.stack([mid + side, mid - side])
