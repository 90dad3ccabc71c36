"""Long training on a stream of examples: a trunk of constant rate that stops and continues at will.

A run's folder holds beside what :mod:`unpatch.runs` tells:

=============  ====================================================================================
``ring``       the newest shards of the stream, see :mod:`unpatch.synth.ring`
``validation`` a fixed set of examples, made once
``log.tsv``    a line for each evaluation
``model``      the average of the trunk's weights
=============  ====================================================================================
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from unpatch.corpus import Corpus
from unpatch.identity import code_of
from unpatch.presets import Preset
from unpatch.processors import PROCESSORS
from unpatch.runs import alone, identity_of, read_state
from unpatch.session import Clock, How, Session
from unpatch.spec import Processor
from unpatch.stream import Stream
from unpatch.synth.produce import Dataset, write_shards
from unpatch.synth.ring import Ring
from unpatch.synth.supply import Supply, supply
from unpatch.train import CODE_APART, Learner, Run, fabric_of, fresh, untaught
from unpatch.vocabulary import Vocabulary

RING, VALIDATION = "ring", "validation"
SCALED_ON = 4
"""Shards by which a fresh encoder is scaled."""


def train_stream(
    preset: Preset,
    dataset: Dataset,
    folder: Path,
    *,
    validation: Dataset,
    registry: Mapping[str, Processor] = PROCESSORS,
    how: How | None = None,
) -> Run:
    """Train, or continue training, a preset's model on a stream of examples.

    Args:
        preset: model and training.
        dataset: what the stream holds; its ``shard_size`` is the preset's.
        folder: of the run.
        validation: the same for the fixed examples of the evaluation.
        registry: kind to processor.
        how: for how long, and beside how many generators.
    """
    how = how or How()
    settings = preset.training
    dataset = replace(dataset, shard_size=settings.stream.shard)
    ring = Ring(folder / RING, dataset, preset.model.features)
    with alone(folder):
        vocabulary = Vocabulary.of(registry, preset.model.task)
        identity = identify(preset, vocabulary, ring)
        stored = read_state(folder, identity)
        ring.claim()
        stream = Stream(ring, settings.stream, vocabulary, registry, settings.seed)
        clock = Clock(how)
        with supply(ring, how.generators, clock.waiting) as shards:
            learner = learner_of(preset, stream, shards, stored)
            held_out = held_out_examples(folder / VALIDATION, validation, stream, preset, how)
            session = Session(folder, preset, learner, stream, shards, held_out, identity, clock)
            if stored is not None:
                session.restore(stored)
            session.go()
    return Run(learner.estimator.eval(), folder, learner.step)


def identify(preset: Preset, vocabulary: Vocabulary, ring: Ring) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        vocabulary={"checksum": vocabulary.checksum},
        stream=ring.identity(),
        code={"checksum": code_of("trunk", without=CODE_APART)},
    )


def learner_of(preset: Preset, stream: Stream, shards: Supply, stored: Mapping[str, Any] | None) -> Learner:
    """As it was left, or a fresh one."""
    fabric = fabric_of(preset.training)
    if stored is None:
        first = list(range(SCALED_ON))
        shards.need(first)
        some = stream.corpus(first)
        return Learner.of(fabric, fresh(preset, some, stream.registry), preset.training)
    learner = Learner.of(fabric, untaught(preset, stream.registry), preset.training)
    learner.restore(stored)
    return learner


def held_out_examples(folder: Path, dataset: Dataset, stream: Stream, preset: Preset, how: How) -> Corpus:
    """The fixed validation set, made if it is not there yet."""
    count = preset.training.validated
    dataset = replace(dataset, shard_size=min(count, preset.training.stream.shard))
    features = preset.model.features
    paths = write_shards(folder, dataset, count, pictures=features, workers=max(1, how.generators))
    return Corpus.load(paths, stream.vocabulary, stream.registry, features, count)
