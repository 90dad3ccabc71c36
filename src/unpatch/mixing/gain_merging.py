"""The same graph in fewer numbers: exact rewritings of gains and imagers, which are matrices.

A dry/wet weight only changes such a matrix, so that it can be merged into the knobs. Two in series are one.
And a gain behind a sum equals a gain on every summed signal, where that has a gain of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from unpatch.declaration import Processor
from unpatch.graph.check import complete_node
from unpatch.graph.data import Graph, GraphError, Node
from unpatch.mixing.console import WEIGHT, letter_of, prunable, without
from unpatch.mixing.tree import Tree
from unpatch.processors import KINDS

Registry: TypeAlias = Mapping[str, Processor]


class Diagonal(NamedTuple):
    """A factor on each of two channels: left and right of a gain, mid and side of an imager."""

    first: float
    second: float

    def times(self, other: Diagonal) -> Diagonal:
        return Diagonal(self.first * other.first, self.second * other.second)


def simpler(graph: Graph, registry: Registry = KINDS) -> Graph:
    """The graph with all rewritings that are exact and stay within the knobs' ranges."""
    return joined(hardened(graph, registry), registry)[0]


def joined(graph: Graph, registry: Registry = KINDS) -> tuple[Graph, tuple[int, ...]]:
    """Without the gains and imagers that others can take on, and which nodes of the graph are left."""
    kept = tuple(range(len(graph)))
    while (found := _joined_once(graph, registry)) is not None:
        graph, gone = found
        kept = (*kept[:gone], *kept[gone + 1 :])
    return graph, kept


def hardened(graph: Graph, registry: Registry = KINDS) -> Graph:
    """Weights of gains and imagers worked into their knobs."""
    nodes = [_wet(node, registry) for node in graph.nodes]
    return replace(graph, nodes=tuple(nodes))


def matrix(node: Node, registry: Registry = KINDS) -> Diagonal | None:
    """What a gain or imager does, dry and wet mixed; None of other kinds."""
    if node.kind not in _FACTORS:
        return None
    knobs = complete_node(node, registry).parameters
    wet = _FACTORS[node.kind][0](knobs)
    weight = knobs[WEIGHT]
    return Diagonal(1 + weight * (wet.first - 1), 1 + weight * (wet.second - 1))


def with_matrix(node: Node, wanted: Diagonal, registry: Registry = KINDS) -> Node | None:
    """The node, all wet, doing this; None where its knobs do not reach so far."""
    try:
        found = _FACTORS[node.kind][1](wanted)
    except (ValueError, ZeroDivisionError):  # a factor is negative or zero: its logarithm is no gain
        return None
    declared = registry[node.kind].parameters
    if any(value not in declared[name] for name, value in found.items()):
        return None
    return replace(node, parameters={**node.parameters, **found, WEIGHT: 1.0})


def _wet(node: Node, registry: Registry) -> Node:
    factors = matrix(node, registry)
    if factors is None or node.parameters.get(WEIGHT, 1.0) == 1.0:
        return node
    return with_matrix(node, factors, registry) or node


# --- joining ----------------------------------------------------------------------------------------


def _joined_once(graph: Graph, registry: Registry) -> tuple[Graph, int] | None:
    """With one node less, if that can be, and which that was."""
    try:
        tree = Tree.of(graph)
    except GraphError:  # not a console: its structure is unknown
        return None
    for node in prunable(graph):
        factors = matrix(graph.nodes[node], registry)
        if factors is not None:
            into = _before(tree, tree.home[node], node, _Passing(graph.nodes[node].kind, factors), registry)
            changed = _multiplied(graph, into, factors, registry) if into else None
            if changed is not None:
                return without(changed, [node]), node
    return None


class _Passing(NamedTuple):
    """A gain or imager on its way against the signal."""

    kind: str
    factors: Diagonal

    def through(self, node: Node, registry: Registry) -> bool:
        """Whether it has the same effect on either side of a node."""
        processor = registry[node.kind]
        if not processor.lti:
            return False
        if letter_of(self.kind) == "g" and math.isclose(*self.factors, rel_tol=1e-9):
            return True
        keeps = {"g": ("same", "apart"), "s": ("same", "midside")}[letter_of(self.kind)]
        return processor.channels in keeps


def _before(
    tree: Tree, branch: int, node: int | None, passing: _Passing, registry: Registry
) -> list[int] | None:
    """Nodes that can take on what a node does, one on each way into it; None where a way has none."""
    strip = tree.branches[branch].nodes
    upstream = strip[: strip.index(node)] if node is not None else strip
    for other in reversed(upstream):
        if tree.graph.nodes[other].kind == passing.kind:
            return [other]
        if not passing.through(tree.graph.nodes[other], registry):
            return None
    feeding = tree.feeding(tree.branches[branch].head)
    found = [_before(tree, each, None, passing, registry) for each in feeding]
    if not found or any(each is None for each in found):
        return None
    return [other for each in found if each for other in each]


def _multiplied(graph: Graph, nodes: list[int], factors: Diagonal, registry: Registry) -> Graph | None:
    """Some gains or imagers with more to do; None where one of them cannot."""
    changed = list(graph.nodes)
    for node in nodes:
        own = matrix(graph.nodes[node], registry)
        wanted = with_matrix(graph.nodes[node], own.times(factors), registry) if own else None
        if wanted is None:
            return None
        changed[node] = wanted
    return replace(graph, nodes=tuple(changed))


# --- what knobs mean --------------------------------------------------------------------------------


def _amplitude(db: float) -> float:
    return float(10 ** (db / 20))


def _db(amplitude: float) -> float:
    return 20 * math.log10(amplitude)


def _fader(knobs: Mapping[str, float]) -> Diagonal:
    gain, angle = _amplitude(knobs["gain_db"]), knobs["pan"] * math.pi / 4
    return Diagonal(gain * (math.cos(angle) - math.sin(angle)), gain * (math.cos(angle) + math.sin(angle)))


def _to_fader(wanted: Diagonal) -> dict[str, float]:
    left, right = wanted
    angle = math.atan2(right - left, right + left)
    return {"gain_db": _db(math.hypot(left, right) / math.sqrt(2)), "pan": angle * 4 / math.pi}


_FACTORS: Mapping[
    str, tuple[Callable[[Mapping[str, float]], Diagonal], Callable[[Diagonal], dict[str, float]]]
] = {
    "console_gain": (_fader, _to_fader),
    "console_imager": (lambda knobs: Diagonal(1.0, knobs["width"]), lambda wanted: {"width": wanted.second}),
    "published_gain": (
        lambda knobs: Diagonal(_amplitude(knobs["left_db"]), _amplitude(knobs["right_db"])),
        lambda wanted: {"left_db": _db(wanted.first), "right_db": _db(wanted.second)},
    ),
    "published_imager": (
        lambda knobs: Diagonal(1.0, _amplitude(knobs["side_db"])),
        lambda wanted: {"side_db": _db(wanted.second)},
    ),
}
"""Kind to what its knobs mean when it is all wet, and the way back."""
