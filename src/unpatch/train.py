"""Training: one loop, resumable, that reports through one callback.

A run's folder holds ``model`` (weights and config, see :mod:`unpatch.models.weights`), ``resume.pt``
(all that is needed to go on; read as plain tensors only) and TensorBoard's files.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import torch
from lightning_fabric import Fabric
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.tensorboard import SummaryWriter

from unpatch.corpus import Batch, Corpus
from unpatch.files import aside
from unpatch.losses import Losses, losses
from unpatch.metrics import TeacherForced, teacher_forced
from unpatch.models import Estimator, save_pretrained
from unpatch.presets import Preset, TrainSettings
from unpatch.processors import PROCESSORS
from unpatch.spec import Processor
from unpatch.variation import varied
from unpatch.vocabulary import Vocabulary

MODEL, RESUME = "model", "resume.pt"
# Examples by which a fresh encoder is scaled.
CALIBRATED_ON = 256


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Attributes:
        values: name to number: losses, and the validation's errors when there was one.
    """

    step: int
    steps: int
    seconds: float
    values: Mapping[str, float]


Report: TypeAlias = Callable[[Progress], None]


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
    estimator = Estimator(preset.model, Vocabulary.of(registry, preset.model.task))
    estimator.encoder.whiten(*corpus.statistics())
    estimator.encoder.calibrate(corpus.batch(range(min(CALIBRATED_ON, len(corpus)))).pictures)
    model, optimiser = fabric.setup(
        estimator, AdamW(estimator.parameters(), settings.peak_rate, weight_decay=settings.weight_decay)
    )
    schedule = LambdaLR(optimiser, lambda step: rate_at(step, settings))
    first = resume(folder, estimator, optimiser, schedule)
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with SummaryWriter(str(folder)) as board:
        for step, batch in batches(corpus, settings, first):
            found = learn(fabric, model, optimiser, batch, settings)
            schedule.step()
            if step % settings.report_every == 0 or step == settings.steps:
                values = numbers(found) | validated(model, validation, step, settings)
                _board(board, step, values)
                report(Progress(step, settings.steps, time.monotonic() - begun, values))
            if step % settings.save_every == 0 or step == settings.steps:
                save(folder, estimator, optimiser, schedule, step)
    return Run(estimator.eval(), folder, max(first, settings.steps))


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


def learn(fabric: Fabric, model: Any, optimiser: Any, batch: Batch, settings: TrainSettings) -> Losses:
    """One step."""
    model.train()
    found = evaluate_losses(model, fabric.to_device(batch), settings)
    optimiser.zero_grad()
    fabric.backward(found.total)
    fabric.clip_gradients(model, optimiser, max_norm=settings.clip)
    optimiser.step()
    return found


def evaluate_losses(model: Any, batch: Batch, settings: TrainSettings) -> Losses:
    """Losses of a batch; the parameter task is asked of a share of it."""
    asked = round(len(batch.rows) * settings.number_share)
    slots, units = batch.slots[:asked], batch.units[:asked]
    pictures = varied(batch.pictures, settings.variation)
    return losses(model(pictures, batch.rows, slots), batch.rows, slots, units, settings.smoothing)


def validated(model: Any, validation: Corpus | None, step: int, settings: TrainSettings) -> dict[str, float]:
    """Teacher-forced errors on held-out examples, now and then."""
    if validation is None or (step % settings.validate_every and step != settings.steps):
        return {}
    return {f"validation/{name}": value for name, value in means(teacher_forced(model, validation)).items()}


def means(found: TeacherForced) -> dict[str, float]:
    """Those that any example has."""
    tallies = {f.name: getattr(found, f.name) for f in fields(found)}
    return {name: tally.mean for name, tally in tallies.items() if tally.count.any()}


def numbers(found: Losses) -> dict[str, float]:
    parts = {f.name: getattr(found, f.name) for f in fields(found)} | {"total": found.total}
    return {f"loss/{name}": float(value.detach()) for name, value in parts.items()}


def _board(board: SummaryWriter, step: int, values: Mapping[str, float]) -> None:
    for name, value in values.items():
        board.add_scalar(name, value, step)


def save(folder: Path, model: Estimator, optimiser: Any, schedule: LambdaLR, step: int) -> None:
    """Write the model for use, and everything that is needed to go on."""
    save_pretrained(model, folder / MODEL, step=step)
    state: dict[str, Any] = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": {"last_epoch": schedule.last_epoch},
        "step": step,
    }
    with aside(folder / RESUME) as draft:
        torch.save(state, draft)


def resume(folder: Path, model: Estimator, optimiser: Any, schedule: LambdaLR) -> int:
    """Load where a run in this folder was left; the number of steps already made."""
    path = folder / RESUME
    if not path.exists():
        return 0
    state: dict[str, Any] = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.last_epoch = int(state["schedule"]["last_epoch"])
    return int(state["step"])
