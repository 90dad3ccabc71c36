"""Linear regions: where one signal is split, worked on in parallel and merged again.

Under the energy rule such a region is not linear, because how loud a branch is made depends on
what comes in; only with the rule off may it be swapped with its neighbours.
"""

from collections.abc import Iterator

from unpatch.graph import order
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.graph.serial import IndexedGraph, SerialPiece


def find_regions(indexed: IndexedGraph) -> Iterator[SerialPiece]:
    """For each linear node that merges several edges, the smallest region that ends there, if any."""
    gates = order.gates(indexed.graph)
    before = order.predecessors(indexed.graph)
    after = order.successors(indexed.graph)
    for end in range(len(indexed.graph)):
        if (
            len(indexed.into[end]) > 1
            and end in gates
            and indexed.is_lti(end)
            and indexed.has_one_output(end)
        ):
            gate = gates[end]
            inside = order.reached([end], before) & order.reached([gate], after) - {gate}
            region = _region(indexed, gate, frozenset(inside), end)
            if region is not None:
                yield region


def _region(indexed: IndexedGraph, gate: int, inside: frozenset[int], end: int) -> SerialPiece | None:
    """The region between the gate and the end, with the gate if that is a separate splitter."""
    edges = indexed.graph.edges
    entries = [e for e in indexed.out_of[gate] if edges[e].target in inside]
    if len({edges[e].outlet for e in entries}) > 1:
        inside, entries = inside | {gate}, indexed.into[gate]
    leaks = any(edges[e].target not in inside for node in inside - {end} for e in indexed.out_of[node])
    taps = {(edges[e].source, edges[e].outlet) for e in entries}
    if leaks or len(taps) != 1 or not all(map(indexed.is_lti, inside)):
        return None
    return SerialPiece(end, inside, frozenset(entries), indexed.channels(inside))


def extract(graph: Graph, piece: SerialPiece) -> Graph:
    """A piece as a separate graph, between a source and ``out``."""
    nodes = sorted(piece.nodes)
    position = {node: place for place, node in enumerate(nodes, start=1)}
    sink = len(nodes) + 1
    inner = [
        Edge(position[e.source], position[e.target], e.outlet, e.inlet, e.gain, e.confidence)
        for e in graph.edges
        if e.source in position and e.target in position
    ]
    entering = [graph.edges[entry] for entry in sorted(piece.entries)]
    entries = [Edge(0, position[e.target], Edge.outlet, e.inlet, e.gain, e.confidence) for e in entering]
    return Graph(
        (Node("in"), *(graph.nodes[node] for node in nodes), Node(SINK)),
        (*entries, *inner, Edge(position[piece.exit], sink)),
    )
