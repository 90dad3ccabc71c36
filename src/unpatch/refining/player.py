"""Rendering graph after graph on one dry signal, with a cache.

Shapes: C channels, T samples.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.graph.order import topological_order
from unpatch.processors import PROCESSORS
from unpatch.rendering.named import in_order
from unpatch.rendering.walk import Signals, walk

# Cached samples, all signals together: 256 MB in single precision.
REMEMBERED = 64_000_000


class GraphPlayer:
    """Renders like :func:`unpatch.rendering.oracle` with a cache.

    The key of a signal is all that it depends on: its node's kind and numbers, and its inputs. Of a graph
    that differs from an earlier one in one node, only that node and those behind it run.

    Args:
        dry: source kind to signal ``[2, T]``; a missing source is silent.
        sample_rate: in Hz.
        registry: kind to processor.
    """

    def __init__(
        self, dry: Mapping[str, Tensor], sample_rate: float, registry: Mapping[str, Processor] = PROCESSORS
    ) -> None:
        self.dry = dry
        self.sample_rate = sample_rate
        self.registry = registry
        self._made: OrderedDict[Hashable, dict[str, Tensor]] = OrderedDict()
        self._most = max(1, REMEMBERED // next(iter(dry.values())).numel())

    def sources(self, graph: Graph) -> Tensor:
        """Signals of its sources, ``[S, 2, T]``."""
        return in_order(graph, self.dry)

    def play(self, graph: Graph) -> Tensor:
        """The graph's output ``[2, T]``."""
        return self._walked(graph)[0]

    def signal(self, graph: Graph, node: int, outlet: str) -> Tensor:
        """Output of a node ``[1, C, T]``."""
        return self._walked(graph)[1][node, outlet]

    def _walked(self, graph: Graph) -> tuple[Tensor, Signals]:
        names = self._names(graph)
        known = {
            (node, outlet): signal
            for node, name in names.items()
            for outlet, signal in self._made.get(name, {}).items()
        }
        with torch.no_grad():
            walked = walk(graph, self.sources(graph), self.sample_rate, known=known, registry=self.registry)
        self._store(names, graph, walked.signals)
        return walked.audio, walked.signals

    def _store(self, names: Mapping[int, Hashable], graph: Graph, signals: Signals) -> None:
        for node, name in names.items():
            outlets = self.registry[graph.nodes[node].kind].outlets
            self._made[name] = {port.name: signals[node, port.name] for port in outlets}
            self._made.move_to_end(name)
        while len(self._made) > self._most:
            self._made.popitem(last=False)

    def _names(self, graph: Graph) -> dict[int, Hashable]:
        """Key of each processor's signals: a digest of the graph above it."""
        names: dict[int, int] = {}
        for i in topological_order(graph):
            node = graph.nodes[i]
            wires = sorted((e.inlet, e.outlet, e.gain, names[e.source]) for e in graph.edges_into(i))
            names[i] = hash((node.kind, tuple(sorted(node.parameters.items())), tuple(wires)))
        return {i: name for i, name in names.items() if graph.nodes[i].is_processor}
