"""What the stems leave over, and what it goes along with: moving gains, a limiter, or the level of a stem.

Shapes: K stems, C channels (left and right), N frames, M bands, R runs of frames, T samples.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import nnls
from torch import Tensor

from unpatch.stems.account import Account
from unpatch.stems.spectra import RUN

Array = NDArray[np.float64]

# A gain is held to one as if it had been one through a twentieth of the stem's energy.
_HOLD = 0.05
_LOWEST_DB = -40.0
_OUTER = 0.1
# Frames that are compared at most, evenly spread.
_FRAMES = 800
# What a stem's echoes keep of their energy from frame to frame.
_DECAY = 0.75
# Peaks are compared in blocks of this many samples.
_BLOCK = 2_048
# A sum of stems that exceeds every peak of the mix by this factor was limited, if the mix has a peak of
# at least this share of its highest at that place.
_OVER, _NEAR = 1.06, 0.84


@dataclass(frozen=True, eq=False)
class GainMovement:
    """How the gains of stems move over the song.

    Attributes:
        ranges_db: from the lowest tenth to the highest, by the stem's energy, ``[K]``.
        removed: share of the residual that each moving gain explains, ``[K]``.
        by_level: correlation of the gain with the stem's own level, both in dB, ``[K]``.
    """

    ranges_db: Tensor
    removed: Tensor
    by_level: Tensor


def movement(found: Account) -> GainMovement:
    """Gains of all stems in every run, by least squares, held to one where a stem is weak."""
    energies = torch.diagonal(found.gram, dim1=1, dim2=2).double()
    hold = _HOLD * energies.mean(0) + 1e-9 * energies.mean() + 1e-30
    missing = found.cross.double() - found.gram.double().sum(-1)
    change = torch.linalg.solve(found.gram.double() + torch.diag(hold), missing[..., None])[..., 0]
    rest = (found.power - 2 * found.cross.sum(1) + found.gram.sum((1, 2))).double().clamp_min(0).sum()
    gains_db = 20 * (1 + change).clamp_min(10 ** (_LOWEST_DB / 20)).log10()
    moved = change - (change * energies).sum(0) / energies.sum(0).clamp_min(1e-30)
    return GainMovement(
        torch.stack([_range(gains_db[:, k], energies[:, k]) for k in range(change.shape[1])]),
        (moved.square() * energies).sum(0) / rest.clamp_min(1e-30),
        _correlation(gains_db, 10 * energies.clamp_min(1e-30).log10(), energies),
    )


def _range(values: Tensor, weights: Tensor) -> Tensor:
    """From the lowest tenth to the highest by weight."""
    order = values.argsort()
    share = weights[order].cumsum(0) / weights.sum().clamp_min(1e-30)
    ends = torch.searchsorted(share, torch.tensor([_OUTER, 1 - _OUTER], dtype=share.dtype))
    low, high = values[order[ends.clamp_max(len(order) - 1)]]
    found: Tensor = high - low
    return found


def _correlation(one: Tensor, other: Tensor, weights: Tensor) -> Tensor:
    """Of ``[R, K]`` along R, by weight."""
    shares = weights / weights.sum(0).clamp_min(1e-30)
    one, other = (each - (shares * each).sum(0) for each in (one, other))
    product = (shares * one * other).sum(0)
    found: Tensor = product / ((shares * one**2).sum(0) * (shares * other**2).sum(0)).sqrt().clamp_min(1e-12)
    return found


@dataclass(frozen=True)
class Company:
    """What the level of the rest goes along with.

    Attributes:
        correlation: of its level with that which the levels of the stems make expect, where the one was
            fitted to the other half of the song.
        shares: of that, by stem.
        rest: energy of the residual.
        made: energy of each stem's part in the mix.
    """

    correlation: float
    shares: tuple[float, ...]
    rest: float
    made: tuple[float, ...]


def company(found: Account) -> Company:
    """Explain the energy of the residual, in frames and bands, by energies of the stems and their decay."""
    parts, rest = found.parts.double().numpy(), found.rest.double().numpy()
    columns = np.concatenate([parts, _decayed(parts)], -1)
    chosen = np.unique(np.linspace(0, len(rest) - 1, min(len(rest), _FRAMES)).round().astype(int))
    odd = (chosen // RUN) % 2 == 1
    expected, total = np.zeros_like(rest), np.zeros(columns.shape[-1])
    for here, there in ((chosen[odd], chosen[~odd]), (chosen[~odd], chosen[odd])):
        factors = _factors(columns[here], rest[here]) if len(here) else total * 0
        expected[there] = columns[there] @ factors
        total += (columns[there] * factors).sum((0, 1))
    each = total.reshape(2, -1).sum(0)
    return Company(
        _agreement(expected[chosen], rest[chosen]),
        tuple((each / max(each.sum(), 1e-30)).tolist()),
        float(rest[chosen].sum()),
        tuple(parts[chosen].sum((0, 1)).tolist()),
    )


def _decayed(parts: Array) -> Array:
    """Energies that die away, from the frame after."""
    out = np.zeros_like(parts)
    for n in range(1, len(parts)):
        out[n] = _DECAY * (out[n - 1] + parts[n - 1])
    return out


def _factors(columns: Array, rest: Array) -> Array:
    weights = 1 / (rest + 1e-2 * rest.mean() + 1e-20)
    matrix = (columns * weights[..., None]).reshape(-1, columns.shape[-1])
    return np.asarray(nnls(matrix, (rest * weights).ravel())[0])


def _agreement(expected: Array, rest: Array) -> float:
    """Correlation of levels, each band relative to its mean; loud bands count more."""
    levels = [np.log(each + 1e-4 * rest.mean() + 1e-20) for each in (expected, rest)]
    weights = rest.mean(0) / max(rest.mean(0).sum(), 1e-30)
    one, other = (level - level.mean(0) for level in levels)
    product = (one * other).mean(0) @ weights
    squares = ((one**2).mean(0) @ weights) * ((other**2).mean(0) @ weights)
    return float(product / max(math.sqrt(squares), 1e-12))


def held_back(made: Tensor, mix: Tensor) -> tuple[int, float]:
    """Where a limiter or clipper was at work.

    Args:
        made: sum of what the stems make of the mix, ``[C, T]``.
        mix: ``[C, T]``.

    Returns:
        In how many blocks the sum exceeds every peak of the mix while the mix stays close below its highest,
        and by how many dB at most. None, if in many of them the mix is far below: those are no limiter's.
    """
    peaks, peaks_of_mix = _peaks(made), _peaks(mix)
    highest = peaks_of_mix.amax().clamp_min(1e-30)
    over = peaks > _OVER * highest
    near = over & (peaks_of_mix > _NEAR * highest)
    if not bool(near.any()) or 2 * int(near.sum()) < int(over.sum()):
        return 0, 0.0
    return int(near.sum()), 20 * math.log10(float(peaks[near].amax() / highest))


def _peaks(audio: Tensor) -> Tensor:
    """Largest magnitude of both channels in each block."""
    padded = torch.nn.functional.pad(audio.abs().amax(0), (0, -audio.shape[-1] % _BLOCK))
    return padded.reshape(-1, _BLOCK).amax(1)
