"""Changes of a graph: each gives a new graph, or is refused with one line.

A change never leaves a graph that cannot be drawn; open inlets are allowed until it is played.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unpatch.declaration import EDGE_GAIN, Port
from unpatch.graph.check import check_draft, complete_node, find_port, inlets, outlets
from unpatch.graph.data import Edge, Graph, GraphError, Node, shorten
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.fields import Fields
from unpatch.processors import KINDS

GAIN_ENDS = 100.0
"""Largest gain of a wire; a mix's gains exceed those of the generator."""
MOST_PASTED = 500


def edited(graph: Graph, change: Fields) -> Graph:
    """The graph after one change.

    Raises:
        RequestError: the change is unknown or not possible.
        GraphError: the ports do not fit, or a cycle would be closed.
    """
    action = change.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise RequestError(f"action is {shorten(action)}; allowed are {', '.join(ACTIONS)}")
    after = ACTIONS[action](graph, change)
    check_draft(after, KINDS)
    return after


def _insert(graph: Graph, change: Fields) -> Graph:
    """A processor on a wire, or beside everything if no wire is named."""
    kind = change.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise RequestError(f"there is no processor {shorten(kind)}")
    node = complete_node(Node(kind, version=KINDS[kind].version), KINDS)
    grown = replace(graph, nodes=(*graph.nodes, node))
    if change.get("edge") is None:
        return grown
    place = _index(change, "edge", len(graph.edges))
    old, new = graph.edges[place], len(graph.nodes)
    signal = _outlet(graph, old).signal
    into, out = _first(inlets(node, KINDS), signal), _first(outlets(node, KINDS), signal)
    if into is None or out is None:
        raise RequestError(f"{kind} cannot be put on a wire that carries {signal}")
    before = replace(old, target=new, inlet=into.name, gain=1.0)
    after = Edge(new, old.target, out.name, old.inlet, old.gain)
    edges = [*graph.edges]
    edges[place : place + 1] = [before, after]
    return replace(grown, edges=tuple(edges))


def _delete(graph: Graph, change: Fields) -> Graph:
    """Take nodes out; the wires into a processor then lead to where its output went."""
    found = change.get("nodes")
    if not isinstance(found, list) or not found:
        raise RequestError("nodes must be a list of node numbers")
    gone = {_index({"node": node}, "node", len(graph)) for node in found}
    for node in sorted(gone, reverse=True):
        graph = _without(graph, node)
    return graph


def _without(graph: Graph, node: int) -> Graph:
    if graph.nodes[node].is_sink:
        raise RequestError("the output cannot be deleted")
    bridges = [
        Edge(before.source, after.target, before.outlet, after.inlet, before.gain * after.gain)
        for before in graph.edges_into(node)
        if before.inlet == Edge.inlet
        for after in graph.edges_from(node)
        if _outlet(graph, before).signal == _outlet(graph, after).signal
    ]
    kept = [edge for edge in graph.edges if node not in (edge.source, edge.target)]
    there = {(edge.source, edge.outlet, edge.target, edge.inlet) for edge in kept}
    for bridge in bridges:
        if (bridge.source, bridge.outlet, bridge.target, bridge.inlet) not in there:
            kept.append(bridge)
            there.add((bridge.source, bridge.outlet, bridge.target, bridge.inlet))

    def moved(place: int) -> int:
        return place - (place > node)

    edges = tuple(replace(e, source=moved(e.source), target=moved(e.target)) for e in kept)
    return Graph(tuple(each for i, each in enumerate(graph.nodes) if i != node), edges)


def _connect(graph: Graph, change: Fields) -> Graph:
    return replace(graph, edges=(*graph.edges, _wire(graph, change)))


def _reconnect(graph: Graph, change: Fields) -> Graph:
    """A wire moved to other ports; it keeps its gain."""
    place = _index(change, "edge", len(graph.edges))
    edges = list(graph.edges)
    edges[place] = replace(_wire(graph, change), gain=edges[place].gain)
    return replace(graph, edges=tuple(edges))


def _disconnect(graph: Graph, change: Fields) -> Graph:
    place = _index(change, "edge", len(graph.edges))
    return replace(graph, edges=graph.edges[:place] + graph.edges[place + 1 :])


def _gain(graph: Graph, change: Fields) -> Graph:
    place = _index(change, "edge", len(graph.edges))
    gain = change.get("gain")
    if isinstance(gain, bool) or not isinstance(gain, int | float) or not abs(gain) <= GAIN_ENDS:
        raise RequestError(f"gain is {shorten(gain)}; allowed are {-GAIN_ENDS:g} to {GAIN_ENDS:g}")
    edges = list(graph.edges)
    edges[place] = replace(edges[place], gain=float(gain))
    return replace(graph, edges=tuple(edges))


def _paste(graph: Graph, change: Fields) -> Graph:
    """Processors copied elsewhere, with the wires between them."""
    part = Graph.from_dict(change.get("part"))
    if len(part) > MOST_PASTED:
        raise RequestError(f"{len(part)} nodes are pasted, at most {MOST_PASTED} are allowed")
    kept = [place for place, node in enumerate(part.nodes) if node.is_processor]
    if not kept:
        raise RequestError("there is no processor to paste")
    new = {place: len(graph) + number for number, place in enumerate(kept)}
    edges = tuple(
        replace(edge, source=new[edge.source], target=new[edge.target])
        for edge in part.edges
        if edge.source in new and edge.target in new
    )
    nodes = tuple(replace(part.nodes[place], confidence=None) for place in kept)
    return Graph((*graph.nodes, *nodes), (*graph.edges, *edges))


ACTIONS: Mapping[str, Callable[[Graph, Fields], Graph]] = {
    "insert": _insert,
    "delete": _delete,
    "connect": _connect,
    "reconnect": _reconnect,
    "disconnect": _disconnect,
    "gain": _gain,
    "paste": _paste,
    "check": lambda graph, change: graph,
}


def _wire(graph: Graph, change: Fields) -> Edge:
    source, target = (_index(change, name, len(graph)) for name in ("source", "target"))
    outlet, inlet = change.get("outlet", Edge.outlet), change.get("inlet", Edge.inlet)
    if not isinstance(outlet, str) or not isinstance(inlet, str):
        raise RequestError("outlet and inlet must be names of ports")
    return Edge(source, target, outlet, inlet, EDGE_GAIN.default)


def _index(change: Mapping[str, Any], name: str, count: int) -> int:
    value = change.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise RequestError(f"{name} is {shorten(value)}; allowed are 0 to {count - 1}")
    return value


def _outlet(graph: Graph, edge: Edge) -> Port:
    port = find_port(outlets(graph.nodes[edge.source], KINDS), edge.outlet)
    if port is None:
        raise GraphError(f"{graph.nodes[edge.source].kind} has no outlet {shorten(edge.outlet)}")
    return port


def _first(ports: Sequence[Port], signal: str) -> Port | None:
    return next((port for port in ports if port.signal == signal and port.modulates is None), None)
