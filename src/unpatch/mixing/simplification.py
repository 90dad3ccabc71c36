"""After pruning: simplification without audible change.

Weights close to 1 become 1, inaudible processors go, neighbours that do the same become one. Each
change stays only if the loss does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from unpatch.graph.data import Graph
from unpatch.mixing.console import WEIGHT, prunable, without
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.gain_merging import simpler
from unpatch.mixing.pruning import Ledger, PruningCandidate, gradual
from unpatch.mixing.pruning.objective import NONE
from unpatch.mixing.subgraphs import values_of
from unpatch.mixing.tree import Tree
from unpatch.mixing.trials import Cached

NEAR = 0.9
"""Weights from here on may become 1."""
INAUDIBLE = 0.05
"""Share of the tolerance that removing inaudible processors may cost in total."""

Change: TypeAlias = Callable[[Graph], Graph]


def finished(graph: Graph, evaluator: Evaluator, limit: float, tolerance: float) -> tuple[Graph, float]:
    """The graph simplified, and its loss, which is below ``limit`` if it was."""
    graph = lightened(graph, evaluator, limit, INAUDIBLE * tolerance)
    graph = _allowed(graph, [lambda g: simpler(g, evaluator.registry)], evaluator, limit)
    near = sorted((-w, node) for node, w in _weights(graph, evaluator).items() if NEAR <= w < 1)
    graph = _allowed(graph, [_hard(node) for _, node in near], evaluator, limit)
    return graph, loss_of(graph, evaluator)


def lightened(graph: Graph, evaluator: Evaluator, limit: float, cost: float) -> Graph:
    """The graph without the processors whose total cost is negligible."""
    trials = Cached(graph, values_of(graph, evaluator.registry), evaluator)
    (loss,) = trials.losses(NONE, [NONE])
    home, weights = Tree.of(graph).home, _weights(graph, evaluator)
    candidates = [
        PruningCandidate(node, graph.nodes[node].kind, weight, weight, home[node])
        for node, weight in weights.items()
    ]
    ledger = Ledger(trials, loss, loss, min(cost, limit - loss))
    return without(graph, gradual(ledger, candidates, batch=4).gone)


def loss_of(graph: Graph, evaluator: Evaluator) -> float:
    """Measured as a whole, with the numbers written in it."""
    return evaluator.value(graph, values_of(graph, evaluator.registry))


def _allowed(graph: Graph, changes: Sequence[Change], evaluator: Evaluator, limit: float) -> Graph:
    """With as many of the changes as the limit allows for: all at once, or else each half separately."""
    if not changes:
        return graph
    changed = graph
    for change in changes:
        changed = change(changed)
    if changed == graph or loss_of(changed, evaluator) < limit:
        return changed
    if len(changes) == 1:
        return graph
    middle = len(changes) // 2
    return _allowed(_allowed(graph, changes[:middle], evaluator, limit), changes[middle:], evaluator, limit)


def _hard(node: int) -> Change:
    return lambda graph: graph.with_parameters(node, {WEIGHT: 1.0})


def _weights(graph: Graph, evaluator: Evaluator) -> dict[int, float]:
    declared = {
        node: evaluator.registry[graph.nodes[node].kind].parameters[WEIGHT] for node in prunable(graph)
    }
    return {node: graph.nodes[node].parameters.get(WEIGHT, knob.default) for node, knob in declared.items()}
