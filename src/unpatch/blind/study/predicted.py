"""Predictions of a system on examples: teacher-forced errors, and the graphs that it decodes.

The paper's figures are of graphs that are decoded greedily. Those that ``estimate`` would report are beside
them, where needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from unpatch.blind.corpus import Batch, Corpus, item_of, level_of
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator
from unpatch.blind.models.deciding import decide
from unpatch.blind.models.decoding import decode_prototypes, estimated_units, finished_graphs
from unpatch.blind.proposals import proposals, repetition_of
from unpatch.blind.repetition import Repetition
from unpatch.blind.teacher_forced import teacher_forced
from unpatch.blind.tokens import in_decoding_order, with_numbers
from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.metrics import Tally
from unpatch.synth.shards import Stored


@dataclass(frozen=True)
class Predicted:
    """Of some examples.

    Attributes:
        tallies: teacher-forced errors, and stray probability.
        full: decoded graphs with estimated numbers.
        oracle: true prototypes with estimated numbers; None of systems that do not estimate them separately.
        decided: graphs as ``estimate`` decides on them, with calibrated confidences; empty unless requested.
    """

    tallies: Mapping[str, Tally]
    full: Sequence[Graph]
    oracle: Sequence[Graph | None]
    decided: Sequence[Graph] = ()


def predict(
    model: Estimator, chunk: Sequence[Stored], registry: Mapping[str, Processor], *, decided: bool = False
) -> Predicted:
    """Predictions of a model in evaluation mode for a few examples."""
    settings, vocabulary = model.settings, model.vocabulary
    corpus = Corpus(tuple(item_of(stored, vocabulary, registry, settings.features) for stored in chunk))
    forced = teacher_forced(model, corpus, len(corpus))
    grammar = Grammar(vocabulary, registry, settings.decoder.max_processors, settings.decoder.max_edges)
    levels_db = [level_of(stored) for stored in chunk]
    batch = corpus.batch(range(len(corpus)))
    with torch.inference_mode():
        latents = model.latents(_at(model, batch))[:, None]
        best = [hypotheses[0] for hypotheses in decode_prototypes(model, latents, grammar)]
        full = finished_graphs(model, best, latents, registry, levels_db)
        apart = settings.decodes != "single_stage"
        oracle = _with_estimates(model, chunk, batch, latents, registry) if apart else [None] * len(chunk)
        chosen: list[Graph] = []
        if decided:
            repetitions = _repetitions(model, chunk, registry)
            decisions = decide(model, latents, grammar, registry, repetitions=repetitions)
            chosen = [
                proposals(model, one, own[None], registry, level_db, repetition, alone=True)[0].graph
                for one, own, level_db, repetition in zip(
                    decisions, latents, levels_db, repetitions, strict=True
                )
            ]
    stray = Tally.of_known([float(np.mean(hypothesis.stray_mass)) for hypothesis in best])
    errors = {f.name: getattr(forced, f.name) for f in fields(forced)}
    return Predicted({**errors, "stray_mass": stray}, full, oracle, chosen)


def _repetitions(
    model: Estimator, chunk: Sequence[Stored], registry: Mapping[str, Processor]
) -> list[Repetition | None]:
    """The clearest of each example, if the model's calibration makes use of it."""
    if not model.calibration.uses_repetitions:
        return [None] * len(chunk)
    return [repetition_of(stored, registry) for stored in chunk]


def _at(model: Estimator, batch: Batch) -> Batch:
    """The batch on the model's device."""
    device = next(model.parameters()).device
    return Batch(*(part.to(device) for part in batch))


def _with_estimates(
    model: Estimator,
    chunk: Sequence[Stored],
    batch: Batch,
    latents: Tensor,
    registry: Mapping[str, Processor],
) -> Sequence[Graph | None]:
    """True prototypes with estimated numbers."""
    rows, slots, vocabulary = batch.rows.numpy(), batch.slots.numpy(), model.vocabulary
    units = estimated_units(model, rows, slots, latents)
    return [
        with_numbers(
            in_decoding_order(stored.graph, vocabulary), s, u, vocabulary, registry, level_of(stored)
        )
        for stored, s, u in zip(chunk, slots, units, strict=True)
    ]
