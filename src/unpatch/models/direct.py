"""Ours with a direct route: a query per kind answers presence and the numbers of its kind itself.

The prototype is still said token by token, and numbers still in a second pass with all of it in sight; but
what a kind's query has seen need not find its way through the decoder first. A number is the sum of what its
token and its kind's query say (as logits). Several nodes of one kind share a query, which is taught the
distribution over all of them: it cannot know which is meant, and the token adds that.

Shapes: B batch, A examples whose numbers are asked, L tokens, Q latents, D width, K kinds, G slots,
P parameters per token, R what is said about one.
"""

from typing import cast

import torch
from torch import Tensor, nn

from unpatch.corpus import Batch
from unpatch.models.answers import Answers
from unpatch.models.estimator import ModelSettings, as_parameter_task
from unpatch.models.keyed import KeyedTokenGT
from unpatch.models.queries import KindHead
from unpatch.models.token_by_token import TokenByToken
from unpatch.vocabulary import NO_SLOT, Vocabulary


class Direct(TokenByToken):
    """Latents are those of the processors' queries, in the vocabulary's order, then the free ones."""

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary) -> None:
        super().__init__(settings, vocabulary)
        if not settings.bins or not settings.encoder.queries:
            raise ValueError("a system with direct answers has distributions of numbers, and a free query")
        width, processors = settings.decoder.width, vocabulary.processor_kinds
        self.kinds_before = len(vocabulary.kinds) - len(processors)
        self.decoder = KeyedTokenGT(settings.decoder, self.words)
        self.presence_of_kinds = KindHead(torch.arange(len(processors)), width, 1)
        # The sink and the sources have no query of their own, nor have the gains of edges.
        self.presence_of_others = nn.Linear(settings.encoder.queries * width, self.kinds_before)
        place = {kind: i for i, kind in enumerate(processors)}
        owners = torch.tensor([place.get(kind, len(processors)) for kind, _ in vocabulary.slots])
        self.direct_numbers = KindHead(owners, width, settings.bins)

    def presence(self, latents: Tensor) -> Tensor:
        """Logits ``[B, K]`` of which kinds there are."""
        free = latents[:, -self.settings.encoder.queries :].flatten(1)
        return torch.cat([self.presence_of_others(free), self.presence_of_kinds(latents)[..., 0]], dim=1)

    def forward(self, batch: Batch, asked: int | None = None) -> Answers:
        """As of all systems, with what the queries' own numbers cost."""
        latents = self.latents(batch)
        direct = self.direct_numbers(latents)
        vectors, said = self.passes(batch, latents, len(latents) if asked is None else asked)
        said = said + at_slots(direct[: len(said)], batch.slots[: len(said)])
        return Answers(
            self.choices(vectors, batch),
            self.number_head.values(said, self.turns[batch.slots[: len(said)]]),
            self.costs(said, batch),
            self.presence(latents),
            self.costs(at_slots(direct, batch.slots), batch),
        )

    def passes(self, batch: Batch, latents: Tensor, asked: int) -> tuple[Tensor, Tensor]:
        """As of :class:`Estimator`; keys and values are made once for both tasks."""
        decoder = cast(KeyedTokenGT, self.decoder)
        both = torch.cat([batch.rows, as_parameter_task(batch.rows[:asked])])
        causal = torch.arange(len(both), device=both.device) < len(batch.rows)
        keys = [(torch.cat([k, k[:asked]]), torch.cat([v, v[:asked]])) for k, v in decoder.keys(latents)]
        vectors = decoder.read(both, keys, causal)
        prototype, parameters = vectors[: len(batch.rows)], vectors[len(batch.rows) :]
        return prototype, self.said(parameters, batch.slots[:asked])

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """As of :class:`Estimator`."""
        vectors = self.decoder(as_parameter_task(rows), latents, rows.new_zeros(len(rows)).bool())
        said = self.said(vectors, slots) + at_slots(self.direct_numbers(latents), slots)
        return self.number_head.values(said, self.turns[slots])


def at_slots(answers: Tensor, slots: Tensor) -> Tensor:
    """Of answers about every slot ``[B, G, R]`` those asked for ``[B, L, P, R]``; zeros where none is."""
    places = slots.clamp_min(0).flatten(1)[..., None].expand(-1, -1, answers.shape[-1])
    found = answers.gather(1, places).view(*slots.shape, answers.shape[-1])
    return found * (slots != NO_SLOT)[..., None]
