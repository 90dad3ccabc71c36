"""Serial runs of linear time-invariant pieces, put into one order among those that sound alike.

A *piece* takes one signal and gives one signal: a single unmodulated LTI node or, where the energy
rule is off, a region of such nodes between a split and the node that merges it again. Pieces follow
each other in a *run* where each one feeds the next and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from unpatch.declaration import Channels
from unpatch.graph import order
from unpatch.graph.check import Registry
from unpatch.graph.data import Edge, Graph

Key: TypeAlias = Callable[["SerialPiece"], Any]


@dataclass(frozen=True)
class SerialPiece:
    """Nodes that one signal enters, by ``entries`` (positions of edges), and one leaves, at ``exit``."""

    exit: int
    nodes: frozenset[int]
    entries: frozenset[int]
    channels: Channels

    @property
    def is_single(self) -> bool:
        return len(self.nodes) == len(self.entries) == 1


Run: TypeAlias = list[SerialPiece]


class IndexedGraph:
    """A graph with its edges found by either end, and properties of its nodes."""

    def __init__(self, graph: Graph, registry: Registry) -> None:
        self.graph = graph
        self.registry = registry
        self.into: dict[int, list[int]] = defaultdict(list)
        self.out_of: dict[int, list[int]] = defaultdict(list)
        for position, edge in enumerate(graph.edges):
            self.into[edge.target].append(position)
            self.out_of[edge.source].append(position)

    def is_lti(self, node: int) -> bool:
        """Whether a node is a linear processor into which only audio leads."""
        processor = self.registry.get(self.graph.nodes[node].kind)
        if processor is None or not processor.lti:
            return False
        moving = {port.name for port in processor.inlets if port.signal == "control"}
        return not any(self.graph.edges[edge].inlet in moving for edge in self.into[node])

    def has_one_output(self, node: int) -> bool:
        """Whether a node gives one signal, at an outlet of the usual name."""
        processor = self.registry.get(self.graph.nodes[node].kind)
        return processor is None or [port.name for port in processor.outlets] == [Edge.outlet]

    def channels(self, nodes: Iterable[int]) -> Channels:
        """What linear nodes together do to the two channels."""
        kinds = {self.registry[self.graph.nodes[node].kind].channels for node in nodes} - {"same"}
        return kinds.pop() if len(kinds) == 1 else "crossed" if kinds else "same"

    def singles(self) -> Iterator[SerialPiece]:
        """Pieces of one node."""
        for node in range(len(self.graph)):
            if len(self.into[node]) == 1 and self.is_lti(node) and self.has_one_output(node):
                yield SerialPiece(node, frozenset([node]), frozenset(self.into[node]), self.channels([node]))


def find_runs(indexed: IndexedGraph, pieces: Iterable[SerialPiece]) -> list[Run]:
    """Pieces linked into runs as long as they can be, each run after those that feed it."""
    by_entries = {piece.entries: piece for piece in pieces}
    following = {
        piece.exit: by_entries.get(frozenset(indexed.out_of[piece.exit])) for piece in by_entries.values()
    }
    followers = {piece.exit for piece in following.values() if piece is not None}
    rank = {node: place for place, node in enumerate(order.topological_order(indexed.graph))}
    runs = []
    for first in sorted(by_entries.values(), key=lambda piece: rank[piece.exit]):
        if first.exit not in followers:
            run, after = [first], following[first.exit]
            while after is not None:
                run.append(after)
                after = following[after.exit]
            runs.append(run)
    return runs


def commute(first: Channels, second: Channels) -> bool:
    """Whether two linear pieces in series can be swapped; see :data:`unpatch.declaration.Channels`."""
    return "same" in (first, second) or (first == second != "crossed")


def arrange(run: Sequence[SerialPiece], key: Key) -> Run:
    """The first in dictionary order of all runs reached by swapping neighbours that commute.

    Two pieces that do not commute never change places, so that the smallest piece with nothing
    of that sort before it may always go first (the lexicographic normal form of a trace, Anisimov
    and Knuth 1979).
    """
    keys = {piece.exit: key(piece) for piece in run} if len(run) > 1 else {}
    left, arranged = list(run), []
    while len(left) > 1:
        arranged.append(min(_free(left), key=lambda piece: keys[piece.exit]))
        left.remove(arranged[-1])
    return arranged + left


def _free(left: Sequence[SerialPiece]) -> Iterator[SerialPiece]:
    """Pieces that can go first: those that commute with all before them."""
    before: set[Channels] = set()
    for piece in left:
        if all(commute(piece.channels, earlier) for earlier in before):
            yield piece
        before.add(piece.channels)


def rewire(edges: list[Edge], run: Run, arranged: Run, leaving: Iterable[int]) -> None:
    """Connect a run's pieces in their new order; gains at single nodes move to the ``leaving`` edges.

    A linear node passes a gain on, with the energy rule or without.
    """
    first = edges[min(run[0].entries)]
    tap = (first.source, first.outlet)
    gain = 1.0
    for piece in run:
        if piece.is_single:
            (entry,) = piece.entries
            gain *= edges[entry].gain
            edges[entry] = replace(edges[entry], gain=1.0)
    for piece in arranged:
        for entry in piece.entries:
            edges[entry] = replace(edges[entry], source=tap[0], outlet=tap[1])
        tap = (piece.exit, Edge.outlet)
    for edge in leaving:
        edges[edge] = replace(edges[edge], source=tap[0], outlet=tap[1], gain=edges[edge].gain * gain)
