"""A model with its optimisers: the update after each step, and the state that resumes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

import torch
from torch import Tensor, nn

from unpatch.learning.average import Average, Model
from unpatch.learning.runs import step_of

if TYPE_CHECKING:
    from lightning_fabric import Fabric
    from torch.optim import Optimizer

Schedule: TypeAlias = Callable[[int], float]
"""Step, counted from 0, to the share of the highest learning rate."""


@dataclass
class Learner(Generic[Model]):
    """A model with all that changes while it is trained.

    Attributes:
        fabric: device and precision.
        network: the model itself; ``model`` is the same as Fabric runs it.
        optimisers: between them they have all weights.
        peak_rate: highest learning rate.
        schedule: of the learning rate.
        clip: largest norm of the gradient.
        average: moving average of the weights, if one is kept.
        step: steps made.
    """

    fabric: Fabric
    network: Model
    model: Any
    optimisers: Sequence[Any]
    peak_rate: float
    schedule: Schedule
    clip: float
    average: Average[Model] | None = None
    step: int = 0

    @classmethod
    def of(
        cls,
        fabric: Fabric,
        network: Model,
        optimisers: Sequence[Optimizer],
        *,
        peak_rate: float,
        schedule: Schedule,
        clip: float,
        average: Average[Model] | None = None,
    ) -> Learner[Model]:
        model, *own = fabric.setup(network, *optimisers)
        return cls(fabric, network, model, own, peak_rate, schedule, clip, average)

    def update(self, loss: Tensor) -> None:
        """One step along the gradient of a loss."""
        rate = self.peak_rate * self.schedule(self.step)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.zero_grad()
        self.fabric.backward(loss)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        for optimiser in self.optimisers:
            optimiser.step()
        if self.average is not None:
            self.average.update()
        self.step += 1

    def to_dict(self) -> dict[str, Any]:
        """With the state of torch's random generators, which dropout and variation draw from.

        In full precision: rounded moments would make a resumed run differ from an uninterrupted one.
        """
        return {
            "model": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "average": {} if self.average is None else self.average.to_dict(),
            "step": self.step,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.network.load_state_dict(state["model"])
        for optimiser, stored in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(stored)
        if self.average is not None and state["average"]:  # a branch has none
            self.average.restore(state["average"])
        self.step = step_of(state)
        torch.set_rng_state(state["random"])
        if len(state["random_cuda"]) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["random_cuda"])
