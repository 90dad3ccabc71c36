"""What is to be exported, and the sound by which an export is measured.

Shapes: S sources, T samples.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.audio import AudioLike
from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering import bake, oracle
from unpatch.rendering import energy as rule
from unpatch.rendering.signals import stereo_sources

Signal = NDArray[np.float64]
DEFAULT_RATE = 48_000
"""In Hz, where there is no audio."""
MEASURED_S = 2.0
"""How much of the sound an export is measured by."""


@dataclass(frozen=True)
class ExportJob:
    """A graph whose defaults are filled in, with the energy rule's gains in its edges where there is sound.

    Attributes:
        sources: ``[S, 2, T]``, in the order of the graph's sources.
        sample_rate: in Hz.
        unbaked: whether the rule applies but its gains are not known, without audio.
    """

    graph: Graph
    sources: Tensor | None
    sample_rate: int
    unbaked: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sources; all different."""
        kinds = [
            self.graph.nodes[source].name or self.graph.nodes[source].kind for source in self.graph.sources
        ]
        return tuple(name if kinds.count(name) == 1 else f"{name} {i + 1}" for i, name in enumerate(kinds))

    @property
    def lost(self) -> tuple[str, ...]:
        """What no format can hold."""
        line = "the gains of the energy rule, which depend on the sound: export together with the dry audio"
        return (line,) if self.unbaked else ()

    @cached_property
    def excerpt(self) -> Tensor:
        """The loudest stretch of the sources, or noise that swells and fades, ``[S, 2, T]``."""
        frames = round(MEASURED_S * self.sample_rate)
        if self.sources is None:
            return _noise(len(self.graph.sources), frames)
        start = _loudest(self.sources, frames)
        return self.sources[..., start : start + frames]

    def residual_db(self, played: Signal) -> float:
        """Of what an export makes of the excerpt, ``[2, T]``."""
        wanted = oracle(self.graph, self.excerpt, self.sample_rate, energy=False).double().numpy()
        return level_db(float(((played - wanted) ** 2).sum()), float((wanted**2).sum()))

    def without(self, kinds: Callable[[str], bool]) -> tuple[Graph, list[str]]:
        """The graph with these kinds passed through, and a line on each such node."""
        lost, nodes = list[str](), list[Node]()
        for position, node in enumerate(self.graph.nodes):
            gone = node.is_processor and kinds(node.kind)
            nodes.append(_passed_through(node) if gone else node)
            lost += [f"node {position} ({node.kind}) is passed through"] if gone else []
        return Graph(tuple(nodes), self.graph.edges), lost


def level_db(energy: float, reference: float) -> float:
    return 10 * math.log10(energy / reference) if energy > 0 and reference > 0 else -math.inf


def make_job(
    graph: Graph, sources: AudioLike | None, sample_rate: int | None, *, energy: bool | None
) -> ExportJob:
    """Check what is given; bake the energy rule's gains where it applies and there is sound."""
    whole = complete(check(graph, KINDS), KINDS)
    holds = rule.holds([whole]) if energy is None else energy
    rate = DEFAULT_RATE if sample_rate is None else sample_rate
    if sources is None:
        return ExportJob(whole, None, rate, unbaked=holds)
    sound = stereo_sources(whole, sources).contiguous()
    return ExportJob(bake(whole, sound, rate) if holds else whole, sound, rate, unbaked=False)


def _passed_through(node: Node) -> Node:
    return Node("mix", name=node.name)


def _noise(sources: int, frames: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    swell = 0.5 - 0.5 * torch.cos(torch.linspace(0, 8 * math.pi, frames))
    return 0.3 * swell * torch.randn(sources, 2, frames, generator=generator).clamp(-3, 3)


def _loudest(sources: Tensor, frames: int) -> int:
    """Where the stretch with the most energy begins."""
    if sources.shape[-1] <= frames:
        return 0
    power = sources.double().square().sum((0, 1))
    sums = torch.nn.functional.pad(power.cumsum(0), (1, 0))
    return int((sums[frames:] - sums[:-frames]).argmax())
