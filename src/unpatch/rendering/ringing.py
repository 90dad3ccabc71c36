"""Memory of nodes, and the margin of transforms for ringing."""

from collections.abc import Mapping

from unpatch.declaration import Memory, Processor
from unpatch.graph.data import Graph
from unpatch.graph.order import topological_order
from unpatch.processors import KINDS


def memory_of(
    graph: Graph, position: int, sample_rate: float, registry: Mapping[str, Processor] = KINDS
) -> Memory:
    """Of one processor at its settings, with the inlets that are connected."""
    node = graph.nodes[position]
    inlets = [edge.inlet for edge in graph.edges_into(position)]
    return registry[node.kind].memory({**node.parameters, **node.curves}, sample_rate, inlets)


def memory_of_chain(graph: Graph, sample_rate: float, registry: Mapping[str, Processor] = KINDS) -> Memory:
    """The sum over all processors: a bound for nodes in series."""
    nodes = (i for i, node in enumerate(graph.nodes) if node.is_processor)
    return sum((memory_of(graph, i, sample_rate, registry) for i in nodes), Memory())


def room_s(graph: Graph, memories: Mapping[str, Memory], registry: Mapping[str, Processor]) -> float:
    """The longest sum of tails and leads along nodes that hand on spectra, in seconds.

    A node that works on samples cuts off what rings longer than the signal. ``memories`` are those of kinds.
    """
    rooms: dict[int, float] = {}
    for position in topological_order(graph):
        node = graph.nodes[position]
        if node.is_processor and registry[node.kind].domain != "time":
            before = (rooms.get(edge.source, 0.0) for edge in graph.edges_into(position))
            rooms[position] = memories[node.kind].room_s + max(before, default=0.0)
    return max(rooms.values(), default=0.0)
