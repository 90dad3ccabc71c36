"""Ours with a direct route: a query per kind predicts presence and the numbers of its kind itself.

The prototype is still decoded token by token, and numbers still in a second pass with all of it as input; but
the information of a kind's query need not pass through the decoder first. A number is the sum of the outputs
for its token and its kind's query (as logits). Several nodes of one kind share a query, which learns the
distribution over all of them: it cannot distinguish them, and the token adds that.

Shapes: B batch, A examples in the parameter task, L tokens, Q latents, D width, K kinds, G slots,
P parameters per token, R outputs per number.
"""

from typing import cast

import torch
from torch import Tensor, nn

from unpatch.blind.corpus import Batch
from unpatch.blind.models.estimator import ModelSettings, as_parameter_task
from unpatch.blind.models.keyed import KeyedTokenGT
from unpatch.blind.models.queries import KindHead
from unpatch.blind.models.teacher_forcing import Outputs
from unpatch.blind.models.token_by_token import TokenByToken
from unpatch.blind.vocabulary import NO_SLOT, Vocabulary


class Direct(TokenByToken):
    """Latents are those of the processors' queries, in the vocabulary's order, then the free ones."""

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary) -> None:
        super().__init__(settings, vocabulary)
        if not settings.bins or not settings.encoder.queries:
            raise ValueError("a system with direct outputs has distributions of numbers, and a free query")
        width, processors = settings.decoder.width, vocabulary.processor_kinds
        self.kinds_before = len(vocabulary.kinds) - len(processors)
        self.decoder = KeyedTokenGT(settings.decoder, self.sizes)
        self.presence_of_kinds = KindHead(torch.arange(len(processors)), width, 1)
        # The sink and the sources have no query, nor have the gains of edges.
        self.presence_of_others = nn.Linear(settings.encoder.queries * width, self.kinds_before)
        place = {kind: i for i, kind in enumerate(processors)}
        owners = torch.tensor([place.get(kind, len(processors)) for kind, _ in vocabulary.slots])
        self.direct_numbers = KindHead(owners, width, settings.bins)

    def presence(self, latents: Tensor) -> Tensor:
        """Logits ``[B, K]`` of which kinds there are."""
        free = latents[:, -self.settings.encoder.queries :].flatten(1)
        return torch.cat([self.presence_of_others(free), self.presence_of_kinds(latents)[..., 0]], dim=1)

    def forward(self, batch: Batch, numbered: int | None = None) -> Outputs:
        """As of all systems, with what the queries' own numbers cost."""
        latents = self.latents(batch)
        direct = self.direct_numbers(latents)
        vectors, raw = self.passes(batch, latents, len(latents) if numbered is None else numbered)
        raw = raw + at_slots(direct[: len(raw)], batch.slots[: len(raw)])
        return Outputs(
            self.choices(vectors, batch),
            self.number_head.values(raw, self.turns[batch.slots[: len(raw)]]),
            self.costs(raw, batch),
            self.presence(latents),
            self.costs(at_slots(direct, batch.slots), batch),
        )

    def passes(self, batch: Batch, latents: Tensor, numbered: int) -> tuple[Tensor, Tensor]:
        """As of :class:`Estimator`; keys and values are made once for both tasks."""
        decoder = cast(KeyedTokenGT, self.decoder)
        both = torch.cat([batch.rows, as_parameter_task(batch.rows[:numbered])])
        causal = torch.arange(len(both), device=both.device) < len(batch.rows)
        keys = [
            (torch.cat([k, k[:numbered]]), torch.cat([v, v[:numbered]])) for k, v in decoder.keys(latents)
        ]
        vectors = decoder.read(both, keys, causal)
        prototype, parameters = vectors[: len(batch.rows)], vectors[len(batch.rows) :]
        return prototype, self.number_outputs(parameters, batch.slots[:numbered])

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """As of :class:`Estimator`."""
        vectors = self.decoder(as_parameter_task(rows), latents, rows.new_zeros(len(rows)).bool())
        raw = self.number_outputs(vectors, slots) + at_slots(self.direct_numbers(latents), slots)
        return self.number_head.values(raw, self.turns[slots])


def at_slots(outputs: Tensor, slots: Tensor) -> Tensor:
    """Of outputs for every slot ``[B, G, R]`` those of some slots ``[B, L, P, R]``; zeros where none is."""
    places = slots.clamp_min(0).flatten(1)[..., None].expand(-1, -1, outputs.shape[-1])
    found = outputs.gather(1, places).view(*slots.shape, outputs.shape[-1])
    return found * (slots != NO_SLOT)[..., None]
