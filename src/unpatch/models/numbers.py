"""Numbers as a network meets them: one place per slot of the vocabulary.

Shapes: B batch, L tokens, P parameters per token, G slots, D width.
"""

import torch
from torch import Tensor, nn

from unpatch.vocabulary import NO_SLOT


def spread(units: Tensor, slots: Tensor, count: int) -> Tensor:
    """Unit values ``[..., P]`` as rows with a place for every slot ``[..., G]``, from -1 to 1.

    0 stands where a token has no such number, and in the middle of a range.
    """
    places = torch.where(slots == NO_SLOT, count, slots)
    row = units.new_zeros(*units.shape[:-1], count + 1)
    return row.scatter(-1, places, centred(units))[..., :count]


def centred(units: Tensor) -> Tensor:
    """[0, 1] to [-1, 1]."""
    return 2 * units.clamp(0, 1) - 1


class NumberEmbedding(nn.Module):
    """Spread numbers ``[..., G]`` to vectors ``[..., D]``: each slot has a direction of its own."""

    def __init__(self, slots: int, width: int) -> None:
        super().__init__()
        self.directions = nn.Embedding(slots, width)

    def forward(self, spread_numbers: Tensor) -> Tensor:
        return spread_numbers @ self.directions.weight
