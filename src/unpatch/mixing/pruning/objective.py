"""The objective of pruning: the audio loss with some processors taken out.

Algorithms use nothing else, so that they can be checked step by step against objectives made by hand.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Gone: TypeAlias = frozenset[int]
"""Positions of processors that are taken out: their output is their input, exactly."""

NONE: Gone = frozenset()


class Objective(Protocol):
    """The audio loss of one graph without some of its processors."""

    def losses(self, gone: Gone, trials: Sequence[Gone], limit: float = math.inf) -> list[float]:
        """For each trial the loss without what is gone already and what the trial takes out.

        Args:
            gone: what has been accepted so far.
            trials: what each takes out in addition.
            limit: a loss that is certain to end above it may be returned as infinity.
        """


@dataclass(frozen=True)
class PruningCandidate:
    """A processor that might not be needed.

    Attributes:
        node: its position in the graph.
        kind: its type, such as ``console_gain``.
        weight: its dry/wet weight.
        importance: estimate of what the loss rises by without it.
        branch: its strip; candidates of different strips are evaluated independently.
    """

    node: int
    kind: str
    weight: float
    importance: float = 0.0
    branch: int = 0


@dataclass(frozen=True)
class PruningTrial:
    """One evaluation: what it took out, the loss, and whether that stayed."""

    nodes: tuple[int, ...]
    loss: float
    accepted: bool


@dataclass(frozen=True)
class PruningResult:
    """The end of a round.

    Attributes:
        gone: what is taken out.
        loss: without it; that of the last trial that was accepted.
        lowest: the lowest loss accepted so far, in this round or earlier: tolerance counts from there.
        trials: every evaluation, in order.
    """

    gone: Gone
    loss: float
    lowest: float
    trials: tuple[PruningTrial, ...] = ()


class Ledger:
    """Trials against the rule of acceptance: a loss below the lowest so far plus the tolerance."""

    def __init__(self, objective: Objective, loss: float, lowest: float, tolerance: float) -> None:
        self.objective, self.loss, self.lowest, self.tolerance = objective, loss, lowest, tolerance
        self.gone: Gone = NONE
        self.trials: list[PruningTrial] = []

    @property
    def limit(self) -> float:
        """A loss must stay below."""
        return self.lowest + self.tolerance

    def attempt(self, nodes: Iterable[int]) -> bool:
        """Take nodes out if that is allowed; whether it was."""
        extra = frozenset(nodes)
        loss = self.losses([extra])[0]
        accepted = loss < self.limit
        self.trials.append(PruningTrial(tuple(sorted(extra)), loss, accepted))
        if accepted:
            self.accept(extra, loss)
        return accepted

    def losses(self, trials: Sequence[Gone]) -> list[float]:
        """The losses of some trials on top of what is gone."""
        return self.objective.losses(self.gone, trials, self.limit)

    def accept(self, extra: Gone, loss: float) -> None:
        """Take nodes out whose loss without them is known and allowed."""
        self.gone, self.loss, self.lowest = self.gone | extra, loss, min(self.lowest, loss)

    def pruned(self) -> PruningResult:
        return PruningResult(self.gone, self.loss, self.lowest, tuple(self.trials))
