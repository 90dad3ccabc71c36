"""Is this graph one that can be rendered? And the defaults of what was left unsaid.

Every fault raises :class:`~unpatch.graph.data.GraphError` with one line: what was given
and what is allowed. The registry maps a kind to its declaration.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Literal

from unpatch.declaration import EDGE_GAIN, Parameter, Port, Processor
from unpatch.graph import order
from unpatch.graph.data import SINK, SOURCES, Edge, Graph, GraphError, Node, shorten

Registry = Mapping[str, Processor]
Side = Literal["inlet", "outlet"]

SOURCE_OUTLETS = (Port("out", "audio"),)
SINK_INLETS = (Port("input", "audio"),)

MOST_NODES = 10_000
MOST_EDGES = 40_000
"""Several times what the console of a song with 200 tracks has; searching for order takes seconds there."""


def check(graph: Graph, registry: Registry) -> Graph:
    """Return ``graph`` unchanged if it is valid, else raise GraphError at the first fault found.

    Raises:
        TypeError: for what is not a graph.
    """
    if not isinstance(graph, Graph):
        raise TypeError(f"a Graph is needed, got {type(graph).__name__}")
    _check_parts(graph, registry)
    _check_required_inlets(graph, registry)
    order.topological_order(graph)
    _check_reaches_sink(graph)
    return graph


def check_draft(graph: Graph, registry: Registry) -> str | None:
    """Check a graph that is being edited: it may have open inlets, and nodes that lead nowhere.

    Returns:
        What is missing for it to be played, in one line; None if it is valid.

    Raises:
        GraphError: every other fault, such as a wire between ports that do not fit, or a cycle.
    """
    _check_parts(graph, registry)
    order.topological_order(graph)
    try:
        _check_required_inlets(graph, registry)
        _check_reaches_sink(graph)
    except GraphError as missing:
        return str(missing)
    return None


def _check_parts(graph: Graph, registry: Registry) -> None:
    """What must hold of a draft, too: each node and wire by itself, and one output."""
    _check_size(graph)
    for i, node in enumerate(graph.nodes):
        _check_node(node, f"node {i}", registry)
    _check_one_sink(graph)
    for i, edge in enumerate(graph.edges):
        _check_edge(edge, f"edge {i}", graph, registry)
    _check_duplicates(graph)


def complete(graph: Graph, registry: Registry) -> Graph:
    """Fill in the declared default of every parameter that a node leaves out, in declared order."""
    return replace(graph, nodes=tuple(complete_node(node, registry) for node in graph.nodes))


def complete_node(node: Node, registry: Registry) -> Node:
    if not node.is_processor:
        return node
    declared = registry[node.kind].parameters
    curves = registry[node.kind].curves
    return replace(
        node,
        parameters={name: node.parameters.get(name, knob.default) for name, knob in declared.items()},
        curves={n: node.curves.get(n, (knob.default,) * knob.size) for n, knob in curves.items()},
    )


def inlets(node: Node, registry: Registry) -> tuple[Port, ...]:
    """The ports at which a node takes signals."""
    if node.is_source:
        return ()
    return SINK_INLETS if node.is_sink else registry[node.kind].inlets


def outlets(node: Node, registry: Registry) -> tuple[Port, ...]:
    """The ports at which a node gives signals."""
    if node.is_sink:
        return ()
    return SOURCE_OUTLETS if node.is_source else registry[node.kind].outlets


def find_port(ports: Iterable[Port], name: str) -> Port | None:
    return next((port for port in ports if port.name == name), None)


def carries_control(edge: Edge, graph: Graph, registry: Registry) -> bool:
    """Whether an edge of a checked graph carries a control signal, not audio."""
    port = find_port(outlets(graph.nodes[edge.source], registry), edge.outlet)
    return port is not None and port.signal == "control"


def _check_size(graph: Graph) -> None:
    for count, most, what in ((len(graph), MOST_NODES, "nodes"), (len(graph.edges), MOST_EDGES, "edges")):
        if count > most:
            raise GraphError(f"graph has {count} {what}, at most {most} are supported")


def _check_node(node: Node, where: str, registry: Registry) -> None:
    declared: Mapping[str, Parameter] = {}
    curves: Mapping[str, Parameter] = {}
    if node.is_processor:
        if node.kind not in registry:
            hint = did_you_mean(node.kind, (*registry, *SOURCES, SINK))
            raise GraphError(f"{where}: unknown kind {shorten(node.kind)}{hint}")
        _check_version(node, where, registry[node.kind])
        declared, curves = registry[node.kind].parameters, registry[node.kind].curves
    where = f"{where} ({node.kind})"
    _check_confidence(node.confidence, where)
    for name, value in node.parameters.items():
        _check_value(name, value, where, declared)
    for name, values in node.curves.items():
        _check_curve(name, values, where, curves)


def _check_curve(name: str, values: tuple[float, ...], where: str, declared: Mapping[str, Parameter]) -> None:
    if name in declared and len(values) != declared[name].size:
        raise GraphError(f"{where}: {name} has {len(values)} values, needed are {declared[name].size}")
    for value in values or (0.0,):
        _check_value(name, value, where, declared)


def _check_confidence(confidence: float | None, where: str) -> None:
    if confidence is not None and not 0 <= confidence <= 1:
        raise GraphError(f"{where}: confidence is {confidence:g}, allowed are 0 to 1")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The tail of a message about an unknown name."""
    close = get_close_matches(name[:80], known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def _check_version(node: Node, where: str, processor: Processor) -> None:
    if node.version != processor.version:
        raise GraphError(
            f"{where} ({node.kind}): made with version {shorten(node.version)} of this processor, "
            f"installed is version {processor.version}"
        )


def _check_value(name: str, value: float, where: str, declared: Mapping[str, Parameter]) -> None:
    if name not in declared:
        hint = did_you_mean(name, declared) or f"; it has {', '.join(declared) or 'none'}"
        raise GraphError(f"{where}: unknown parameter {shorten(name)}{hint}")
    if not math.isfinite(value):
        raise GraphError(f"{where}: {name} is {value}, which is not a finite number")
    knob = declared[name]
    if value not in knob:
        raise GraphError(
            f"{where}: {name} is {value:g}, allowed are {knob.low:g} to {knob.high:g} {knob.unit}".rstrip()
        )


def _check_one_sink(graph: Graph) -> None:
    sinks = [i for i, node in enumerate(graph.nodes) if node.is_sink]
    if not sinks:
        raise GraphError(f"graph has no node {SINK!r}")
    if len(sinks) > 1:
        raise GraphError(f"graph has {len(sinks)} nodes {SINK!r} ({_listed(sinks)}), allowed is one")


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _check_edge(edge: Edge, where: str, graph: Graph, registry: Registry) -> None:
    for end in (edge.source, edge.target):
        if not 0 <= end < len(graph.nodes):
            raise GraphError(f"{where}: there is no node {shorten(end)}, nodes are 0 to {len(graph) - 1}")
    where = f"{where} ({_ends(edge, graph)})"
    if not math.isfinite(edge.gain):
        raise GraphError(f"{where}: {EDGE_GAIN.name} is {edge.gain}, which is not a finite number")
    _check_confidence(edge.confidence, where)
    outlet = _port(edge.outlet, "outlet", graph.nodes[edge.source], registry, where)
    inlet = _port(edge.inlet, "inlet", graph.nodes[edge.target], registry, where)
    if outlet.signal != inlet.signal:
        raise GraphError(
            f"{where}: outlet {outlet.name!r} gives {outlet.signal}, "
            f"inlet {inlet.name!r} takes {inlet.signal}"
        )


def _ends(edge: Edge, graph: Graph) -> str:
    return order.describe_path(graph, (edge.source, edge.target))


def _port(name: str, side: Side, node: Node, registry: Registry, where: str) -> Port:
    ports = inlets(node, registry) if side == "inlet" else outlets(node, registry)
    port = find_port(ports, name)
    if port is None:
        known = ", ".join(port.name for port in ports) or "none"
        raise GraphError(f"{where}: {node.kind} has no {side} {shorten(name)}; it has {known}")
    return port


def _check_duplicates(graph: Graph) -> None:
    first: dict[tuple[int, str, int, str], int] = {}
    for i, edge in enumerate(graph.edges):
        same = first.setdefault((edge.source, edge.outlet, edge.target, edge.inlet), i)
        if same != i:
            ports = f"{edge.outlet!r} to {edge.inlet!r}"
            raise GraphError(f"edge {i} ({_ends(edge, graph)}): same wire as edge {same}, {ports}")


def _check_required_inlets(graph: Graph, registry: Registry) -> None:
    fed = {(edge.target, edge.inlet) for edge in graph.edges}
    for i, node in enumerate(graph.nodes):
        for port in inlets(node, registry):
            if port.required and (i, port.name) not in fed:
                raise GraphError(f"node {i} ({node.kind}): nothing is connected to its inlet {port.name!r}")


def _check_reaches_sink(graph: Graph) -> None:
    reaching = order.reached([graph.sink], order.predecessors(graph))
    for i, node in enumerate(graph.nodes):
        if i not in reaching:
            raise GraphError(f"node {i} ({node.kind}): no path leads from it to {SINK!r}")
