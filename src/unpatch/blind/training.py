"""Training of the blind estimators on a data set: one loop, resumable, that reports through one callback.

Long training on a stream of examples is in :mod:`unpatch.blind.trunk`.

See :mod:`unpatch.learning.runs` for what a run's folder holds and when a run continues.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.losses import Losses, losses
from unpatch.blind.models import Estimator, build, save_pretrained
from unpatch.blind.presets import Preset, TrainSettings
from unpatch.blind.teacher_forced import teacher_forced
from unpatch.blind.validation import means
from unpatch.blind.variation import varied_batch
from unpatch.blind.vocabulary import Vocabulary, registry_of
from unpatch.declaration import Processor
from unpatch.dsp.cpu import has_bfloat16
from unpatch.execution.interrupts import Interrupts
from unpatch.learning.average import Average
from unpatch.learning.muon import Muon
from unpatch.learning.runs import (
    MODEL,
    Log,
    Report,
    check_run_folder,
    identity_of,
    is_due,
    is_model_of,
    logged,
    read_state,
    restoring,
    step_of,
    write_state,
)
from unpatch.storage.identity import code_of
from unpatch.synth.shards import shards_in

# Examples by which a fresh encoder is scaled.
CALIBRATED_ON = 256
CODE_APART = ("synth", "rendering", "dsp")
"""Code that a run does not depend on: the examples are stored, or recorded separately."""


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
    learner = Learner.of(fabric, fresh(preset, corpus, registry), preset.training)
    identity = identify(preset, learner.estimator.vocabulary, corpus)
    first = resume(folder, learner, identity)
    if first and not is_model_of(folder, first):
        save(folder, learner, preset, identity)
    steps = preset.training.steps
    with logged(folder, steps, report) as log, Interrupts() as interrupts:
        try:
            for batch in batches(corpus, preset.training, first):
                with interrupts.held():
                    found = learner.learn(batch)
                after_step(learner, found, validation, log)
                if is_due(learner.step, preset.training.save_every, steps):
                    save(folder, learner, preset, identity)
        except KeyboardInterrupt:
            if learner.step:
                save(folder, learner, preset, identity)
            raise
    return Run(learner.estimator.eval(), folder, max(first, steps))


def train_folder(
    preset: Preset,
    data: Path,
    folder: Path,
    *,
    validation: Path | None = None,
    limit: int | None = None,
    report: Report = lambda progress: None,
) -> Path:
    """:func:`train` on folders of shards; returns that of the run.

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


def after_step(learner: "Learner", found: Losses, validation: Corpus | None, log: Log) -> None:
    """Report losses, and the validation, when they are due."""
    step, settings = learner.step, learner.settings
    checked = validated(learner.estimator, validation, step, settings)
    if checked or is_due(step, settings.report_every, settings.steps):
        log(step, numbers(found) | checked)


def fabric_of(settings: TrainSettings) -> Fabric:
    """Device and precision of computation; random numbers start from the settings' seed."""
    fabric = Fabric(accelerator=settings.accelerator, devices=1, precision=precision_of(settings))
    fabric.seed_everything(settings.seed, verbose=False)
    return fabric


def precision_of(settings: TrainSettings) -> Literal["32-true", "bf16-mixed"]:
    """What is meant by the fastest: on a CPU without bfloat16 it would be many times as slow as single."""
    if settings.precision != "fastest":
        return settings.precision
    cpu = settings.accelerator == "cpu" or not torch.cuda.is_available()
    return "bf16-mixed" if has_bfloat16() or not cpu else "32-true"


def fresh(preset: Preset, corpus: Corpus, registry: Mapping[str, Processor]) -> Estimator:
    """An untrained model with the scale of the pictures set, which is not in the paper."""
    if not len(corpus):
        raise ValueError("the corpus holds no example")
    estimator = untaught(preset, registry)
    some = corpus.batch(range(min(CALIBRATED_ON, len(corpus))))
    estimator.encoder.adapt(*corpus.statistics(), some)
    return estimator


def untaught(preset: Preset, registry: Mapping[str, Processor]) -> Estimator:
    """A model with weights as they are drawn."""
    return build(preset.model, Vocabulary.of(registry, preset.model.task))


def optimisers_of(estimator: Estimator, settings: TrainSettings) -> list[Optimizer]:
    """Between them they have all weights: AdamW, in one kernel, and perhaps Muon for the hidden matrices."""
    rate, decay = settings.peak_rate, settings.weight_decay
    matrices = hidden_matrices(estimator) if settings.muon else []
    taken = {id(matrix) for matrix in matrices}
    rest = [weight for weight in estimator.parameters() if id(weight) not in taken]
    adamw = AdamW(rest, rate, weight_decay=decay, fused=True)
    return [adamw, Muon(matrices, rate, decay)] if matrices else [adamw]


def hidden_matrices(estimator: Estimator) -> list[Tensor]:
    """Of linear layers other than token embeddings and output heads."""
    inside = [*estimator.encoder.modules(), *estimator.decoder.blocks.modules()]
    return [module.weight for module in inside if isinstance(module, nn.Linear)]


