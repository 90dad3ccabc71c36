"""A graph as tracks: nodes in series on one strip, its way on to a bus, and sends.

What is on a strip goes through channels 1 and 2; other inlets and outlets have pairs of channels of their
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from unpatch.graph.check import inlets, outlets
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import topological_order
from unpatch.processors import KINDS

MOST_CHANNELS = 64


@dataclass
class TrackStrip:
    """A track.

    Attributes:
        nodes: in series; the first is a source, or where signals meet.
        gains: of the edges before each of them but the first, where they are not 1.
        home: the edge to the bus that it is part of, or to the sink.
        sends: all other edges that leave it.
        pairs: first channel of an inlet's or outlet's pair, counted from 0, by (node, port).
    """

    name: str
    nodes: list[int]
    gains: dict[int, float] = field(default_factory=dict)
    home: Edge | None = None
    sends: list[Edge] = field(default_factory=list)
    pairs: dict[tuple[int, str], int] = field(default_factory=dict)
    channels: int = 2

    @property
    def last(self) -> int:
        return self.nodes[-1]


def with_buses_before_the_sink(graph: Graph) -> Graph:
    """The same sound, with a bus where a track cannot reach the sink by itself.

    Mixers have faders, which are never below 0, and hand on channels 1 and 2.
    """
    nodes, edges = list(graph.nodes), list[Edge]()
    for edge in graph.edges:
        direct = edge.gain >= 0 and edge.outlet == _main_outlet(graph, edge.source)
        if edge.target == graph.sink and not direct:
            nodes.append(Node("mix", version=KINDS["mix"].version, name=f"{edge.source} {edge.outlet}"))
            edges += [replace(edge, target=len(nodes) - 1), Edge(len(nodes) - 1, graph.sink)]
        else:
            edges.append(edge)
    return Graph(tuple(nodes), tuple(edges))


def strips_of(graph: Graph) -> list[TrackStrip]:
    """Every node but the sink on one strip, each strip after those that feed it."""
    found: list[TrackStrip] = []
    for i in topological_order(graph):
        if i == graph.sink:
            continue
        strip = next((s for s in found if _goes_on(graph, s, i)), None)
        if strip is None:
            strip = TrackStrip(_name(graph, i), [i])
            found.append(strip)
        else:
            gain = graph.edges_into(i)[_main(graph, i)].gain
            strip.gains |= {i: gain} if gain != 1 else {}
            strip.nodes.append(i)
        _take_channels(graph, strip, i)
    for strip in found:
        _route(graph, strip)
    return found


def _name(graph: Graph, i: int) -> str:
    return graph.nodes[i].name or f"{i} {graph.nodes[i].kind}"


def _main(graph: Graph, i: int) -> int:
    """Which of the edges into a node arrives at its first inlet."""
    first = main_inlet(graph, i)
    return next(k for k, edge in enumerate(graph.edges_into(i)) if edge.inlet == first)


def main_inlet(graph: Graph, i: int) -> str | None:
    """The inlet on channels 1 and 2; control signals have none."""
    ports = inlets(graph.nodes[i], KINDS)
    return ports[0].name if ports and ports[0].signal == "audio" else None


def _main_outlet(graph: Graph, i: int) -> str:
    return outlets(graph.nodes[i], KINDS)[0].name


def _goes_on(graph: Graph, strip: TrackStrip, i: int) -> bool:
    """Whether a node follows a strip's last one and nothing else meets or parts between them."""
    out_of = graph.edges_from(strip.last)
    incoming = [edge for edge in graph.edges_into(i) if edge.inlet == main_inlet(graph, i)]
    in_series = len(out_of) == len(incoming) == 1 and out_of[0] == incoming[0]
    plain = in_series and incoming[0].outlet == _main_outlet(graph, strip.last)
    return plain and strip.channels + 2 * _further(graph, i) <= MOST_CHANNELS


def _further(graph: Graph, i: int) -> int:
    """Ports of a node that need channels of their own, at most."""
    return len(inlets(graph.nodes[i], KINDS)) + len(outlets(graph.nodes[i], KINDS))


def _take_channels(graph: Graph, strip: TrackStrip, i: int) -> None:
    connected = {edge.inlet for edge in graph.edges_into(i)}
    sides = [p.name for p in inlets(graph.nodes[i], KINDS) if p.name in connected]
    if sides and sides[0] == main_inlet(graph, i):
        strip.pairs[i, sides.pop(0)] = 0
    names = [port.name for port in outlets(graph.nodes[i], KINDS)]
    strip.pairs[i, names.pop(0)] = 0
    for port in (*sides, *names):
        strip.pairs[i, port] = strip.channels
        strip.channels += 2


def _route(graph: Graph, strip: TrackStrip) -> None:
    leaving = graph.edges_from(strip.last)
    ways = sorted(leaving, key=lambda edge: _rank(graph, edge))
    if ways and _can_be_home(graph, strip, ways[0]):
        strip.home = ways.pop(0)
    strip.sends = ways


def _can_be_home(graph: Graph, strip: TrackStrip, edge: Edge) -> bool:
    """A track hands on to its bus whatever it has; what has more than two channels sends them one by one."""
    through = edge.outlet == _main_outlet(graph, strip.last) and edge.inlet == main_inlet(graph, edge.target)
    fits = edge.target == graph.sink or (strip.channels == 2 and sounds(graph, edge.target))
    return through and edge.gain >= 0 and fits


def sounds(graph: Graph, i: int) -> bool:
    """Whether a node gives sound, not control signals."""
    return any(port.signal == "audio" for port in outlets(graph.nodes[i], KINDS))


def _rank(graph: Graph, edge: Edge) -> int:
    """The sink first, then buses, then effects."""
    kind = graph.nodes[edge.target].kind
    if edge.inlet != main_inlet(graph, edge.target) or edge.gain < 0:
        return 3
    if edge.target != graph.sink and not sounds(graph, edge.target):
        return 3
    return 0 if edge.target == graph.sink else 1 if kind == "mix" else 2


def folded(graph: Graph, strips: list[TrackStrip]) -> Iterator[tuple[TrackStrip, int]]:
    """Strips with their depth, each bus before its parts."""
    home = {node: k for k, strip in enumerate(strips) for node in strip.nodes}
    parts: dict[int, list[int]] = {}
    for k, strip in enumerate(strips):
        is_part = strip.home is not None and strip.home.target != graph.sink
        parts.setdefault(home[strip.home.target] if is_part and strip.home else -1, []).append(k)
    waiting = [(k, 0) for k in reversed(parts.get(-1, []))]
    while waiting:
        k, depth = waiting.pop()
        yield strips[k], depth
        waiting += [(part, depth + 1) for part in reversed(parts.get(k, []))]
