"""Training of the blind estimators: one loop, resumable, that reports through one callback.

See :mod:`unpatch.runs` for what a run's folder holds and when a run continues.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from unpatch.corpus import Batch, Corpus
from unpatch.identity import code_of
from unpatch.losses import Losses, losses
from unpatch.metrics.teacher_forced import TeacherForced, teacher_forced
from unpatch.models import Estimator, build, save_pretrained
from unpatch.muon import Muon
from unpatch.presets import Preset, TrainSettings
from unpatch.processors import PROCESSORS
from unpatch.runs import MODEL, Report, identity_of, is_due, logged, read_state, write_state
from unpatch.spec import Processor
from unpatch.variation import varied_batch
from unpatch.vocabulary import Vocabulary

# Examples by which a fresh encoder is scaled.
CALIBRATED_ON = 256


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
    registry: Mapping[str, Processor] = PROCESSORS,
    report: Report = lambda progress: None,
) -> Run:
    """Train, or go on training, the preset's model on a corpus until its last step."""
    settings = preset.training
    fabric = Fabric(accelerator=settings.accelerator, devices=1, precision=settings.precision)
    fabric.seed_everything(settings.seed, verbose=False)
    estimator = fresh(preset, corpus, registry)
    model, *optimisers = fabric.setup(estimator, *optimisers_of(estimator, settings))
    schedules = [LambdaLR(optimiser, lambda step: rate_at(step, settings)) for optimiser in optimisers]
    state = State(estimator, optimisers, schedules)
    identity = identify(preset, estimator.vocabulary, corpus)
    first = resume(folder, state, identity)
    with logged(folder, settings.steps, report) as log:
        for step, batch in batches(corpus, settings, first):
            found = learn(fabric, model, optimisers, batch, settings)
            for schedule in schedules:
                schedule.step()
            checked = validated(estimator, validation, step, settings)
            if checked or is_due(step, settings.report_every, settings.steps):
                log(step, numbers(found) | checked)
            if is_due(step, settings.save_every, settings.steps):
                save(folder, state, step, preset, identity)
    return Run(estimator.eval(), folder, max(first, settings.steps))


def fresh(preset: Preset, corpus: Corpus, registry: Mapping[str, Processor]) -> Estimator:
    """A model that has learnt nothing but the scale of the pictures, which is not in the paper."""
    if not len(corpus):
        raise ValueError("the corpus holds no example")
    estimator = build(preset.model, Vocabulary.of(registry, preset.model.task))
    some = corpus.batch(range(min(CALIBRATED_ON, len(corpus))))
    estimator.encoder.adapt(*corpus.statistics(), some)
    return estimator


def optimisers_of(estimator: Estimator, settings: TrainSettings) -> list[Optimizer]:
    """Between them they have all weights: AdamW, in one kernel, and perhaps Muon for the hidden matrices."""
    rate, decay = settings.peak_rate, settings.weight_decay
    matrices = hidden_matrices(estimator) if settings.muon else []
    taken = {id(matrix) for matrix in matrices}
    rest = [weight for weight in estimator.parameters() if id(weight) not in taken]
    adamw = AdamW(rest, rate, weight_decay=decay, fused=True)
    return [adamw, Muon(matrices, rate, decay)] if matrices else [adamw]


def hidden_matrices(estimator: Estimator) -> list[Tensor]:
    """Of linear layers that neither read tokens nor give answers."""
    inside = [*estimator.encoder.modules(), *estimator.decoder.blocks.modules()]
    return [module.weight for module in inside if isinstance(module, nn.Linear)]


def rate_at(step: int, settings: TrainSettings) -> float:
    """Share of the peak learning rate: linear up, then linear down to zero at the last step."""
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    return max(0.0, (settings.steps - step) / max(1, settings.steps - settings.warmup))


def batches(corpus: Corpus, settings: TrainSettings, first: int) -> Iterator[tuple[int, Batch]]:
    """Steps that are still to be made with their batches; a resumed run goes on with the same ones."""
    stream = islice(corpus.shuffled(settings.batch, settings.seed), first, settings.steps)
    for step, chosen in enumerate(stream, first + 1):
        yield step, corpus.batch(chosen)


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
    """Losses of a batch; the parameter task is asked of a share of it."""
    asked = round(len(batch.rows) * settings.number_share)
    batch = varied_batch(batch, settings.variation)
    return losses(model(batch, asked), batch, settings.smoothing)


def validated(model: Any, validation: Corpus | None, step: int, settings: TrainSettings) -> dict[str, float]:
    """Teacher-forced errors on held-out examples, now and then."""
    if validation is None or not is_due(step, settings.validate_every, settings.steps):
        return {}
    return {f"validation/{name}": value for name, value in means(teacher_forced(model, validation)).items()}


def means(found: TeacherForced) -> dict[str, float]:
    """Those that any example has."""
    tallies = {f.name: getattr(found, f.name) for f in fields(found)}
    return {name: tally.mean for name, tally in tallies.items() if tally.count.any()}


def numbers(found: Losses) -> dict[str, float]:
    return {f"loss/{name}": float(value.detach()) for name, value in found.parts.items()}


@dataclass(frozen=True)
class State:
    """What changes during a run."""

    model: Estimator
    optimisers: Sequence[Any]
    schedules: Sequence[LambdaLR]

    def to_dict(self) -> dict[str, Any]:
        """With the state of torch's random generators, which dropout and variation draw from."""
        return {
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.schedules[0].last_epoch,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        for optimiser, stored in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(stored)
        for schedule in self.schedules:
            schedule.last_epoch = int(state["step"])
        torch.set_rng_state(state["random"])
        if len(state["random_cuda"]) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["random_cuda"])


def save(folder: Path, state: State, step: int, preset: Preset, identity: Mapping[str, Any]) -> None:
    """Write the model for use, and everything that is needed to go on."""
    save_pretrained(state.model, folder / MODEL, step=step, preset=asdict(preset))
    write_state(folder, state.to_dict(), identity)


def resume(folder: Path, state: State, identity: Mapping[str, Any]) -> int:
    """Load where a run of this identity was left in this folder; the number of steps already made."""
    stored = read_state(folder, identity)
    if stored is None:
        return 0
    state.restore(stored)
    return int(stored["step"])


def identify(preset: Preset, vocabulary: Vocabulary, corpus: Corpus) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        vocabulary={"checksum": zlib.crc32(repr(vocabulary).encode())},
        corpus={"examples": len(corpus), "checksum": checksum(corpus)},
        code={"checksum": code_of("train", without=("synth", "render", "dsp"))},
    )


def checksum(corpus: Corpus) -> int:
    """Of every example's tokens and numbers, in order."""
    found = 0
    for example in corpus.items:
        found = zlib.crc32(example.tokens.rows.tobytes() + example.tokens.units.tobytes(), found)
    return found
