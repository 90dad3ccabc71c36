"""Local search over structures: a move, a few steps of its knobs, and only what pays stays."""

from collections.abc import Collection, Mapping
from itertools import count

from unpatch.fit.knobs import tuned
from unpatch.fit.moves import MOVES, is_valid, moved
from unpatch.fit.problem import Guess, Problem, Until
from unpatch.synth.draw import Draw
from unpatch.synth.prune import prune

# A move is followed up while it costs less than so many times the best; first a few steps, then more.
HOPES = ((1.15, 6), (1.05, 14))
# Renders that all knobs get after a move that was taken.
SETTLING = 30
# First steps of new knobs, and of all knobs.
WIDE, NARROW = 0.2, 0.06


def restructured(
    problem: Problem, guess: Guess, draw: Draw, until: Until, liking: Mapping[str, float]
) -> Guess:
    """The best graph that was reached by moves from this one; ``liking`` says which kinds are likely."""
    for attempt in count():
        if until() or problem.is_solved(guess):
            return guess
        found = _attempt(problem, guess, draw.child(attempt), until, liking)
        if found.cost < guess.cost:
            guess = _tuned(problem, found, draw.child(attempt, 1), NARROW, SETTLING, until)
    raise AssertionError("counting does not end")


def lightened(problem: Problem, guess: Guess) -> Guess:
    """The guess without processors that do not earn their price."""
    node = 0
    while node < len(guess.graph):
        lighter = _without(node, guess, problem)
        node = 0 if lighter.cost < guess.cost else node + 1
        guess = min(lighter, guess, key=lambda one: one.cost)
    return guess


def _without(node: int, guess: Guess, problem: Problem) -> Guess:
    if not guess.graph.nodes[node].is_processor:
        return guess
    found = prune(guess.graph, problem.registry, [node]).graph
    return problem.guess(found, "drop") if is_valid(found, problem.registry) else guess


def _attempt(problem: Problem, guess: Guess, draw: Draw, until: Until, liking: Mapping[str, float]) -> Guess:
    """A move, its new knobs tuned as far as there is hope."""
    name = draw.weighted({name: kind.weight for name, kind in MOVES.items()})
    change = moved(name, guess.graph, problem.player, draw, liking)
    if change is None:
        return guess
    found = problem.guess(change.graph, name)
    for hope, renders in HOPES:
        if change.new and found.cost < hope * guess.cost:
            found = _tuned(problem, found, draw, WIDE, renders, until, change.new)
    return found


def _tuned(
    problem: Problem,
    guess: Guess,
    draw: Draw,
    step: float,
    renders: int,
    until: Until,
    nodes: Collection[int] | None = None,
) -> Guess:
    stop = problem.budget.rendered + renders
    return tuned(
        problem,
        guess,
        draw,
        step=step,
        until=lambda: until() or problem.budget.rendered >= stop,
        nodes=nodes,
    )
