"""A proposed processor, and its insertion into a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from unpatch.declaration import EDGE_GAIN, Processor
from unpatch.graph.data import Edge, Graph, Node


@dataclass(frozen=True)
class Moving:
    """A control signal: its source, its inlet, and the depth of the modulation there."""

    kind: str
    inlet: str
    depth: float
    settings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One processor; unset knobs are at their defaults.

    Attributes:
        moved: modulation of one of its knobs.
        beside: gain of the parallel dry signal, for a stage that only adds to the sound.
    """

    kind: str
    settings: Mapping[str, float] = field(default_factory=dict)
    moved: Moving | None = None
    beside: float | None = None

    @property
    def kinds(self) -> set[str]:
        """All kinds that it needs."""
        own = {self.kind} | ({self.moved.kind} if self.moved else set())
        return own | ({"mix"} if self.beside is not None else set())


Proposal = tuple[Stage, ...]
"""Stages in series that are proposed together."""


def planted(
    graph: Graph, place: int, stages: Sequence[Stage], registry: Mapping[str, Processor]
) -> tuple[Graph, frozenset[int]]:
    """The graph with stages in the middle of one of its wires, and the new nodes."""
    nodes, edges = list(graph.nodes), list(graph.edges)
    for stage in stages:
        wire = edges[place]
        last = _added(nodes, edges, wire, stage, registry)
        edges[place] = replace(wire, source=last, outlet=registry[nodes[last].kind].outlets[0].name)
    return Graph(tuple(nodes), tuple(edges)), frozenset(range(len(graph), len(nodes)))


def _added(
    nodes: list[Node], edges: list[Edge], wire: Edge, stage: Stage, registry: Mapping[str, Processor]
) -> int:
    """Add a stage behind the source of a wire; returns the node of its output."""
    processor = registry[stage.kind]
    node = _node(nodes, stage.kind, stage.settings, registry)
    edges.append(Edge(wire.source, node, wire.outlet, processor.inlets[0].name))
    if stage.moved:
        maker = _node(nodes, stage.moved.kind, stage.moved.settings, registry)
        depth = min(max(stage.moved.depth, EDGE_GAIN.low), EDGE_GAIN.high)
        outlet = registry[stage.moved.kind].outlets[0].name
        edges.append(Edge(maker, node, outlet, stage.moved.inlet, depth))
    if stage.beside is None:
        return node
    both = _node(nodes, "mix", {}, registry)
    edges.append(Edge(wire.source, both, wire.outlet, gain=stage.beside))
    edges.append(Edge(node, both, processor.outlets[0].name))
    return both


def _node(
    nodes: list[Node], kind: str, settings: Mapping[str, float], registry: Mapping[str, Processor]
) -> int:
    """Add a node with all of its knobs, inside of their ranges."""
    processor = registry[kind]
    values = {
        name: float(min(max(settings.get(name, knob.default), knob.low), knob.high))
        for name, knob in processor.parameters.items()
    }
    nodes.append(Node(kind, values, processor.version))
    return len(nodes) - 1
