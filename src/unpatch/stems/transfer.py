"""What each stem went through on its way into the mix, as a transfer function, all stems at once.

Least squares per bin explain the mix by all stems together (multiple-input spectral analysis: Bendat and
Piersol, Random Data, ch. 7), so that a stem is not credited with what bleeds into it or plays along. They are
solved for each half of the song as well: what is found twice is there, and what one half explains of the
other is not chance.

Shapes: K stems, C channels (left and right), F bins.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from unpatch.dsp.weighting import a_weighting
from unpatch.stems.smoothing import by_octaves
from unpatch.stems.spectra import CrossSpectra

RIDGE = 1e-3
# Lags are found to an eighth of a sample, and between by a parabola.
_FINE = 8
BANDS_PER_OCTAVE = 3
LOWEST_HZ = 31.25


@dataclass(frozen=True)
class Peak:
    """Of a stem's impulse response without its magnitudes.

    Attributes:
        delay: where it is, in samples.
        sign: whether it is turned up or down.
        rival: height of the highest peak turned the other way, relative to it.
    """

    delay: float
    sign: int
    rival: float


@dataclass(frozen=True, eq=False)
class TransferFunctions:
    """Transfer functions of all stems and what follows from them.

    Attributes:
        halves: cross-spectra of both halves of the song.
        rate: sample rate in Hz.
    """

    halves: tuple[CrossSpectra, CrossSpectra]
    rate: float

    @cached_property
    def spectra(self) -> CrossSpectra:
        return self.halves[0] + self.halves[1]

    @cached_property
    def whole(self) -> Tensor:
        """Transfer functions, complex ``[C, F, K]``."""
        return solved(self.spectra)

    @cached_property
    def each(self) -> tuple[Tensor, Tensor]:
        """Transfer functions of each half of the song, complex ``[C, F, K]``."""
        return solved(self.halves[0]), solved(self.halves[1])

    @cached_property
    def whitening(self) -> Tensor:
        """One over the smoothed power of the mix, ``[C, F]``."""
        power = by_octaves(self.spectra.mix)
        return 1 / (power + 1e-9 * power.amax()).clamp_min(1e-30)

    @cached_property
    def loudness(self) -> Tensor:
        """A-weighting of power, ``[F]``."""
        bins = self.whitening.shape[-1]
        hz = torch.arange(bins, dtype=torch.float64) * self.rate / self.spectra.size
        return torch.from_numpy(a_weighting(hz.numpy())).square().float()

    @cached_property
    def common(self) -> Tensor:
        """Power gain on which both halves agree; by chance it may be below zero, ``[C, F, K]``."""
        first, second = self.each
        return (first.conj() * second).real

    @cached_property
    def agreement(self) -> Tensor:
        """Correlation of both halves' transfer functions over the part of the mix that they make, ``[K]``."""
        weights = self._played * self.whitening[..., None]
        both, one, other = (
            (weights * part).sum((0, 1))
            for part in (self.common, self.each[0].abs().square(), self.each[1].abs().square())
        )
        return both / (one * other).sqrt().clamp_min(1e-30)

    @cached_property
    def _played(self) -> Tensor:
        """Smoothed powers of the stems, ``[C, F, K]``."""
        return by_octaves(self.spectra.powers.transpose(1, 2)).transpose(1, 2)

    def unexplained(self, weights: Tensor) -> float:
        """Share of the mix, weighted by ``[F]`` or ``[C, F]``, that one half does not explain of the other.

        More than all of it where the fit is to chance.
        """
        missed = _missed(self.halves[1], self.each[0]) + _missed(self.halves[0], self.each[1])
        return float((weights * missed).sum() / (weights * self.spectra.mix).sum())

    def shares(self, weights: Tensor) -> Tensor:
        """What each stem explains, likewise ``[K]``; their sum is what all explain."""
        made = _made(self.halves[1], self.each[0]) + _made(self.halves[0], self.each[1])
        return (weights[..., None] * made).sum((0, 1)) / (weights * self.spectra.mix).sum()

    def gains(self) -> Tensor:
        """By which each stem is louder in the mix, A-weighted, ``[C, K]``."""
        weights = self.loudness[:, None] * self._played
        powers = (weights * self.common).sum(1) / weights.sum(1).clamp_min(1e-30)
        return powers.clamp_min(0).sqrt()

    def curves(self) -> tuple[Tensor, Tensor]:
        """Power gain in bands of a third of an octave ``[M, K]`` and their centres; NaN where not known."""
        centres = band_centres(self.rate)
        hz = torch.arange(self.whitening.shape[-1]) * self.rate / self.spectra.size
        half = 2 ** (0.5 / BANDS_PER_OCTAVE)
        inside = ((hz >= centres[:, None] / half) & (hz < centres[:, None] * half)).to(hz)
        weights = self._played * self.whitening[..., None]
        sums = torch.einsum("mf,cfk->mk", inside, weights * self.common)
        sizes = (torch.einsum("mf,cfk->mk", inside, weights * part.abs().square()) for part in self.each)
        sure = sums > 0.5 * torch.stack(list(sizes)).prod(0).sqrt()
        powers = sums / torch.einsum("mf,cfk->mk", inside, weights)
        return torch.where(sure, powers, math.nan), centres

    def peak(self, k: int) -> Peak:
        """When stem ``k`` comes and whether it is turned over.

        Phases count by the share of the mix that both halves attribute to the stem; magnitudes do not (Hannan
        and Thomson's processor in Knapp and Carter, 1976, equals it where the stem is a small part).
        """
        made = by_octaves(self.common[..., k] * self._played[..., k] * self.whitening).clamp_min(0).sqrt()
        size, reach = self.spectra.size * _FINE, self.spectra.size // 4 * _FINE
        response = torch.fft.irfft(torch.polar(made, self.whole[..., k].angle()), size)
        near = torch.cat([response[:, -reach:], response[:, : reach + 1]], dim=1)
        power = near.square().sum(0)
        place = int(power.argmax())
        loud = near[int(near[:, place].abs().argmax())]
        upright = loud * loud[place].sign()
        rival = float((-upright).amax() / upright[place].clamp_min(1e-30))
        return Peak((place - reach + _between(power, place)) / _FINE, int(loud[place].sign()), rival)


