"""Local search over structures: a move, a few steps of its knobs, kept if the cost falls."""

from collections.abc import Collection, Mapping
from itertools import count

from unpatch.refining.knobs import tuned
from unpatch.refining.moves import MOVES, is_valid, moved
from unpatch.refining.problem import FitTrial, Problem, Until
from unpatch.synth.draw import Draw
from unpatch.synth.prune import prune

# A move is followed up while its cost is below this multiple of the best; first a few steps, then more.
FOLLOW_UP = ((1.15, 6), (1.05, 14))
# Renders for all knobs after an accepted move.
SETTLING = 30
# First steps of new knobs, and of all knobs.
WIDE, NARROW = 0.2, 0.06


def restructured(
    problem: Problem, trial: FitTrial, draw: Draw, until: Until, prior: Mapping[str, float]
) -> FitTrial:
    """The best graph that was reached by moves from this one; ``prior`` weights the kinds."""
    for attempt in count():
        if until() or problem.is_solved(trial):
            return trial
        found = _attempt(problem, trial, draw.child(attempt), until, prior)
        if found.cost < trial.cost:
            trial = _tuned(problem, found, draw.child(attempt, 1), NARROW, SETTLING, until)
    raise AssertionError("counting does not end")


def lightened(problem: Problem, trial: FitTrial) -> FitTrial:
    """The candidate without processors whose effect is below their price."""
    node = 0
    while node < len(trial.graph):
        lighter = _without(node, trial, problem)
        node = 0 if lighter.cost < trial.cost else node + 1
        trial = min(lighter, trial, key=lambda one: one.cost)
    return trial


def _without(node: int, trial: FitTrial, problem: Problem) -> FitTrial:
    if not trial.graph.nodes[node].is_processor:
        return trial
    found = prune(trial.graph, problem.registry, [node]).graph
    return problem.evaluate(found, "drop") if is_valid(found, problem.registry) else trial


def _attempt(
    problem: Problem, trial: FitTrial, draw: Draw, until: Until, prior: Mapping[str, float]
) -> FitTrial:
    """A move, its new knobs tuned while its cost is near the best."""
    name = draw.weighted({name: kind.weight for name, kind in MOVES.items()})
    change = moved(name, trial.graph, problem.player, draw, prior)
    if change is None:
        return trial
    found = problem.evaluate(change.graph, name)
    for ratio, renders in FOLLOW_UP:
        if change.new and found.cost < ratio * trial.cost:
            found = _tuned(problem, found, draw, WIDE, renders, until, nodes=change.new)
    return found


def _tuned(
    problem: Problem,
    trial: FitTrial,
    draw: Draw,
    step: float,
    renders: int,
    until: Until,
    *,
    nodes: Collection[int] | None = None,
) -> FitTrial:
    stop = problem.budget.rendered + renders
    return tuned(
        problem,
        trial,
        draw,
        step=step,
        until=lambda: until() or problem.budget.rendered >= stop,
        nodes=nodes,
    )
