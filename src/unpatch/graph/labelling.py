"""An order of nodes and edges that does not depend on how they were numbered.

Nodes get colours: whole numbers that are equal where two nodes are indistinguishable. Colours start
from what a node is and are refined by what it is wired to (Weisfeiler and Leman). What is still
tied is split by choosing one node, refining again, and keeping the choice whose list of edges
comes out smallest; a choice that ends in the same list as another is its mirror image and need
not be followed further (McKay, Practical Graph Isomorphism, 1981).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from unpatch.graph.check import Registry, inlets, outlets
from unpatch.graph.data import SOURCES, Edge, Graph, Node

Colours: TypeAlias = list[int]


def relabel(graph: Graph, registry: Registry) -> Graph:
    """Nodes and edges of a checked graph in canonical order.

    Sources come first, in the order of SOURCES (equal kinds in their old order), then every node after
    those that feed it, ``out`` last. Parallel branches are in the order of their colours.
    """
    order = _walk(graph, _Wires(graph).tell_apart(), registry)
    position = {node: place for place, node in enumerate(order)}
    nodes = tuple(graph.nodes[node] for node in order)
    edges = [
        replace(edge, source=position[edge.source], target=position[edge.target]) for edge in graph.edges
    ]
    ports = _PortOrder(nodes, registry)
    return Graph(nodes, tuple(sorted(edges, key=ports.key)))


def node_key(node: Node) -> tuple[Any, ...]:
    """What a node is, apart from its wiring, as something that sorts."""
    confidence = -1.0 if node.confidence is None else node.confidence
    return (node.kind, node.version, tuple(sorted(node.parameters.items())), confidence)


def edge_key(edge: Edge) -> tuple[Any, ...]:
    """What an edge is, apart from the nodes at its ends."""
    return (edge.outlet, edge.inlet, edge.gain, -1.0 if edge.confidence is None else edge.confidence)


class _PortOrder:
    """Sorts edges by target, then by the order in which the target's inlets are declared."""

    def __init__(self, nodes: Sequence[Node], registry: Registry) -> None:
        self.inlets = [[port.name for port in inlets(node, registry)] for node in nodes]
        self.outlets = [[port.name for port in outlets(node, registry)] for node in nodes]

    def key(self, edge: Edge) -> tuple[int, ...]:
        inlet = self.inlets[edge.target].index(edge.inlet)
        return (edge.target, inlet, edge.source, self.outlets[edge.source].index(edge.outlet))


def _walk(graph: Graph, colours: Colours, registry: Registry) -> list[int]:
    """Sources, then depth first from ``out`` against the edges; a node is listed after its feeders."""
    ports = _PortOrder(graph.nodes, registry)
    feeders: dict[int, list[int]] = defaultdict(list)
    for edge in sorted(graph.edges, key=lambda e: (ports.key(e)[:2], colours[e.source], ports.key(e)[3])):
        feeders[edge.target].append(edge.source)
    order = dict.fromkeys(sorted(graph.sources, key=lambda node: SOURCES.index(graph.nodes[node].kind)))
    stack = [graph.sink]
    while stack:
        node = stack[-1]
        waiting = next((feeder for feeder in feeders[node] if feeder not in order), None)
        if waiting is None:
            order[stack.pop()] = None
        else:
            stack.append(waiting)
    return list(order)


class _Wires:
    """The edges of a graph as whole numbers, seen from both ends."""

    def __init__(self, graph: Graph) -> None:
        kinds = _ranks(map(edge_key, graph.edges))
        self.edges = [(edge.source, edge.target, kind) for edge, kind in zip(graph.edges, kinds, strict=True)]
        self.into: list[list[tuple[int, int]]] = [[] for _ in graph.nodes]
        self.out_of: list[list[tuple[int, int]]] = [[] for _ in graph.nodes]
        for source, target, kind in self.edges:
            self.into[target].append((kind, source))
            self.out_of[source].append((kind, target))
        self.start = _ranks(_identities(graph.nodes))

    def tell_apart(self) -> Colours:
        """Colours that are all different."""
        return self._search(self._refine(self.start))

    def _refine(self, colours: Colours) -> Colours:
        """Split colours by those of the neighbours until no more can be split."""
        while True:
            finer = _ranks(
                (colour, _seen(self.into[node], colours), _seen(self.out_of[node], colours))
                for node, colour in enumerate(colours)
            )
            if finer == colours:
                return finer
            colours = finer

    def _search(self, colours: Colours) -> Colours:
        """The way to split the tied that gives the smallest list of edges."""
        while len(choices := self._choices(colours)) == 1:
            colours = self._refine(_choose(colours, choices[0]))
        best: Colours | None = None
        for node in choices:
            chosen = self._refine(_choose(colours, node))
            if best is None:
                best = self._search(chosen)
            elif self._listed(self._follow(chosen)) != self._listed(best):
                best = min(best, self._search(chosen), key=self._listed)
        return colours if best is None else best

    def _follow(self, colours: Colours) -> Colours:
        """One way to split the tied."""
        while choices := self._choices(colours):
            colours = self._refine(_choose(colours, choices[0]))
        return colours

    def _choices(self, colours: Colours) -> list[int]:
        """Nodes of the first tied colour; of those wired to the very same nodes one is enough."""
        counts = Counter(colours)
        tied = min((colour for colour, count in counts.items() if count > 1), default=None)
        members = [node for node, colour in enumerate(colours) if colour == tied]
        twins = {(tuple(sorted(self.into[n])), tuple(sorted(self.out_of[n]))): n for n in members}
        return list(twins.values())

    def _listed(self, colours: Colours) -> list[tuple[int, int, int]]:
        return sorted((colours[source], colours[target], kind) for source, target, kind in self.edges)


def _identities(nodes: Iterable[Node]) -> Iterable[Any]:
    """What each node is. Sources of one kind differ, because each has its own signal."""
    seen: Counter[str] = Counter()
    for node in nodes:
        yield (node_key(node), seen[node.kind] if node.is_source else 0)
        seen[node.kind] += 1


def _seen(wires: Iterable[tuple[int, int]], colours: Colours) -> list[tuple[int, int]]:
    return sorted((kind, colours[node]) for kind, node in wires)


def _choose(colours: Colours, node: int) -> Colours:
    """Let one node come before those of its colour."""
    return _ranks((colour, place != node) for place, colour in enumerate(colours))


def _ranks(keys: Iterable[Any]) -> list[int]:
    """For each key its place among the different keys in order."""
    keys = list(keys)
    ranks = [0] * len(keys)
    rank, previous = -1, None
    for index in sorted(range(len(keys)), key=keys.__getitem__):
        if rank < 0 or keys[index] != previous:
            rank, previous = rank + 1, keys[index]
        ranks[index] = rank
    return ranks
