"""How a long signal goes through a graph: one track after another, linear nodes in series at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from unpatch.declaration import Processor
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.graph.order import predecessors
from unpatch.processors import KINDS


def runs(
    graph: Graph, registry: Mapping[str, Processor] = KINDS, *, apart: bool = False
) -> Iterator[tuple[int, ...]]:
    """Every node, each after those that feed it, one track after another.

    Linear nodes in series that work in one domain are one run, unless nodes are required ``apart``.
    """
    run: list[int] = []
    for node in _depth_first(graph):
        if run and (apart or not _continues(graph, run[-1], node, registry)):
            yield tuple(run)
            run = []
        run.append(node)
    yield tuple(run)


def is_linear(graph: Graph, node: int, registry: Mapping[str, Processor] = KINDS) -> bool:
    """Whether a node is a linear and time-invariant processor with nothing plugged in but its input."""
    kind = graph.nodes[node].kind
    plain = all((e.inlet, e.outlet) == (Edge.inlet, Edge.outlet) for e in graph.edges_into(node))
    return kind in registry and registry[kind].lti and len(registry[kind].outlets) == 1 and plain


def on_spectra(graph: Graph, node: int, registry: Mapping[str, Processor] = KINDS) -> bool:
    """Whether a node takes and makes spectra, which hold what rings beyond both ends of a signal."""
    kind = graph.nodes[node].kind
    return kind in registry and registry[kind].domain != "time"


def chain_of(graph: Graph, run: Sequence[int]) -> Graph:
    """Nodes in series as a separate graph, with the gains between them."""
    gains = [graph.edges_into(node)[0].gain for node in run[1:]]
    nodes = (Node("in"), *(graph.nodes[node] for node in run), Node(SINK))
    edges = [Edge(i, i + 1, gain=gain) for i, gain in enumerate((1.0, *gains, 1.0))]
    return Graph(nodes, tuple(edges))


def _depth_first(graph: Graph) -> list[int]:
    before, order, seen = predecessors(graph), list[int](), set[int]()
    waiting = [(graph.sink, iter(before[graph.sink]))]
    while waiting:
        node, feeders = waiting[-1]
        if (feeder := next((f for f in feeders if f not in seen), None)) is not None:
            seen.add(feeder)
            waiting.append((feeder, iter(before[feeder])))
        else:
            order.append(node)
            waiting.pop()
    return order


def _continues(graph: Graph, last: int, node: int, registry: Mapping[str, Processor]) -> bool:
    into, out_of = graph.edges_into(node), graph.edges_from(last)
    in_series = len(into) == len(out_of) == 1 and into[0].source == last
    alike = on_spectra(graph, last, registry) == on_spectra(graph, node, registry)
    return in_series and alike and is_linear(graph, last, registry) and is_linear(graph, node, registry)
