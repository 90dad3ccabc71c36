"""How long what works on spectra rings on in a graph: the room that transforms must leave."""

from collections.abc import Mapping

from unpatch.graph.data import Graph
from unpatch.graph.order import topological_order
from unpatch.spec import Processor


def ringing_s(graph: Graph, registry: Mapping[str, Processor]) -> float:
    """The longest sum of tails along nodes that hand on spectra, in seconds.

    A node that works on samples cuts off what rings longer than the signal.
    """
    rings: dict[int, float] = {}
    for position in topological_order(graph):
        node = graph.nodes[position]
        if node.is_processor and (processor := registry[node.kind]).domain != "time":
            before = (rings.get(edge.source, 0.0) for edge in graph.edges_into(position))
            rings[position] = processor.tail_s + max(before, default=0.0)
    return max(rings.values(), default=0.0)
