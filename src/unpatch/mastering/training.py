"""Training of mastering estimators: one loop for the published systems and ours, resumable.

A run's folder holds ``model`` and ``resume.pt``, as other tasks' do. Batches are drawn by seed and step, so
that a run that goes on ends bit for bit where it would have ended without the break.
"""

import math
import pickle
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW

from unpatch.files import aside
from unpatch.mastering.chains import Player
from unpatch.mastering.clips import Clips
from unpatch.mastering.closed_form import begin
from unpatch.mastering.examples import Example, batch, in_order, made_with
from unpatch.mastering.mel import MelDistance
from unpatch.mastering.model import Mastering, calibrated, save_model
from unpatch.mastering.objective import number_loss, sound_loss, told_losses
from unpatch.mastering.ours import Ours, Told
from unpatch.mastering.presets import MasteringPreset, MasteringTraining
from unpatch.train import MODEL, RESUME, Progress, Report, flat

# Settings that may be changed in the middle of a run.
FREE = ("steps", "report_every", "validate_every", "save_every")
# Examples that validation hears.
VALIDATED = 64
VALIDATION_SEED = 1_000_003
# Stands before the number of a batch that a run begins with.
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
    """Train, or go on training, until the last step.

    Args:
        preset: model and training.
        clips: to make masters of.
        folder: of the run.
        validation: clips of other tracks.
        report: told of losses now and then.
    """
    settings = preset.training
    torch.manual_seed(settings.seed)
    learner = _Learner(preset, clips)
    identity = identify(preset, clips)
    first = _resume(folder, learner, identity)
    if not first:
        learner.begin()
    begun = time.monotonic()
    for step in range(first + 1, settings.steps + 1):
        values = learner.step(learner.batch(step), step)
        checked = (
            learner.validated(validation)
            if validation and _due(step, settings.validate_every, settings)
            else {}
        )
        if checked or _due(step, settings.report_every, settings):
            report(Progress(step, settings.steps, time.monotonic() - begun, values | checked))
        if _due(step, settings.save_every, settings):
            _save(folder, learner, step, preset, identity)
    return MasteringRun(learner.model.eval(), folder, max(first, settings.steps))


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
        """Ours begins in closed form."""
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
        if isinstance(found, Told):
            weights = {"numbers": 1.0, "curve": CURVE_WEIGHT, "present": PRESENT_WEIGHT}
            parts = {
                name: weights[name] * value for name, value in told_losses(found, example, chain).items()
            }
            if weight := self.settings.sound_weight:
                parts["sound"] = weight * sound_loss(found.units, example, chain, self.distance)
            return parts
        if self.settings.loss == "parameters":
            return {"numbers": number_loss(found, example)}
        return {"sound": sound_loss(found, example, chain, self.distance, self.stand_in)}

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


def proxy_player() -> Player:
    """The neural proxy in place of the compressor, to learn through."""
    from unpatch.mastering.hybrid import hybrid
    from unpatch.mastering.proxy_weights import load_proxy

    proxy = load_proxy().eval().requires_grad_(False)

    def play(audio: Tensor, values: Mapping[str, Tensor]) -> Tensor:
        both = audio[:, None].expand(-1, 2, -1).contiguous()
        knobs = {name: value.flatten() for name, value in values.items()}
        return hybrid(proxy, both, knobs, 44_100, learning=True)[:, 0]

    return play


def rate_share(step: int, settings: MasteringTraining) -> float:
    """Share of the rate at a step, counted from 1."""
    if step <= settings.warmup:
        return step / settings.warmup
    if not settings.falls:
        return 1.0
    done = (step - settings.warmup) / max(1, settings.steps - settings.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _due(step: int, every: int, settings: MasteringTraining) -> bool:
    return step % every == 0 or step == settings.steps


def identify(preset: MasteringPreset, clips: Clips) -> dict[str, Any]:
    """What must be equal for a run to go on."""
    tree = {"preset": asdict(preset), "clips": {"count": len(clips), "tracks": len(set(clips.tracks))}}
    return {name: value for name, value in flat(tree) if name.removeprefix("preset.training.") not in FREE}


def _save(
    folder: Path, learner: _Learner, step: int, preset: MasteringPreset, identity: Mapping[str, Any]
) -> None:
    save_model(learner.model, folder / MODEL, step=step, preset=asdict(preset))
    state = {
        "model": learner.model.state_dict(),
        "optimiser": learner.optimiser.state_dict(),
        "random": torch.get_rng_state(),
        "step": step,
        "identity": identity,
    }
    with aside(folder / RESUME) as draft:
        torch.save(state, draft)


def _resume(folder: Path, learner: _Learner, identity: Mapping[str, Any]) -> int:
    """Load where a run of this identity was left; the steps already made."""
    path = folder / RESUME
    if not path.exists():
        return 0
    try:
        stored: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        there: dict[str, Any] = stored["identity"]
    except (RuntimeError, OSError, EOFError, LookupError, pickle.UnpicklingError) as fault:
        raise ValueError(f"{path}: damaged or of another version; remove it to begin anew") from fault
    odd = [name for name in {**identity, **there} if identity.get(name) != there.get(name)]
    if odd:
        changes = "; ".join(f"{name} is {identity.get(name)}, was {there.get(name)}" for name in sorted(odd))
        raise ValueError(f"{path}: of another run, where {changes}")
    learner.model.load_state_dict(stored["model"])
    learner.optimiser.load_state_dict(stored["optimiser"])
    torch.set_rng_state(stored["random"])
    return int(stored["step"])
