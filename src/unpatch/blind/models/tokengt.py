"""Graph decoder: a plain transformer over node and edge tokens (TokenGT).

The latents come before the tokens. While a prototype is decoded a token attends to the latents and
the earlier tokens, and the latents only to themselves, so that everything can be cached; for the parameter
task there is no causal mask. A token's vector is the sum of its token type, the nodes it refers to
(two sinusoidal ids, projected), its node kind or edge type and, where they are input, its numbers.

Shapes: B batch, Q latents, L tokens, S = Q + L, D width, H heads, N node ids, G slots.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, relu

from unpatch.blind.models.attention import attend
from unpatch.blind.models.numbers import NumberEmbedding
from unpatch.blind.models.sinusoids import sinusoids
from unpatch.blind.tokens import EDGE_TYPE, KIND, NODE_ID, TARGET, TYPE, TokenType


@dataclass(frozen=True)
class DecoderSettings:
    """Sizes of the transformer.

    Attributes:
        feedforward: width of a block's hidden layer, in widths.
        max_processors: of a graph that it can decode.
        max_edges: likewise.
    """

    width: int = 512
    layers: int = 6
    heads: int = 16
    feedforward: int = 4
    dropout: float = 0.1
    max_processors: int = 30
    max_edges: int = 96


@dataclass(frozen=True)
class VocabularySizes:
    """Sizes of the vocabulary, which decide the shapes of embeddings and heads."""

    kinds: int
    edge_types: int
    max_nodes: int
    slots: int


@dataclass
class Cache:
    """State of earlier steps, so that a step runs over its new token only.

    Attributes:
        layers: keys and values ``[B, H, S, D / H]`` of every layer.
        vector: the newest token's ``[B, D]``.
    """

    layers: list[tuple[Tensor, Tensor]]
    vector: Tensor

    def select(self, rows: Tensor) -> None:
        """Keep only these rows of the batch, in this order."""
        self.layers = [(keys[rows], values[rows]) for keys, values in self.layers]
        self.vector = self.vector[rows]


class Attention(nn.Module):
    """Multi-head self-attention."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, x: Tensor, mask: Tensor | None, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        split = self.to_qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        query, keys, values = split.unbind(0)
        if past is not None:
            keys = torch.cat([past[0], keys], dim=2)
            values = torch.cat([past[1], values], dim=2)
        mixed = attend(query, keys, values, mask)
        return self.out(mixed.transpose(1, 2).flatten(2)), (keys, values)


