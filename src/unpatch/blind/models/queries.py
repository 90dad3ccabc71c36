"""A learnt query per kind: each attends to the whole recording for its own processor.

Shapes: B batch, S sequence, Q queries, D width, H heads.
"""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from unpatch.blind.models.attention import attend

# Width of the hidden layer, in widths.
WIDER = 2


class QueryLayer(nn.Module):
    """Queries attend to the sequence, then to each other, so that one kind may explain evidence of another.

    In this order: before cross-attention queries are the same for every example, and self-attention is of no
    use. Normalised before each part, as the decoder's blocks are.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_looking = nn.LayerNorm(width)
        self.sequence_norm = nn.LayerNorm(width)
        self.to_query = nn.Linear(width, width)
        self.to_keys = nn.Linear(width, 2 * width)
        self.seen = nn.Linear(width, width)
        self.before_exchange = nn.LayerNorm(width)
        self.to_qkv = nn.Linear(width, 3 * width)
        self.exchanged = nn.Linear(width, width)
        self.before_mixing = nn.LayerNorm(width)
        self.widen = nn.Linear(width, WIDER * width)
        self.narrow = nn.Linear(WIDER * width, width)

    def forward(self, queries: Tensor, sequence: Tensor, memory_key_padding_mask: Tensor | None) -> Tensor:
        """Queries ``[B, Q, D]``, the same for all, and ``[B, S, D]`` to ``[B, Q, D]``.

        Masked positions ``[B, S]`` are ignored.
        """
        mask = None if memory_key_padding_mask is None else ~memory_key_padding_mask[:, None, None]
        (query,) = self._split(self.to_query(self.before_looking(queries[:1])), 1)
        keys, values = self._split(self.to_keys(self.sequence_norm(sequence)), 2)
        attended = attend(query.expand(len(sequence), -1, -1, -1), keys, values, mask)
        x = queries + self.seen(_joined(attended))
        query, keys, values = self._split(self.to_qkv(self.before_exchange(x)), 3)
        x = x + self.exchanged(_joined(attend(query, keys, values)))
        return cast(Tensor, x + self.narrow(relu(self.widen(self.before_mixing(x)))))

    def _split(self, x: Tensor, parts: int) -> tuple[Tensor, ...]:
        """``[B, S, parts D]`` to this number of ``[B, H, S, D / H]``."""
        split = x.view(*x.shape[:2], parts, self.heads, x.shape[2] // (parts * self.heads))
        return split.permute(2, 0, 3, 1, 4).unbind(0)


def _joined(heads: Tensor) -> Tensor:
    """``[B, H, S, D / H]`` to ``[B, S, D]``."""
    return heads.transpose(1, 2).flatten(2)


class KindHead(nn.Module):
    """One linear output per item, each from the query of the kind that it belongs to.

    Args:
        owners: of each item, the index of its query ``[G]``.
        width: D.
        size: R, numbers per output.
    """

    owners: Tensor

    def __init__(self, owners: Tensor, width: int, size: int) -> None:
        super().__init__()
        self.register_buffer("owners", owners, persistent=False)
        self.weight = nn.Parameter(nn.init.trunc_normal_(torch.empty(len(owners), width, size), std=0.02))
        self.bias = nn.Parameter(torch.zeros(len(owners), size))

    def forward(self, latents: Tensor) -> Tensor:
        """``[B, Q, D]`` to ``[B, G, R]``."""
        owned = latents[:, self.owners].transpose(0, 1)
        return torch.baddbmm(self.bias[:, None], owned, self.weight).transpose(0, 1)
