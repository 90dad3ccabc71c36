"""The generator: a seed in, an example out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS
from unpatch.spec import Processor
from unpatch.synth.draw import Draw
from unpatch.synth.ghosts import without_ghosts
from unpatch.synth.perform import perform
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, Segment, Sources
from unpatch.synth.wiring import prototype

Task = Literal["singing"]

ATTEMPTS = 10


@dataclass(frozen=True)
class Example:
    """A graph with what went in and what came out.

    Attributes:
        graph: checked, canonical, every parameter given.
        dry: input ``[2, T]``.
        wet: ``render(graph, dry, sample_rate)`` ``[2, T]``.
        task: what it is an example of.
        sample_rate: in Hz.
        seed: of the data set.
        index: of the example in it.
        source: where the dry signal came from.
    """

    graph: Graph
    dry: Tensor
    wet: Tensor
    task: Task
    sample_rate: int
    seed: int
    index: int
    source: Segment


def generate(
    task: Task,
    seed: int,
    sources: Sources,
    index: int = 0,
    *,
    frames: int = FRAMES,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> Example:
    """Example number ``index`` of the data set ``seed``: the same whenever and wherever it is made."""
    draw = Draw(seed, index)
    segment = sources.segment(draw.child(0), frames)
    with torch.inference_mode():
        graph, wet = _audible_graph(segment.audio, registry, draw.child(1))
    return Example(check(graph, registry), segment.audio, wet, task, SAMPLE_RATE, seed, index, segment)


def _audible_graph(dry: Tensor, registry: Mapping[str, Processor], draw: Draw) -> tuple[Graph, Tensor]:
    """A graph all of whose parts can be heard, and its output ``[2, T]``."""
    for attempt in range(ATTEMPTS):
        own = draw.child(attempt)
        played = perform(prototype(registry, own.child(0)), dry, SAMPLE_RATE, registry, own.child(1))
        rendered = without_ghosts(played.rendered())
        if rendered.graph.processor_count:
            return rendered.graph, rendered.audio
    raise RuntimeError(f"{ATTEMPTS} graphs in a row had no audible processor")
