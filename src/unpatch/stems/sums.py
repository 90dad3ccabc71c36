"""The mix as a plain sum: every stem with a gain on either side and a delay, and nothing else.

Gains are found by least squares, delays by Gauss-Newton steps: a stem with a slightly larger delay adds its
derivative (the maximum-likelihood estimator of both in white noise; Kay, Fundamentals of Statistical
Signal Processing, 1993, ch. 3). Where the mix is such a sum, both come out exactly.

Shapes: K stems, C channels (left and right), F bins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.stems.spectra import CrossSpectra

STEPS = 5
# Largest step of a delay, in samples; beyond it the phase of the highest frequencies is ambiguous.
_LONGEST_STEP = 0.5
_RIDGE = 1e-9


@dataclass(frozen=True, eq=False)
class PlainSum:
    """Gains and delays that come closest.

    Attributes:
        gains: ``[C, K]``; below zero where a stem is turned over.
        delays: in samples, ``[K]``.
        unexplained: share of the weighted mix that is left.
    """

    gains: Tensor
    delays: Tensor
    unexplained: float


def plain_sum(spectra: CrossSpectra, weights: Tensor, start: Tensor, moving: Sequence[bool]) -> PlainSum:
    """Fit a plain sum.

    Args:
        spectra: of stems and mix.
        weights: of the power of the mix, ``[C, F]``.
        start: initial delays ``[K]``.
        moving: which delays to improve.
    """
    delays = start.double()
    mobile = torch.tensor(moving)
    for _ in range(STEPS):
        gains, slopes = _fitted(spectra.delayed(delays), weights, mobile)
        delays = delays + _steps(gains, slopes) * mobile
    there = spectra.delayed(delays)
    gains, _ = _fitted(there, weights, torch.zeros_like(mobile))
    return PlainSum(gains, delays, _left(there, weights, gains))


def _fitted(spectra: CrossSpectra, weights: Tensor, mobile: Tensor) -> tuple[Tensor, Tensor]:
    """Real factors of the stems and of their derivatives, both ``[C, K]``; zero for what does not move."""
    bins = weights.shape[-1]
    slope = -1j * 2 * torch.pi * torch.arange(bins, dtype=torch.float64) / spectra.size
    grams, sides = [], []
    for stems, cross, weight in zip(spectra.stems.expand(2, -1, -1, -1), spectra.cross, weights, strict=True):
        factors = [weight.double() * turn for turn in (slope**0, slope, slope.conj(), slope.abs().square())]
        plain, right, down, both = (_summed(stems, factor) for factor in factors)
        grams.append(torch.cat([torch.cat([plain, right], 1), torch.cat([down, both], 1)]))
        sides.append(torch.cat([_summed(cross, factors[0]), _summed(cross, factors[2])]))
    chosen = torch.cat([torch.ones_like(mobile), mobile]).nonzero()[:, 0]
    found = torch.zeros(2, 2 * len(mobile), dtype=torch.float64)
    for c, (gram, side) in enumerate(zip(grams, sides, strict=True)):
        found[c, chosen] = _solved(gram[chosen][:, chosen], side[chosen])
    return found[:, : len(mobile)], found[:, len(mobile) :]


def _summed(products: Tensor, factors: Tensor) -> Tensor:
    """Real parts of products ``[F, ...]`` times factors ``[F]``, summed."""
    total: Tensor = torch.tensordot(factors.to(torch.complex128), products.to(torch.complex128), dims=1)
    return total.real


def _solved(gram: Tensor, side: Tensor) -> Tensor:
    """Normal equations with columns of equal size, so that a quiet stem counts like a loud one."""
    size = gram.diagonal().clamp_min(1e-30).sqrt()
    scaled = gram / size[:, None] / size + _RIDGE * torch.eye(len(gram))
    found: Tensor = torch.linalg.solve(scaled, side / size)
    return found / size


def _steps(gains: Tensor, slopes: Tensor) -> Tensor:
    """Delays that fit both channels."""
    wanted = (gains * slopes).sum(0) / gains.square().sum(0).clamp_min(1e-30)
    return wanted.clamp(-_LONGEST_STEP, _LONGEST_STEP)


def _left(spectra: CrossSpectra, weights: Tensor, gains: Tensor) -> float:
    factors = gains.to(torch.complex64)
    explained = torch.einsum("ck,cfkl,cl->cf", factors, spectra.stems.expand(2, -1, -1, -1), factors)
    shared = torch.einsum("ck,cfk->cf", factors, spectra.cross)
    missed = (weights * (spectra.mix - 2 * shared.real + explained.real)).sum()
    return float(missed / (weights * spectra.mix).sum())
