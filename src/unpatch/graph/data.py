"""The graph as frozen plain data, equal to its own JSON. Standard library only.

Nodes are named by their position. A graph's sources have kind ``in`` or a drum's name, its one
sink has kind ``out``; neither is a processor. Parameters are values (dB, Hz, ms, ...); those that
are left out stand at the declared default once :func:`unpatch.graph.check.complete` has been called.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SCHEMA = "unpatch.graph"
SCHEMA_VERSION = 1
DRUMS = ("kick", "snare", "hat", "tom", "ride", "crash")
SOURCES = ("in", *DRUMS)
SINK = "out"


class GraphError(ValueError):
    """What is wrong with a graph or its JSON, and where, in one line."""


@dataclass(frozen=True)
class Node:
    """A processor, source or sink.

    Attributes:
        kind: name in the registry, or one of :data:`SOURCES`, or :data:`SINK`.
        parameters: name to value; treated as read-only.
        version: of the processor's declaration when the graph was made.
        confidence: probability in [0, 1] that an estimator gave to this node, if any.
    """

    kind: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    version: int = 1
    confidence: float | None = None

    @property
    def is_source(self) -> bool:
        return self.kind in SOURCES

    @property
    def is_sink(self) -> bool:
        return self.kind == SINK

    @property
    def is_processor(self) -> bool:
        return not (self.is_source or self.is_sink)

    def __hash__(self) -> int:
        return hash((self.kind, tuple(sorted(self.parameters.items())), self.version, self.confidence))


@dataclass(frozen=True, order=True)
class Edge:
    """A wire from an outlet of one node to an inlet of another, with a linear gain."""

    source: int
    target: int
    outlet: str = "out"
    inlet: str = "input"
    gain: float = 1.0
    confidence: float | None = field(default=None, compare=True)

    @property
    def port_pair(self) -> tuple[str, str]:
        """The edge's type: (outlet, inlet)."""
        return (self.outlet, self.inlet)


@dataclass(frozen=True)
class Graph:
    """Nodes and edges. Equal to another when nodes and edges stand in the same order."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def __len__(self) -> int:
        return len(self.nodes)

    def edges_into(self, node: int) -> Iterator[Edge]:
        return (edge for edge in self.edges if edge.target == node)

    def edges_from(self, node: int) -> Iterator[Edge]:
        return (edge for edge in self.edges if edge.source == node)

    @property
    def sources(self) -> tuple[int, ...]:
        return tuple(i for i, node in enumerate(self.nodes) if node.is_source)

    @property
    def sink(self) -> int:
        """Position of ``out``; raises GraphError when there is none."""
        for i, node in enumerate(self.nodes):
            if node.is_sink:
                return i
        raise GraphError("graph has no node 'out'")

    @property
    def processor_count(self) -> int:
        return sum(node.is_processor for node in self.nodes)

    def with_parameters(self, node: int, parameters: Mapping[str, float]) -> "Graph":
        """This graph with some values of one node replaced."""
        nodes = list(self.nodes)
        nodes[node] = replace(nodes[node], parameters={**nodes[node].parameters, **parameters})
        return replace(self, nodes=tuple(nodes))
