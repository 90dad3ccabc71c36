"""The simplest graph of about the same distance, and the effect of each of its processors."""

from __future__ import annotations

from dataclasses import replace

from unpatch.graph.data import Graph, Node
from unpatch.refining.knobs import tuned
from unpatch.refining.moves import is_valid
from unpatch.refining.problem import FitTrial, Problem, Until
from unpatch.refining.proposals.stage import Stage
from unpatch.refining.proposals.tone import everyday as everyday_stage
from unpatch.refining.structure import NARROW
from unpatch.synth.draw import Draw
from unpatch.synth.prune import prune

# A processor stays if without it, the others having adapted, the distance would be greater by this much
# and by this share of itself.
LEAST, LEAST_SHARE = 0.004, 0.05
# Renders for tuning the others.
ADAPTING = 24
SHELVES = ("lowshelf", "highshelf")
_TINY = 1e-9


def simplest(problem: Problem, trial: FitTrial, draw: Draw, until: Until) -> FitTrial:
    """The candidate without processors of too little effect, the least useful first."""
    for turn in range(trial.graph.processor_count):
        lighter = [
            _adapted(problem, found, draw.child(turn, node), until)
            for node in range(len(trial.graph))
            if (found := _without(problem, trial, node)) is not None
            and problem.distance_of(found) < _most(problem.distance_of(trial), 4.0)
        ]
        if not lighter:
            break
        best = min(lighter, key=problem.distance_of)
        if problem.distance_of(best) > _most(problem.distance_of(trial), 1.0):
            break
        trial = best
    return trial


def _most(distance: float, times: float) -> float:
    return distance + times * (LEAST + LEAST_SHARE * distance)


def _adapted(problem: Problem, trial: FitTrial, draw: Draw, until: Until) -> FitTrial:
    stop = problem.budget.rendered + ADAPTING
    return tuned(problem, trial, draw, step=NARROW, until=lambda: until() or problem.budget.rendered >= stop)


def _without(problem: Problem, trial: FitTrial, node: int) -> FitTrial | None:
    if not trial.graph.nodes[node].is_processor:
        return None
    found = prune(trial.graph, problem.registry, [node]).graph
    return problem.evaluate(found, "drop") if is_valid(found, problem.registry) else None


def with_confidences(problem: Problem, graph: Graph) -> Graph:
    """Each processor with the share of the squared distance without it that it explains.

    With d the distance and e that without the processor, ``1 - (d / e)^2``: 1 where nothing is left, 0 where
    the distance is the same or smaller without it. Others do not adapt. A modulator of another processor has
    the share of that one.
    """
    trial = problem.evaluate(graph, "drop")
    nodes = list(graph.nodes)
    for i, node in enumerate(nodes):
        without = _without(problem, trial, i)
        if without is not None:
            rest = max(problem.distance_of(without), _TINY)
            nodes[i] = replace(
                node, confidence=min(max(1 - (problem.distance_of(trial) / rest) ** 2, 0.0), 1.0)
            )
        elif node.is_processor:
            nodes[i] = replace(node, confidence=None)
    return replace(graph, nodes=tuple(nodes))


def everyday(graph: Graph) -> Graph:
    """Shelves at their usual ends of the spectrum."""
    return replace(graph, nodes=tuple(map(_turned, graph.nodes)))


def _turned(node: Node) -> Node:
    if node.kind not in SHELVES:
        return node
    turned = everyday_stage(Stage(node.kind, node.parameters))
    return replace(node, kind=turned.kind, parameters=dict(turned.settings))
