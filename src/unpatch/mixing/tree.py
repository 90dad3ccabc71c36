"""A console as a tree of strips: what has to be rendered again when a processor changes.

A branch is a run of processors in series, from a track or a sum to the next sum or ``out``. A change in one
is audible in its own strip and in those behind the sums that it feeds, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from unpatch.graph.data import SINK, Edge, Graph, GraphError, Node
from unpatch.graph.order import topological_order
from unpatch.graph.simplify import MIX, dissolve


@dataclass(frozen=True)
class ConsoleBranch:
    """A strip.

    Attributes:
        head: the track or sum that it starts with.
        nodes: its processors, in series.
        gains: on its wires, of which it has one more than processors.
        target: the sum or ``out`` that it feeds.
    """

    head: int
    nodes: tuple[int, ...]
    gains: tuple[float, ...]
    target: int

    def graph(self, whole: Graph, gone: Collection[int] = ()) -> tuple[Graph, tuple[int, ...]]:
        """This strip alone, without some processors; and which nodes of the whole it has, in its order."""
        nodes = (Node("in"), *(whole.nodes[node] for node in self.nodes), Node(SINK))
        wires = tuple(Edge(i, i + 1, gain=gain) for i, gain in enumerate(self.gains))
        places = [i + 1 for i, node in enumerate(self.nodes) if node in gone]
        kept = tuple(node for node in self.nodes if node not in gone)
        return dissolve(Graph(nodes, wires), places), kept


@dataclass(frozen=True)
class Tree:
    """The branches of a console, each after those that feed it."""

    graph: Graph
    branches: tuple[ConsoleBranch, ...]

    @classmethod
    def of(cls, graph: Graph) -> Tree:
        """Raises GraphError where a signal goes two ways, or a processor has several inlets."""
        heads = [i for i in topological_order(graph) if is_head(graph.nodes[i])]
        return cls(graph, tuple(_branch(graph, head) for head in heads))

    @cached_property
    def home(self) -> dict[int, int]:
        """Processor to the branch it is in."""
        return {node: i for i, branch in enumerate(self.branches) for node in branch.nodes}

    @cached_property
    def by_head(self) -> dict[int, int]:
        """Track or sum to the branch that starts there."""
        return {branch.head: i for i, branch in enumerate(self.branches)}

    def feeding(self, target: int) -> tuple[int, ...]:
        """The branches that feed a sum or ``out``."""
        return self._feeding.get(target, ())

    def onward(self, branch: int) -> int | None:
        """The branch behind a branch; none behind those that feed ``out``."""
        return self.by_head.get(self.branches[branch].target)

    @cached_property
    def levels(self) -> tuple[tuple[int, ...], ...]:
        """Branches that can be rendered at the same time: tracks first."""
        depth: dict[int, int] = {}
        for i, branch in enumerate(self.branches):
            depth[i] = 1 + max((depth[child] for child in self.feeding(branch.head)), default=-1)
        return tuple(
            tuple(i for i in depth if depth[i] == level)
            for level in range(max(depth.values(), default=-1) + 1)
        )

    @cached_property
    def _feeding(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        for i, branch in enumerate(self.branches):
            found[branch.target] = (*found.get(branch.target, ()), i)
        return found


def is_head(node: Node) -> bool:
    """Whether a branch starts here."""
    return node.is_source or node.kind == MIX


def _branch(graph: Graph, head: int) -> ConsoleBranch:
    wires = [_only(graph, head)]
    while not (is_head(graph.nodes[wires[-1].target]) or graph.nodes[wires[-1].target].is_sink):
        wires.append(_only(graph, wires[-1].target))
    nodes = tuple(wire.target for wire in wires[:-1])
    return ConsoleBranch(head, nodes, tuple(wire.gain for wire in wires), wires[-1].target)


def _only(graph: Graph, node: int) -> Edge:
    """The one edge out of a node, into a node without other inputs unless it is a sum."""
    wires: Sequence[Edge] = graph.edges_from(node)
    if len(wires) != 1:
        raise GraphError(
            f"node {node} ({graph.nodes[node].kind}): feeds {len(wires)} inlets; in a console, one"
        )
    target = graph.nodes[wires[0].target]
    if len(graph.edges_into(wires[0].target)) > 1 and not (target.kind == MIX or target.is_sink):
        raise GraphError(f"node {wires[0].target} ({target.kind}): is fed several times; in a console, once")
    return wires[0]
