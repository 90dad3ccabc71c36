"""From a prototype to a graph with numbers: draw a node's knobs, run it, measure, continue."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.check import carries_control
from unpatch.graph.data import Graph, Node
from unpatch.graph.order import topological_order
from unpatch.rendering.signals import stereo_sources
from unpatch.rendering.walk import Signals, incoming, run_node
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener, distance_db
from unpatch.synth.randomise import edge_gain, parameters
from unpatch.synth.rendered import Rendered

# A node is drawn again while what it does to its own input is less than this, in dB of
# log-spectral distance. Later nodes hide some of it, hence more than the threshold of audibility at the end.
LOCAL_DISTANCE_DB = 1.5
ATTEMPTS = 4

Rule: TypeAlias = Callable[[Graph, int, Listener | None, Draw], dict[str, float]]
"""The numbers of a node of a graph, for what comes in there (a sidechain where there is one)."""


class Performance:
    """A graph whose nodes are drawn and run one after another.

    Attributes:
        graph: with the parameters drawn so far.
        signals: (node, outlet) to signal ``[1, C, T]``.
        rule: how they are drawn; left out, as :func:`unpatch.synth.randomise.parameters` does.
        least_db: what a node must do to its own input.
        attempts: how often it is drawn until it does.
    """

    def __init__(
        self,
        graph: Graph,
        sources: Tensor,
        sample_rate: float,
        registry: Mapping[str, Processor],
        rule: Rule | None = None,
        *,
        least_db: float = LOCAL_DISTANCE_DB,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.graph = graph
        self.sample_rate = sample_rate
        self.registry = registry
        self.rule = self._adapted if rule is None else rule
        self.least_db = least_db
        self.attempts = attempts
        audio = stereo_sources(graph, sources)
        self.signals: Signals = {(node, "out"): audio[i : i + 1] for i, node in enumerate(graph.sources)}
        self._listeners: dict[int, Listener] = {}

    def rendered(self) -> Rendered:
        """All that was played."""
        return Rendered.of_signals(self.graph, self.signals, self.sample_rate, self.registry)

    def play(self, position: int, draw: Draw) -> None:
        """Draw one node's parameters, until it does something to its own input, and run it."""
        processor = self.registry[self.graph.nodes[position].kind]
        inputs = incoming(self.graph, self.signals, position)
        key = inputs.get("sidechain", inputs.get("input"))
        listener = None if key is None else self._listener(key)
        for _ in range(self.attempts):
            node = Node(processor.kind, self.rule(self.graph, position, listener, draw), processor.version)
            made = self._run(node, inputs)
            if self._is_audible(processor, node, inputs, made):
                break
        self.graph = self.graph.with_parameters(position, node.parameters)
        self.signals |= {(position, outlet): signal for outlet, signal in made.items()}

    def _adapted(
        self, graph: Graph, position: int, listener: Listener | None, draw: Draw
    ) -> dict[str, float]:
        return parameters(self.registry[graph.nodes[position].kind], listener, draw)

    def play_all(self, draw: Draw) -> "Performance":
        """Every node in topological order."""
        for position in topological_order(self.graph):
            if self.graph.nodes[position].is_processor:
                self.play(position, draw.child(position))
        return self

    def _run(self, node: Node, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        like = self.signals[self.graph.sources[0], "out"]
        return run_node(node, inputs, like, self.sample_rate, registry=self.registry)

    def _is_audible(
        self, processor: Processor, node: Node, inputs: Mapping[str, Tensor], made: Mapping[str, Tensor]
    ) -> bool:
        """Whether the output differs from the input, and from what it is without sidechain or modulation."""
        if not _comparable(processor):
            return True
        if not self._differs(inputs["input"], made["out"]):
            return False
        needed = {port.name: inputs[port.name] for port in processor.inlets if port.required}
        return len(needed) == len(inputs) or self._differs(self._run(node, needed)["out"], made["out"])

    def _differs(self, a: Tensor, b: Tensor) -> bool:
        return distance_db(self._listener(a), self._listener(b)) >= self.least_db

    def _listener(self, signal: Tensor) -> Listener:
        """One analysis for each signal, reused."""
        if id(signal) not in self._listeners:
            self._listeners[id(signal)] = Listener(signal, self.sample_rate)
        return self._listeners[id(signal)]


def perform(
    prototype: Graph, sources: Tensor, sample_rate: float, registry: Mapping[str, Processor], draw: Draw
) -> Performance:
    """Draw parameters from each node's incoming signals while rendering ``sources [S, 2, T]``."""
    graph = _with_edge_gains(prototype, registry, draw.child(len(prototype)))
    return Performance(graph, sources, sample_rate, registry).play_all(draw)


def _comparable(processor: Processor) -> bool:
    """Whether the node has one audio output that can be held against its input."""
    return bool(processor.parameters) and [port.name for port in processor.outlets] == ["out"]


def _with_edge_gains(graph: Graph, registry: Mapping[str, Processor], draw: Draw) -> Graph:
    """Gains depend on ports alone, so that they are drawn before anything runs."""
    moving = [carries_control(edge, graph, registry) for edge in graph.edges]
    gains = [edge_gain(edge, draw, modulates=moves) for edge, moves in zip(graph.edges, moving, strict=True)]
    loudest: dict[tuple[int, str], float] = {}
    for edge, gain, moves in zip(graph.edges, gains, moving, strict=True):
        if not moves:
            loudest[edge.target, edge.inlet] = max(gain, loudest.get((edge.target, edge.inlet), 0.0))
    edges = [
        replace(edge, gain=gain / loudest.get((edge.target, edge.inlet), 1.0))
        for edge, gain in zip(graph.edges, gains, strict=True)
    ]
    return replace(graph, edges=tuple(edges))
