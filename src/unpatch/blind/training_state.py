"""The state that a part of a long training starts from: a checkpoint, or the weights of a model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from unpatch.blind.learner import fabric_of, learner_of, rate_at, untaught
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.presets import Preset, TrainSettings
from unpatch.declaration import Processor
from unpatch.learning.learner import Learner
from unpatch.learning.runs import flat
from unpatch.learning.weights import CONFIG, WEIGHTS, WeightsError, blamed_on, read_config
from unpatch.storage.identity import checksum, require_same
from unpatch.synth.ring import Place

PLACE = "place"
"""Key of a model's config: position of its training in the stream."""


@dataclass(frozen=True)
class Origin:
    """What a trunk has grown from.

    Attributes:
        step: after which it starts.
        weights: checksum of the initial weights; empty for a fresh model.
    """

    step: int = 0
    weights: str = ""


@dataclass(frozen=True)
class Spent:
    """What a run has cost, over all its parts.

    Attributes:
        seconds: of the clock.
        core_seconds: of the processor, for training and evaluation.
        generator_seconds: of the processor, for examples.
        waiting_seconds: for which training waited for examples.
    """

    seconds: float = 0.0
    core_seconds: float = 0.0
    generator_seconds: float = 0.0
    waiting_seconds: float = 0.0


@dataclass
class TrainingState:
    """State of a training.

    Attributes:
        learner: what is trained.
        place: in the stream.
        origin: of the trunk.
        before: what earlier parts of the run have cost.
    """

    learner: Learner[Estimator]
    place: Place = field(default_factory=Place)
    origin: Origin = field(default_factory=Origin)
    before: Spent = field(default_factory=Spent)

    def to_dict(self, spent: Spent) -> dict[str, Any]:
        """All that is needed to continue."""
        parts = {PLACE: self.place, "origin": self.origin, "spent": spent}
        return self.learner.to_dict() | {name: asdict(part) for name, part in parts.items()}  # type: ignore[call-overload]


def continued(preset: Preset, registry: Mapping[str, Processor], stored: Mapping[str, Any]) -> TrainingState:
    """As it was left."""
    learner = learner_of(fabric_of(preset.training), untaught(preset, registry), preset.training)
    learner.restore(stored)
    origin = Origin(**stored["origin"])
    learner.schedule = partial(rate_since, origin, preset.training)
    return TrainingState(learner, Place(**stored[PLACE]), origin, Spent(**stored["spent"]))


def taken_over(preset: Preset, registry: Mapping[str, Processor], weights: Path) -> TrainingState:
    """A new trunk from the weights of a model, with zero moments and its own warm-up.

    It continues in the stream at the position of the model's training, if known. The earlier examples
    are gone: the ring fills from there on.

    Raises:
        ValueError: the preset has another model, or a learning rate that cannot continue.
    """
    require_trunk(preset)
    fabric = fabric_of(preset.training)
    estimator = from_pretrained(weights, registry)
    own, other = (dict(flat(asdict(settings))) for settings in (preset.model, estimator.settings))
    require_same(weights, own, other, "model")
    config = read_config(weights)
    with blamed_on(weights / CONFIG):
        step = _counted(config["step"])
        place = Place(**config[PLACE]).following() if PLACE in config else Place()
    learner = learner_of(fabric, estimator, preset.training)
    learner.step = step
    origin = Origin(step, checksum(weights / WEIGHTS))
    learner.schedule = partial(rate_since, origin, preset.training)
    return TrainingState(learner, replace(place, oldest=place.newest), origin)


def _counted(step: Any) -> int:
    if not isinstance(step, int) or step < 0:
        raise WeightsError(f"step is no number of steps: {step!s:.80}")
    return step


def require_trunk(preset: Preset) -> None:
    """Refuse a preset whose learning rate falls by itself."""
    if preset.training.schedule != "trunk":
        raise ValueError(
            f"the learning rate of {preset.name} falls to zero at its last step; there is no trunk"
        )


def rate_since(origin: Origin, settings: TrainSettings, step: int) -> float:
    """Share of the peak rate of a trunk that starts after ``origin``; a fresh one warms up at step 0."""
    return rate_at(step - origin.step, settings)
