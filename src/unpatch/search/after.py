"""After pruning: what can be written more simply without sounding different.

Weights close to 1 become 1, processors that nobody hears go, neighbours that do the same become one. Each
change stays only if the loss does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from unpatch.graph.data import Graph
from unpatch.search.console import WEIGHT, prunable, without
from unpatch.search.judge import Judge
from unpatch.search.parts import values_of
from unpatch.search.pruning import Candidate, Ledger, gradual
from unpatch.search.pruning.objective import NONE
from unpatch.search.simpler import simpler
from unpatch.search.tree import Tree
from unpatch.search.trials import Cached

NEAR = 0.9
"""Weights from here on may become 1."""
INAUDIBLE = 0.05
"""Share of the tolerance that taking out what nobody hears may cost, all in all."""

Change: TypeAlias = Callable[[Graph], Graph]


def finished(graph: Graph, judge: Judge, limit: float, tolerance: float) -> tuple[Graph, float]:
    """The graph written more simply, and its loss, which is below ``limit`` if it was."""
    graph = lightened(graph, judge, limit, INAUDIBLE * tolerance)
    graph = _allowed(graph, [lambda g: simpler(g, judge.registry)], judge, limit)
    near = sorted((-w, node) for node, w in _weights(graph, judge).items() if NEAR <= w < 1)
    graph = _allowed(graph, [_hard(node) for _, node in near], judge, limit)
    return graph, loss_of(graph, judge)


def lightened(graph: Graph, judge: Judge, limit: float, cost: float) -> Graph:
    """Without the processors that cost next to nothing together."""
    trials = Cached(graph, values_of(graph, judge.registry), judge)
    (loss,) = trials.losses(NONE, [NONE])
    home, weights = Tree.of(graph).home, _weights(graph, judge)
    candidates = [
        Candidate(node, graph.nodes[node].kind, weight, weight, home[node])
        for node, weight in weights.items()
    ]
    ledger = Ledger(trials, loss, loss, min(cost, limit - loss))
    return without(graph, gradual(ledger, candidates, batch=4).gone)


def loss_of(graph: Graph, judge: Judge) -> float:
    """Heard as a whole, with the numbers written in it."""
    return judge.value(graph, values_of(graph, judge.registry))


def _allowed(graph: Graph, changes: Sequence[Change], judge: Judge, limit: float) -> Graph:
    """With as many of the changes as the limit allows for: all at once, or else each half for itself."""
    if not changes:
        return graph
    changed = graph
    for change in changes:
        changed = change(changed)
    if changed == graph or loss_of(changed, judge) < limit:
        return changed
    if len(changes) == 1:
        return graph
    middle = len(changes) // 2
    return _allowed(_allowed(graph, changes[:middle], judge, limit), changes[middle:], judge, limit)


def _hard(node: int) -> Change:
    return lambda graph: graph.with_parameters(node, {WEIGHT: 1.0})


def _weights(graph: Graph, judge: Judge) -> dict[int, float]:
    declared = {node: judge.registry[graph.nodes[node].kind].parameters[WEIGHT] for node in prunable(graph)}
    return {node: graph.nodes[node].parameters.get(WEIGHT, knob.default) for node, knob in declared.items()}
