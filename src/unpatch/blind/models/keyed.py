"""A transformer over tokens alone, to which the latents are keys and values.

With latents among the tokens every layer carries them along; here each layer only looks them up, in
the same attention as the tokens before. That is cheaper, the more so the more latents there are.

Shapes: B batch, Q latents, L tokens, D width, H heads.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from unpatch.blind.models.tokengt import Block, Cache, DecoderSettings, TokenGT, VocabularySizes, visible
from unpatch.blind.tokens import TYPE

KeysAndValues = tuple[Tensor, Tensor]


class KeyedBlock(Block):
    """A block with separate keys and values for the latents."""

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__(settings)
        self.to_keys = nn.Linear(settings.width, 2 * settings.width)

    def keys(self, latents: Tensor) -> KeysAndValues:
        """``[B, Q, D]`` to keys and values ``[B, H, Q, D / H]``."""
        split = self.to_keys(latents).unflatten(-1, (2, self.attention.heads, -1)).permute(2, 0, 3, 1, 4)
        keys, values = split.unbind(0)
        return keys, values


class KeyedTokenGT(TokenGT):
    """Tokens to one vector each, looking at latents."""

    def __init__(self, settings: DecoderSettings, sizes: VocabularySizes, *, numbered: bool = False) -> None:
        super().__init__(settings, sizes, numbered=numbered, block=KeyedBlock)

    def keys(self, latents: Tensor) -> list[KeysAndValues]:
        """Of every layer."""
        return [cast(KeyedBlock, block).keys(latents) for block in self.blocks]

    def forward(self, rows: Tensor, latents: Tensor, causal: Tensor, numbers: Tensor | None = None) -> Tensor:
        """As of :class:`TokenGT`."""
        return self.read(rows, self.keys(latents), causal, numbers)

    def read(
        self,
        rows: Tensor,
        keys: Sequence[KeysAndValues],
        causal: Tensor,
        numbers: Tensor | None = None,
    ) -> Tensor:
        """The same with what :meth:`keys` makes of the latents."""
        latents = keys[0][0].shape[2]
        x = self.embed(rows, numbers)
        mask = visible(rows[..., TYPE], latents, causal)[:, :, latents:]
        for block, cached in zip(self.blocks, keys, strict=True):
            x, _ = block(x, mask, cached)
        return cast(Tensor, self.norm(x))

    def open(self, latents: Tensor) -> Cache:
        """As of :class:`TokenGT`; no token has been read yet."""
        return Cache(self.keys(latents), torch.zeros_like(latents[:, -1]))
