"""A console as its strips, in the order in which people read it: the tracks of a group, then the group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from unpatch.declaration import Processor
from unpatch.graph.data import Edge, Graph, Node
from unpatch.mixing.console import ALIGNMENT, TYPES, letter_of, type_of
from unpatch.mixing.tree import ConsoleBranch, Tree
from unpatch.processors import KINDS
from unpatch.rendering.runs import is_linear

LETTERS = "".join(TYPES)
ALIGNMENT_LETTER = "a"


@dataclass(frozen=True)
class Strip:
    """A track or a bus.

    Attributes:
        name: of the track or bus.
        is_track: whether it starts with a source.
        feeds: name of the bus that it goes into, or of ``out``.
        branch: where it is in the graph.
        letters: type of each processor, in series.
    """

    name: str
    is_track: bool
    feeds: str
    branch: ConsoleBranch
    letters: tuple[str, ...]

    @property
    def node_of(self) -> dict[str, int]:
        """Type to its processor; the last one where there are several."""
        return dict(zip(self.letters, self.branch.nodes, strict=True))


def strips(graph: Graph) -> list[Strip]:
    """Of a console; GraphError if the graph is none."""
    tree = Tree.of(graph)
    return [_strip(graph, tree.branches[i]) for i in _in_order(tree, graph.sink)]


def _in_order(tree: Tree, target: int) -> Iterator[int]:
    """What feeds a node, each after what feeds it in turn."""
    for i in tree.feeding(target):
        yield from _in_order(tree, tree.branches[i].head)
        yield i


def _strip(graph: Graph, branch: ConsoleBranch) -> Strip:
    head, target = graph.nodes[branch.head], graph.nodes[branch.target]
    letters = tuple(letter(graph.nodes[node].kind) for node in branch.nodes)
    return Strip(title(head), head.is_source, title(target), branch, letters)


def title(node: Node) -> str:
    """What a track or bus is called."""
    return node.name or node.kind


def letter(kind: str) -> str:
    """Of a console processor's type; ``a`` of an alignment, ``?`` of what no console has."""
    if kind == ALIGNMENT:
        return ALIGNMENT_LETTER
    return letter_of(kind) if type_of(kind) in TYPES.values() else "?"


def type_name(mark: str) -> str:
    """``e`` is an equalizer."""
    return TYPES.get(mark, ALIGNMENT)


@dataclass(frozen=True)
class Stretch:
    """Linear processors in series within a strip, with the gains of the wires around them.

    Attributes:
        strip: that it is a part of.
        number: of the stretch within that, from 1.
        nodes: positions in the graph.
        chain: the stretch as a graph of its own.
    """

    strip: Strip
    number: int
    nodes: tuple[int, ...]
    chain: Graph


def stretches(graph: Graph, registry: Mapping[str, Processor] = KINDS) -> list[Stretch]:
    """All of a console, strip by strip. Together with what is not linear they are the strip."""
    return [one for strip in strips(graph) for one in _stretches(graph, strip, registry)]


def _stretches(graph: Graph, strip: Strip, registry: Mapping[str, Processor]) -> Iterator[Stretch]:
    nodes, number = strip.branch.nodes, 0
    begin = 0
    for i in range(len(nodes) + 1):
        if i < len(nodes) and is_linear(graph, nodes[i], registry):
            continue
        if i > begin:
            number += 1
            yield Stretch(strip, number, nodes[begin:i], _chain(graph, strip.branch, begin, i))
        begin = i + 1


def _chain(graph: Graph, branch: ConsoleBranch, begin: int, end: int) -> Graph:
    """Edges inside and behind belong to it, and at the start of the strip that in front."""
    gains: Sequence[float] = branch.gains[begin : end + 1]
    inside = (Node("in"), *(graph.nodes[node] for node in branch.nodes[begin:end]), Node("out"))
    first = gains[0] if begin == 0 else 1.0
    edges = (Edge(i, i + 1, gain=gain) for i, gain in enumerate((first, *gains[1:])))
    return Graph(inside, tuple(edges))
