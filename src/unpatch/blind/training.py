"""Training of the blind estimators on a data set.

Long training on a stream of examples is in :mod:`unpatch.blind.trunk`, the loop of both in
:mod:`unpatch.learning.loop`.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.learner import CODE_APART, fabric_of, fresh, learn, learner_of, numbers
from unpatch.blind.losses import Losses
from unpatch.blind.models import Estimator, save_pretrained
from unpatch.blind.presets import Preset, TrainSettings
from unpatch.blind.teacher_forced import teacher_forced
from unpatch.blind.validation import means
from unpatch.blind.vocabulary import Vocabulary, registry_of
from unpatch.declaration import Processor
from unpatch.learning import loop
from unpatch.learning.learner import Learner
from unpatch.learning.runs import MACHINERY, MODEL, Report, check_run_folder, identity_of
from unpatch.storage.identity import code_of
from unpatch.synth.shards import shards_in


@dataclass(frozen=True)
class Run:
    """A finished run: the model, and the folder it can be loaded from."""

    model: Estimator
    folder: Path
    step: int


def train(
    preset: Preset,
    corpus: Corpus,
    folder: Path,
    *,
    validation: Corpus | None = None,
    registry: Mapping[str, Processor] | None = None,
    report: Report = lambda progress: None,
) -> Run:
    """Train, or resume training, the preset's model on a corpus until its last step.

    The registry is the one that the model names, if it is left out.
    """
    check_run_folder(folder)
    registry = registry or registry_of(preset.model.registry)
    fabric = fabric_of(preset.training)
    learner = learner_of(fabric, fresh(preset, corpus, registry), preset.training)
    identity = identify(preset, learner.network.vocabulary, corpus)
    job = OnCorpus(learner, folder, identity, preset, corpus, validation)
    loop.resume(job)
    loop.train(job, report)
    return Run(learner.network.eval(), folder, learner.step)


def train_folder(
    preset: Preset,
    data: Path,
    folder: Path,
    *,
    validation: Path | None = None,
    limit: int | None = None,
    report: Report = lambda progress: None,
) -> Path:
    """:func:`train` on folders of shards; returns the folder of the run.

    Args:
        preset: model and training.
        data: shards with the pictures of the preset's model.
        folder: of the run.
        validation: likewise, of held-out examples.
        limit: of examples, of each.
        report: called with losses and errors now and then.
    """
    examples = corpus_in(data, preset, limit)
    held_out = None if validation is None else corpus_in(validation, preset, limit)
    return train(preset, examples, folder, validation=held_out, report=report).folder


def corpus_in(folder: Path, preset: Preset, limit: int | None = None) -> Corpus:
    """The examples of a folder of shards, for a preset's model."""
    registry = registry_of(preset.model.registry)
    vocabulary = Vocabulary.of(registry, preset.model.task)
    return Corpus.load(shards_in(folder), vocabulary, registry, preset.model.features, limit)


@dataclass
class OnCorpus:
    """Training on a fixed set of examples, see :class:`unpatch.learning.loop.TrainingJob`.

    Attributes:
        last: losses of the last step.
    """

    learner: Learner[Estimator]
    folder: Path
    identity: Mapping[str, Any]
    preset: Preset
    corpus: Corpus
    validation: Corpus | None = None
    last: Losses | None = None

    @property
    def settings(self) -> TrainSettings:
        return self.preset.training

    def batches(self) -> Iterator[Batch]:
        """Of the remaining steps; a resumed run continues with the same ones."""
        every = self.corpus.shuffled(self.settings.batch, self.settings.seed)
        return map(self.corpus.batch, islice(every, self.learner.step, self.settings.steps))

    def learn(self, batch: Batch) -> None:
        self.last = learn(self.learner, batch, self.settings)

    def losses(self) -> dict[str, float]:
        return {} if self.last is None else numbers(self.last)

    def validate(self) -> dict[str, float]:
        """Teacher-forced errors on held-out examples."""
        if self.validation is None:
            return {}
        found = means(teacher_forced(self.learner.network, self.validation))
        return {f"validation/{name}": value for name, value in found.items()}

    def state(self) -> dict[str, Any]:
        return self.learner.to_dict()

    def publish(self) -> None:
        model, step = self.learner.network, self.learner.step
        save_pretrained(model, self.folder / MODEL, step=step, preset=asdict(self.preset))


def identify(preset: Preset, vocabulary: Vocabulary, corpus: Corpus) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        vocabulary={"checksum": vocabulary.checksum},
        corpus={"examples": len(corpus), "checksum": checksum(corpus)},
        code={"checksum": code_of("blind.training", without=(*CODE_APART, *MACHINERY))},
    )


def checksum(corpus: Corpus) -> int:
    """Of every example's tokens and numbers, in order."""
    found = 0
    for example in corpus.items:
        found = zlib.crc32(example.tokens.rows.tobytes() + example.tokens.units.tobytes(), found)
    return found
