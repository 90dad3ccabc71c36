"""Common parts of all systems: an encoder, a transformer over tokens, and a head for numbers.

Two fields of :class:`ModelSettings` choose a system: its input (``hears``) and its decoder (``decodes``).
The first picks the encoder, the second the subclass of :class:`Estimator` (see
:mod:`unpatch.blind.models.systems`).

Shapes: B batch, A examples of it in the parameter task, L tokens, D width, Q latents, K kinds, G slots,
P parameters per token, R outputs per number; C channels, V sources of the task, M mel bands, F frames
of pictures.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from unpatch.blind.corpus import Batch
from unpatch.blind.grammar import max_nodes
from unpatch.blind.models.calibration import Calibration
from unpatch.blind.models.encoder import Encoder, EncoderSettings
from unpatch.blind.models.graph_encoder import GraphEncoder
from unpatch.blind.models.numbers import Bins, Points
from unpatch.blind.models.teacher_forcing import Choice, Mistakes, Outputs
from unpatch.blind.models.tokengt import Cache, DecoderSettings, TokenGT, VocabularySizes
from unpatch.blind.tokens import START_TOKEN, TYPE, TokenType
from unpatch.blind.vocabulary import NO_SLOT, RegistryName, Vocabulary
from unpatch.features.pictures import FeatureSettings

Input = Literal["nothing", "wet", "wet_and_dry", "graph"]
Decodes = Literal["two_stage", "single_stage", "node_by_node", "direct"]

INPUT_FIELDS: Mapping[str, tuple[str, ...]] = {"wet": ("pictures",), "wet_and_dry": ("pictures", "dry")}
"""Input to the fields of a batch whose pictures the encoder takes."""


@dataclass(frozen=True)
class ModelSettings:
    """Everything that decides the shapes of the weights, but for the vocabulary.

    Attributes:
        hears: the input: the processed recording, the dry sources too, nothing (zero latents), or the true
            graph (an autoencoder).
        decodes: the prototype token by token, then its numbers ("two_stage"); each token with its numbers
            at once; node by node, each with all its edges, then the numbers; or in two stages, with a query
            per kind that predicts presence and numbers as well ("direct").
        hints: whether a linear head predicts the present kinds straight from the latents; its loss
            trains the encoder long before the decoder depends on the latents.
        circular: whether circular numbers, as an oscillator's phase, are compared on the circle.
        bins: number of bins of a number's distribution; 0 for its value alone.
        registry: its set of kinds of processors.
    """

    task: str = "singing"
    features: FeatureSettings = field(default_factory=FeatureSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    hears: Input = "wet"
    decodes: Decodes = "two_stage"
    hints: bool = False
    circular: bool = False
    bins: int = 0
    registry: RegistryName = "paper"


class NoInput(nn.Module):
    """Latents of zero ``[B, Q, D]``, for a system without input."""

    def __init__(self, queries: int, width: int) -> None:
        super().__init__()
        self.shape = (queries, width)

    def adapt(self, mean: Tensor, deviation: Tensor, batch: Batch) -> None:
        """Nothing to do."""

    def forward(self, batch: Batch) -> Tensor:
        return batch.pictures.new_zeros(len(batch.pictures), *self.shape)


def encoder_of(
    settings: ModelSettings, sizes: VocabularySizes, vocabulary: Vocabulary
) -> Encoder | GraphEncoder | NoInput:
    """The encoder of a system."""
    width = settings.decoder.width
    if settings.hears == "nothing":
        return NoInput(settings.encoder.queries, width)
    if settings.hears == "graph":
        return GraphEncoder(settings.encoder, settings.decoder, sizes)
    channels, bands, frames = settings.features.shape
    fields = INPUT_FIELDS[settings.hears]
    shape = (channels + vocabulary.source_count * ("dry" in fields), bands, frames)
    kinds = len(vocabulary.processor_kinds) if settings.decodes == "direct" else 0
    return Encoder(settings.encoder, shape, width, fields, settings.features.echo_shape, kinds)


def number_head(settings: ModelSettings, sizes: VocabularySizes) -> Points | Bins:
    """The head for numbers."""
    width = settings.decoder.width
    return Bins(width, sizes.slots, settings.bins) if settings.bins else Points(width, sizes.slots)


class Estimator(nn.Module, ABC):
    """A recording to prototypes and their numbers, which come in a second pass.

    Attributes:
        calibration: of the probabilities of effects, see :mod:`unpatch.blind.models.deciding`.
    """

    turns: Tensor

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary, *, numbered: bool = False) -> None:
        super().__init__()
        self.settings = settings
        self.vocabulary = vocabulary
        self.sizes = sizes_of(settings, vocabulary)
        width = settings.decoder.width
        self.encoder = encoder_of(settings, self.sizes, vocabulary)
        self.decoder = TokenGT(settings.decoder, self.sizes, numbered=numbered)
        self.number_head = number_head(settings, self.sizes)
        kinds = self.sizes.kinds
        self.presence_head = nn.Linear(settings.encoder.queries * width, kinds) if settings.hints else None
        # Whether each slot is circular [G + 1]; the last is NO_SLOT.
        turns = [settings.circular and slot in vocabulary.circular for slot in range(self.sizes.slots)]
        self.register_buffer("turns", torch.tensor([*turns, False]), persistent=False)
        self.calibration = Calibration()

    @abstractmethod
    def choices(self, vectors: Tensor, batch: Batch) -> dict[str, Choice]:
        """The choices of the prototype, from its causal vectors ``[B, L, D]``."""

    @abstractmethod
    def mistakes(self, outputs: Outputs, batch: Batch) -> Mistakes:
        """Which of the true tokens were not predicted."""

    def latents(self, batch: Batch) -> Tensor:
        """``[B, Q, D]``."""
        latents: Tensor = self.encoder(batch)
        return latents

    def encode(self, pictures: Tensor, dry: Tensor | None = None, echoes: Tensor | None = None) -> Tensor:
        """Latents of recordings whose graphs are unknown.

        Args:
            pictures: ``[B, C, M, F]``.
            dry: ``[B, V, M, F]``; dark if left out.
            echoes: ``[B, E, N]``, for a model that takes cepstra.
        """
        if self.settings.hears == "graph":
            raise ValueError("an autoencoder takes no recording: it is given the graph that it decodes")
        return self.latents(unlabelled(pictures, dry, echoes, self.vocabulary))

    def forward(self, batch: Batch, numbered: int | None = None) -> Outputs:
        """Both tasks at once, teacher-forced; the parameter task for the first examples, or for all."""
        latents = self.latents(batch)
        vectors, raw = self.passes(batch, latents, len(latents) if numbered is None else numbered)
        slots = batch.slots[: len(raw)]
        return Outputs(
            self.choices(vectors, batch),
            self.number_head.values(raw, self.turns[slots]),
            self.costs(raw, batch),
            self.presence(latents),
        )

    def passes(self, batch: Batch, latents: Tensor, numbered: int) -> tuple[Tensor, Tensor]:
        """Causal vectors ``[B, L, D]`` and outputs for numbers ``[A, L, P, R]``.

        The two tasks share the encoder's run, and the decoder's as two parts of one batch.
        """
        both = torch.cat([batch.rows, as_parameter_task(batch.rows[:numbered])])
        causal = torch.arange(len(both), device=both.device) < len(batch.rows)
        vectors = self.decoder(both, torch.cat([latents, latents[:numbered]]), causal)
        prototype, parameters = vectors.split([len(batch.rows), numbered])
        return prototype, self.number_outputs(parameters, batch.slots[:numbered])

    def numbers(self, rows: Tensor, slots: Tensor, latents: Tensor) -> Tensor:
        """Estimated unit values ``[B, L, P]`` for whole prototypes ``[B, L, 5]``; not yet in range."""
        vectors = self.decoder(as_parameter_task(rows), latents, rows.new_zeros(len(rows)).bool())
        return self.number_head.values(self.number_outputs(vectors, slots), self.turns[slots])

    def number_outputs(self, vectors: Tensor, slots: Tensor) -> Tensor:
        """Outputs for slots ``[..., P]`` from vectors ``[..., D]``, in the head's own form ``[..., P, R]``.

        Tokens without numbers, which are most, are skipped: their outputs are zero.
        """
        numbered = (slots != NO_SLOT).any(-1)
        everything, own = self.number_head.outputs(vectors[numbered]), slots[numbered]
        places = own.clamp_min(0)[..., None].expand(*own.shape, everything.shape[-1])
        found = everything.new_zeros(*slots.shape, everything.shape[-1])
        found[numbered] = everything.gather(-2, places)
        return found

    def in_range(self, numbers: Tensor, slots: Tensor) -> Tensor:
        """Numbers brought into [0, 1]: to the nearer end, or round the circle."""
        return torch.where(self.turns[slots], numbers.remainder(1), numbers.clamp(0, 1))

    def costs(self, raw: Tensor, batch: Batch) -> Tensor:
        """Training cost of ``[A, L, P, R]``, by number; 0 where there is none."""
        slots = batch.slots[: len(raw)]
        return self.number_head.costs(raw, batch.units[: len(raw)], self.turns[slots]) * (slots != NO_SLOT)

    def presence(self, latents: Tensor) -> Tensor | None:
        """Logits ``[B, K]`` of the present kinds, if the model has the head for it."""
        return None if self.presence_head is None else self.presence_head(latents.flatten(1))

    def open(self, latents: Tensor) -> Cache:
        """Start decoding: a cache with the latents ``[B, Q, D]``."""
        return self.decoder.open(latents)

    def step(self, rows: Tensor, cache: Cache) -> Tensor:
        """Vector ``[B, D]`` of the next token ``[B, 5]``; the cache grows by it."""
        return self.decoder.step(rows, cache)


def sizes_of(settings: ModelSettings, vocabulary: Vocabulary) -> VocabularySizes:
    """Sizes of a vocabulary."""
    nodes = max_nodes(vocabulary, settings.decoder.max_processors)
    return VocabularySizes(len(vocabulary.kinds), len(vocabulary.edge_types), nodes, len(vocabulary.slots))


def as_parameter_task(rows: Tensor) -> Tensor:
    """The same sequences opened by the task token instead of the start token."""
    opened = rows.clone()
    opened[:, 0, TYPE] = int(TokenType.TASK)
    return opened


def unlabelled(pictures: Tensor, dry: Tensor | None, echoes: Tensor | None, vocabulary: Vocabulary) -> Batch:
    """A batch of recordings with unknown graphs."""
    count, _, bands, frames = pictures.shape
    if dry is None:
        dry = pictures.new_full((count, vocabulary.source_count, bands, frames), -1.0)
    rows = torch.tensor([[START_TOKEN]], device=pictures.device).expand(count, -1, -1)
    none = rows[..., :0]
    if echoes is None:
        echoes = pictures.new_zeros(count, 0, 0)
    return Batch(pictures, dry, rows, none, none.float(), echoes)
