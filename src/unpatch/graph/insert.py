"""Putting a processor into a wire."""

from dataclasses import replace

from unpatch.graph.check import Registry, carries_control, complete_node
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import predecessors, reached, successors


def insert(graph: Graph, wire: int, kind: str, registry: Registry, *, driver: str | None = None) -> Graph:
    """The graph with a processor of default settings in a wire.

    The wire's gain stays in front of it. Control inlets that must be fed for it to do anything are fed by a
    processor of kind ``driver``, if one is given.

    Args:
        graph: checked.
        wire: position of an audio edge.
        kind: of the processor, with one audio input and output.
        registry: kind to processor.
        driver: kind of the source of control signals, such as an oscillator.
    """
    processor, place = registry[kind], len(graph.nodes)
    nodes = [*graph.nodes, complete_node(Node(kind, version=processor.version), registry)]
    before = graph.edges[wire]
    edges = list(graph.edges)
    edges[wire] = replace(before, target=place, inlet=processor.inlets[0].name)
    edges.append(Edge(place, before.target, processor.outlets[0].name, before.inlet))
    for port in processor.inlets:
        if driver is not None and port.signal == "control" and (port.expected or port.required):
            source = registry[driver]
            nodes.append(complete_node(Node(driver, version=source.version), registry))
            edges.append(Edge(len(nodes) - 1, place, source.outlets[0].name, port.name))
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))


def main_line(graph: Graph, registry: Registry) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """Audio wires through which all sound passes: position to the nodes before and after it."""
    found: dict[int, tuple[frozenset[int], frozenset[int]]] = {}
    for place, edge in enumerate(graph.edges):
        if carries_control(edge, graph, registry):
            continue
        cut = replace(graph, edges=graph.edges[:place] + graph.edges[place + 1 :])
        before = reached([edge.source], predecessors(graph))
        after = reached([edge.target], successors(graph))
        if not reached(graph.sources, successors(cut)) & {graph.sink}:
            found[place] = (frozenset(before), frozenset(after))
    return found
