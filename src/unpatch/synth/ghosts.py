"""Ghosts: parts of a graph that cannot be heard. None may remain, for nobody could estimate them.

Each part is removed in turn and what follows it is rendered again:

* a processor is bypassed; a split gives its input to both of its outlets,
* an oscillator's or follower's wire is cut, as is a sidechain, a branch of a mix, a side of a merge.

The part is a ghost if the two outputs differ by less than :data:`GHOST_DB` of log-spectral distance.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from unpatch.graph.data import Graph, Node
from unpatch.graph.order import reached, successors, topological_order
from unpatch.render.walk import Signals, incoming, run_node, walk
from unpatch.spec import Processor
from unpatch.synth.listen import Listener, distance_db
from unpatch.synth.prune import prune

GHOST_DB = 1.0
# The generator listens to an excerpt only, and therefore asks for more.
EXCERPT_S = 1.6
EXCERPT_GHOST_DB = 1.25
ROUNDS = 4


@dataclass(frozen=True)
class Part:
    """Something that can be taken out: a processor or a wire, by its position in the graph."""

    what: Literal["node", "edge"]
    position: int


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
        cls, graph: Graph, dry: Tensor, sample_rate: float, registry: Mapping[str, Processor]
    ) -> "Rendered":
        walked = walk(graph, dry, sample_rate, registry=registry)
        return cls(graph, walked.signals, sample_rate, registry, Listener(walked.audio[None], sample_rate))

    def without(self, part: Part) -> Tensor:
        """Output ``[2, T]`` without one part."""
        position = part.position
        if part.what == "node":
            return self._again(self.graph, position, self._bypassed(position))
        edge = self.graph.edges[position]
        instead = () if edge.inlet == "sidechain" else (replace(edge, gain=0.0),)
        edges = (*self.graph.edges[:position], *instead, *self.graph.edges[position + 1 :])
        return self._again(replace(self.graph, edges=edges), edge.target, {})

    def _bypassed(self, node: int) -> Signals:
        outlets = self.registry[self.graph.nodes[node].kind].outlets
        signal = incoming(self.graph, self.signals, node)["input"]
        return {(node, outlet.name): signal * len(outlets) ** -0.5 for outlet in outlets}

    def _again(self, graph: Graph, changed: int, instead: Signals) -> Tensor:
        """Render from one node on."""
        stale = reached([changed], successors(graph))
        signals = {place: signal for place, signal in self.signals.items() if place[0] not in stale} | instead
        like = self.signals[graph.sources[0], "out"]
        run = stale - {graph.sink} - {node for node, _ in instead}
        for node in topological_order(graph):
            if node in run:
                inputs = incoming(graph, signals, node)
                made = run_node(graph.nodes[node], inputs, like, self.sample_rate, registry=self.registry)
                signals |= {(node, outlet): signal for outlet, signal in made.items()}
        return incoming(graph, signals, graph.sink)["input"][0]


def parts(graph: Graph, registry: Mapping[str, Processor]) -> Iterator[Part]:
    """Everything that must be audible."""
    for position, node in enumerate(graph.nodes):
        if _can_be_bypassed(node, registry):
            yield Part("node", position)
    for position, edge in enumerate(graph.edges):
        target = graph.nodes[edge.target]
        control = edge.outlet in ("lfo", "env")
        if control or edge.inlet == "sidechain" or target.kind in ("mix", "midside_merge"):
            yield Part("edge", position)


def _can_be_bypassed(node: Node, registry: Mapping[str, Processor]) -> bool:
    if not node.is_processor or node.kind in ("mix", "midside_merge"):
        return False
    processor = registry[node.kind]
    return processor.has_audio_output and bool(processor.inlets)


def audibility(rendered: Rendered) -> dict[Part, float]:
    """For each part the distance in dB that its removal makes."""
    found = {}
    for part in parts(rendered.graph, rendered.registry):
        other = Listener(rendered.without(part)[None], rendered.sample_rate)
        found[part] = distance_db(rendered.output, other)
    return found


def without_ghosts(graph: Graph, dry: Tensor, sample_rate: float, registry: Mapping[str, Processor]) -> Graph:
    """The graph less what cannot be heard in the loudest excerpt of ``dry [2, T]``; it may be empty.

    Taking one part out may hide another, so that this is repeated until nothing is found.
    """
    excerpt = loudest_excerpt(dry, round(EXCERPT_S * sample_rate))
    for _ in range(ROUNDS):
        heard = audibility(Rendered.of(graph, excerpt, sample_rate, registry))
        ghosts = _removable(graph, {part: d for part, d in heard.items() if d < EXCERPT_GHOST_DB})
        if not ghosts:
            break
        nodes = [part.position for part in ghosts if part.what == "node"]
        edges = [part.position for part in ghosts if part.what == "edge"]
        graph = prune(graph, registry, nodes, edges)
    return graph


def _removable(graph: Graph, ghosts: Mapping[Part, float]) -> list[Part]:
    """Ghosts that can go together: of two branches that are alike, one has to stay for now."""
    chosen: dict[tuple[str, int], Part] = {}
    for part in sorted(ghosts, key=lambda part: ghosts[part]):
        place = part.position if part.what == "node" else graph.edges[part.position].target
        chosen.setdefault((part.what, place), part)
    return list(chosen.values())


def loudest_excerpt(audio: Tensor, frames: int, steps: int = 16) -> Tensor:
    """The loudest of a few evenly spaced excerpts ``[2, frames]``."""
    last = max(audio.shape[-1] - frames, 0)
    starts = sorted({last * step // steps for step in range(steps + 1)})
    total = torch.cat((torch.zeros(1), audio.square().sum(0).cumsum(0)))
    start = max(starts, key=lambda s: float(total[min(s + frames, audio.shape[-1])] - total[s]))
    return audio[:, start : start + frames]
