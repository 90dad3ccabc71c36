"""What all systems have in common: an encoder, a transformer over tokens, and a head for numbers.

A system is chosen by two words of :class:`ModelSettings`: what it *hears* and how it *decodes*. The first
picks the encoder, the second the subclass of :class:`Estimator` (see :mod:`unpatch.models.systems`).

Shapes: B batch, A examples of it whose numbers are asked, L tokens, D width, Q latents, K kinds, G slots,
P parameters per token, R what is said about one; C channels, V sources of the task, M mel bands, F frames
of pictures.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from unpatch.corpus import Batch
from unpatch.features import FeatureSettings
from unpatch.grammar import max_nodes
from unpatch.models.answers import Answers, Choice, Mistakes
from unpatch.models.calibration import Calibration
from unpatch.models.encoder import Encoder, EncoderSettings
from unpatch.models.graph_encoder import GraphEncoder
from unpatch.models.numbers import Bins, Points
from unpatch.models.tokengt import Cache, DecoderSettings, TokenGT, Words
from unpatch.tokens import START_TOKEN, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT, RegistryName, Vocabulary

Hears = Literal["nothing", "wet", "wet_and_dry", "graph"]
Decodes = Literal["two_stage", "single_stage", "node_by_node", "direct"]

SEEN: Mapping[str, tuple[str, ...]] = {"wet": ("pictures",), "wet_and_dry": ("pictures", "dry")}
"""What is heard to the fields of a batch whose pictures the encoder sees."""


@dataclass(frozen=True)
class ModelSettings:
    """Everything that decides the shapes of the weights, but for the vocabulary.

    Attributes:
        hears: the processed recording, the dry sources too, nothing at all (latents are zero), or the true
            graph (an autoencoder).
        decodes: the prototype token by token, then its numbers ("two_stage"); each token with its numbers
            at once; node by node, each with all its edges, then the numbers; or in two stages, with a query
            per kind that answers presence and numbers beside ("direct").
        hints: whether a linear head names the kinds that are present straight from the latents; its loss
            shows the encoder what matters long before the decoder has learnt to listen.
        circular: whether numbers that turn round, as an oscillator's phase, are compared on the circle.
        bins: how many bins a number's distribution has; 0 tells its value alone.
        registry: the kinds of processors that it is trained to name.
    """

    task: str = "singing"
    features: FeatureSettings = field(default_factory=FeatureSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    hears: Hears = "wet"
    decodes: Decodes = "two_stage"
    hints: bool = False
    circular: bool = False
    bins: int = 0
    registry: RegistryName = "paper"


class Deaf(nn.Module):
    """Latents of zero ``[B, Q, D]``, whatever there is to hear."""

    def __init__(self, queries: int, width: int) -> None:
        super().__init__()
        self.shape = (queries, width)

    def adapt(self, mean: Tensor, deviation: Tensor, batch: Batch) -> None:
        """Nothing to do."""

    def forward(self, batch: Batch) -> Tensor:
        return batch.pictures.new_zeros(len(batch.pictures), *self.shape)


def encoder_of(
    settings: ModelSettings, words: Words, vocabulary: Vocabulary
) -> Encoder | GraphEncoder | Deaf:
    """What makes latents of a batch."""
    width = settings.decoder.width
    if settings.hears == "nothing":
        return Deaf(settings.encoder.queries, width)
    if settings.hears == "graph":
        return GraphEncoder(settings.encoder, settings.decoder, words)
    channels, bands, frames = settings.features.shape
    seen = SEEN[settings.hears]
    shape = (channels + vocabulary.source_count * ("dry" in seen), bands, frames)
    kinds = len(vocabulary.processor_kinds) if settings.decodes == "direct" else 0
    return Encoder(settings.encoder, shape, width, seen, settings.features.echo_shape, kinds)


def number_head(settings: ModelSettings, words: Words) -> Points | Bins:
    """What tells numbers."""
    width = settings.decoder.width
    return Bins(width, words.slots, settings.bins) if settings.bins else Points(width, words.slots)


class Estimator(nn.Module, ABC):
    """Something heard to prototypes and their numbers, which come in a second pass.

    Attributes:
        calibration: of the probabilities of effects, see :mod:`unpatch.models.deciding`.
    """

    turns: Tensor

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary, numbered: bool = False) -> None:
        super().__init__()
        self.settings = settings
        self.vocabulary = vocabulary
        self.words = words_of(settings, vocabulary)
        width = settings.decoder.width
        self.encoder = encoder_of(settings, self.words, vocabulary)
        self.decoder = TokenGT(settings.decoder, self.words, numbered)
        self.number_head = number_head(settings, self.words)
        kinds = self.words.kinds
        self.presence_head = nn.Linear(settings.encoder.queries * width, kinds) if settings.hints else None
        # Whether each slot turns round [G + 1]; the last stands for NO_SLOT.
        turns = [settings.circular and slot in vocabulary.circular for slot in range(self.words.slots)]
        self.register_buffer("turns", torch.tensor([*turns, False]), persistent=False)
        self.calibration = Calibration()

    @abstractmethod
    def choices(self, vectors: Tensor, batch: Batch) -> dict[str, Choice]:
        """What is asked about the prototype, of its causal vectors ``[B, L, D]``."""

    @abstractmethod
    def mistakes(self, answers: Answers, batch: Batch) -> Mistakes:
        """Which of the true tokens were not predicted."""

    def latents(self, batch: Batch) -> Tensor:
        """``[B, Q, D]``."""
        latents: Tensor = self.encoder(batch)
        return latents

    def listen(self, pictures: Tensor, dry: Tensor | None = None, echoes: Tensor | None = None) -> Tensor:
        """Latents of recordings whose graphs are unknown.

        Args:
            pictures: ``[B, C, M, F]``.
            dry: ``[B, V, M, F]``; dark if left out.
            echoes: ``[B, E, N]``, for a model that takes cepstra.
        """
        if self.settings.hears == "graph":
            raise ValueError("an autoencoder does not hear: it is given the graph that it is to say")
        return self.latents(unlabelled(pictures, dry, echoes, self.vocabulary))

    def forward(self, batch: Batch, asked: int | None = None) -> Answers:
        """Both tasks at once, teacher-forced; numbers are asked of the first examples, or of all."""
        latents = self.latents(batch)
        vectors, said = self.passes(batch, latents, len(latents) if asked is None else asked)
        slots = batch.slots[: len(said)]
        return Answers(
            self.choices(vectors, batch),
            self.number_head.values(said, self.turns[slots]),
            self.costs(said, batch),
            self.presence(latents),
        )

    def passes(self, batch: Batch, latents: Tensor, asked: int) -> tuple[Tensor, Tensor]:
        """Causal vectors ``[B, L, D]`` and what is said of numbers ``[A, L, P, R]``.

        The two tasks share the encoder's run, and the decoder's by lying side by side in one batch.
        """
        both = torch.cat([batch.rows, as_parameter_task(batch.rows[:asked])])
        causal = torch.arange(len(both), device=both.device) < len(batch.rows)
        vectors = self.decoder(both, torch.cat([latents, latents[:asked]]), causal)
        prototype, parameters = vectors.split([len(batch.rows), asked])
        return prototype, self.said(parameters, batch.slots[:asked])

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """Estimated unit values ``[B, L, P]`` for whole prototypes ``[B, L, 5]``; not yet settled."""
        vectors = self.decoder(as_parameter_task(rows), latents, rows.new_zeros(len(rows)).bool())
        return self.number_head.values(self.said(vectors, slots), self.turns[slots])

    def said(self, vectors: Tensor, slots: Tensor) -> Tensor:
        """What vectors ``[..., D]`` say about slots ``[..., P]``, in the head's own form ``[..., P, R]``.

        Tokens without numbers, which are most, are not asked: zeros stand there.
        """
        asked = (slots != NO_SLOT).any(-1)
        everything, own = self.number_head.say(vectors[asked]), slots[asked]
        places = own.clamp_min(0)[..., None].expand(*own.shape, everything.shape[-1])
        found = everything.new_zeros(*slots.shape, everything.shape[-1])
        found[asked] = everything.gather(-2, places)
        return found

    def settled(self, numbers: Tensor, slots: Tensor) -> Tensor:
        """Numbers brought into [0, 1]: to the nearer end, or round the circle."""
        return torch.where(self.turns[slots], numbers.remainder(1), numbers.clamp(0, 1))

    def costs(self, said: Tensor, batch: Batch) -> Tensor:
        """What training pays for ``[A, L, P, R]``, by number; 0 where there is none."""
        slots = batch.slots[: len(said)]
        return self.number_head.costs(said, batch.units[: len(said)], self.turns[slots]) * (slots != NO_SLOT)

    def presence(self, latents: Tensor) -> Tensor | None:
        """Logits ``[B, K]`` of which kinds there are, if the model has the head for it."""
        return None if self.presence_head is None else self.presence_head(latents.flatten(1))

    def open(self, latents: Tensor) -> Cache:
        """Begin to decode: a cache that has seen the latents ``[B, Q, D]``."""
        return self.decoder.open(latents)

    def step(self, rows: Tensor, cache: Cache) -> Tensor:
        """Vector ``[B, D]`` of the next token ``[B, 5]``; the cache grows by it."""
        return self.decoder.step(rows, cache)


def words_of(settings: ModelSettings, vocabulary: Vocabulary) -> Words:
    """Sizes of a vocabulary."""
    nodes = max_nodes(vocabulary, settings.decoder.max_processors)
    return Words(len(vocabulary.kinds), len(vocabulary.edge_types), nodes, len(vocabulary.slots))


def as_parameter_task(rows: Tensor) -> Tensor:
    """The same sequences opened by the task token instead of the start token."""
    opened = rows.clone()
    opened[:, 0, TYPE] = int(TokenType.TASK)
    return opened


def unlabelled(pictures: Tensor, dry: Tensor | None, echoes: Tensor | None, vocabulary: Vocabulary) -> Batch:
    """A batch of which nothing is known but how it sounds."""
    count, _, bands, frames = pictures.shape
    if dry is None:
        dry = pictures.new_full((count, vocabulary.source_count, bands, frames), -1.0)
    rows = torch.tensor([[START_TOKEN]], device=pictures.device).expand(count, -1, -1)
    none = rows[..., :0]
    if echoes is None:
        echoes = pictures.new_zeros(count, 0, 0)
    return Batch(pictures, dry, rows, none, none.float(), echoes)
