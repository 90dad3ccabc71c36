"""Turning a prototype into a graph with numbers: draw a node's knobs, run it, listen, go on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from unpatch.graph.data import Graph, Node
from unpatch.render.schedule import order
from unpatch.render.walk import Signals, incoming, run_node
from unpatch.spec import Processor
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener, distance_db
from unpatch.synth.randomise import edge_gain, parameters

# A node is drawn again while what it does to its own input is less than this, in dB of
# log-spectral distance. Later nodes hide some of it, hence more than what must be heard at the end.
LOCAL_DISTANCE_DB = 1.5
ATTEMPTS = 4


@dataclass
class Performance:
    """A graph whose nodes have been drawn and run one after another.

    Attributes:
        graph: with parameters and edge gains.
        signals: (node, outlet) to signal ``[1, C, T]``.
    """

    graph: Graph
    signals: Signals
    sample_rate: float

    @property
    def audio(self) -> Tensor:
        """Output ``[2, T]``."""
        return incoming(self.graph, self.signals, self.graph.sink)["input"][0]


def perform(
    prototype: Graph, dry: Tensor, sample_rate: float, registry: Mapping[str, Processor], draw: Draw
) -> Performance:
    """Draw parameters from each node's incoming signals while rendering ``dry [2, T]``."""
    graph = _with_edge_gains(prototype, draw)
    performance = Performance(graph, {(graph.sources[0], "out"): dry[None]}, sample_rate)
    for position in order(graph):
        if graph.nodes[position].is_processor:
            _play(performance, position, registry, draw.child(position))
    return performance


def _play(performance: Performance, position: int, registry: Mapping[str, Processor], draw: Draw) -> None:
    processor = registry[performance.graph.nodes[position].kind]
    inputs = incoming(performance.graph, performance.signals, position)
    for _ in range(ATTEMPTS):
        values = parameters(processor, inputs, performance.sample_rate, draw)
        node = Node(processor.kind, values, processor.version)
        made = run_node(node, inputs, _like(performance), performance.sample_rate, True, {processor.kind: processor})
        if not _comparable(processor) or _differs(inputs["input"], made["out"], performance.sample_rate):
            break
    performance.graph = performance.graph.with_parameters(position, values)
    performance.signals |= {(position, outlet): signal for outlet, signal in made.items()}


def _like(performance: Performance) -> Tensor:
    return performance.signals[performance.graph.sources[0], "out"]


def _comparable(processor: Processor) -> bool:
    """Whether the node has one audio output that can be held against its input."""
    return bool(processor.parameters) and [port.name for port in processor.outlets] == ["out"]


def _differs(a: Tensor, b: Tensor, sample_rate: float) -> bool:
    return distance_db(Listener(a[0], sample_rate), Listener(b[0], sample_rate)) >= LOCAL_DISTANCE_DB


def _with_edge_gains(graph: Graph, draw: Draw) -> Graph:
    """Gains depend on kinds alone, so that they are drawn before anything runs."""
    edges = []
    for i, edge in enumerate(graph.edges):
        branches = sum(e.target == edge.target and e.inlet == edge.inlet for e in graph.edges)
        gain = edge_gain(edge, graph.nodes[edge.target], branches, draw.child(len(graph) + i))
        edges.append(replace(edge, gain=gain))
    return replace(graph, edges=tuple(edges))
