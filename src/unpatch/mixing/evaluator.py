"""The audio loss over the scored passages.

Shapes: K tracks, T samples, R resolutions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.mixing.loss import MixLossSettings, MixTarget, presence
from unpatch.mixing.segments import Passage, StemsAndMix, all_starts, scored_starts
from unpatch.mixing.subgraphs import Subgraph, sounding
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.rendering.parameters import Numbers

MOST_PARTS = 64
"""Number of cached parts of a graph."""


@dataclass(frozen=True, eq=False)
class Evaluator:
    """A song's scored passages, and their loss.

    Attributes:
        tracks_of: the tracks ``[K, 2, T]`` of a passage as they sound in the mix, if the loss is dealt out to
            them; see :mod:`unpatch.mixing.aligned`, which makes such evaluators.
    """

    song: StemsAndMix
    loss: MixLossSettings
    registry: Mapping[str, Processor] = field(default_factory=lambda: KINDS)
    tracks_of: Callable[[Passage], Tensor] | None = None

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(self.song.passage(start) for start in scored_starts(self.song))

    @cached_property
    def targets(self) -> tuple[MixTarget, ...]:
        return tuple(self.target(passage) for passage in self.passages)

    def target(self, passage: Passage) -> MixTarget:
        rate = self.song.sample_rate
        if self.tracks_of is None:
            return MixTarget(passage.mix, rate, self.loss)
        tracks = self.tracks_of(passage)
        return MixTarget(passage.mix, rate, self.loss, tracks=tracks, presence=self._presence)

    @cached_property
    def _presence(self) -> Tensor | None:
        """Of the tracks in the whole song ``[R, K]``, of which one passage is in memory at a time."""
        tracks_of = self.tracks_of
        if tracks_of is None:
            return None
        passages = map(self.song.passage, all_starts(self.song))
        return presence((tracks_of(each) for each in passages), self.song.sample_rate, self.loss)

    def difference(self, passage: int, audio: Tensor) -> float:
        """The loss of ``[2, T]`` against one of the passages."""
        with torch.no_grad():
            return float(self.targets[passage].loss(audio))

    def value(self, graph: Graph, numbers: Numbers) -> float:
        """The mean loss of a graph, measured as a whole."""
        return sum(self.values(graph, numbers)) / len(self.passages)

    def values(self, graph: Graph, numbers: Numbers) -> list[float]:
        """The loss of a graph in each passage."""
        player = ConsolePlayer(graph, numbers, self.song.sample_rate, self.registry)
        with torch.no_grad():
            sounds = (player.play(passage, numbers.values) for passage in self.passages)
            return [self.difference(i, audio) for i, audio in enumerate(sounds)]


class ConsolePlayer:
    """A graph, and for each set of active tracks the part of it behind them."""

    def __init__(
        self, graph: Graph, numbers: Numbers, sample_rate: int, registry: Mapping[str, Processor] = KINDS
    ) -> None:
        self.graph, self.numbers, self.sample_rate, self.registry = graph, numbers, sample_rate, registry
        self._parts: dict[tuple[bool, ...], Subgraph] = {}

    def play(self, passage: Passage, values: Tensor) -> Tensor:
        """Audio ``[2, T]`` with the whole graph's numbers at ``values [N]``; gradients flow."""
        if not any(passage.active):
            return torch.zeros_like(passage.mix)
        part = self.part(passage.active)
        own = part.numbers(values)
        return render(
            part.graph, passage.sounding, self.sample_rate, numbers=own, energy=False, registry=self.registry
        )

    def part(self, active: Sequence[bool]) -> Subgraph:
        """The part behind these tracks."""
        key = tuple(active)
        if key not in self._parts:
            if len(self._parts) >= MOST_PARTS:
                self._parts.clear()
            sources = [node for node, sounds in zip(self.graph.sources, key, strict=True) if sounds]
            self._parts[key] = Subgraph.of(*sounding(self.graph, sources), self.numbers, self.registry)
        return self._parts[key]
