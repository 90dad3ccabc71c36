"""Sums written in one way, and nodes that do nothing taken out.

``mix`` passes on the sum of what is plugged in, with or without the energy rule (its output has the
energy of that sum). So a sum at any other audio inlet can be moved to a mix, a mix of mixes is one
mix, and a mix of one signal is a wire. A processor whose knobs all have their neutral values is
a wire as well, and keeps its energy.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from unpatch.declaration import Processor
from unpatch.graph import order
from unpatch.graph.check import Registry, inlets
from unpatch.graph.data import Edge, Graph, Node

MIX = "mix"


def sum_at_mixes(graph: Graph, registry: Registry) -> Graph:
    """Put a mix before every other audio inlet that several edges lead to."""
    nodes, edges = list(graph.nodes), list[Edge]()
    for (target, inlet), group in _by_inlet(graph).items():
        if len(group) > 1 and nodes[target].kind != MIX and _is_audio(nodes[target], inlet, registry):
            mix = len(nodes)
            nodes.append(Node(MIX, version=registry[MIX].version))
            edges.extend(replace(edge, target=mix, inlet=Edge.inlet) for edge in group)
            edges.append(Edge(mix, target, inlet=inlet))
        else:
            edges.extend(group)
    return Graph(tuple(nodes), tuple(edges))


def _by_inlet(graph: Graph) -> Mapping[tuple[int, str], list[Edge]]:
    groups = defaultdict(list)
    for edge in graph.edges:
        groups[edge.target, edge.inlet].append(edge)
    return groups


def _is_audio(node: Node, inlet: str, registry: Registry) -> bool:
    return any(port.name == inlet and port.signal == "audio" for port in inlets(node, registry))


def drop_identities(graph: Graph, registry: Registry) -> Graph:
    """Take out neutral processors and mixes of one signal, until there are none."""
    while identities := find_identities(graph, registry):
        graph = dissolve(graph, identities)
    return graph


def find_identities(graph: Graph, registry: Registry) -> set[int]:
    silent = _without_source(graph)
    return {
        position
        for position, node in enumerate(graph.nodes)
        if node.is_processor and _is_identity(graph, position, registry[node.kind], silent)
    }


def _is_identity(graph: Graph, position: int, processor: Processor, silent: Collection[int]) -> bool:
    """Whether a node's output is its first input, for any other inputs.

    What is plugged in elsewhere must not hang on a source, which would be left without a use.
    """
    edges = list(graph.edges_into(position))
    main = [edge for edge in edges if edge.inlet == Edge.inlet]
    if len(main) != 1 or any(edge.source not in silent for edge in edges if edge not in main):
        return False
    return processor.kind == MIX or _is_neutral(graph.nodes[position], {e.inlet for e in edges}, processor)


def _is_neutral(node: Node, connected: Collection[str], processor: Processor) -> bool:
    """Whether all knobs with a neutral value have it, and nothing moves them.

    A knob that is left out may still be drawn or estimated: it does not count as neutral.
    """
    knobs = [knob for knob in processor.parameters.values() if knob.neutral is not None]
    return bool(knobs) and all(
        node.parameters.get(knob.name) == knob.neutral and knob.inlet not in connected for knob in knobs
    )


def _without_source(graph: Graph) -> set[int]:
    """Nodes that no source reaches: LFOs and what only they feed."""
    return set(range(len(graph))) - order.reached(graph.sources, order.successors(graph))


def flatten_mixes(graph: Graph, keep: Collection[int] = ()) -> Graph:
    """Dissolve mixes that only feed one other mix, except those in ``keep``."""
    consumers = defaultdict(list)
    for edge in graph.edges:
        consumers[edge.source].append(graph.nodes[edge.target].kind)
    nested = {
        position
        for position, node in enumerate(graph.nodes)
        if node.kind == MIX and consumers[position] == [MIX] and position not in keep
    }
    return dissolve(graph, nested) if nested else graph


def dissolve(graph: Graph, gone: Collection[int]) -> Graph:
    """Connect what feeds the first inlet of each node in ``gone`` to what that node feeds.

    Gains along a path are multiplied from its start to its end, so that the result does not
    depend on the order of nodes. Edges that coincide are added up; nodes that
    are left without a use go too.
    """
    feeds: dict[int, list[Edge]] = defaultdict(list)
    kept = []
    rank = {node: place for place, node in enumerate(order.topological_order(graph))}
    for edge in sorted(graph.edges, key=lambda edge: rank[edge.source]):
        ways = [_join(way, edge) for way in feeds[edge.source]] if edge.source in gone else [edge]
        if edge.target not in gone:
            kept.extend(ways)
        elif edge.inlet == Edge.inlet:
            feeds[edge.target].extend(ways)
    return _without_unused(Graph(graph.nodes, tuple(_added_up(kept))))


def _join(first: Edge, second: Edge) -> Edge:
    """One edge in place of two with a wire between them."""
    confidence = _least((first.confidence, second.confidence))
    gain = first.gain * second.gain
    return replace(first, target=second.target, inlet=second.inlet, gain=gain, confidence=confidence)


def _added_up(edges: Iterable[Edge]) -> Iterable[Edge]:
    groups = defaultdict(list)
    for edge in edges:
        groups[edge.source, edge.outlet, edge.target, edge.inlet].append(edge)
    for group in groups.values():
        gain = math.fsum(edge.gain for edge in group)
        yield replace(group[0], gain=gain, confidence=_least(edge.confidence for edge in group))


def _least(confidences: Iterable[float | None]) -> float | None:
    return min((confidence for confidence in confidences if confidence is not None), default=None)


def _without_unused(graph: Graph) -> Graph:
    """Only the nodes that reach ``out``, renumbered in their order."""
    used = sorted(order.reached([graph.sink], order.predecessors(graph)))
    position = {node: place for place, node in enumerate(used)}
    return Graph(
        tuple(graph.nodes[node] for node in used),
        tuple(
            replace(edge, source=position[edge.source], target=position[edge.target])
            for edge in graph.edges
            if edge.target in position
        ),
    )
