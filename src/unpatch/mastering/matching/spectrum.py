"""Long-term spectra of mid and side, and curves on a logarithmic frequency axis.

Shapes: P points of the axis, F bins, T time.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from unpatch.dsp.compiled import Array

PER_OCTAVE = 12
POINTS_HZ: Array = 1000 * 2 ** (np.arange(-5.5 * PER_OCTAVE, 4.4 * PER_OCTAVE) / PER_OCTAVE)
"""The axis: 22 Hz to 21 kHz, twelve points an octave."""
LOWEST_HZ, HIGHEST_HZ = 30.0, 18_000.0
"""Beyond, a curve is held: a recording has little there that can be measured well."""
_WINDOW_S = 0.35
# Direct current counts from this multiple of its standard error over at least this many windows.
_SURE, _LEAST_WINDOWS = 6.0, 4
# Levels so far below the loudest point may be noise or what a codec has left.
_DEEPEST_DB = 80.0
# Bands in which the end of a spectrum is looked for, and how deep it falls there.
_BAND_HZ, _BANDS_FROM_HZ, _BANDS_TO_HZ, _CLIFF_DB = 250.0, 8_000.0, 20_000.0, 24.0


class Spectra:
    """Mean power spectra of mid and side of audio that comes in pieces (Welch, half overlapping)."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self.size = 2 * scipy.fft.next_fast_len(round(_WINDOW_S * sample_rate / 2), real=True)
        self._window = np.hanning(self.size + 1)[:-1].astype(np.float32)
        self._power = np.zeros((2, self.size // 2 + 1))
        self._count, self._dc = 0, np.zeros((2, 2))
        self._kept = np.zeros((2, self.size // 2), np.float32)

    def push(self, x: Array) -> None:
        """``[2, T]``."""
        middle_side = np.stack([x[0] + x[1], x[0] - x[1]]) * np.float32(0.5)
        line = np.concatenate([self._kept, middle_side], axis=1)
        step = self.size // 2
        count = max(0, (line.shape[1] - self.size) // step + 1)
        if count:
            # Windows are transformed together, which the library does several at a time.
            windows = np.lib.stride_tricks.sliding_window_view(line, self.size, axis=1)[:, ::step]
            bins = scipy.fft.rfft(windows * self._window)
            self._power += (bins.real**2 + bins.imag**2).sum(1)
            middle, side = bins[:, :, 0].real.astype(np.float64)
            lowest = np.stack([middle + side, middle - side])
            self._dc += lowest.sum(1), np.square(lowest).sum(1)
        self._count += count
        self._kept = line[:, count * step :]

    def dc(self) -> Array:
        """Direct current of left and right ``[2]`` as amplitude; 0 where low tones may be all there is."""
        if self._count < _LEAST_WINDOWS:
            return np.zeros(2)
        mean, square = self._dc / self._count
        error = np.sqrt(np.maximum(square - mean**2, 0) / (self._count - 1))
        return np.where(np.abs(mean) > _SURE * error, mean, 0.0) / float(self._window.sum())

    def band_end_hz(self) -> float | None:
        """See :func:`band_end_hz`."""
        return band_end_hz(self.power().sum(0), self.sample_rate)

    def levels_db(self) -> Array:
        """Third-octave levels of mid and side ``[2, P]`` in dB; low ones end at a floor."""
        return smoothed_db(self.power(), self.sample_rate)

    def power(self) -> Array:
        """Mean power per bin of mid and side ``[2, F]``."""
        rest = np.zeros((2, self.size), np.float32)
        rest[:, : self._kept.shape[1]] = self._kept
        bins = scipy.fft.rfft(rest * self._window)
        power = (self._power + bins.real**2 + bins.imag**2) / (self._count + 1)
        power /= self.size * float(np.square(self._window).sum()) / 2
        return np.asarray(power)


def smoothed_db(power: Array, sample_rate: float) -> Array:
    """Power per bin ``[2, F]`` as the sums over the third octave around each point, in dB."""
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    edges = np.arange(sums.shape[1]) - 0.5
    spacing = sample_rate / 2 / (power.shape[1] - 1)
    low, high = POINTS_HZ * 2 ** (-1 / 6) / spacing, POINTS_HZ * 2 ** (1 / 6) / spacing
    bands = np.stack([np.interp(high, edges, row) - np.interp(low, edges, row) for row in sums])
    levels = 10 * np.log10(np.maximum(bands, 1e-30))
    return np.asarray(np.maximum(levels, levels.max() - _DEEPEST_DB))


def band_end_hz(power: Array, sample_rate: float) -> float | None:
    """Frequency at which a mean spectrum ``[F]`` falls off a cliff that it does not climb again."""
    spacing = sample_rate / 2 / (len(power) - 1)
    edges = np.arange(_BANDS_FROM_HZ, min(_BANDS_TO_HZ, 0.46 * sample_rate), _BAND_HZ)
    places = np.round(edges / spacing).astype(int)
    if len(places) < 7:
        return None
    levels = 10 * np.log10(np.add.reduceat(power, places)[:-1] / np.diff(places) + 1e-20)
    for i in range(3, len(levels) - 2):
        if levels[i - 3 : i].min() - levels[i + 1 :].max() > _CLIFF_DB:
            return float(edges[i])
    return None


def highest_hz(sample_rate: float, end_hz: float | None) -> float:
    """Highest frequency at which a recording may be compared; a third octave reaches beyond its centre."""
    inside = min(HIGHEST_HZ, 0.42 * sample_rate)
    return inside if end_hz is None else min(inside, end_hz * 2 ** (-1 / 6))


def comparable(highest_hz: float, *levels_db: Array) -> NDArray[np.bool_]:
    """Points ``[P]`` at which curves may be compared: within the band, and above the floors."""
    inside = np.logical_and(POINTS_HZ >= LOWEST_HZ, highest_hz >= POINTS_HZ)
    for level in levels_db:
        inside &= level > level.max() - (_DEEPEST_DB - 5)
    return np.asarray(inside, dtype=np.bool_)


def held(curve_db: Array, inside: NDArray[np.bool_]) -> Array:
    """The curve with its last good value wherever there is none; 0 if there is none at all."""
    places = np.flatnonzero(inside)
    if not len(places):
        return np.zeros_like(curve_db)
    return np.asarray(np.interp(np.arange(len(curve_db)), places, curve_db[places]))


def third_octaves(levels_db: Array) -> tuple[Array, Array]:
    """Centres in Hz and levels, every fourth point, in line with 1 kHz."""
    first = int(np.argmin(np.abs(POINTS_HZ - 1000))) % 4
    return POINTS_HZ[first::4], levels_db[..., first::4]
