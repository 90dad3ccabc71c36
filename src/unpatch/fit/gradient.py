"""Moving all of a graph's numbers at once, down the gradient of the spectral distance.

Shapes: N numbers.
"""

import math

import torch
from torch import Tensor

from unpatch import parameters
from unpatch.fit.knobs import free
from unpatch.fit.problem import Guess, Problem
from unpatch.parameters import Numbers
from unpatch.render import render

# Adam's highest rate, in unit coordinates, and how long it remembers.
RATE = 0.02
BETAS = (0.9, 0.99)
# What a step costs, in renders: there and back.
RENDERS_PER_STEP = 5


def descended(problem: Problem, guess: Guess, *, until: float) -> Guess:
    """The best guess on the way down, by Adam in unit coordinates.

    Numbers whose gradient says nothing, as their declarations tell, stay where they are.

    Args:
        problem: what to come close to.
        guess: where to begin.
        until: share of the budget that is spent when it ends. The rate falls to nothing, by a half cosine.
    """
    numbers = parameters.read(guess.graph, problem.registry)
    index = [i for i in free(guess.graph, problem) if numbers.slots[i].differentiable]
    if not index:
        return guess
    begin = torch.tensor([numbers.slots[i].parameter.to_unit(float(numbers.values[i])) for i in index])
    units = begin.clone().requires_grad_()
    adam = torch.optim.Adam([units], lr=RATE, betas=BETAS)
    begun = problem.budget.spent
    while (spent := problem.budget.spent) < until and not problem.is_solved(guess):
        done = (spent - begun) / (until - begun)
        adam.param_groups[0]["lr"] = RATE * (1 + math.cos(math.pi * done)) / 2
        adam.zero_grad()
        moved = _moved(numbers, index, units)
        cost = _cost(problem, guess, moved)
        if float(cost.detach()) < guess.cost:
            guess = Guess(parameters.write(guess.graph, moved), float(cost.detach()))
        problem.noted(guess, "gradient", RENDERS_PER_STEP)
        if not _stepped(cost, units, adam):
            break
    return guess


def _cost(problem: Problem, guess: Guess, numbers: Numbers) -> Tensor:
    player = problem.player
    audio = render(
        guess.graph,
        player.sources(guess.graph),
        player.sample_rate,
        numbers=numbers,
        registry=problem.registry,
    )
    return problem.distance(audio) + problem.price(guess.graph)


def _moved(numbers: Numbers, index: list[int], units: Tensor) -> Numbers:
    """The numbers with some of them at other unit coordinates; gradients flow."""
    values = list(numbers.values.float().unbind())
    for i, unit in zip(index, units.unbind(), strict=True):
        values[i] = numbers.slots[i].parameter.from_unit(unit)
    return numbers.moved(torch.stack(values))


def _stepped(cost: Tensor, units: Tensor, adam: torch.optim.Optimizer) -> bool:
    """One step, inside of the ranges; False where there is no gradient to follow."""
    if not (cost.requires_grad and bool(cost.isfinite())):
        return False
    cost.backward()  # type: ignore[no-untyped-call]
    if units.grad is None or not bool(units.grad.isfinite().all()):
        return False
    adam.step()
    with torch.no_grad():
        units.clamp_(0, 1)
    return True