def rate_at(step: int, settings: TrainSettings) -> float:
    """Share of the peak learning rate: linear up, then constant, or linear down to zero at the last step."""
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    if settings.schedule == "trunk":
        return 1.0
    return max(0.0, (settings.steps - step) / max(1, settings.steps - settings.warmup))


def batches(corpus: Corpus, settings: TrainSettings, first: int) -> Iterator[Batch]:
    """Of the remaining steps; a resumed run continues with the same ones."""
    for chosen in islice(corpus.shuffled(settings.batch, settings.seed), first, settings.steps):
        yield corpus.batch(chosen)


def learn(
    fabric: Fabric, model: Any, optimisers: Sequence[Any], batch: Batch, settings: TrainSettings
) -> Losses:
    """One step."""
    model.train()
    found = evaluate_losses(model, fabric.to_device(batch), settings)
    for optimiser in optimisers:
        optimiser.zero_grad()
    fabric.backward(found.total)
    nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
    for optimiser in optimisers:
        optimiser.step()
    return found


def evaluate_losses(model: Any, batch: Batch, settings: TrainSettings) -> Losses:
    """Losses of a batch; the parameter task is computed for a share of it."""
    numbered = round(len(batch.rows) * settings.number_share)
    batch = varied_batch(batch, settings.variation)
    return losses(model(batch, numbered), batch, settings.smoothing, settings.losses)


def validated(model: Any, validation: Corpus | None, step: int, settings: TrainSettings) -> dict[str, float]:
    """Teacher-forced errors on held-out examples, now and then."""
    if validation is None or not is_due(step, settings.validate_every, settings.steps):
        return {}
    return {f"validation/{name}": value for name, value in means(teacher_forced(model, validation)).items()}


def numbers(found: Losses) -> dict[str, float]:
    return {f"loss/{name}": float(value.detach()) for name, value in found.parts.items()}


@dataclass
class Learner:
    """A model with all that changes while it is trained.

    Attributes:
        estimator: the model itself; ``model`` is the same as Fabric runs it.
        rate: step, counted from 0, to the share of the peak learning rate.
        average: of a trunk's weights.
        step: steps made.
    """

    fabric: Fabric
    estimator: Estimator
    model: Any
    optimisers: Sequence[Any]
    settings: TrainSettings
    rate: Callable[[int], float]
    average: Average[Estimator] | None = None
    step: int = 0

    @classmethod
    def of(cls, fabric: Fabric, estimator: Estimator, settings: TrainSettings) -> "Learner":
        model, *optimisers = fabric.setup(estimator, *optimisers_of(estimator, settings))
        average = Average(estimator, settings.average) if settings.schedule == "trunk" else None
        rate = partial(rate_at, settings=settings)
        return cls(fabric, estimator, model, optimisers, settings, rate, average)

    def learn(self, batch: Batch) -> Losses:
        """One step."""
        rate = self.settings.peak_rate * self.rate(self.step)
        for group in (group for optimiser in self.optimisers for group in optimiser.param_groups):
            group["lr"] = rate
        found = learn(self.fabric, self.model, self.optimisers, batch, self.settings)
        if self.average is not None:
            self.average.update()
        self.step += 1
        return found

    def to_dict(self) -> dict[str, Any]:
        """With the state of torch's random generators, which dropout and variation draw from.

        In full precision: rounded moments would make a resumed run differ from an uninterrupted one.
        """
        return {
            "model": self.estimator.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "average": {} if self.average is None else self.average.to_dict(),
            "step": self.step,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.estimator.load_state_dict(state["model"])
        for optimiser, stored in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(stored)
        if self.average is not None and state["average"]:  # a branch has none
            self.average.restore(state["average"])
        self.step = step_of(state)
        torch.set_rng_state(state["random"])
        if len(state["random_cuda"]) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["random_cuda"])


def save(folder: Path, learner: Learner, preset: Preset, identity: Mapping[str, Any]) -> None:
    """Write everything needed to resume, and the model for use."""
    write_state(folder, learner.to_dict(), identity)
    save_pretrained(learner.estimator, folder / MODEL, step=learner.step, preset=asdict(preset))


def resume(folder: Path, learner: Learner, identity: Mapping[str, Any]) -> int:
    """Load where a run of this identity was left in this folder; the number of steps already made."""
    stored = read_state(folder, identity)
    if stored is not None:
        with restoring(folder):
            learner.restore(stored)
    return learner.step


def identify(preset: Preset, vocabulary: Vocabulary, corpus: Corpus) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        vocabulary={"checksum": vocabulary.checksum},
        corpus={"examples": len(corpus), "checksum": checksum(corpus)},
        code={"checksum": code_of("blind.training", without=CODE_APART)},
    )


def checksum(corpus: Corpus) -> int:
    """Of every example's tokens and numbers, in order."""
    found = 0
    for example in corpus.items:
        found = zlib.crc32(example.tokens.rows.tobytes() + example.tokens.units.tobytes(), found)
    return found
