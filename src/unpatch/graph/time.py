"""A graph in the time of another stretch of the recording: only oscillators depend on it."""

from dataclasses import replace

from unpatch.graph.data import Graph, Node

PHASE, RATE = "phase", "frequency_hz"


def after(graph: Graph, seconds: float) -> Graph:
    """The graph with its oscillators this many seconds later."""
    return with_phases(graph, graph, seconds)


def with_phases(graph: Graph, phased: Graph, seconds: float) -> Graph:
    """The graph with the phases that another one of its prototype has this many seconds later."""
    nodes = [
        replace(node, parameters={**node.parameters, PHASE: _phase(its, seconds)})
        if PHASE in node.parameters
        else node
        for node, its in zip(graph.nodes, phased.nodes, strict=True)
    ]
    return replace(graph, nodes=tuple(nodes))


def _phase(node: Node, seconds: float) -> float:
    return (node.parameters[PHASE] + seconds * node.parameters[RATE]) % 1.0
