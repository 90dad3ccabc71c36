"""Rendering a whole song: the same as :func:`unpatch.render.render`, in memory that tracks hardly add to.

A graph is gone through depth first, one track after another, and in runs. Linear processors in series are
one run: it is rendered in blocks, each with the silence behind it into which it rings, and what comes out is
added up, which for a linear and time-invariant map is exact: there are no joints. What is not linear runs
over the whole song at once, on its own; its memory is that of a few signals.

Shapes: S sources, T samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from unpatch.graph.check import check
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.graph.order import predecessors
from unpatch.processors import KINDS
from unpatch.render.batched import render
from unpatch.render.ringing import ringing_s
from unpatch.render.signals import amplify, stereo_sources
from unpatch.render.walk import run_node
from unpatch.spec import Processor

BLOCK = 2**20
"""Samples of a song that a run of linear processors hears at a time."""
LEAD_S = 0.25
"""How much earlier than its input a linear processor may sound: filters without phase do."""


def render_song(
    graph: Graph,
    sources: Tensor | Sequence[Tensor],
    sample_rate: float,
    *,
    registry: Mapping[str, Processor] = KINDS,
    block: int = BLOCK,
) -> Tensor:
    """Audio ``[2, T]`` of a mixing console, or any other graph without the energy rule.

    Args:
        graph: what to render.
        sources: ``[S, 2, T]``, or as many ``[2, T]``, in the order of the graph's sources; each is asked for
            when it is heard, once.
        sample_rate: in Hz.
        registry: kind to processor.
        block: samples that linear processors hear at a time.
    """
    if len(sources) != len(graph.sources):
        raise ValueError(f"the graph has {len(graph.sources)} source(s), got audio for {len(sources)}")
    inbox = _Inbox(check(graph, registry))
    place = {node: i for i, node in enumerate(graph.sources)}
    first = sources[0]
    like = first.new_empty(2, first.shape[-1])  # what is said of every signal, in memory that nobody touches
    del first
    for run in runs(graph, registry):
        if run[0] in place:
            heard = stereo_sources(_ONE_SOURCE, sources[place[run[0]]])[0]
            inbox.send(run[0], {Edge.outlet: heard})
            del heard
        elif not graph.nodes[run[0]].is_sink:
            inbox.send(run[-1], _heard(graph, run, inbox.take(run[0]), like, sample_rate, registry, block))
    return inbox.take(graph.sink)[Edge.inlet]


def runs(graph: Graph, registry: Mapping[str, Processor] = KINDS) -> Iterator[tuple[int, ...]]:
    """Every node, each after those that feed it, one track after another; linear ones in series together."""
    run: list[int] = []
    for node in _depth_first(graph):
        if run and not _goes_on(graph, run[-1], node, registry):
            yield tuple(run)
            run = []
        run.append(node)
    yield tuple(run)


def is_linear(graph: Graph, node: int, registry: Mapping[str, Processor] = KINDS) -> bool:
    """Whether a node is a linear and time-invariant processor with nothing plugged in but its input."""
    kind = graph.nodes[node].kind
    plain = all((e.inlet, e.outlet) == (Edge.inlet, Edge.outlet) for e in graph.edges_into(node))
    return kind in registry and registry[kind].lti and len(registry[kind].outlets) == 1 and plain


def chain_of(graph: Graph, run: Sequence[int]) -> Graph:
    """Nodes in series as a graph of their own, with the gains between them."""
    gains = [graph.edges_into(node)[0].gain for node in run[1:]]
    nodes = (Node("in"), *(graph.nodes[node] for node in run), Node(SINK))
    edges = [Edge(i, i + 1, gain=gain) for i, gain in enumerate((1.0, *gains, 1.0))]
    return Graph(nodes, tuple(edges))


def _depth_first(graph: Graph) -> list[int]:
    before, order, seen = predecessors(graph), list[int](), set[int]()
    waiting = [(graph.sink, iter(before[graph.sink]))]
    while waiting:
        node, feeders = waiting[-1]
        if (feeder := next((f for f in feeders if f not in seen), None)) is not None:
            seen.add(feeder)
            waiting.append((feeder, iter(before[feeder])))
        else:
            order.append(node)
            waiting.pop()
    return order


def _goes_on(graph: Graph, last: int, node: int, registry: Mapping[str, Processor]) -> bool:
    into, out_of = graph.edges_into(node), graph.edges_from(last)
    in_series = len(into) == len(out_of) == 1 and into[0].source == last
    return in_series and is_linear(graph, last, registry) and is_linear(graph, node, registry)


def _heard(
    graph: Graph,
    run: Sequence[int],
    inputs: Mapping[str, Tensor],
    like: Tensor,
    sample_rate: float,
    registry: Mapping[str, Processor],
    block: int,
) -> dict[str, Tensor]:
    """What the last node of a run gives out."""
    if is_linear(graph, run[0], registry):
        return {
            Edge.outlet: in_blocks(chain_of(graph, run), inputs[Edge.inlet], sample_rate, registry, block)
        }
    rows = {inlet: signal[None] for inlet, signal in inputs.items()}
    made = run_node(graph.nodes[run[0]], rows, like[None], sample_rate, energy=False, registry=registry)
    return {outlet: signal[0] for outlet, signal in made.items()}


def in_blocks(
    graph: Graph,
    audio: Tensor,
    sample_rate: float,
    registry: Mapping[str, Processor] = KINDS,
    block: int = BLOCK,
) -> Tensor:
    """``[2, T]`` through a linear, time-invariant chain: blocks ring into the next ones and are added up."""
    frames = audio.shape[-1]
    tail = math.ceil(ringing_s(graph, registry) * sample_rate)
    if frames <= block + tail:
        return render(graph, audio, sample_rate, energy=False, registry=registry)
    lead = math.ceil(LEAD_S * sample_rate)
    found = torch.zeros_like(audio)
    for start in range(0, frames, block):
        part = torch.nn.functional.pad(audio[:, start : start + block], (lead, tail + lead))
        made = render(graph, part, sample_rate, energy=False, registry=registry)
        first, end = max(0, start - lead), min(frames, start - lead + made.shape[-1])
        found[:, first:end] += made[:, first - start + lead : end - start + lead]
    return found


@dataclass
class _Inbox:
    """What has been sent to nodes and not been taken yet, by node and inlet."""

    graph: Graph
    waiting: dict[tuple[int, str], Tensor] = field(default_factory=dict)

    def send(self, node: int, made: Mapping[str, Tensor]) -> None:
        """Hand a node's signals on to whoever hears it."""
        for edge in self.graph.edges_from(node):
            key, signal = (edge.target, edge.inlet), amplify(made[edge.outlet], edge.gain)
            self.waiting[key] = self.waiting[key] + signal if key in self.waiting else signal

    def take(self, node: int) -> dict[str, Tensor]:
        return {
            inlet: self.waiting.pop((node, inlet)) for inlet in {e.inlet for e in self.graph.edges_into(node)}
        }


_ONE_SOURCE = Graph((Node("in"), Node(SINK)), (Edge(0, 1),))
