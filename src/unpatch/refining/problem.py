"""The problem: a dry signal and its processed recording.

Shapes: T samples.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.metrics.sound import Target
from unpatch.processors import PROCESSORS
from unpatch.refining.player import GraphPlayer

# The search uses half of the scales, with half of the frames: a quarter of the work.
SEARCH_SIZES = (2048, 512, 128)
SEARCH_OVERLAP = 2
# A further processor must lower the distance by this much.
NODE_PRICE = 0.003
SILENT = 1e-9
# A distance below which the problem is solved.
PERFECT = 0.0005


Until: TypeAlias = Callable[[], bool]
"""Whether to stop."""


class FitTrial(NamedTuple):
    """A graph and its cost: the distance of its sound from the recording, and its size."""

    graph: Graph
    cost: float


class FitMoment(NamedTuple):
    """When the best cost so far was reached: CPU seconds since the start, renders since, and the step."""

    cpu_seconds: float
    renders: int
    cost: float
    by: str


@dataclass
class Budget:
    """The budget: CPU seconds of this process, or renders, whose number is the same on every machine.

    Not wall clock: the load of the machine must not change the result.
    """

    cpu_seconds: float = math.inf
    renders: float = math.inf
    begun: float = field(default_factory=time.process_time)
    rendered: int = 0

    @property
    def cpu_s(self) -> float:
        """CPU seconds since the start."""
        return time.process_time() - self.begun

    @property
    def spent(self) -> float:
        """Share of it, in [0, 1] and slightly above."""
        return max(self.cpu_s / self.cpu_seconds, self.rendered / self.renders)

    def until(self, share: float) -> Until:
        """Whether this share of it is spent."""
        return lambda: self.spent >= share


class Problem:
    """Costs of graphs, the budget of the search, and the history of the best cost.

    Levels are matched before two sounds are compared: the level of a file is independent of
    the graph.

    Args:
        dry: source kind to signal ``[2, T]``.
        wet: the recording ``[2, T]``.
        sample_rate: in Hz.
        budget: of the search.
        report: called with the share of the budget that is spent and the best cost.
        registry: kind to processor.
    """

    def __init__(
        self,
        dry: Mapping[str, Tensor],
        wet: Tensor,
        sample_rate: float,
        budget: Budget,
        *,
        report: Callable[[float, float], None] = lambda spent, cost: None,
        registry: Mapping[str, Processor] = PROCESSORS,
    ) -> None:
        self.player = GraphPlayer(dry, sample_rate, registry)
        self.wet = wet
        self.registry = registry
        self.budget = budget
        self.report = report
        self.moments: list[FitMoment] = []
        self._is_mono = bool((wet[0] == wet[1]).all())
        self._target = Target(wet[: 1 if self._is_mono else 2], SEARCH_SIZES, SEARCH_OVERLAP)
        self._wide_target = Target(wet, SEARCH_SIZES, SEARCH_OVERLAP) if self._is_mono else self._target

    def evaluate(self, graph: Graph, by: str) -> FitTrial:
        """The graph with its cost; ``by`` is the step that led to it."""
        distance = self.distance(self.player.play(graph))
        return self.noted(FitTrial(graph, float(distance) + self.price(graph)), by)

    def price(self, graph: Graph) -> float:
        """Cost of its size."""
        return NODE_PRICE * graph.processor_count

    def distance_of(self, trial: FitTrial) -> float:
        """The distance alone."""
        return trial.cost - self.price(trial.graph)

    def distance(self, audio: Tensor) -> Tensor:
        """Of a rendering from the recording, levels matched; gradients flow."""
        scaled = audio * self.gain(audio)
        if self._is_mono and not bool((audio[0] == audio[1]).all()):
            found = self._wide_target.distance(scaled)
        else:
            found = self._target.distance(scaled[: 1 if self._is_mono else 2])
        return torch.where(found.isfinite(), found, torch.inf)

    def gain(self, audio: Tensor) -> Tensor:
        """Gain that brings a rendering to the recording's level."""
        return (self.wet.square().mean() / audio.square().mean().clamp_min(SILENT**2)).sqrt()

    def is_solved(self, trial: FitTrial) -> bool:
        """Whether the residual is negligible."""
        return self.distance_of(trial) < PERFECT

    def noted(self, trial: FitTrial, by: str, renders: int = 1) -> FitTrial:
        """Count the work, and record the candidate if it is the best so far."""
        self.budget.rendered += renders
        if not self.moments or trial.cost < self.moments[-1].cost:
            self.moments.append(FitMoment(self.budget.cpu_s, self.budget.rendered, trial.cost, by))
        self.report(self.budget.spent, self.moments[-1].cost)
        return trial
