"""Ghosts: parts of a graph that cannot be heard. None may remain, for nobody could estimate them.

Each part is removed in turn and what follows it is rendered again:

* a processor is bypassed; a split gives its input to both of its outlets,
* an oscillator's or follower's wire is cut, as is a sidechain, a branch of a mix, a side of a merge.

The part is a ghost if the two outputs differ by less than :data:`GHOST_DB` of log-spectral distance
(:func:`unpatch.synth.listen.distance_db`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import soxr
import torch
from torch import Tensor

from unpatch.graph.data import Graph, Node
from unpatch.graph.order import reached, successors, topological_order
from unpatch.render.walk import Signals, incoming, run_node, walk
from unpatch.spec import Processor
from unpatch.synth.listen import Listener, distance_db
from unpatch.synth.prune import Pruned, prune

GHOST_DB = 1.0

# Most parts are plainly audible. A short excerpt at a low rate tells which are in doubt; only those
# are taken out of the whole signal.
EXCERPT_S = 1.0
EXCERPT_RATE = 22_050
DOUBT_DB = 2.0


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

    @property
    def audio(self) -> Tensor:
        """Output ``[2, T]``."""
        return self.output.signal[0]

    @classmethod
    def of(
        cls, graph: Graph, dry: Tensor, sample_rate: float, registry: Mapping[str, Processor]
    ) -> "Rendered":
        walked = walk(graph, dry, sample_rate, registry=registry)
        return cls.heard(graph, walked.signals, sample_rate, registry)

    @classmethod
    def heard(
        cls, graph: Graph, signals: Signals, sample_rate: float, registry: Mapping[str, Processor]
    ) -> "Rendered":
        """From signals that are known already."""
        audio = incoming(graph, signals, graph.sink)["input"]
        return cls(graph, signals, sample_rate, registry, Listener(audio, sample_rate))

    def pruned(self, pruned: Pruned) -> "Rendered":
        """A smaller graph, of which only what has changed is rendered."""
        places = pruned.untouched(self.graph)
        known = {(places[n], outlet): s for (n, outlet), s in self.signals.items() if n in places}
        dry = self.signals[self.graph.sources[0], "out"]
        walked = walk(pruned.graph, dry, self.sample_rate, known=known, registry=self.registry)
        return self.heard(pruned.graph, walked.signals, self.sample_rate, self.registry)

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


def audibility(rendered: Rendered, some: Iterable[Part] | None = None) -> dict[Part, float]:
    """For each part, or for some, the distance in dB that its removal makes."""
    found = {}
    for part in parts(rendered.graph, rendered.registry) if some is None else some:
        other = Listener(rendered.without(part)[None], rendered.sample_rate)
        found[part] = distance_db(rendered.output, other)
    return found


def without_ghosts(rendered: Rendered) -> Rendered:
    """The same without what cannot be heard; nothing may be left.

    Taking out what is inaudible hides nothing that was plainly audible, but of two parts in doubt
    it may hide or uncover one. Hence those are listened to again until no ghost is found.
    """
    dry = rendered.signals[rendered.graph.sources[0], "out"][0]
    excerpt = Rendered.of(
        rendered.graph, _excerpt(dry, rendered.sample_rate), EXCERPT_RATE, rendered.registry
    )
    doubtful = [part for part, distance in audibility(excerpt).items() if distance < DOUBT_DB]
    while ghosts := _removable(rendered.graph, audibility(rendered, doubtful)):
        nodes = [part.position for part in ghosts if part.what == "node"]
        edges = [part.position for part in ghosts if part.what == "edge"]
        pruned = prune(rendered.graph, rendered.registry, nodes, edges)
        doubtful = [place for part in doubtful if (place := _moved(part, rendered.graph, pruned))]
        rendered = rendered.pruned(pruned)
    return rendered


def _removable(graph: Graph, heard: Mapping[Part, float]) -> list[Part]:
    """Ghosts that can go together: of two branches that are alike, one has to stay for now."""
    ghosts = [part for part in heard if heard[part] < GHOST_DB]
    chosen: dict[tuple[str, int], Part] = {}
    for part in sorted(ghosts, key=lambda part: heard[part]):
        place = part.position if part.what == "node" else graph.edges[part.position].target
        chosen.setdefault((part.what, place), part)
    return list(chosen.values())


def _moved(part: Part, before: Graph, pruned: Pruned) -> Part | None:
    """The same part of the pruned graph, if it is still there."""
    if part.what == "node":
        place = pruned.places.get(part.position)
        return None if place is None else Part("node", place)
    old = before.edges[part.position]
    ends = (pruned.places.get(old.source), pruned.places.get(old.target))
    for position, edge in enumerate(pruned.graph.edges):
        if (edge.source, edge.target) == ends and edge.port_pair == old.port_pair:
            return Part("edge", position)
    return None


def _excerpt(dry: Tensor, sample_rate: float) -> Tensor:
    loud = loudest_excerpt(dry, round(EXCERPT_S * sample_rate))
    samples = soxr.resample(loud.numpy().T, sample_rate, EXCERPT_RATE)
    return torch.from_numpy(np.ascontiguousarray(samples.T))


def loudest_excerpt(audio: Tensor, frames: int, steps: int = 16) -> Tensor:
    """The loudest of a few evenly spaced excerpts ``[2, frames]`` of ``audio [2, T]``."""
    last = max(audio.shape[-1] - frames, 0)
    starts = sorted({last * step // steps for step in range(steps + 1)})
    energies = [float(audio[:, start : start + frames].square().sum()) for start in starts]
    start = starts[energies.index(max(energies))]
    return audio[:, start : start + frames]
