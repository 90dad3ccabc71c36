"""Writing small graphs by hand."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from unpatch.graph.check import Registry, check, complete, did_you_mean
from unpatch.graph.data import SINK, Edge, Graph, GraphError, Node, shorten

Step: TypeAlias = str | tuple[str, Mapping[str, Any]]
"""A kind, or a kind with its settings: parameter to value, control inlet to the step that feeds it."""


def chain(registry: Registry, *steps: Step, source: str = "in") -> Graph:
    """A serial chain from one source to ``out``; checked, with defaults filled in.

    Args:
        registry: kind to processor, such as :data:`unpatch.PROCESSORS`.
        steps: kinds in the order of the signal, each alone or with a mapping of parameter to value. A control
            inlet maps to the step that feeds it.
        source: kind of the source.

    Returns:
        The graph.

    Raises:
        GraphError: an unknown kind or parameter, or a value out of range.

    Example:
        >>> import unpatch
        >>> sweep = ("mono_lfo", {"frequency_hz": 1})
        >>> print(unpatch.chain(unpatch.PROCESSORS, "highpass2", ("chorus", {"mix": 0.3, "mod": sweep})))
        0  in
        1  highpass2  frequency_hz 1000 · q 0.707
        3  chorus  delay_ms 15 · feedback 0.3 · mix 0.3
        2  ~ mod, depth 1: mono_lfo  frequency_hz 1 · phase 0
        4  out
    """
    builder = _Builder(registry)
    last = builder.add(Node(source))
    for step in steps:
        node = builder.add_step(step)
        builder.connect(last, node)
        last = node
    builder.connect(last, builder.add(Node(SINK)))
    return complete(check(Graph(tuple(builder.nodes), tuple(builder.edges)), registry), registry)


class _Builder:
    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def connect(self, source: int, target: int, inlet: str | None = None) -> None:
        """From the source's first outlet to ``inlet``, or to the target's first."""
        outlet = self._first_port(source, "outlets", Edge.outlet)
        self.edges.append(
            Edge(source, target, outlet, inlet or self._first_port(target, "inlets", Edge.inlet))
        )

    def _first_port(self, node: int, side: str, otherwise: str) -> str:
        processor = self.registry.get(self.nodes[node].kind)
        ports = getattr(processor, side, ())
        return ports[0].name if ports else otherwise

    def add_step(self, step: Step) -> int:
        """Add a step's node and, before it, the nodes that feed its control inlets."""
        kind, settings = (step, {}) if isinstance(step, str) else step
        if kind not in self.registry:
            raise GraphError(f"unknown kind {shorten(kind)}{did_you_mean(kind, self.registry)}")
        processor = self.registry[kind]
        feeds = {name: value for name, value in settings.items() if isinstance(value, str | tuple)}
        feeders = {inlet: self.add_step(feed) for inlet, feed in feeds.items()}
        values = {name: float(value) for name, value in settings.items() if name not in feeds}
        node = self.add(Node(kind, values, processor.version))
        for inlet, feeder in feeders.items():
            self.connect(feeder, node, inlet)
        return node
