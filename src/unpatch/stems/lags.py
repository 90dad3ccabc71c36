"""When a stem plays in a mix, found by correlation.

The peak of the cross-correlation is the delay. Whitened, it does not depend on the levels: the
spectra are divided by the magnitudes of both signals. The division is by averages over the song (the smoothed
coherence transform of Carter, Nuttall and Cable, Proc. IEEE 61(10), 1973), or, over a whole song at once, by
smoothed magnitudes; the phase transform and others are compared in Knapp and Carter, The Generalized
Correlation Method for Estimation of Time Delay (IEEE Trans. ASSP 24(4), 1976).

Shapes: C channels (left and right), F bins, T samples.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.dsp.spectrum import fast_size
from unpatch.stems.multitrack import Stem
from unpatch.stems.smoothing import smoothed

BLOCK_S = 3.0
# Spectra of this many stems are summed at once: 70 MB.
_AT_ONCE = 32
_FLOOR = 1e-6
_APART_S = 0.001

# The search over a whole song needs no treble.
_LOW_RATE = 10_000
_SMOOTHING_HZ = 40.0
# The low-pass filter: its corner as a share of half the low rate, zero crossings of its sinc on either side,
# and up to which share its output is used: below all aliases.
_CORNER, _CROSSINGS, _BELOW = 0.9, 16, 0.8
# Least distance between other places of a stem, and their least share of the height.
_PLACES_APART_S, _ALIKE, _MOST_PLACES = 0.05, 0.9, 20
# From this share on they are supported equally well.
_EQUAL = 0.97
# Sampled height of such a peak halfway between samples: less than 2/pi of 0.9.
_WORST = 0.55
# Interpolated from this many samples on either side, at this many points between half a sample before and
# after.
_TAPS, _STEPS = 8, 9


@dataclass(frozen=True)
class Lag:
    """Where a correlation peaks.

    Attributes:
        samples: by how much the mix comes after the stem.
        clarity: the height of the peak over the root mean square of the correlation.
        rival: the height of the next peak, a millisecond or more apart, relative to this one.
    """

    samples: int
    clarity: float
    rival: float


def near(
    stems: Sequence[Stem], mix: Stem, frames: int, centres: Sequence[int], reach: int, rate: float
) -> list[Lag]:
    """The lag of each stem within ``reach`` samples of its expected place."""
    block = max(fast_size(round(BLOCK_S * rate)), 2 * reach)
    size = fast_size(2 * block)
    lags: list[Lag] = []
    for first in range(0, len(stems), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        powers = _powers(stems[some], mix, frames, centres[some], reach=reach, block=block, size=size)
        lags += [
            _peak(power, centre - reach, rate) for power, centre in zip(powers, centres[some], strict=True)
        ]
    return lags


def _powers(
    stems: Sequence[Stem],
    mix: Stem,
    frames: int,
    centres: Sequence[int],
    *,
    reach: int,
    block: int,
    size: int,
) -> Iterator[Tensor]:
    """Squares of each stem's correlation with left and right together, ``[2 reach + 1]``."""
    bins = size // 2 + 1
    cross = torch.zeros(len(stems), 2, bins, dtype=torch.complex64)
    own, whole = torch.zeros(len(stems), bins), torch.zeros(2, bins)
    for start in range(0, frames, block):
        spectrum = torch.fft.rfft(mix.segment(start - reach, block + 2 * reach), size)
        whole += spectrum.abs().square()
        for k, (stem, centre) in enumerate(zip(stems, centres, strict=True)):
            played = torch.fft.rfft(stem.segment(start - centre, block).mean(0), size)
            own[k] += played.abs().square()
            cross[k] += spectrum * played.conj()
    for one, power in zip(cross, own, strict=True):
        yield torch.fft.irfft(one * _whitening(power, whole), size)[:, : 2 * reach + 1].square().sum(0)


def _whitening(own: Tensor, whole: Tensor) -> Tensor:
    """One over the geometric mean of both power spectra, ``[C, F]``; they are floored at -60 dB."""
    floored = [power + _FLOOR * power.amax() for power in (own, whole)]
    return (floored[0] * floored[1]).clamp_min(1e-30).rsqrt()


def _peak(power: Tensor, first: int, rate: float) -> Lag:
    """The highest of squared correlations at lags ``first``, ``first + 1``, ..."""
    place, mean = int(power.argmax()), float(power.mean())
    if not mean > 0:
        return Lag(first + place, 0.0, 1.0)
    apart = max(1, round(_APART_S * rate))
    others = torch.cat([power[: max(0, place - apart)], power[place + apart + 1 :], torch.zeros(1)])
    rival = float(others.amax())
    peak = float(power[place])
    return Lag(first + place, math.sqrt(peak / mean), math.sqrt(rival / peak))


