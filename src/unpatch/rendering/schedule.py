"""The order in which the nodes of a batch of graphs run, in as few calls as possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from unpatch.graph.data import Edge, Graph

Place: TypeAlias = tuple[int, int]
"""A node of a batch: (graph, node)."""


@dataclass(frozen=True)
class BatchedCall:
    """One call: nodes of one kind with the same inlets connected."""

    kind: str
    inlets: tuple[str, ...]
    places: tuple[Place, ...]


class EdgeIndex:
    """The edges of a graph, found by either end."""

    def __init__(self, graph: Graph) -> None:
        self.into: dict[int, list[tuple[int, Edge]]] = defaultdict(list)
        self.targets: dict[int, list[int]] = defaultdict(list)
        for i, edge in enumerate(graph.edges):
            self.into[edge.target].append((i, edge))
            self.targets[edge.source].append(edge.target)

    def inlets(self, node: int) -> tuple[str, ...]:
        return tuple(sorted({edge.inlet for _, edge in self.into[node]}))


def schedule(graphs: Sequence[Graph], indices: Sequence[EdgeIndex]) -> list[BatchedCall]:
    """Greedy: of all nodes that are ready, run the largest group that can share a call.

    Sources and sinks are left out; the caller feeds the former and reads the latter. Every
    remaining node of a checked graph is in exactly one step, after all steps that its inlets depend on.
    """
    waiting: dict[Place, int] = {}
    ready: dict[tuple[str, tuple[str, ...]], list[Place]] = defaultdict(list)

    def release(graph: int, nodes: Iterable[int]) -> None:
        for node in nodes:
            if graphs[graph].nodes[node].is_processor:
                key = (graphs[graph].nodes[node].kind, indices[graph].inlets(node))
                ready[key].append((graph, node))

    def finish(graph: int, node: int) -> None:
        for target in indices[graph].targets[node]:
            waiting[graph, target] -= 1
            if waiting[graph, target] == 0:
                release(graph, [target])

    for g, graph in enumerate(graphs):
        waiting |= {(g, n): len(indices[g].into[n]) for n in range(len(graph))}
        release(g, (n for n in range(len(graph)) if waiting[g, n] == 0))
        for source in graph.sources:
            finish(g, source)
    steps = []
    while ready:
        kind, inlets = max(ready, key=lambda key: (len(ready[key]), key))
        places = ready.pop((kind, inlets))
        steps.append(BatchedCall(kind, inlets, tuple(places)))
        for place in places:
            finish(*place)
    return steps
