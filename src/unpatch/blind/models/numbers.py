"""Numbers as a network's inputs and outputs: one place per slot of the vocabulary.

Two heads estimate numbers, each a linear layer with outputs for every slot: a value
(:class:`Points`, as published) or a distribution (:class:`Bins`, ours).

Shapes: B batch, L tokens, P parameters per token, G slots, D width, K bins, R outputs per slot.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from unpatch.blind.vocabulary import NO_SLOT


def spread(units: Tensor, slots: Tensor, count: int) -> Tensor:
    """Unit values ``[..., P]`` as rows with a place for every slot ``[..., G]``, from -1 to 1.

    0 marks a slot without a number, and the middle of a range.
    """
    places = torch.where(slots == NO_SLOT, count, slots)
    row = units.new_zeros(*units.shape[:-1], count + 1)
    return row.scatter(-1, places, centred(units))[..., :count]


def centred(units: Tensor) -> Tensor:
    """[0, 1] to [-1, 1]."""
    return 2 * units.clamp(0, 1) - 1


class NumberEmbedding(nn.Module):
    """Spread numbers ``[..., G]`` to vectors ``[..., D]``: each slot has a separate direction."""

    def __init__(self, slots: int, width: int) -> None:
        super().__init__()
        self.directions = nn.Embedding(slots, width)

    def forward(self, spread_numbers: Tensor) -> Tensor:
        return spread_numbers @ self.directions.weight


class Points(nn.Linear):
    """One value per slot; the cost is its distance from the truth, as in the paper (R = 1)."""

    def __init__(self, width: int, slots: int) -> None:
        super().__init__(width, slots)
        nn.init.constant_(self.bias, 0.5)

    def outputs(self, vectors: Tensor) -> Tensor:
        """Vectors ``[..., D]`` to ``[..., G, R]``."""
        return self.forward(vectors)[..., None]

    def values(self, raw: Tensor, turns: Tensor) -> Tensor:
        """Unit values ``[...]`` of outputs ``[..., R]``; ``turns [...]``: which are circular."""
        return raw[..., 0]

    def costs(self, raw: Tensor, units: Tensor, turns: Tensor) -> Tensor:
        """Training cost ``[...]`` for these true values ``[...]``."""
        apart = (raw[..., 0] - units).abs()
        on_circle = apart.remainder(1)
        return torch.where(turns, torch.minimum(on_circle, 1 - on_circle), apart)


class Bins(nn.Linear):
    """A distribution over ordered bins per slot, as logits (R = K); the estimate is its median.

    A distribution is learnt faster than its median alone: after 1,000 steps parameters of unseen singers were
    off by 9 % less. Targets are Gaussians as wide as a bin, so that neighbours share statistical strength
    (Imani and White, "Improving regression performance with distributional losses", ICML 2018). For
    circular numbers, whose distribution has no middle, the estimate is the mean direction.
    """

    WEIGHT = 1.0
    """Of cross entropy. At 0.1 and 0.3 parameter errors were 4 and 5 % lower than with values; at 1, and on
    whole batches instead of halves, 9 %, with the node error 1 % up."""

    centres: Tensor

    def __init__(self, width: int, slots: int, bins: int) -> None:
        super().__init__(width, slots * bins)
        self.bins = bins
        centres = (torch.arange(bins) + 0.5) / bins
        self.register_buffer("centres", centres, persistent=False)
        nn.init.trunc_normal_(self.weight, std=0.02)
        nn.init.zeros_(self.bias)

    def outputs(self, vectors: Tensor) -> Tensor:
        """As of :class:`Points`."""
        raw = self.forward(vectors)
        return raw.view(*raw.shape[:-1], self.out_features // self.bins, self.bins)

    def values(self, raw: Tensor, turns: Tensor) -> Tensor:
        """As of :class:`Points`."""
        shares = raw.softmax(-1)
        return torch.where(turns, direction(shares), median(shares))

    def costs(self, raw: Tensor, units: Tensor, turns: Tensor) -> Tensor:
        """As of :class:`Points`."""
        return -self.WEIGHT * (self.targets(units, turns) * log_softmax(raw, -1)).sum(-1)

    def targets(self, units: Tensor, turns: Tensor) -> Tensor:
        """Distributions ``[..., K]`` about true values; circular where they turn."""
        apart = (units[..., None] - self.centres).abs()
        apart = torch.where(turns[..., None], torch.minimum(apart, 1 - apart), apart)
        return torch.softmax(-0.5 * (apart * self.bins).square(), dim=-1)


def median(shares: Tensor) -> Tensor:
    """Of distributions ``[..., K]`` over equal parts of [0, 1], each even within ``[...]``."""
    bins = shares.shape[-1]
    below = shares.cumsum(-1)
    place = (below < 0.5).sum(-1, keepdim=True).clamp_max(bins - 1)
    inside = shares.gather(-1, place)
    before = below.gather(-1, place) - inside
    return ((place + ((0.5 - before) / inside).clamp(0, 1)) / bins)[..., 0]


def direction(shares: Tensor) -> Tensor:
    """Mean direction of distributions ``[..., K]`` over equal parts of a circle, in turns ``[...]``."""
    angles = 2 * math.pi * (torch.arange(shares.shape[-1], device=shares.device) + 0.5) / shares.shape[-1]
    return torch.atan2(shares @ angles.sin(), shares @ angles.cos()).div(2 * math.pi).remainder(1)
