"""Taking nodes and wires out of a graph so that a valid graph remains."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from unpatch.declaration import EDGE_GAIN, Processor
from unpatch.graph.check import carries_control
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import topological_order


@dataclass(frozen=True)
class Pruned:
    """A smaller graph, and the new positions of the remaining nodes: old position to new."""

    graph: Graph
    places: Mapping[int, int]

    def untouched(self, before: Graph) -> dict[int, int]:
        """Of those, the ones whose inputs are as ``before``."""
        found: dict[int, int] = {}
        old_position = {new: old for old, new in self.places.items()}
        for new in topological_order(self.graph):
            old = old_position[new]
            old_edges = {
                replace(e, source=self.places.get(e.source, -1), target=new) for e in before.edges_into(old)
            }
            edges = set(self.graph.edges_into(new))
            if old_edges == edges and all(old_position[edge.source] in found for edge in edges):
                found[old] = new
        return found


def prune(
    graph: Graph, registry: Mapping[str, Processor], nodes: Iterable[int] = (), edges: Iterable[int] = ()
) -> Pruned:
    """The graph without some nodes, whose inputs take the place of their outputs, and some edges.

    What has no meaning any more goes with them: sources that lead nowhere, oscillators that move nothing,
    effects that nothing moves though something must, mixes of one signal, splits that are put together again
    at once.
    """
    gone = set(edges)
    pruner = Pruner(graph.nodes, [edge for i, edge in enumerate(graph.edges) if i not in gone], registry)
    for node in nodes:
        pruner.bypass(node)
    while pruner.tidied():
        pass
    return pruner.result()


class Pruner:
    """A graph under surgery: old positions are kept until the end."""

    def __init__(self, nodes: tuple[Node, ...], edges: list[Edge], registry: Mapping[str, Processor]) -> None:
        self.nodes = dict(enumerate(nodes))
        self.edges = edges
        self.registry = registry

    def into(self, node: int) -> list[Edge]:
        return [edge for edge in self.edges if edge.target == node]

    def out_of(self, node: int) -> list[Edge]:
        return [edge for edge in self.edges if edge.source == node]

    def bypass(self, node: int) -> None:
        """Remove a node; the input of its first connected audio inlet takes its place."""
        before, after = self.into(node), self.out_of(node)
        passed = [p.name for p in self._processor(node).inlets if p.signal == "audio" and p.required]
        inlet = next((name for name in passed if any(edge.inlet == name for edge in before)), None)
        feeds = [edge for edge in before if edge.inlet == inlet]
        self.remove(node)
        for edge in after:
            for feed in feeds:
                gain = edge.gain * feed.gain
                self._connect(replace(edge, source=feed.source, outlet=feed.outlet, gain=gain))

    def remove(self, node: int) -> None:
        """Remove a node and all its wires."""
        del self.nodes[node]
        self.edges = [edge for edge in self.edges if node not in (edge.source, edge.target)]

    def tidied(self) -> bool:
        """Carry out the first repair that is due; False when none is."""
        for node in list(self.nodes):
            if not self.nodes[node].is_sink and not self.out_of(node):
                self.remove(node)
                return True
            if self.nodes[node].is_processor and self._is_void(node):
                self.bypass(node)
                return True
        return False

    def result(self) -> Pruned:
        places = {old: new for new, old in enumerate(sorted(self.nodes))}
        edges = sorted(replace(e, source=places[e.source], target=places[e.target]) for e in self.edges)
        graph = Graph(tuple(self.nodes[old] for old in sorted(self.nodes)), tuple(edges))
        return Pruned(replace(graph, edges=tuple(self._levelled(edge, graph) for edge in edges)), places)

    def _processor(self, node: int) -> Processor:
        return self.registry[self.nodes[node].kind]

    def _is_void(self, node: int) -> bool:
        """Whether the wires that are left to a node leave it nothing to do."""
        processor, before, after = self._processor(node), self.into(node), self.out_of(node)
        connected = {edge.inlet for edge in before}
        needed = [port.name for port in processor.inlets if port.required or port.expected]
        if not connected.issuperset(needed):
            return True
        if len(processor.outlets) > 1:
            return len({edge.outlet for edge in after}) == 1 or len({edge.target for edge in after}) == 1
        return processor.kind == "mix" and len(before) == 1

    def _connect(self, edge: Edge) -> None:
        """Add a wire; of two between the same nodes the one into a required inlet stays, or the first."""
        rivals = [e for e in self.edges if (e.source, e.target) == (edge.source, edge.target)]
        if not rivals:
            self.edges.append(edge)
        elif self._is_required(edge) and not any(map(self._is_required, rivals)):
            self.edges[self.edges.index(rivals[0])] = edge

    def _is_required(self, edge: Edge) -> bool:
        if self.nodes[edge.target].is_sink:
            return True
        port = self._processor(edge.target).inlet(edge.inlet)
        return port is not None and port.required

    def _levelled(self, edge: Edge, graph: Graph) -> Edge:
        """Of audio that is alone at its inlet the level does not matter."""
        beside = [other for other in graph.edges_into(edge.target) if other.inlet == edge.inlet]
        if len(beside) > 1 or carries_control(edge, graph, self.registry):
            return edge
        return replace(edge, gain=EDGE_GAIN.default)
