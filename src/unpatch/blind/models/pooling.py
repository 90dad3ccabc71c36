"""Attentive pooling: a sequence of any length to a few latents.

Shapes: B batch, S sequence, D width, Q queries.
"""

from typing import cast

import torch
from torch import Tensor, nn


class Pooled(nn.Module):
    """An encoder whose last part is a layer with learned queries: a transformer decoder's, or another."""

    def __init__(
        self, queries: int, heads: int, width: int, dropout: float, layer: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.randn(queries, width) * width**-0.5)
        self.pooling = layer or nn.TransformerDecoderLayer(
            width, heads, 4 * width, dropout, batch_first=True, norm_first=True
        )
        self.norm = nn.LayerNorm(width)

    def pool(self, sequence: Tensor, absent: Tensor | None = None) -> Tensor:
        """``[B, S, D]`` to ``[B, Q, D]``; ``absent [B, S]`` is masked."""
        queries = self.queries.expand(len(sequence), -1, -1)
        return cast(Tensor, self.norm(self.pooling(queries, sequence, memory_key_padding_mask=absent)))
