"""A graph with all signals in it, and what it would sound like without some of its parts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Edge, Graph
from unpatch.graph.order import topological_order
from unpatch.rendering.signals import amplify, stack
from unpatch.rendering.walk import Signals, incoming, run_node, walk
from unpatch.synth.listen import Listener
from unpatch.synth.prune import Pruned


@dataclass(frozen=True)
class Part:
    """Something that can be taken out: a processor or a wire, by its position in the graph."""

    what: Literal["node", "edge", "nothing"]
    position: int = 0


NOTHING = Part("nothing")


Versions: TypeAlias = dict[tuple[int, str], dict[Part, Tensor]]
"""(node, outlet) to the signal ``[1, C, T]`` there without a part, for each part that matters there."""


@dataclass(frozen=True)
class Rendered:
    """A graph, all signals in it, and what it sounds like."""

    graph: Graph
    signals: Signals
    sample_rate: float
    registry: Mapping[str, Processor]
    output: Listener

    @classmethod
    def of(
        cls, graph: Graph, sources: Tensor, sample_rate: float, registry: Mapping[str, Processor]
    ) -> "Rendered":
        """Render ``sources [S, 2, T]``."""
        walked = walk(graph, sources, sample_rate, registry=registry)
        return cls.of_signals(graph, walked.signals, sample_rate, registry)

    @classmethod
    def of_signals(
        cls, graph: Graph, signals: Signals, sample_rate: float, registry: Mapping[str, Processor]
    ) -> "Rendered":
        """From signals that are known already."""
        audio = incoming(graph, signals, graph.sink)["input"]
        return cls(graph, signals, sample_rate, registry, Listener(audio, sample_rate))

    @property
    def audio(self) -> Tensor:
        """Output ``[2, T]``."""
        return self.output.signal[0]

    @property
    def sources(self) -> Tensor:
        """What goes in ``[S, 2, T]``, in the order of the graph's sources."""
        return _sources(self.graph, self.signals)

    def pruned(self, pruned: Pruned) -> "Rendered":
        """A smaller graph, of which only what has changed is rendered."""
        places = pruned.untouched(self.graph)
        known = {(places[n], outlet): s for (n, outlet), s in self.signals.items() if n in places}
        sources = _sources(pruned.graph, known)
        walked = walk(pruned.graph, sources, self.sample_rate, known=known, registry=self.registry)
        return self.of_signals(pruned.graph, walked.signals, self.sample_rate, self.registry)

    def without(self, parts: Iterable[Part]) -> dict[Part, Tensor]:
        """Output ``[1, 2, T]`` without each part; only what the parts concern is rendered again."""
        return Removal(self.graph, self.signals, self.sample_rate, self.registry, parts).outputs()


def _sources(graph: Graph, signals: Signals) -> Tensor:
    return torch.cat([signals[node, "out"] for node in graph.sources])


class Removal:
    """One walk through a graph, with a row for each version of a node: one for each part taken out.

    A processor is bypassed, and a split gives its input to both of its outlets. A wire is cut: silence
    instead of its signal, and no input at all at a sidechain, which then falls back to the input.

    Args:
        signals: those of the whole graph, or only its sources' if :data:`NOTHING` is among the parts.
        parts: what to take out, one at a time.
    """

    def __init__(
        self,
        graph: Graph,
        signals: Signals,
        sample_rate: float,
        registry: Mapping[str, Processor],
        parts: Iterable[Part],
    ) -> None:
        self.graph = graph
        self.signals = dict(signals)
        self.sample_rate = sample_rate
        self.registry = registry
        self.parts = list(parts)
        self.versions: Versions = defaultdict(dict)
        self.into: dict[int, list[tuple[int, Edge]]] = defaultdict(list)
        for position, edge in enumerate(graph.edges):
            self.into[edge.target].append((position, edge))

    def outputs(self) -> dict[Part, Tensor]:
        """For each part the output ``[1, 2, T]`` without it."""
        for node in topological_order(self.graph):
            if self.graph.nodes[node].is_processor:
                self._run(node)
        return {part: self._inputs(self.graph.sink, part)["input"] for part in self.parts}

    def _run(self, node: int) -> None:
        """Make all versions of a node; those with the same inlets connected in one call."""
        groups: dict[tuple[str, ...], list[tuple[Part, Mapping[str, Tensor]]]] = defaultdict(list)
        for part in self.parts:
            if part == Part("node", node):
                self._bypass(node, part)
            elif part == NOTHING or self._concerns(part, node):
                inputs = self._inputs(node, part)
                groups[tuple(sorted(inputs))].append((part, inputs))
        for inlets, rows in groups.items():
            inputs = {inlet: stack([own[inlet][0] for _, own in rows]) for inlet in inlets}
            self._note(node, [part for part, _ in rows], self._made(node, inputs))

    def _made(self, node: int, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        like = self.signals[self.graph.sources[0], "out"]
        return run_node(self.graph.nodes[node], inputs, like, self.sample_rate, registry=self.registry)

    def _bypass(self, node: int, part: Part) -> None:
        outlets = self.registry[self.graph.nodes[node].kind].outlets
        signal = self._inputs(node, part)["input"]
        self._note(node, [part], {outlet.name: signal * len(outlets) ** -0.5 for outlet in outlets})

    def _note(self, node: int, parts: Sequence[Part], made: Mapping[str, Tensor]) -> None:
        for outlet, rows in made.items():
            for i, part in enumerate(parts):
                self.versions[node, outlet][part] = rows[i : i + 1]
                if part == NOTHING:
                    self.signals[node, outlet] = rows[i : i + 1]

    def _concerns(self, part: Part, node: int) -> bool:
        return any(
            part == Part("edge", position) or part in self.versions[edge.source, edge.outlet]
            for position, edge in self.into[node]
        )

    def _inputs(self, node: int, part: Part) -> dict[str, Tensor]:
        """Inlet to what comes in there without a part."""
        inputs: dict[str, Tensor] = {}
        for position, edge in self.into[node]:
            cut = part == Part("edge", position)
            if cut and edge.inlet == "sidechain":
                continue
            place = edge.source, edge.outlet
            signal = amplify(self.versions[place].get(part, self.signals[place]), 0.0 if cut else edge.gain)
            inputs[edge.inlet] = inputs[edge.inlet] + signal if edge.inlet in inputs else signal
        return inputs
