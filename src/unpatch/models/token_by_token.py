"""Systems that say one token after another: with their numbers in a second pass, or at once.

Shapes: B batch, L tokens, D width, K kinds, E edge types, N node ids, G slots, P parameters per token.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from unpatch.corpus import Batch
from unpatch.models.answers import IGNORED, Answers, Choice, Mistakes
from unpatch.models.estimator import Estimator, ModelSettings
from unpatch.models.numbers import centred, spread
from unpatch.models.tokengt import Cache
from unpatch.tokens import EDGE_TYPE, KIND, PREDICTED_TYPES, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT, Vocabulary


class Logits(NamedTuple):
    """What a token's vector says about the token after it: ``[..., 3]``, ``[..., N]``, K and E."""

    type: Tensor
    target: Tensor
    kind: Tensor
    edge_type: Tensor


class TokenByToken(Estimator):
    """The proposed system: a prototype token by token, then its numbers with all of it in sight."""

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary, numbered: bool = False) -> None:
        super().__init__(settings, vocabulary, numbered)
        width, words = settings.decoder.width, self.words
        self.type_head = nn.Linear(width, PREDICTED_TYPES)
        self.target_head = nn.Linear(width, words.max_nodes)
        self.kind_head = nn.Linear(width, words.kinds)
        self.edge_type_head = nn.Linear(width, words.edge_types)

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

    def mistakes(self, answers: Answers, batch: Batch) -> Mistakes:
        return wrong_tokens(answers.choices)


def about_tokens(logits: Logits, coming: Tensor) -> dict[str, Choice]:
    """What is asked of tokens ``[B, L, 5]``: the type, then the kind of nodes, target and type of edges."""
    types = coming[..., TYPE]
    is_node, is_edge = types == TokenType.NODE, types == TokenType.EDGE

    def choice(scores: Tensor, column: int, asked: Tensor) -> Choice:
        return Choice(scores, torch.where(asked, coming[..., column], IGNORED))

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
    """Numbers are told along with their token, by the vector that predicted it, and heard by the next ones.

    A node's numbers are embedded with it. An edge's gain is told too, but not embedded: whether an edge
    has a gain of its own hangs on edges that are still to come (see :mod:`unpatch.tokens`).
    """

    owned: Tensor

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary) -> None:
        super().__init__(settings, vocabulary, numbered=True)
        table = torch.from_numpy(vocabulary.slot_table[:-1])
        owned = (table[..., None] == torch.arange(self.words.slots)).any(1)
        # Which slots each kind has [K, G].
        self.register_buffer("owned", owned, persistent=False)

    def passes(self, batch: Batch, latents: Tensor, asked: int) -> tuple[Tensor, Tensor]:
        """One causal pass for both tasks."""
        is_node = (batch.rows[..., TYPE] == TokenType.NODE)[..., None]
        numbers = spread(batch.units, torch.where(is_node, batch.slots, NO_SLOT), self.words.slots)
        causal = torch.ones(len(batch.rows), dtype=torch.bool, device=batch.rows.device)
        vectors = self.decoder(batch.rows, latents, causal, numbers)
        said = self.said(vectors[:asked, :-1], batch.slots[:asked, 1:])
        return vectors, pad(said, (0, 0, 0, 0, 1, 0))

    def step(self, rows: Tensor, cache: Cache) -> Tensor:
        """The new token comes with the numbers that the vector before it told."""
        is_node = (rows[:, TYPE] == TokenType.NODE)[:, None]
        said = self.number_head.say(cache.vector)
        told = centred(self.number_head.values(said, self.turns[:-1].expand(said.shape[:-1])))
        return self.decoder.step(rows, cache, told * (self.owned[rows[:, KIND]] & is_node))

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """The numbers that are told while these prototypes are said, each heard by the next tokens."""
        cache, told = self.open(latents), []
        for place in range(rows.shape[1]):
            said = self.said(cache.vector, slots[:, place])
            told.append(self.number_head.values(said, self.turns[slots[:, place]]))
            self.step(rows[:, place], cache)
        return torch.stack(told, dim=1)