def solved(spectra: CrossSpectra) -> Tensor:
    """Transfer functions ``[C, F, K]`` by least squares, held to zero a little where stems are weak."""
    powers = torch.diagonal(spectra.stems, dim1=-2, dim2=-1).real.transpose(1, 2)
    hold = RIDGE * by_octaves(powers).transpose(1, 2) + 1e-12 * powers.amax() + 1e-30
    system = spectra.stems + torch.diag_embed(hold).to(spectra.stems.dtype)
    # Where all stems are mono one system serves both channels.
    sides = spectra.cross[..., None] if len(system) == 2 else spectra.cross.permute(1, 2, 0)[None]
    found: Tensor = torch.linalg.solve(system, sides)
    return found[..., 0] if len(system) == 2 else found[0].permute(2, 0, 1)


def band_centres(rate: float) -> Tensor:
    """Of bands of a third of an octave, in Hz."""
    octaves = math.log2(0.45 * rate / LOWEST_HZ)
    return LOWEST_HZ * 2 ** (torch.arange(int(octaves * BANDS_PER_OCTAVE) + 1) / BANDS_PER_OCTAVE)


def _made(spectra: CrossSpectra, transfer: Tensor) -> Tensor:
    """Power of the mix that each stem explains, ``[C, F, K]``: half of what it shares goes to either side."""
    explained = (spectra.stems @ transfer[..., None])[..., 0]
    return (transfer.conj() * (2 * spectra.cross - explained)).real


def _missed(spectra: CrossSpectra, transfer: Tensor) -> Tensor:
    return spectra.mix - _made(spectra, transfer).sum(-1)


def _between(values: Tensor, place: int) -> float:
    """Where the parabola through a peak and its neighbours has its vertex, relative to it."""
    if not 0 < place < len(values) - 1:
        return 0.0
    before, peak, behind = (float(value) for value in values[place - 1 : place + 2])
    bend = before - 2 * peak + behind
    return 0.5 * (before - behind) / bend if bend < 0 else 0.0