class Block(nn.Module):
    """Pre-normalised transformer block."""

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__()
        width = settings.width
        self.before_attention = nn.LayerNorm(width)
        self.attention = Attention(width, settings.heads)
        self.before_mixing = nn.LayerNorm(width)
        self.widen = nn.Linear(width, settings.feedforward * width)
        self.narrow = nn.Linear(settings.feedforward * width, width)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(
        self, x: Tensor, mask: Tensor | None, past: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        attended, present = self.attention(self.before_attention(x), mask, past)
        x = x + self.dropout(attended)
        return x + self.dropout(self.narrow(relu(self.widen(self.before_mixing(x))))), present


class TokenEmbedding(nn.Module):
    """Token rows ``[B, L, 5]``, perhaps with spread numbers ``[B, L, G]``, to vectors ``[B, L, D]``.

    A vector is the sum of four rows of one table: the token's type, the two nodes that it refers to, and its
    kind or edge type. Missing parts are a row of zeros.
    """

    def __init__(self, width: int, sizes: VocabularySizes, *, numbered: bool) -> None:
        super().__init__()
        self.sizes = sizes
        self.token_type = nn.Embedding(len(TokenType), width)
        self.kind = nn.Embedding(sizes.kinds, width)
        self.edge_type = nn.Embedding(sizes.edge_types, width)
        self.register_buffer("id", sinusoids(sizes.max_nodes, width), persistent=False)
        self.project_ids = nn.Linear(2 * width, width)
        self.numbers = NumberEmbedding(sizes.slots, width) if numbered else None

    def forward(self, rows: Tensor, numbers: Tensor | None = None) -> Tensor:
        places = self._places(rows)
        bags: Tensor = embedding_bag(places.flatten(0, -2), self._table(), mode="sum")
        vectors = bags.view(*places.shape[:-1], -1)
        return vectors if self.numbers is None else vectors + self.numbers(numbers)

    def _table(self) -> Tensor:
        """Token types, zeros, nodes, targets, kinds and edge types, one after another."""
        identity = cast(Tensor, self.id)
        node, target = self.project_ids.weight.chunk(2, dim=1)
        ids = [identity @ node.T + self.project_ids.bias, identity @ target.T]
        types = self.token_type.weight
        return torch.cat([types, torch.zeros_like(types[:1]), *ids, self.kind.weight, self.edge_type.weight])

    def _places(self, rows: Tensor) -> Tensor:
        """Which rows of the table each token is made of ``[B, L, 4]``."""
        types = rows[..., TYPE]
        is_node, is_edge = types == TokenType.NODE, types == TokenType.EDGE
        nothing = len(TokenType)
        node = nothing + 1
        target = node + self.sizes.max_nodes
        kind = target + self.sizes.max_nodes
        edge = kind + self.sizes.kinds
        word = torch.where(
            is_node, kind + rows[..., KIND], torch.where(is_edge, edge + rows[..., EDGE_TYPE], nothing)
        )
        embedded = [
            torch.where(is_node | is_edge, first + rows[..., at], nothing)
            for first, at in ((node, NODE_ID), (target, TARGET))
        ]
        return torch.stack([types, *embedded, word], dim=-1)


class TokenGT(nn.Module):
    """Latents and tokens to one vector per token.

    Args:
        numbered: whether the tokens' numbers are embedded too; they must then be given.
        block: makes a layer.
    """

    def __init__(
        self,
        settings: DecoderSettings,
        sizes: VocabularySizes,
        *,
        numbered: bool = False,
        block: Callable[[DecoderSettings], Block] = Block,
    ) -> None:
        super().__init__()
        self.embed = TokenEmbedding(settings.width, sizes, numbered=numbered)
        self.blocks = nn.ModuleList(block(settings) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(settings.width)
        self.apply(_initialise)

    def forward(self, rows: Tensor, latents: Tensor, causal: Tensor, numbers: Tensor | None = None) -> Tensor:
        """Vectors ``[B, L, D]`` of whole sequences.

        Args:
            rows: tokens ``[B, L, 5]``.
            latents: ``[B, Q, D]``.
            causal: for each row of the batch whether tokens attend only to earlier ones ``[B]``.
            numbers: spread ``[B, L, G]``.
        """
        x = torch.cat([latents, self.embed(rows, numbers)], dim=1)
        mask = visible(rows[..., TYPE], latents.shape[1], causal)
        for block in self.blocks:
            x, _ = block(x, mask)
        return cast(Tensor, self.norm(x[:, latents.shape[1] :]))

    def open(self, latents: Tensor) -> Cache:
        """A cache with the latents ``[B, Q, D]``."""
        layers, x = [], latents
        for block in self.blocks:
            x, present = block(x, None)
            layers.append(present)
        return Cache(layers, x[:, -1])

    def step(self, rows: Tensor, cache: Cache, numbers: Tensor | None = None) -> Tensor:
        """Vector ``[B, D]`` of the next token ``[B, 5]``; the cache grows by it."""
        x = self.embed(rows[:, None], None if numbers is None else numbers[:, None])
        for i, block in enumerate(self.blocks):
            x, cache.layers[i] = block(x, None, cache.layers[i])
        cache.vector = self.norm(x[:, 0])
        return cache.vector


def visible(types: Tensor, latents: int, causal: Tensor) -> Tensor:
    """Attention mask ``[B, 1, S, S]``: queries are rows, keys are columns."""
    length = latents + types.shape[1]
    place = torch.arange(length, device=types.device)
    earlier = (place[None, :] <= place[:, None]) | (place[None, :] < latents)
    real = torch.cat([types.new_ones(len(types), latents), (types != TokenType.PAD).to(types)], dim=1).bool()
    return ((earlier | ~causal[:, None, None]) & real[:, None, :])[:, None]


def _initialise(module: nn.Module) -> None:
    """Small weights; embeddings as large as the projected node ids, which would dominate otherwise."""
    if isinstance(module, nn.Embedding):
        nn.init.trunc_normal_(module.weight, std=0.25)
    elif isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
