"""The whole model: encoder, decoder and the heads of the two tasks.

Shapes: B batch, L tokens, D width, K kinds, E edge types, N node ids, G slots, P parameters per token.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn

from unpatch.features import FeatureSettings
from unpatch.grammar import max_nodes
from unpatch.models.encoder import Encoder, EncoderSettings
from unpatch.models.tokengt import DecoderSettings, TokenGT
from unpatch.tokens import PREDICTED_TYPES, TYPE, TokenType
from unpatch.vocabulary import Vocabulary


@dataclass(frozen=True)
class ModelSettings:
    """Everything that decides the shapes of the weights, but for the vocabulary.

    Attributes:
        hints: whether a linear head names the kinds that are present straight from the latents; its loss
            shows the encoder what matters long before the decoder has learnt to listen.
        hears: False makes the baseline without latents: they are zero, and the encoder is not run.
    """

    task: str = "singing"
    features: FeatureSettings = field(default_factory=FeatureSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    hints: bool = False
    hears: bool = True


class Logits(NamedTuple):
    """What a token's vector says about the token after it: ``[..., 3]``, ``[..., N]``, K and E."""

    type: Tensor
    target: Tensor
    kind: Tensor
    edge_type: Tensor


class Answers(NamedTuple):
    """Of a teacher-forced pass: logits ``[B, L, ...]``, unit values ``[A, L, P]``, presence ``[B, K]``."""

    logits: Logits
    numbers: Tensor
    presence: Tensor | None


class Estimator(nn.Module):
    """Pictures to prototypes and their numbers."""

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.settings = settings
        self.vocabulary = vocabulary
        width, nodes = settings.decoder.width, max_nodes(vocabulary, settings.decoder.max_processors)
        kinds, edge_types = len(vocabulary.kinds), len(vocabulary.edge_types)
        self.encoder = Encoder(settings.encoder, settings.features.shape, width)
        self.decoder = TokenGT(settings.decoder, kinds, edge_types, nodes)
        self.type_head = nn.Linear(width, PREDICTED_TYPES)
        self.target_head = nn.Linear(width, nodes)
        self.kind_head = nn.Linear(width, kinds)
        self.edge_type_head = nn.Linear(width, edge_types)
        self.number_head = nn.Linear(width, len(vocabulary.slots))
        nn.init.constant_(self.number_head.bias, 0.5)
        self.presence_head = nn.Linear(settings.encoder.queries * width, kinds) if settings.hints else None

    def latents(self, pictures: Tensor) -> Tensor:
        """Pictures ``[B, C, M, F]`` to ``[B, Q, D]``."""
        if self.settings.hears:
            latents: Tensor = self.encoder(pictures)
            return latents
        return pictures.new_zeros(len(pictures), self.settings.encoder.queries, self.settings.decoder.width)

    def next_token(self, vectors: Tensor) -> Logits:
        """Vectors ``[..., D]`` to the logits of the token that follows each."""
        return Logits(
            self.type_head(vectors),
            self.target_head(vectors),
            self.kind_head(vectors),
            self.edge_type_head(vectors),
        )

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """Estimated unit values ``[B, L, P]`` for whole prototypes ``[B, L, 5]``; not yet clamped."""
        vectors = self.decoder(as_parameter_task(rows), latents, rows.new_zeros(len(rows)).bool())
        return self.numbers_of(vectors, slots)

    def numbers_of(self, vectors: Tensor, slots: Tensor) -> Tensor:
        values: Tensor = self.number_head(vectors).gather(-1, slots.clamp_min(0))
        return values

    def presence(self, latents: Tensor) -> Tensor | None:
        """Logits ``[B, K]`` of which kinds there are, if the model has the head for it."""
        return None if self.presence_head is None else self.presence_head(latents.flatten(1))

    def forward(self, pictures: Tensor, rows: Tensor, slots: Tensor) -> Answers:
        """Both tasks at once, teacher-forced.

        The tasks share the encoder's run, and the decoder's by lying side by side in one batch. The
        parameter task is run for the first ``A`` graphs, those for which ``slots [A, L, P]`` are given.
        """
        latents = self.latents(pictures)
        asked = len(slots)
        both = torch.cat([rows, as_parameter_task(rows[:asked])])
        causal = torch.arange(len(both), device=rows.device) < len(rows)
        vectors = self.decoder(both, torch.cat([latents, latents[:asked]]), causal)
        prototype, parameters = vectors.split([len(rows), asked])
        return Answers(self.next_token(prototype), self.numbers_of(parameters, slots), self.presence(latents))


def as_parameter_task(rows: Tensor) -> Tensor:
    """The same sequences opened by the task token instead of the start token."""
    opened = rows.clone()
    opened[:, 0, TYPE] = int(TokenType.TASK)
    return opened
