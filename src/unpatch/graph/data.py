"""The graph as frozen plain data, equal to its own JSON. Standard library only.

Nodes are identified by their position. A graph's sources have kind ``in`` or a drum's name, its one
sink has kind ``out``; neither is a processor. Parameters are values (dB, Hz, ms, ...); those that
are left out have the declared default once :func:`unpatch.graph.check.complete` has been called.
"""

import json
import math
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from unpatch.storage.documents import DocumentError, parse_json

SCHEMA = "unpatch.graph"
SCHEMA_VERSION = 1
DRUMS = ("kick", "snare", "hat", "tom", "ride", "crash")
SOURCES = ("in", *DRUMS)
SINK = "out"
TASK_SOURCES: Mapping[str, tuple[str, ...]] = {"singing": ("in",), "drums": DRUMS}
"""Blind task to the sources that a graph of it may have, each at most once."""


class GraphError(ValueError):
    """What is wrong with a graph or its JSON, and where, in one line."""


@dataclass(frozen=True)
class Node:
    """A processor, source or sink.

    Attributes:
        kind: name in the registry, or one of :data:`SOURCES`, or :data:`SINK`.
        parameters: name to value; treated as read-only.
        version: of the processor's declaration when the graph was made.
        confidence: probability in [0, 1] that an estimator gave to this node, if any.
        name: of its track or bus, if any.
        curves: knobs of many values, name to those; treated as read-only.
    """

    kind: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    version: int = 1
    confidence: float | None = None
    name: str | None = None
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def is_source(self) -> bool:
        return self.kind in SOURCES

    @property
    def is_sink(self) -> bool:
        return self.kind == SINK

    @property
    def is_processor(self) -> bool:
        return not (self.is_source or self.is_sink)

    def __hash__(self) -> int:
        values, curves = (tuple(sorted(each.items())) for each in (self.parameters, self.curves))
        return hash((self.kind, values, self.version, self.confidence, self.name, curves))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; empty fields are left out."""
        return {
            "kind": self.kind,
            **({"parameters": dict(self.parameters)} if self.parameters else {}),
            **({"version": self.version} if self.is_processor else {}),
            **({} if self.confidence is None else {"confidence": self.confidence}),
            **({} if self.name is None else {"name": self.name}),
            **({"curves": {name: list(curve) for name, curve in self.curves.items()}} if self.curves else {}),
        }


@dataclass(frozen=True, order=True)
class Edge:
    """A wire from an outlet of one node to an inlet of another, with a linear gain."""

    source: int
    target: int
    outlet: str = "out"
    inlet: str = "input"
    gain: float = 1.0
    confidence: float | None = field(default=None, compare=True)

    @property
    def port_pair(self) -> tuple[str, str]:
        """The edge's type: (outlet, inlet)."""
        return (self.outlet, self.inlet)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Graph:
    """Nodes and edges. Equal to another when nodes and edges are in the same order."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        from unpatch.graph.text import to_text

        try:
            return to_text(self)
        except (GraphError, LookupError):  # not a valid graph: show it as the data it is
            return repr(self)

    def edges_into(self, node: int) -> tuple[Edge, ...]:
        return self._into.get(node, ())

    def edges_from(self, node: int) -> tuple[Edge, ...]:
        return self._out_of.get(node, ())

    @cached_property
    def _into(self) -> Mapping[int, tuple[Edge, ...]]:
        return _grouped(self.edges, lambda edge: edge.target)

    @cached_property
    def _out_of(self) -> Mapping[int, tuple[Edge, ...]]:
        return _grouped(self.edges, lambda edge: edge.source)

    @property
    def sources(self) -> tuple[int, ...]:
        return tuple(i for i, node in enumerate(self.nodes) if node.is_source)

    @property
    def sink(self) -> int:
        """Position of ``out``; raises GraphError when there is none."""
        for i, node in enumerate(self.nodes):
            if node.is_sink:
                return i
        raise GraphError("graph has no node 'out'")

    @property
    def processor_count(self) -> int:
        return sum(node.is_processor for node in self.nodes)

    def with_parameters(self, node: int, parameters: Mapping[str, float]) -> "Graph":
        """This graph with some values of one node replaced."""
        nodes = list(self.nodes)
        nodes[node] = replace(nodes[node], parameters={**nodes[node].parameters, **parameters})
        return replace(self, nodes=tuple(nodes))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data under the schema's name and version."""
        return {
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "nodes": [node.to_dict() for node in self.nodes],
            "edges": [edge.to_dict() for edge in self.edges],
        }

    def to_json(self, indent: int | None = 2) -> str:
        """JSON text; refuses NaN and infinity, which JSON does not have."""
        try:
            return json.dumps(self.to_dict(), indent=indent, allow_nan=False)
        except ValueError:
            raise GraphError("graph holds a NaN or an infinity and cannot be written as JSON") from None

    @staticmethod
    def from_dict(data: object) -> "Graph":
        """The inverse of :meth:`to_dict`; raises GraphError naming the field that is wrong."""
        top = _object(data, "graph")
        _check_schema(top)
        _check_fields(top, "graph", required=("schema", "schema_version", "nodes", "edges"))
        return Graph(
            nodes=tuple(_node(item, f"node {i}") for i, item in enumerate(_list(top["nodes"], "nodes"))),
            edges=tuple(_edge(item, f"edge {i}") for i, item in enumerate(_list(top["edges"], "edges"))),
        )

    @staticmethod
    def from_json(text: str | bytes) -> "Graph":
        """The inverse of :meth:`to_json`. Types are checked here, sense by ``graph.check``."""
        try:
            data = parse_json(text)
        except DocumentError as error:
            raise GraphError(str(error)) from None
        return Graph.from_dict(data)


