"""Systems that decode one token after another: with their numbers in a second pass, or at once.

Shapes: B batch, L tokens, D width, K kinds, E edge types, N node ids, G slots, P parameters per token.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from unpatch.blind.corpus import Batch
from unpatch.blind.models.estimator import Estimator, ModelSettings
from unpatch.blind.models.numbers import centred, spread
from unpatch.blind.models.teacher_forcing import IGNORED, Choice, Mistakes, Outputs
from unpatch.blind.models.tokengt import Cache
from unpatch.blind.tokens import EDGE_TYPE, KIND, PREDICTED_TYPES, TARGET, TYPE, TokenType
from unpatch.blind.vocabulary import NO_SLOT, Vocabulary


class Logits(NamedTuple):
    """Logits for the token after a token, from its vector: ``[..., 3]``, ``[..., N]``, K and E."""

    type: Tensor
    target: Tensor
    kind: Tensor
    edge_type: Tensor


class TokenByToken(Estimator):
    """The proposed system: a prototype token by token, then its numbers with all of it as input."""

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary, *, numbered: bool = False) -> None:
        super().__init__(settings, vocabulary, numbered=numbered)
        width, sizes = settings.decoder.width, self.sizes
        self.type_head = nn.Linear(width, PREDICTED_TYPES)
        self.target_head = nn.Linear(width, sizes.max_nodes)
        self.kind_head = nn.Linear(width, sizes.kinds)
        self.edge_type_head = nn.Linear(width, sizes.edge_types)

    def next_token(self, vectors: Tensor) -> Logits:
        """Vectors ``[..., D]`` to the logits of the token that follows each."""
        return Logits(
            self.type_head(vectors),
            self.target_head(vectors),
            self.kind_head(vectors),
            self.edge_type_head(vectors),
        )

    def choices(self, vectors: Tensor, batch: Batch) -> dict[str, Choice]:
        return about_tokens(self.next_token(vectors[:, :-1]), batch.rows[:, 1:])

    def mistakes(self, outputs: Outputs, batch: Batch) -> Mistakes:
        return wrong_tokens(outputs.choices)


def about_tokens(logits: Logits, coming: Tensor) -> dict[str, Choice]:
    """The choices of tokens ``[B, L, 5]``: the type, then the kind of nodes, target and type of edges."""
    types = coming[..., TYPE]
    is_node, is_edge = types == TokenType.NODE, types == TokenType.EDGE

    def choice(scores: Tensor, column: int, where: Tensor) -> Choice:
        return Choice(scores, torch.where(where, coming[..., column], IGNORED))

    return {
        "type": choice(logits.type, TYPE, types != TokenType.PAD),
        "kind": choice(logits.kind, KIND, is_node),
        "target": choice(logits.target, TARGET, is_edge),
        "edge_type": choice(logits.edge_type, EDGE_TYPE, is_edge),
    }


def wrong_tokens(choices: Mapping[str, Choice]) -> Mistakes:
    """A token is wrong if anything about it is: its type, kind, target or edge type. START never is."""
    wrong = torch.stack([choice.missed for choice in choices.values()]).any(0)
    return Mistakes(pad(wrong, (1, 0)), wrong.new_zeros(len(wrong), dtype=torch.long))


class SingleStage(TokenByToken):
    """Numbers are decoded along with their token, by the vector that predicted it, and are the next inputs.

    A node's numbers are embedded with it. An edge's gain is decoded too, but not embedded: whether an edge
    has a gain of its own depends on edges that are still to come (see :mod:`unpatch.blind.tokens`).
    """

    owned: Tensor

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary) -> None:
        super().__init__(settings, vocabulary, numbered=True)
        table = torch.from_numpy(vocabulary.slot_table[:-1])
        owned = (table[..., None] == torch.arange(self.sizes.slots)).any(1)
        # Which slots each kind has [K, G].
        self.register_buffer("owned", owned, persistent=False)

    def passes(self, batch: Batch, latents: Tensor, numbered: int) -> tuple[Tensor, Tensor]:
        """One causal pass for both tasks."""
        is_node = (batch.rows[..., TYPE] == TokenType.NODE)[..., None]
        numbers = spread(batch.units, torch.where(is_node, batch.slots, NO_SLOT), self.sizes.slots)
        causal = torch.ones(len(batch.rows), dtype=torch.bool, device=batch.rows.device)
        vectors = self.decoder(batch.rows, latents, causal, numbers)
        raw = self.number_outputs(vectors[:numbered, :-1], batch.slots[:numbered, 1:])
        return vectors, pad(raw, (0, 0, 0, 0, 1, 0))

    def step(self, rows: Tensor, cache: Cache) -> Tensor:
        """The new token comes with the numbers that the vector before it predicted."""
        is_node = (rows[:, TYPE] == TokenType.NODE)[:, None]
        raw = self.number_head.outputs(cache.vector)
        values = centred(self.number_head.values(raw, self.turns[:-1].expand(raw.shape[:-1])))
        return self.decoder.step(rows, cache, values * (self.owned[rows[:, KIND]] & is_node))

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """The numbers decoded along with these prototypes, each an input of the next tokens."""
        cache, values = self.open(latents), []
        for place in range(rows.shape[1]):
            raw = self.number_outputs(cache.vector, slots[:, place])
            values.append(self.number_head.values(raw, self.turns[slots[:, place]]))
            self.step(rows[:, place], cache)
        return torch.stack(values, dim=1)
