"""Graph edit distance: the number of edits that turn one prototype into the other.

An edit adds, removes or renames a node, or adds, removes or rewires an edge; each costs 1. A node is
renamed where kinds differ; wires between the same two nodes count as one edge, which is rewired where
their ports differ. ``out`` stays ``out``, where both graphs have it.

The exact distance (networkx) takes time that grows like the number of ways to match the nodes. It is
found where the graphs have at most :data:`EXACT_PAIRS` pairs of nodes (some 50 ms); beyond, an upper
bound replaces it: the cost of one good matching (Riesen and Bunke, Image and Vision Computing 2009),
for which every node is weighed with the wires at it, in time that grows like the third power.
"""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from unpatch.graph.data import Graph

if TYPE_CHECKING:
    from networkx import DiGraph

EXACT_PAIRS = 36

Wires: TypeAlias = dict[tuple[int, int], Counter[tuple[str, str]]]
"""Nodes at both ends to the ports of the edge between them."""

Around: TypeAlias = Counter[tuple[str, ...]]
"""The wires at a node: direction, kind at the other end, ports."""


def edit_distance(found: Graph, true: Graph) -> float:
    """Fewest edits from one prototype to the other, or an upper bound of it where graphs are large."""
    import networkx

    bound = _strokes(found, true, _matching(found, true))
    if len(found) * len(true) > EXACT_PAIRS:
        return float(bound)
    exact = networkx.graph_edit_distance(
        _network(found),
        _network(true),
        node_match=lambda a, b: a["kind"] == b["kind"],
        edge_match=lambda a, b: a["ports"] == b["ports"],
        roots=_ends(found, true),
        upper_bound=bound,
    )
    return float(bound if exact is None else exact)


def relative_edit_distance(found: Graph, true: Graph) -> float:
    """The same over the edits of removing the one and adding the other: 0 equal, 1 nothing in common."""
    everything = sum(len(graph) - 1 + len(_wires(graph)) for graph in (found, true))
    return edit_distance(found, true) / everything


def _ends(found: Graph, true: Graph) -> tuple[int, int] | None:
    """Both ``out``, which match each other; an invalid graph may have none."""
    sinks = [[i for i, node in enumerate(graph.nodes) if node.is_sink][:1] for graph in (found, true)]
    return (sinks[0][0], sinks[1][0]) if all(sinks) else None


def _network(graph: Graph) -> "DiGraph[int]":
    from networkx import DiGraph

    network: DiGraph[int] = DiGraph()
    network.add_nodes_from((i, {"kind": node.kind}) for i, node in enumerate(graph.nodes))
    network.add_edges_from((*ends, {"ports": ports}) for ends, ports in _wires(graph).items())
    return network


def _wires(graph: Graph) -> Wires:
    wires: Wires = defaultdict(Counter)
    for edge in graph.edges:
        wires[edge.source, edge.target][edge.port_pair] += 1
    return wires


def _matching(found: Graph, true: Graph) -> dict[int, int]:
    """Nodes of one graph to those of the other; the unmatched ones are added or removed."""
    from scipy.optimize import linear_sum_assignment

    few, many = len(found), len(true)
    ours, theirs = ([_surroundings(graph, i) for i in range(len(graph))] for graph in (found, true))
    costs = np.full((few + many, few + many), np.inf)
    costs[few:, many:] = 0
    for i, (kind, around) in enumerate(ours):
        costs[i, :many] = [(kind != k) + _halved(around, a) for k, a in theirs]
        costs[i, many + i] = 1 + _halved(around, Counter())
    for j, (_, around) in enumerate(theirs):
        costs[few + j, j] = 1 + _halved(around, Counter())
    if (ends := _ends(found, true)) is not None:
        costs[ends[0], :] = costs[:, ends[1]] = np.inf
        costs[ends] = 0
    rows, columns = linear_sum_assignment(costs)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {i: j for i, j in pairs if i < few and j < many}


def _surroundings(graph: Graph, node: int) -> tuple[str, Around]:
    """A node's kind and the wires at it, each with the kind at its other end."""
    into = [("into", graph.nodes[edge.source].kind, *edge.port_pair) for edge in graph.edges_into(node)]
    away = [("from", graph.nodes[edge.target].kind, *edge.port_pair) for edge in graph.edges_from(node)]
    return graph.nodes[node].kind, Counter([*into, *away])


def _halved(a: Around, b: Around) -> float:
    """Half of the cost of the wires of one node; the node at the other end has the other half."""
    return max((a - b).total(), (b - a).total()) / 2


def _strokes(found: Graph, true: Graph, matching: dict[int, int]) -> int:
    """Cost of a matching."""
    renamed = sum(found.nodes[i].kind != true.nodes[j].kind for i, j in matching.items())
    nodes = len(found) + len(true) - 2 * len(matching) + renamed
    ours, theirs = _wires(found), _wires(true)
    met = {(i, j): (matching.get(i), matching.get(j)) for i, j in ours}
    kept = [(ports, theirs[met[ends]]) for ends, ports in ours.items() if met[ends] in theirs]  # type: ignore[index]
    rewired = sum(a != b for a, b in kept)
    return nodes + len(ours) + len(theirs) - 2 * len(kept) + rewired
