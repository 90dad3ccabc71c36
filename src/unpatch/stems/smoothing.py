"""Spectra smoothed along frequency.

Shapes: F bins, the last dimension.
"""

import torch
from torch import Tensor


def smoothed(power: Tensor, width: int) -> Tensor:
    """Means over ``width`` bins to either side, fewer at the ends, ``[..., F]``."""
    return _means(power, torch.full((power.shape[-1],), width))


def by_octaves(power: Tensor, parts: float = 6) -> Tensor:
    """Means over about ``1 / parts`` of an octave, two bins to either side at least, ``[..., F]``."""
    bins = torch.arange(power.shape[-1])
    share = (2 ** (0.5 / parts) - 2 ** (-0.5 / parts)) / 2
    return _means(power, (bins * share).round().long().clamp_min(2))


def _means(power: Tensor, widths: Tensor) -> Tensor:
    """Running sums in double precision: spectra span twelve orders of magnitude."""
    bins = torch.arange(power.shape[-1])
    sums = torch.nn.functional.pad(power.double().cumsum(-1), (1, 0))
    first, last = (bins - widths).clamp_min(0), (bins + widths + 1).clamp_max(len(bins))
    return ((sums[..., last] - sums[..., first]) / (last - first)).to(power)
