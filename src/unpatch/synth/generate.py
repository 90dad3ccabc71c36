"""The generator: a seed in, an example out."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal
from zlib import crc32

import torch
from torch import Tensor

from unpatch.graph.canonical import canonical
from unpatch.graph.check import check
from unpatch.graph.data import Graph, Node
from unpatch.synth.delivery import delivered
from unpatch.synth.draw import Draw
from unpatch.synth.recording import recorded
from unpatch.synth.rendered import Rendered
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, DrySources, Segment
from unpatch.synth.strata import OwnStratum, Stratum, everyday, own_stratum, paper, registry_of, widened

Task = Literal["singing", "drums"]


@dataclass(frozen=True)
class Example:
    """A graph with its inputs and outputs.

    Attributes:
        graph: checked, canonical, every parameter given.
        dry: mono tracks ``[S, T]``, one per source of the graph, in order.
        wet: ``render(graph, sources, sample_rate)`` ``[2, T]``.
        recording: what reaches a listener ``[2, T]``, from which pictures are computed.
        task: what it is an example of.
        sample_rate: in Hz.
        seed: of the data set.
        index: of the example in it.
        segment: where the dry signal came from.
        stratum: what the graph was drawn from.
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
    stratum: OwnStratum = "paper"

    @property
    def sources(self) -> Tensor:
        """The dry tracks as a graph takes them ``[S, 2, T]``."""
        return widened(self.dry)


def generate(
    task: Task,
    seed: int,
    sources: DrySources,
    index: int = 0,
    *,
    frames: int = FRAMES,
    stratum: Stratum = "paper",
    most_processors: int | None = None,
) -> Example:
    """Example number ``index`` of the data set ``seed``: the same whenever and wherever it is made.

    The split of the sources is part of the draw, so that no two splits share graphs.

    Args:
        task: what it is an example of.
        seed: of the data set.
        sources: of dry sound.
        index: of the example in the data set.
        frames: its length.
        stratum: what its graph is drawn from, see :mod:`unpatch.synth.strata`.
        most_processors: effects that a graph of the engineer stratum has at most; what moves knobs, mixes and
            splits come on top.

    Raises:
        MissingExtraError: without the extra ``synth``, for a stratum other than the paper's.
    """
    draw = Draw(seed, index, crc32(sources.split.encode()))
    segment = sources.segment(draw.child(0), frames)
    own = own_stratum(stratum, draw.child(2))
    with torch.no_grad():
        if own == "paper":
            graph, wet = _in_normal_form(paper(segment, draw.child(1)))
            recording = wet
        else:
            segment = recorded(segment, draw.child(4))
            graph, wet = _in_normal_form(everyday(segment, draw.child(3), most_processors))
            recording = delivered(wet, SAMPLE_RATE, draw.child(5))
    remaining = _of_sources(segment, graph)
    graph = check(graph, registry_of(own))
    return Example(graph, remaining.audio, wet, recording, task, SAMPLE_RATE, seed, index, remaining, own)


def _in_normal_form(rendered: Rendered) -> tuple[Graph, Tensor]:
    """The canonical graph and its own output.

    Swapping linear nodes changes a signal by rounding only, but what follows (a pitch shifter, a
    quantiser) may decide otherwise in a tie. So the output is rendered again if any were swapped.
    """
    graph = canonical(rendered.graph, rendered.registry)
    if _wires(graph) == _wires(rendered.graph):
        return graph, rendered.audio
    return graph, Rendered.of(graph, rendered.sources, rendered.sample_rate, rendered.registry).audio


def _of_sources(segment: Segment, graph: Graph) -> Segment:
    """Of a segment those tracks that are left as sources of a graph."""
    names = tuple(graph.nodes[source].kind for source in graph.sources)
    if names == segment.names:
        return segment
    return replace(segment, names=names, audio=segment.audio[[segment.names.index(name) for name in names]])


def _wires(graph: Graph) -> Counter[tuple[Node, Node, tuple[str, str], float]]:
    """Edges by their kinds of nodes, independent of node numbers."""
    nodes = graph.nodes
    return Counter((nodes[e.source], nodes[e.target], e.port_pair, e.gain) for e in graph.edges)