def _grouped(edges: Iterable[Edge], end: Callable[[Edge], int]) -> dict[int, tuple[Edge, ...]]:
    """Edges by the node at one of their ends, in their order."""
    groups: dict[int, list[Edge]] = {}
    for edge in edges:
        groups.setdefault(end(edge), []).append(edge)
    return {node: tuple(group) for node, group in groups.items()}


def _check_schema(top: Mapping[str, Any]) -> None:
    schema, version = top.get("schema"), top.get("schema_version")
    if schema != SCHEMA:
        raise GraphError(f"not a graph: schema is {shorten(schema)}, expected {SCHEMA!r}")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise GraphError(f"graph has schema version {shorten(version)}; this program reads {SCHEMA_VERSION}")


def _check_fields(
    data: Mapping[str, Any], where: str, required: Iterable[str], optional: Iterable[str] = ()
) -> None:
    required = tuple(required)
    for name in required:
        if name not in data:
            raise GraphError(f"{where} lacks the field {name!r}")
    for name in data:
        if name not in (*required, *optional):
            raise GraphError(f"{where} has an unknown field {shorten(name)}")


def _node(data: object, where: str) -> Node:
    fields = _object(data, where)
    known = ("parameters", "version", "confidence", "name", "curves")
    _check_fields(fields, where, required=("kind",), optional=known)
    parameters = _object(fields.get("parameters", {}), f"{where} parameters")
    curves = _object(fields.get("curves", {}), f"{where} curves")
    return Node(
        kind=_string(fields["kind"], f"{where} kind"),
        parameters={name: _number(value, f"{where} {name}") for name, value in parameters.items()},
        version=_integer(fields.get("version", 1), f"{where} version"),
        confidence=_optional(_number, fields.get("confidence"), f"{where} confidence"),
        name=_optional(_string, fields.get("name"), f"{where} name"),
        curves={name: _curve(values, f"{where} {name}") for name, values in curves.items()},
    )


def _curve(values: object, where: str) -> tuple[float, ...]:
    return tuple(_number(value, where) for value in _list(values, where))


def _edge(data: object, where: str) -> Edge:
    fields = _object(data, where)
    _check_fields(
        fields, where, required=("source", "target"), optional=("outlet", "inlet", "gain", "confidence")
    )
    return Edge(
        source=_integer(fields["source"], f"{where} source"),
        target=_integer(fields["target"], f"{where} target"),
        outlet=_string(fields.get("outlet", Edge.outlet), f"{where} outlet"),
        inlet=_string(fields.get("inlet", Edge.inlet), f"{where} inlet"),
        gain=_number(fields.get("gain", Edge.gain), f"{where} gain"),
        confidence=_optional(_number, fields.get("confidence"), f"{where} confidence"),
    )


Read = TypeVar("Read")


def _optional(read: Callable[[object, str], Read], value: object, where: str) -> Read | None:
    return None if value is None else read(value, where)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise GraphError(f"{where} must be an object, got {shorten(value)}")
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise GraphError(f"{where} must be a list, got {shorten(value)}")
    return value


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise GraphError(f"{where} must be a string, got {shorten(value)}")
    return value


def _integer(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise GraphError(f"{where} must be a whole number, got {shorten(value)}")
    return value


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise GraphError(f"{where} must be a number, got {shorten(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise GraphError(f"{where} must be finite, got {shorten(value)}")
    return number


def shorten(value: object, width: int = 40) -> str:
    """How an offending value is shown in a one-line message."""
    text = _SHORT.repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."


class _Short(reprlib.Repr):
    """Bounded time for deep or long data: only its start is written."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 4, 80, 80

    def repr_int(self, value: int, level: int) -> str:
        too_long = value.bit_length() > 10_000  # Python refuses to write thousands of digits
        return "a whole number of thousands of digits" if too_long else repr(value)


_SHORT = _Short()