@dataclass(frozen=True)
class StemOffset:
    """Place of a stem in a whole song.

    Attributes:
        samples: by how much the mix comes after the stem, to a few samples.
        clarity: as of a :class:`Lag`.
        alike: how many other places, 50 ms or more apart, are supported nearly as well: repeated music.
    """

    samples: int
    clarity: float
    alike: int


class Far:
    """The place of a stem anywhere in a song, to a few samples; a second of it is in the mix at least."""

    def __init__(self, mix: Stem, frames: int, rate: float) -> None:
        self.frames, self._rate = frames, rate
        self.factor = max(1, int(rate // _LOW_RATE))
        self.reach = max(1, (frames - round(rate)) // self.factor)
        self.size = fast_size(-(-frames // self.factor) + self.reach)
        self._width = max(2, round(_SMOOTHING_HZ * self.size / (rate / self.factor)))
        self._mix = self._white(mix)

    def place(self, stem: Stem, expected: int) -> StemOffset:
        """Of the places that are supported as well as the best, the one nearest to the expected."""
        correlation = self._correlation(stem)
        lags, heights = self._peaks(correlation)
        equal = torch.where(
            heights >= _EQUAL * heights.amax(), (lags * self.factor - expected).abs(), math.inf
        )
        nearest = int(equal.argmin())
        mean, height = float(correlation.square().mean()), float(heights[nearest])
        clarity = height / math.sqrt(mean) if mean > 0 else 0.0
        return StemOffset(int(lags[nearest]) * self.factor, clarity, len(lags) - 1)

    def _correlation(self, stem: Stem) -> Tensor:
        """At lags from ``-reach`` to ``reach``."""
        whole = torch.fft.irfft(self._mix * self._white(stem).conj(), self.size)
        return torch.cat([whole[-self.reach :], whole[: self.reach + 1]])

    def _peaks(self, correlation: Tensor) -> tuple[Tensor, Tensor]:
        """Lags of the highest peak and of those of similar height, highest first, and their heights."""
        lags, heights = _between_samples(correlation)
        apart = max(1, round(_PLACES_APART_S * self._rate / self.factor))
        left = heights.where(heights >= _ALIKE * heights.amax(), -1.0)
        found: list[int] = []
        while len(found) < _MOST_PLACES and (not found or float(left.amax()) >= 0):
            found.append(int(left.argmax()))
            left[(lags - lags[found[-1]]).abs() <= apart] = -1.0
        return lags[found] - self.reach, heights[found]

    def _white(self, stem: Stem) -> Tensor:
        """Spectrum of a low-rate mono version, divided by its smoothed magnitude."""
        spectrum = torch.fft.rfft(self._at_low_rate(stem), self.size)
        power = smoothed(spectrum.abs().square(), self._width)
        whitened: Tensor = spectrum / (power + _FLOOR * power.amax()).clamp_min(1e-30).sqrt()
        if self.factor > 1:
            whitened[round(_BELOW * len(whitened)) :] = 0.0
        return whitened

    def _at_low_rate(self, stem: Stem) -> Tensor:
        """Low-passed, or what aliases would differ with the delay."""
        piece, half = self.factor << 18, self.factor * _CROSSINGS if self.factor > 1 else 0
        apart = torch.arange(-half, half + 1) / self.factor
        low_pass = torch.sinc(_CORNER * apart) * torch.hann_window(2 * half + 3, periodic=False)[1:-1]
        parts = [
            torch.nn.functional.conv1d(
                stem.segment(start - half, piece + 2 * half).mean(0)[None, None],
                low_pass[None, None],
                stride=self.factor,
            )[0, 0]
            for start in range(0, self.frames, piece)
        ]
        return torch.cat(parts)[: -(-self.frames // self.factor)]


def _between_samples(correlation: Tensor) -> tuple[Tensor, Tensor]:
    """Indices and heights of the high peaks of ``[n]``.

    White signals have peaks as narrow as a sample: one between two of them is sampled at 2/pi of its
    height, and is interpolated.
    """
    sizes = correlation.abs()
    around = torch.nn.functional.pad(sizes, (1, 1))
    summits = (sizes >= around[:-2]) & (sizes >= around[2:]) & (sizes > _WORST * sizes.amax())
    summits[int(sizes.argmax())] = True
    places = summits.nonzero()[:, 0]
    taps = torch.arange(-_TAPS, _TAPS + 1)
    apart = torch.linspace(-0.5, 0.5, _STEPS) - taps[:, None]
    kernel = torch.sinc(apart) * (torch.pi * apart / (2 * _TAPS + 2)).cos().square()
    near_by = torch.nn.functional.pad(correlation, (_TAPS, _TAPS))[places[:, None] + taps + _TAPS]
    return places, (near_by @ kernel).abs().amax(1)
