"""A decayed branch: weights for use, of a trunk whose learning rate stays high.

The branch starts from the last checkpoint of the trunk, and its rate falls linearly to zero; it has a
folder of its own in the run's. The trunk is unaffected: both continue in the same stream.

Hägele, Bakouch, Kosson, Ben Allal, Von Werra and Jaggi, "Scaling laws and compute-optimal training beyond
fixed training durations", 2024.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from unpatch.blind.card import card
from unpatch.blind.models import save_pretrained
from unpatch.blind.models.calibrating import calibrated
from unpatch.blind.presets import Preset
from unpatch.blind.proposals import heights_db
from unpatch.blind.session import Clock, How, Session
from unpatch.blind.training import Run
from unpatch.blind.training_state import TrainingState, continued, require_trunk
from unpatch.blind.trunk import Site, held_out_examples, site
from unpatch.blind.vocabulary import registry_of
from unpatch.declaration import Processor
from unpatch.learning import loop
from unpatch.learning.runs import MODEL, RESUME, read_state, restoring
from unpatch.learning.schedules import linear
from unpatch.ranges import DECAY
from unpatch.storage.files import write_aside
from unpatch.synth.produce import Dataset
from unpatch.synth.supply import supply

CARD = "README.md"


def train_branch(
    preset: Preset,
    dataset: Dataset,
    folder: Path,
    amount: float,
    *,
    validation: Dataset,
    registry: Mapping[str, Processor] | None = None,
    how: How | None = None,
) -> Run:
    """Train, or continue training, a decayed branch; at its end there are weights and a card.

    Args:
        preset: of the trunk.
        dataset: likewise.
        folder: likewise.
        amount: number of steps: below 1 a share of all steps, from the start of the trunk to the end of the
            branch; else their number.
        validation: as of the trunk.
        registry: kind to processor; that which the model names if left out.
        how: for how long, and beside how many generators.
    """
    how, registry = how or How(), registry or registry_of(preset.model.registry)
    require_trunk(preset)
    with site(preset, dataset, folder, registry) as at:
        planned = plan(at, amount)
        place = folder / f"decay-{planned.first:06d}"
        identity = {**at.identity, "branch.first": planned.first, "branch.steps": planned.steps}
        stored = read_state(place, identity) or at.stored
        assert stored is not None
        clock = Clock(how)
        with supply(at.stream.ring, how.generators, clock.waiting) as shards:
            with restoring(place if (place / RESUME).exists() else folder):
                begun = fallen(continued(preset, registry, stored), planned)
            held_out = held_out_examples(at, validation, how)
            branch = DecayBranch(
                place, identity, planned.preset, begun, at.stream, shards, held_out, clock, at.notes()
            )
            loop.train(branch, how.report)
    if begun.learner.step == planned.last:
        ship(branch)
    return Run(begun.learner.network.eval(), place, begun.learner.step)


@dataclass(frozen=True)
class BranchPlan:
    """Steps of a branch: the first ``first`` are the trunk's."""

    first: int
    steps: int
    trunk: Preset

    @property
    def last(self) -> int:
        return self.first + self.steps

    @property
    def preset(self) -> Preset:
        """Of the trunk, with the branch's last step."""
        return replace(self.trunk, training=replace(self.trunk.training, steps=self.last))

    def share(self, step: int) -> float:
        """Of the trunk's rate, at a step counted from 0."""
        return linear(step, self.first, self.last)


def plan(at: Site, amount: float) -> BranchPlan:
    """How long a branch from here lasts."""
    DECAY.check("decay", amount)
    if at.stored is None:
        raise ValueError(f"{at.folder}: holds no trunk yet that a branch could leave")
    first = int(at.stored["step"])
    steps = round(first * amount / (1 - amount)) if amount < 1 else round(amount)
    return BranchPlan(first, max(1, steps), at.preset)


def fallen(begun: TrainingState, planned: BranchPlan) -> TrainingState:
    """The same with a rate that falls, and without an average."""
    learner = begun.learner
    trunk_rate = learner.schedule
    learner.average = None
    learner.schedule = lambda step: trunk_rate(step) * planned.share(step)
    return begun


class DecayBranch(Session):
    """A branch: it has no weights for use before its end, and leaves the ring to the trunk."""

    def publish(self) -> None:
        """Nothing."""


def ship(branch: DecayBranch) -> None:
    """Write weights in half precision with their metadata, and a card.

    Probabilities are calibrated on the last of the validation sets, of everyday graphs where the model's
    registry has them.
    """
    figures = dict(branch.figures or branch.measure())
    notes = branch.all_notes() | {"validation": figures}
    step = branch.learner.step
    estimator = branch.learner.network.eval()
    everyday = branch.held_out[list(branch.held_out)[-1]]
    heights = heights_db(everyday, estimator.settings.features.echoes)
    estimator.calibration = calibrated(estimator, everyday, branch.stream.registry, heights_db=heights)
    model = copy.deepcopy(estimator).half()
    folder = branch.folder / MODEL
    save_pretrained(model, folder, step=step, **notes)
    parameters = sum(weight.numel() for weight in model.parameters())
    write_aside(folder / CARD, card(step, parameters, notes).encode())
