"""Long training on a stream of examples: a trunk of constant rate that can be stopped and continued.

A run's folder holds, beside the files of :mod:`unpatch.learning.runs`:

=============  ====================================================================================
``ring``       the newest shards of the stream, see :mod:`unpatch.synth.ring`
``validation`` fixed sets of examples, made once
``log.tsv``    a line for each evaluation
``model``      the average of the trunk's weights
``decay-N``    a decayed branch that left the trunk at step N, see :mod:`unpatch.blind.branch`
=============  ====================================================================================
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from unpatch.blind.corpus import Corpus
from unpatch.blind.learner import CODE_APART, fabric_of, fresh, learner_of
from unpatch.blind.presets import Preset
from unpatch.blind.session import Clock, How, Session
from unpatch.blind.stream import ExampleStream
from unpatch.blind.training import Run
from unpatch.blind.training_state import TrainingState, continued, taken_over
from unpatch.blind.vocabulary import Vocabulary, registry_of
from unpatch.declaration import Processor
from unpatch.learning import loop
from unpatch.learning.runs import (
    MACHINERY,
    alone,
    check_run_folder,
    identity_of,
    read_state,
    restoring,
)
from unpatch.learning.weights import WEIGHTS
from unpatch.storage.identity import checksum, code_of
from unpatch.synth.produce import Dataset, write_shards
from unpatch.synth.ring import Ring
from unpatch.synth.strata import OwnStratum
from unpatch.synth.supply import Supply, supply

RING, VALIDATION = "ring", "validation"
SCALED_ON = 4
"""Shards by which a fresh encoder is scaled."""


@dataclass(frozen=True)
class Site:
    """A run's folder with what belongs to it, locked.

    Attributes:
        identity: what must be equal for the run to continue.
        stored: the last checkpoint; None at the start.
    """

    preset: Preset
    folder: Path
    stream: ExampleStream
    identity: Mapping[str, Any]
    stored: Mapping[str, Any] | None

    def notes(self) -> dict[str, Any]:
        """The examples and their credits, for a model's config."""
        stream = self.stream.ring.identity()
        owners = self.stream.ring.dataset.sources().credits()
        return {
            "stream": {name: stream[name] for name in ("task", "split", "seed", "sources", "generator")},
            "sources": [credit.to_dict() for credit in owners],
        }


@contextmanager
def site(preset: Preset, dataset: Dataset, folder: Path, registry: Mapping[str, Processor]) -> Iterator[Site]:
    """Open a run's folder, alone."""
    settings = preset.training
    dataset = replace(dataset, shard_size=settings.stream.shard)
    ring = Ring(folder / RING, dataset, preset.model.features, settings.stream)
    vocabulary = Vocabulary.of(registry, preset.model.task)
    stream = ExampleStream(ring, vocabulary, registry, settings.seed)
    with alone(folder):
        identity = identify(preset, vocabulary, ring)
        stored = read_state(folder, identity)
        ring.claim()
        yield Site(preset, folder, stream, identity, stored)


def identify(preset: Preset, vocabulary: Vocabulary, ring: Ring) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        vocabulary={"checksum": vocabulary.checksum},
        stream=ring.identity(),
        code={"checksum": code()},
    )


def code() -> str:
    """Checksum of the code that weights depend on."""
    return code_of(
        "blind.learner", "blind.stream", "synth.ring", without=(*CODE_APART, *MACHINERY, "metrics")
    )


def train_stream(
    preset: Preset,
    dataset: Dataset,
    folder: Path,
    *,
    validation: Dataset,
    weights: Path | None = None,
    registry: Mapping[str, Processor] | None = None,
    how: How | None = None,
) -> Run:
    """Train, or continue training, a preset's model on a stream of examples.

    Args:
        preset: model and training.
        dataset: what the stream holds; its ``shard_size`` is the preset's.
        folder: of the run.
        validation: the same for the fixed examples of the evaluation.
        weights: folder of a model to start from, in place of a fresh one.
        registry: kind to processor; the preset's if left out.
        how: for how long, and beside how many generators.
    """
    check_run_folder(folder)
    how, registry = how or How(), registry or registry_of(preset.model.registry)
    with site(preset, dataset, folder, registry) as at:
        if weights is not None:
            check_origin(at, weights)
        clock = Clock(how)
        with supply(at.stream.ring, how.generators, clock.waiting) as shards:
            begun = begin(at, shards, weights)
            held_out = held_out_examples(at, validation, how)
            session = Session(
                folder, at.identity, preset, begun, at.stream, shards, held_out, clock, at.notes()
            )
            loop.train(session, how.report)
    return Run(begun.learner.network.eval(), folder, begun.learner.step)


def begin(at: Site, shards: Supply, weights: Path | None) -> TrainingState:
    """As it was left; else with given weights; else afresh."""
    if at.stored is not None:
        with restoring(at.folder):
            return continued(at.preset, at.stream.registry, at.stored)
    if weights is not None:
        return taken_over(at.preset, at.stream.registry, weights)
    first = list(range(SCALED_ON))
    shards.need(first)
    fabric = fabric_of(at.preset.training)
    estimator = fresh(at.preset, at.stream.corpus(first), at.stream.registry)
    return TrainingState(learner_of(fabric, estimator, at.preset.training))


def check_origin(at: Site, weights: Path) -> None:
    """Refuse to start with weights in the folder of a run that was not started with them."""
    if at.stored is not None and at.stored["origin"]["weights"] != checksum(weights / WEIGHTS):
        raise ValueError(
            f"{at.folder}: holds a run that did not start with {weights}; "
            "continue it without --from, or choose another folder"
        )


def held_out_examples(at: Site, dataset: Dataset, how: How) -> dict[str, Corpus]:
    """The fixed validation set, made if it is not there yet: stratum to examples.

    A model of everyday kinds is measured on the paper's graphs and on those of engineers.
    """
    strata: tuple[OwnStratum, ...] = ("paper",)
    if at.preset.model.registry == "everyday":
        strata = ("paper", "engineer")
    count = -(-at.preset.training.validated // len(strata))
    dataset = replace(dataset, shard_size=min(count, at.preset.training.stream.shard))
    features, workers = at.preset.model.features, max(1, how.generators)
    found: dict[str, Corpus] = {}
    for stratum in strata:
        own, folder = replace(dataset, stratum=stratum), at.folder / VALIDATION / stratum
        if not folder.exists():
            how.note(f"making {count} examples of the {stratum} stratum to validate on")
        paths = write_shards(folder, own, count, pictures=features, workers=workers)
        found[stratum] = Corpus.load(paths, at.stream.vocabulary, at.stream.registry, features, count)
    return found
