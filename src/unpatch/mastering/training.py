"""Training of mastering estimators: one loop for the published systems and ours, resumable.

A run's folder holds ``model`` and ``resume.pt``, as other tasks' do. Batches are drawn by seed and step, so
that a run that continues ends bit for bit where it would have ended without the break.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW

from unpatch.learning.runs import (
    MODEL,
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
from unpatch.mastering.clips import Clips
from unpatch.mastering.closed_form import begin
from unpatch.mastering.examples import Example, batch, in_order, made_with
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
    settings = preset.training
    torch.manual_seed(settings.seed)
    learner = _Learner(preset, clips)
    identity = identify(preset, clips)
    first = _resume(folder, learner, identity)
    if not first:
        learner.begin()
    elif not is_model_of(folder, first):
        _save(folder, learner, first, preset, identity)
    with logged(folder, settings.steps, report) as log:
        for step in range(first + 1, settings.steps + 1):
            values = learner.step(learner.batch(step), step)
            checked = learner.checked(validation, step)
            if checked or is_due(step, settings.report_every, settings.steps):
                log(step, values | checked)
            if is_due(step, settings.save_every, settings.steps):
                _save(folder, learner, step, preset, identity)
    return MasteringRun(learner.model.eval(), folder, max(first, settings.steps))


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


class _Learner:
    """A model, its optimiser, and what it learns from."""

    def __init__(self, preset: MasteringPreset, clips: Clips) -> None:
        self.preset, self.clips, self.settings = preset, clips, preset.training
        self.model = Mastering(preset.model)
        self.source = made_with(preset.model.chain)
        self.distance = MelDistance()
        self.stand_in = proxy_player() if preset.model.chain == "proxy" else None
        calibrated(self.model, self.batch(0).wet)
        decay = self.settings.weight_decay
        self.optimiser = AdamW(self.model.parameters(), self.settings.rate, weight_decay=decay)

    def batch(self, *place: int) -> Example:
        return batch(
            self.clips,
            self.source,
            size=self.settings.batch,
            samples=self.preset.model.encoder.samples,
            style=self.settings.style,
            seed=(self.settings.seed, *place),
        )

    def begin(self) -> None:
        """Closed-form start of ours."""
        if isinstance(self.model.net, Ours) and self.settings.first:
            examples = (self.batch(FIRST, place) for place in range(self.settings.first))
            begin(self.model.net, examples, self.model.chain, self.clips)

    def step(self, example: Example, step: int) -> dict[str, float]:
        self.model.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.rate * rate_share(step, self.settings)
        parts = self.losses(example)
        total: Tensor = sum(parts.values(), torch.zeros(()))
        self.optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self.optimiser.step()
        return {f"loss/{name}": float(value.detach()) for name, value in parts.items()}

    def losses(self, example: Example) -> dict[str, Tensor]:
        """By name, weighted."""
        found = self.model(example.wet)
        chain = self.model.chain
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

    def checked(self, clips: Clips | None, step: int) -> dict[str, float]:
        """Losses on held-out clips at the steps that are validated; else none."""
        due = is_due(step, self.settings.validate_every, self.settings.steps)
        return self.validated(clips) if clips is not None and due else {}

    @torch.no_grad()
    def validated(self, clips: Clips) -> dict[str, float]:
        """Losses on held-out clips."""
        self.model.eval()
        size = self.settings.batch
        sums: dict[str, float] = {}
        rounds = max(1, min(VALIDATED, len(clips)) // size)
        for place in range(rounds):
            example = in_order(
                clips,
                self.source,
                first=place * size,
                size=size,
                samples=self.preset.model.encoder.samples,
                style=self.settings.style,
                seed=VALIDATION_SEED,
            )
            for name, value in self.losses(example).items():
                sums[name] = sums.get(name, 0.0) + float(value) / rounds
        return {f"validation/{name}": value for name, value in sums.items()}


def rate_share(step: int, settings: MasteringTraining) -> float:
    """Share of the rate at a step, counted from 1."""
    if step <= settings.warmup:
        return step / settings.warmup
    if not settings.falls:
        return 1.0
    done = (step - settings.warmup) / max(1, settings.steps - settings.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def identify(preset: MasteringPreset, clips: Clips) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    return identity_of(
        preset=asdict(preset),
        clips={"count": len(clips), "tracks": len(set(clips.tracks)), "checksum": clips.checksum()},
        code={"checksum": code_of("mastering.training", without=("synth", "rendering"))},
    )


def _save(
    folder: Path, learner: _Learner, step: int, preset: MasteringPreset, identity: Mapping[str, Any]
) -> None:
    state = {
        "model": learner.model.state_dict(),
        "optimiser": learner.optimiser.state_dict(),
        "random": torch.get_rng_state(),
        "step": step,
    }
    write_state(folder, state, identity)
    save_model(learner.model, folder / MODEL, step=step, preset=asdict(preset))


def _resume(folder: Path, learner: _Learner, identity: Mapping[str, Any]) -> int:
    """Load where a run of this identity was left; the steps already made."""
    stored = read_state(folder, identity)
    if stored is None:
        return 0
    with restoring(folder):
        step = step_of(stored)
        learner.model.load_state_dict(stored["model"])
        learner.optimiser.load_state_dict(stored["optimiser"])
        torch.set_rng_state(stored["random"])
    return step
