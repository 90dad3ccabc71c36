"""Training of mastering estimators, the published systems and ours.

Batches are drawn by seed and step, so that a run that continues ends bit for bit where it would have ended
without the break; the loop is in :mod:`unpatch.learning.loop`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import AdamW

from unpatch.learning import loop
from unpatch.learning.device import fabric_of
from unpatch.learning.learner import Learner
from unpatch.learning.runs import MACHINERY, MODEL, Report, check_run_folder, identity_of
from unpatch.learning.schedules import cosine, rise
from unpatch.mastering.chains import Player
from unpatch.mastering.clips import Clips
from unpatch.mastering.closed_form import begin
from unpatch.mastering.examples import MasteringBatch, batch, in_order, made_with
from unpatch.mastering.hybrid import proxy_player
from unpatch.mastering.mel import MelDistance
from unpatch.mastering.model import Mastering, calibrated, save_model
from unpatch.mastering.objective import likelihood_losses, number_loss, sound_loss
from unpatch.mastering.ours import ChainPrediction, Ours
from unpatch.mastering.presets import MasteringPreset, MasteringTraining
from unpatch.storage.identity import code_of

# Number of validation examples.
VALIDATED = 64
VALIDATION_SEED = 1_000_003
# Added to the number of a batch of the closed-form start.
FIRST = 4_000_037
CURVE_WEIGHT, PRESENT_WEIGHT = 2.0, 0.3


@dataclass(frozen=True)
class MasteringRun:
    """A finished run: the model, and the folder it can be loaded from."""

    model: Mastering
    folder: Path
    step: int


def train_mastering(
    preset: MasteringPreset,
    clips: Clips,
    folder: Path,
    *,
    validation: Clips | None = None,
    report: Report = lambda progress: None,
) -> MasteringRun:
    """Train, or continue training, until the last step.

    Args:
        preset: model and training.
        clips: to make masters of.
        folder: of the run.
        validation: clips of other tracks.
        report: called with losses now and then.
    """
    check_run_folder(folder)
    learner = learner_of(preset, clips)
    job = OnClips(learner, folder, identify(preset, clips), preset, clips, validation)
    loop.resume(job)
    if not job.learner.step:
        job.begin()
    loop.train(job, report)
    return MasteringRun(job.learner.network.eval(), folder, job.learner.step)


def train_folder(
    preset: MasteringPreset,
    data: Path,
    folder: Path,
    *,
    validation: Path | None = None,
    limit: int | None = None,
    report: Report = lambda progress: None,
) -> Path:
    """:func:`train_mastering` on folders of clips; returns that of the run.

    Args:
        preset: model and training.
        data: clips, of which the split "train" is learnt from.
        folder: of the run.
        validation: another folder, of which the split "val" is measured; ``data`` if left out.
        limit: of clips, of each.
        report: called with losses now and then.
    """
    clips = Clips.load(data, "train", limit)
    held_out = Clips.load(validation or data, "val", limit)
    return train_mastering(preset, clips, folder, validation=held_out, report=report).folder


@dataclass
class OnClips:
    """Training on masters made of clips, see :class:`unpatch.learning.loop.TrainingJob`.

    Attributes:
        distance: of sounds, in the loss.
        last: losses of the last step.
    """

    learner: Learner[Mastering]
    folder: Path
    identity: Mapping[str, Any]
    preset: MasteringPreset
    clips: Clips
    validation: Clips | None = None
    distance: MelDistance = field(default_factory=MelDistance)
    last: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def settings(self) -> MasteringTraining:
        return self.preset.training

    @cached_property
    def stand_in(self) -> Player | None:
        """Plays the compressor of a chain that is learnt through a proxy."""
        return proxy_player() if self.preset.model.chain == "proxy" else None

    def begin(self) -> None:
        """Closed-form start of ours."""
        model = self.learner.network
        if isinstance(model.net, Ours) and self.settings.first:
            places = range(self.settings.first)
            examples = (drawn(self.preset, self.clips, FIRST, place) for place in places)
            begin(model.net, examples, model.chain, self.clips)

    def batches(self) -> Iterator[MasteringBatch]:
        """Numbered by their steps, from 1."""
        remaining = range(self.learner.step + 1, self.settings.steps + 1)
        return (drawn(self.preset, self.clips, step) for step in remaining)

    def learn(self, batch: MasteringBatch) -> None:
        self.learner.model.train()
        self.last = self.parts(batch)
        self.learner.update(sum(self.last.values(), torch.zeros(())))

    def parts(self, example: MasteringBatch) -> dict[str, Tensor]:
        """Losses by name, weighted."""
        found, chain = self.learner.model(example.wet), self.learner.network.chain
        if isinstance(found, ChainPrediction):
            weights = {"numbers": 1.0, "curve": CURVE_WEIGHT, "present": PRESENT_WEIGHT}
            parts = {
                name: weights[name] * value
                for name, value in likelihood_losses(found, example, chain).items()
            }
            if weight := self.settings.sound_weight:
                parts["sound"] = weight * sound_loss(found.units, example, chain, self.distance)
            return parts
        if self.settings.loss == "parameters":
            return {"numbers": number_loss(found, example)}
        return {"sound": sound_loss(found, example, chain, self.distance, self.stand_in)}

    def losses(self) -> dict[str, float]:
        return {f"loss/{name}": float(value.detach()) for name, value in self.last.items()}

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Losses on held-out clips."""
        if self.validation is None:
            return {}
        self.learner.model.eval()
        size, sums = self.settings.batch, dict[str, float]()
        rounds = max(1, min(VALIDATED, len(self.validation)) // size)
        for place in range(rounds):
            example = in_order(
                self.validation,
                made_with(self.preset.model.chain),
                first=place * size,
                size=size,
                samples=self.preset.model.encoder.samples,
                style=self.settings.style,
                seed=VALIDATION_SEED,
            )
            for name, value in self.parts(example).items():
                sums[name] = sums.get(name, 0.0) + float(value) / rounds
        return {f"validation/{name}": value for name, value in sums.items()}

    def state(self) -> dict[str, Any]:
        return self.learner.to_dict()

    def publish(self) -> None:
        model, step = self.learner.network, self.learner.step
        save_model(model, self.folder / MODEL, step=step, preset=asdict(self.preset))


def drawn(preset: MasteringPreset, clips: Clips, *place: int) -> MasteringBatch:
    """A batch by its number."""
    return batch(
        clips,
        made_with(preset.model.chain),
        size=preset.training.batch,
        samples=preset.model.encoder.samples,
        style=preset.training.style,
        seed=(preset.training.seed, *place),
    )


def learner_of(preset: MasteringPreset, clips: Clips) -> Learner[Mastering]:
    """An untrained model, whose batch normalisation has the statistics of a batch, with its optimiser."""
    settings = preset.training
    fabric = fabric_of("cpu", "32-true", settings.seed)
    model = Mastering(preset.model)
    calibrated(model, drawn(preset, clips, 0).wet)
    optimiser = AdamW(model.parameters(), settings.rate, weight_decay=settings.weight_decay)
    schedule = partial(rate_at, settings=settings)
    return Learner.of(
        fabric, model, [optimiser], peak_rate=settings.rate, schedule=schedule, clip=settings.clip
    )


def rate_at(step: int, settings: MasteringTraining) -> float:
    """Share of the rate: linear up, then constant or half a cosine."""
    if step < settings.warmup:
        return rise(step, settings.warmup)
    return cosine(step + 1, settings.warmup, settings.steps) if settings.falls else 1.0


def identify(preset: MasteringPreset, clips: Clips) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        clips={"count": len(clips), "tracks": len(set(clips.tracks)), "checksum": clips.checksum()},
        code={"checksum": code_of("mastering.training", without=("synth", "rendering", *MACHINERY))},
    )
