"""Moving all of a graph's numbers at once, down the gradient of the spectral distance.

Shapes: N numbers.
"""

import math
from itertools import count

import torch
from torch import Tensor
from torch.optim.adam import adam

from unpatch.refining.knobs import free
from unpatch.refining.problem import FitTrial, Problem
from unpatch.rendering import parameters, render
from unpatch.rendering.parameters import Numbers, Slot

# Adam's highest rate, in unit coordinates, and its decay rates.
RATE = 0.02
BETAS = (0.9, 0.99)
# Cost of a step, in renders: forward and backward.
RENDERS_PER_STEP = 5
# Times of copies: the distance has a minimum around the right one that is narrower than any step, and its
# gradient elsewhere is of no use.
STILL = ("delay_ms", "stereo_offset")
# A step to this multiple of the lowest cost returns to where that was, at half of the rate.
DIVERGED, SLOWER = 1.2, 0.5


def descended(problem: Problem, trial: FitTrial, *, until: float, steps: int | None = None) -> FitTrial:
    """The best candidate of a descent by Adam in unit coordinates.

    Numbers without a useful gradient, by their declarations or as the times of copies, stay where they are.

    Args:
        problem: the target.
        trial: start, with its cost.
        until: share of the budget at its end. The rate falls to zero, by a half cosine.
        steps: largest number.
    """
    numbers = parameters.read(trial.graph, problem.registry)
    index = [i for i in free(trial.graph, problem) if _leads_somewhere(numbers.slots[i])]
    if not index:
        return trial
    begin = torch.tensor([numbers.slots[i].parameter.to_unit(float(numbers.values[i])) for i in index])
    units = begin.clone().requires_grad_()
    step, begun = _Adam(units), problem.budget.spent
    for taken in count():
        spent = problem.budget.spent
        done = max((spent - begun) / max(until - begun, 1e-9), taken / steps if steps else 0.0)
        if spent >= until or done >= 1 or problem.is_solved(trial):
            break
        moved = _moved(numbers, index, units)
        cost = _cost(problem, trial, moved)
        found = float(cost.detach())
        if found < trial.cost:
            trial = FitTrial(parameters.write(trial.graph, moved), found)
            step.kept()
        problem.noted(trial, "gradient", RENDERS_PER_STEP)
        if found > DIVERGED * trial.cost:
            step.returned()
        elif not step.taken(cost, rate=RATE * (1 + math.cos(math.pi * done)) / 2):
            break
    return trial


def _leads_somewhere(slot: Slot) -> bool:
    return slot.differentiable and slot.name not in STILL


def _cost(problem: Problem, trial: FitTrial, numbers: Numbers) -> Tensor:
    player = problem.player
    audio = render(
        trial.graph,
        player.sources(trial.graph),
        player.sample_rate,
        numbers=numbers,
        registry=problem.registry,
    )
    return problem.distance(audio) + problem.price(trial.graph)


def _moved(numbers: Numbers, index: list[int], units: Tensor) -> Numbers:
    """The numbers with some of them at other unit coordinates; gradients flow."""
    values = list(numbers.values.float().unbind())
    for i, unit in zip(index, units.unbind(), strict=True):
        values[i] = numbers.slots[i].parameter.from_unit(unit)
    return numbers.moved(torch.stack(values))


class _Adam:
    """State of Adam; by its function, because the first object of its class costs 1.5 s of imports.

    Args:
        units: moving numbers ``[N]``.
    """

    def __init__(self, units: Tensor) -> None:
        self.units = units
        self.slowed = 1.0
        self.kept()
        self._reset()

    def kept(self) -> None:
        """Store the present place as the best one."""
        self.best = self.units.detach().clone()

    def returned(self) -> None:
        """Return to the best place, slower."""
        self.slowed *= SLOWER
        self._reset()
        with torch.no_grad():
            self.units.copy_(self.best)

    def _reset(self) -> None:
        self.mean, self.square = torch.zeros_like(self.best), torch.zeros_like(self.best)
        self.count = torch.tensor(0.0)

    def taken(self, cost: Tensor, rate: float) -> bool:
        """One step, inside of the ranges; False where there is no gradient to follow."""
        if not (cost.requires_grad and bool(cost.isfinite())):
            return False
        (slope,) = torch.autograd.grad(cost, self.units, allow_unused=True)
        if slope is None or not bool(slope.isfinite().all()):
            return False
        with torch.no_grad():
            self._move(slope, rate * self.slowed)
            self.units.clamp_(0, 1)
        return True

    def _move(self, slope: Tensor, rate: float) -> None:
        adam(
            [self.units],
            [slope],
            [self.mean],
            [self.square],
            [],
            [self.count],
            foreach=False,
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
