"""The generator: a seed in, an example out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from zlib import crc32

import torch
from torch import Tensor

from unpatch.graph.canonical import canonical
from unpatch.graph.check import check
from unpatch.graph.data import Graph, Node
from unpatch.processors import PROCESSORS
from unpatch.spec import Processor
from unpatch.synth.draw import Draw
from unpatch.synth.ghosts import without_ghosts
from unpatch.synth.perform import perform
from unpatch.synth.rendered import Rendered
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, DrySources, Segment
from unpatch.synth.wiring import prototype

Task = Literal["singing", "drums"]

ATTEMPTS = 10


@dataclass(frozen=True)
class Example:
    """A graph with what went in and what came out.

    Attributes:
        graph: checked, canonical, every parameter given.
        dry: mono tracks ``[S, T]``, one per source of the graph, in order.
        wet: ``render(graph, sources, sample_rate)`` ``[2, T]``.
        recording: what a listener gets of it ``[2, T]``, of which pictures are taken.
        task: what it is an example of.
        sample_rate: in Hz.
        seed: of the data set.
        index: of the example in it.
        segment: where the dry signal came from.
    """

    graph: Graph
    dry: Tensor
    wet: Tensor
    recording: Tensor
    task: Task
    sample_rate: int
    seed: int
    index: int
    segment: Segment

    @property
    def sources(self) -> Tensor:
        """The dry tracks as a graph takes them ``[S, 2, T]``."""
        return widened(self.dry)


def widened(tracks: Tensor) -> Tensor:
    """Mono tracks ``[S, T]`` as stereo ``[S, 2, T]``."""
    return tracks[:, None].repeat(1, 2, 1)


def generate(
    task: Task,
    seed: int,
    sources: DrySources,
    index: int = 0,
    *,
    frames: int = FRAMES,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> Example:
    """Example number ``index`` of the data set ``seed``: the same whenever and wherever it is made.

    The split of the sources is part of the draw, so that no two splits share graphs.
    """
    draw = Draw(seed, index, crc32(sources.split.encode()))
    segment = sources.segment(draw.child(0), frames)
    with torch.no_grad():
        graph, wet = _audible_graph(segment, registry, draw.child(1))
    heard = _heard(segment, graph)
    return Example(check(graph, registry), heard.audio, wet, wet, task, SAMPLE_RATE, seed, index, heard)


def _audible_graph(segment: Segment, registry: Mapping[str, Processor], draw: Draw) -> tuple[Graph, Tensor]:
    """A graph in normal form all of whose parts can be heard, and its output ``[2, T]``."""
    sources = widened(segment.audio)
    for attempt in range(ATTEMPTS):
        own = draw.child(attempt)
        sketched = canonical(prototype(registry, own.child(0), segment.names), registry)
        played = perform(sketched, sources, SAMPLE_RATE, registry, own.child(1))
        rendered = without_ghosts(played.rendered())
        if rendered.graph.processor_count:
            return _in_normal_form(rendered)
    raise RuntimeError(f"{ATTEMPTS} graphs in a row had no audible processor")


def _in_normal_form(rendered: Rendered) -> tuple[Graph, Tensor]:
    """The canonical graph and its own output.

    Swapping linear nodes changes a signal by rounding only, but what follows (a pitch shifter, a
    quantiser) may decide otherwise in a tie. So the output is rendered anew if any were swapped.
    """
    graph = canonical(rendered.graph, rendered.registry)
    if _wires(graph) == _wires(rendered.graph):
        return graph, rendered.audio
    return graph, Rendered.of(graph, rendered.sources, rendered.sample_rate, rendered.registry).audio


def _heard(segment: Segment, graph: Graph) -> Segment:
    """Of a segment those tracks that are left as sources of a graph."""
    names = tuple(graph.nodes[source].kind for source in graph.sources)
    if names == segment.names:
        return segment
    return replace(segment, names=names, audio=segment.audio[[segment.names.index(name) for name in names]])


def _wires(graph: Graph) -> Counter[tuple[Node, Node, tuple[str, str], float]]:
    """Edges by what they connect, whatever the numbers of the nodes."""
    nodes = graph.nodes
    return Counter((nodes[e.source], nodes[e.target], e.port_pair, e.gain) for e in graph.edges)
