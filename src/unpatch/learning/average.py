"""The moving average of weights, which is about as good as weights whose learning rate has fallen.

Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, "Averaging weights leads to wider optima and better
generalization", 2018; exponential as in Tarvainen and Valpola, "Mean teachers", 2017.
"""

import copy
from collections.abc import Mapping
from typing import Generic, TypeVar

import torch
from torch import nn

Model = TypeVar("Model", bound=nn.Module)


class Average(Generic[Model]):
    """Of a model's parameters; of its buffers there is no average.

    Args:
        model: its weights are averaged, starting from their present values.
        kept: decay of the moving average per step; lower in the first steps, so that they are forgotten.
    """

    def __init__(self, model: Model, kept: float) -> None:
        self._model, self._kept, self._count = model, kept, 0
        self._means = [weight.detach().clone() for weight in model.parameters()]

    @torch.no_grad()
    def update(self) -> None:
        """After a step."""
        self._count += 1
        kept = min(self._kept, self._count / (self._count + 9))
        torch._foreach_lerp_(self._means, list(self._model.parameters()), 1 - kept)

    @torch.no_grad()
    def model(self) -> Model:
        """A separate model with the averages as weights, in evaluation mode."""
        found = copy.deepcopy(self._model)
        for weight, mean in zip(found.parameters(), self._means, strict=True):
            weight.copy_(mean)
        return found.eval()

    def to_dict(self) -> dict[str, object]:
        return {"means": list(self._means), "count": self._count}

    @torch.no_grad()
    def restore(self, state: Mapping[str, object]) -> None:
        means, count = state["means"], state["count"]
        assert isinstance(means, list) and isinstance(count, int)
        for mean, stored in zip(self._means, means, strict=True):
            mean.copy_(stored)
        self._count = count
