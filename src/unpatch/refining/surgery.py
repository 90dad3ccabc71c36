"""Editing a graph: nodes and wires are changed, and parts without a use are removed.

New nodes get numbers that suit their input, as the generator draws them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from unpatch.declaration import Processor
from unpatch.graph.data import Edge, Graph, Node
from unpatch.refining.player import GraphPlayer
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener
from unpatch.synth.prune import prune
from unpatch.synth.randomise import edge_gain, parameters


class Moved(NamedTuple):
    """A changed graph, and the nodes whose numbers are new."""

    graph: Graph
    new: frozenset[int]


class Surgery:
    """Changes of one graph; positions stay until :meth:`done`.

    Args:
        graph: as it was.
        player: renders it.
        draw: random choices.
        prior: kind to its weight; 1 for the others.
    """

    def __init__(self, graph: Graph, player: GraphPlayer, draw: Draw, prior: Mapping[str, float]) -> None:
        self.graph = graph
        self.player = player
        self.registry = player.registry
        self.draw = draw
        self.prior = prior
        self.nodes = list(graph.nodes)
        self.edges = list(graph.edges)

    def kind(self, among: Iterable[str]) -> str:
        """One of these kinds."""
        return self.draw.weighted({kind: self.prior.get(kind, 1.0) for kind in among})

    def into(self, node: int) -> list[Edge]:
        return [edge for edge in self.edges if edge.target == node]

    def carries_audio(self, edge: Edge) -> bool:
        processor = self.registry.get(self.nodes[edge.source].kind)
        return processor is None or processor.has_audio_output

    def input_of(self, node: int) -> Edge | None:
        """A wire that brings the node audio of the graph as it was."""
        return next(
            (e for e in self.into(node) if e.source < len(self.graph) and self.carries_audio(e)), None
        )

    def node(self, kind: str, input_edge: Edge | None) -> Node:
        """A node of the kind with numbers drawn for the signal on a wire."""
        processor = self.registry[kind]
        return Node(kind, parameters(processor, self._listener(input_edge), self.draw), processor.version)

    def _listener(self, wire: Edge | None) -> Listener | None:
        if wire is None:
            return None
        signal = self.player.signal(self.graph, wire.source, wire.outlet)
        return Listener(signal, self.player.sample_rate)

    def add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def insert(self, place: int, kind: str) -> list[int]:
        """Put a node into the middle of a wire; the new nodes, that one first."""
        wire, processor = self.edges[place], self.registry[kind]
        node = self.add(self.node(kind, wire))
        self.edges[place] = replace(wire, source=node, outlet=processor.outlets[0].name)
        self.edges.append(Edge(wire.source, node, wire.outlet, processor.inlets[0].name))
        return [node, *self.feed(node)]

    def feed(self, node: int) -> list[int]:
        """Connect oscillators to the control inlets that a node lacks; the new nodes."""
        fed = {edge.inlet for edge in self.into(node)}
        ports = self.registry[self.nodes[node].kind].inlets
        hungry = [p.name for p in ports if p.required and p.signal == "control" and p.name not in fed]
        return [self.modulate(node, inlet) for inlet in hungry]

    def modulate(self, node: int, inlet: str) -> int:
        """Connect a control signal to an inlet: an oscillator's, or the envelope of the node's input."""
        input_edge = self.input_of(node)
        kind = self.kind(
            k for k, p in self.registry.items() if is_control(p) and (input_edge or not p.inlets)
        )
        maker, processor = self.add(self.node(kind, input_edge)), self.registry[kind]
        if input_edge and processor.inlets:
            self.edges.append(Edge(input_edge.source, maker, input_edge.outlet, processor.inlets[0].name))
        wire = Edge(maker, node, processor.outlets[0].name, inlet)
        self.edges.append(replace(wire, gain=edge_gain(wire, self.draw, modulates=True)))
        return maker

    def done(self, new: Iterable[int] = (), without: Iterable[int] = ()) -> Moved:
        """The result, less some nodes and all parts without a use."""
        pruned = prune(Graph(tuple(self.nodes), tuple(self.edges)), self.registry, without)
        return Moved(pruned.graph, frozenset(pruned.places[n] for n in new if n in pruned.places))


def is_control(processor: Processor) -> bool:
    """Whether it makes a control signal."""
    return not processor.has_audio_output


def is_link(processor: Processor) -> bool:
    """Whether it fits a chain: audio in at one inlet, audio out at one outlet, and knobs to set."""
    fed = [port for port in processor.inlets if port.required and port.signal == "audio"]
    return (
        processor.has_audio_output and len(fed) == len(processor.outlets) == 1 and bool(processor.parameters)
    )
