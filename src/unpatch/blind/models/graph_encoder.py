"""Encoder of the autoencoder: the graph itself, numbers included, to a few latents.

It is the upper bound of the decoder, without loss of information in the recording. After the paper: a
second TokenGT, here with the decoder's sizes, and the reference encoder's pooling.

Shapes: B batch, L tokens, D width, Q queries.
"""

import torch
from torch import Tensor

from unpatch.blind.corpus import Batch
from unpatch.blind.models.encoder import EncoderSettings
from unpatch.blind.models.numbers import spread
from unpatch.blind.models.pooling import Pooled
from unpatch.blind.models.tokengt import DecoderSettings, TokenGT, VocabularySizes
from unpatch.blind.tokens import TYPE, TokenType


class GraphEncoder(Pooled):
    """The true tokens and numbers of a batch to latents ``[B, Q, D]``."""

    def __init__(self, pooling: EncoderSettings, settings: DecoderSettings, sizes: VocabularySizes) -> None:
        super().__init__(pooling.queries, pooling.heads, settings.width, settings.dropout)
        self.sizes = sizes
        self.transformer = TokenGT(settings, sizes, numbered=True)

    def adapt(self, mean: Tensor, deviation: Tensor, batch: Batch) -> None:
        """Nothing to do: tokens need no scaling."""

    def forward(self, batch: Batch) -> Tensor:
        numbers = spread(batch.units, batch.slots, self.sizes.slots)
        latents = numbers.new_zeros(len(numbers), 0, self.norm.normalized_shape[0])
        causal = torch.zeros(len(numbers), dtype=torch.bool, device=numbers.device)
        vectors = self.transformer(batch.rows, latents, causal, numbers)
        return self.pool(vectors, batch.rows[..., TYPE] == TokenType.PAD)
