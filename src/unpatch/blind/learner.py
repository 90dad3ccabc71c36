"""How the blind estimators learn: initial weights, optimisers, learning rate, and one step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.losses import Losses, losses
from unpatch.blind.models import Estimator, build
from unpatch.blind.presets import Preset, TrainSettings
from unpatch.blind.variation import varied_batch
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.learning import device
from unpatch.learning.average import Average
from unpatch.learning.learner import Learner
from unpatch.learning.muon import Muon
from unpatch.learning.schedules import linear, rise

if TYPE_CHECKING:
    from lightning_fabric import Fabric

# Examples by which a fresh encoder is scaled.
CALIBRATED_ON = 256
CODE_APART = ("synth", "rendering", "dsp")
"""Code that a run does not depend on: the examples are stored, or recorded separately."""


def fabric_of(settings: TrainSettings) -> Fabric:
    """Device and precision of computation; random numbers start from the settings' seed."""
    return device.fabric_of(settings.accelerator, settings.precision, settings.seed)


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


def learner_of(fabric: Fabric, estimator: Estimator, settings: TrainSettings) -> Learner[Estimator]:
    """A model with its optimisers; of a trunk, with the average of its weights."""
    return Learner.of(
        fabric,
        estimator,
        optimisers_of(estimator, settings),
        peak_rate=settings.peak_rate,
        schedule=partial(rate_at, settings=settings),
        clip=settings.clip,
        average=Average(estimator, settings.average) if settings.schedule == "trunk" else None,
    )


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
        return rise(step, settings.warmup)
    return 1.0 if settings.schedule == "trunk" else linear(step, settings.warmup, settings.steps)


def learn(learner: Learner[Estimator], batch: Batch, settings: TrainSettings) -> Losses:
    """One step."""
    learner.model.train()
    found = evaluate_losses(learner.model, learner.fabric.to_device(batch), settings)
    learner.update(found.total)
    return found


def evaluate_losses(model: Any, batch: Batch, settings: TrainSettings) -> Losses:
    """Losses of a batch; the parameter task is computed for a share of it."""
    numbered = round(len(batch.rows) * settings.number_share)
    batch = varied_batch(batch, settings.variation)
    return losses(model(batch, numbered), batch, settings.smoothing, settings.losses)


def numbers(found: Losses) -> dict[str, float]:
    return {f"loss/{name}": float(value.detach()) for name, value in found.parts.items()}
