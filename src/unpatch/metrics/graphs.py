"""Similarity of two graphs: nodes, order, and validity."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from unpatch.declaration import Processor
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check, complete
from unpatch.graph.data import DRUMS, SINK, Edge, Graph, GraphError, Node
from unpatch.graph.order import groups, reached, successors

BUS = "bus"
"""The part of a graph that several sources reach; the other parts have the names of their sources."""


def kinds_of(graph: Graph) -> Counter[str]:
    """Multiset of a graph's node kinds, sources included; the sink, which every graph has, is not."""
    return Counter(node.kind for node in graph.nodes if node.kind != SINK)


def parts_of(graph: Graph, true: Graph) -> dict[str, list[Node]]:
    """Nodes of the mixing bus and of each source's track, without ``out``; see ``graph.order.groups``.

    What no source reaches, as happens in an invalid graph, belongs to the only track or to the bus. If the
    ``true`` graph has no drums, any graph is one track: a second ``in`` has no bus then.
    """
    if all(true.nodes[source].kind not in DRUMS for source in true.sources):
        return {"in": [node for node in graph.nodes if not node.is_sink]}
    parts: dict[str, list[Node]] = {}
    tracks = groups(graph)
    only = next(iter(graph.sources)) if len(graph.sources) == 1 else None
    for node, track in zip(graph.nodes, tracks, strict=True):
        home = only if track is None else track
        if not node.is_sink:
            parts.setdefault(BUS if home is None else graph.nodes[home].kind, []).append(node)
    return parts


def intersection_over_union(found: Graph, true: Graph) -> float:
    """Of the multisets of node kinds: the mean over the tracks and the bus.

    A track that only one of the graphs has is at 0; parts that are empty in both do not count. A true graph
    without drums is one track.
    """
    ours, theirs = parts_of(found, true), parts_of(true, true)
    pairs = [
        [Counter(node.kind for node in graph.get(part, ())) for graph in (ours, theirs)]
        for part in ours | theirs
    ]
    shares = [(a & b).total() / (a | b).total() for a, b in pairs if a or b]
    return float(np.mean(shares)) if shares else 1.0


def effect_f1(found: Graph, true: Graph) -> float:
    """F1 of the *sets* of processor kinds: presence, whatever their number."""
    a = {node.kind for node in found.nodes if node.is_processor}
    b = {node.kind for node in true.nodes if node.is_processor}
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def audible_f1(found: Graph, true: Graph, registry: Mapping[str, Processor]) -> float:
    """F1 of the sets of effects: mixes, splits and modulators do not count. 1 if neither has any."""
    a, b = (
        {node.kind for node in graph.nodes if node.is_processor and registry[node.kind].is_effect}
        for graph in (found, true)
    )
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def order_correlation(found: Graph, true: Graph, registry: Mapping[str, Processor]) -> float:
    """Goodman and Kruskal's gamma of the order of processors; NaN if there is nothing to compare.

    Compared are pairs of kinds that occur once, where in both graphs one reaches the other: agreeing
    pairs less the others, over all. Both graphs are in canonical form, so that an
    inaudible difference of order does not count.
    """
    a, b = _precedences(found, registry), _precedences(true, registry)
    signs = [1.0 if pair in b else -1.0 for pair in a if pair in b or pair[::-1] in b]
    return float(np.mean(signs)) if signs else float("nan")


def _precedences(graph: Graph, registry: Mapping[str, Processor]) -> set[tuple[str, str]]:
    """Pairs of processor kinds that occur once, of which the first reaches the second."""
    graph = normal(graph, registry)
    count, after = kinds_of(graph), successors(graph)
    once = {i: node.kind for i, node in enumerate(graph.nodes) if node.is_processor and count[node.kind] == 1}
    return {(once[i], once[j]) for i in once for j in reached([i], after) & once.keys() if j != i}


def bare(graph: Graph) -> Graph:
    """Kinds and wires alone: no parameters, every edge gain at 1."""
    nodes = tuple(Node(node.kind, version=node.version) for node in graph.nodes)
    edges = tuple(Edge(edge.source, edge.target, *edge.port_pair) for edge in graph.edges)
    return Graph(nodes, edges)


def prototype(graph: Graph, registry: Mapping[str, Processor]) -> Graph:
    """The graph with every parameter at its default and every edge gain at 1."""
    return complete(bare(graph), registry)


def normal(graph: Graph, registry: Mapping[str, Processor]) -> Graph:
    """Canonical form of kinds and wires, without regard to the numbers: no processor counts as neutral."""
    return canonical(bare(graph), registry)


def exact_match(found: Graph, true: Graph, registry: Mapping[str, Processor]) -> float:
    """1 if the two have one canonical form."""
    return float(normal(found, registry) == normal(true, registry))


def invalid(graph: Graph, registry: Mapping[str, Processor]) -> float:
    """1 if the graph does not pass the check."""
    try:
        check(graph, registry)
    except GraphError:
        return 1.0
    return 0.0
