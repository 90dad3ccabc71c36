"""The audio loss in its parts, by both published ways to normalise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from unpatch.mixing.evaluator import ConsolePlayer, Evaluator
from unpatch.mixing.loss_terms import LossTerms, Normalisation
from unpatch.mixing.subgraphs import values_of

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph

SHOWN: tuple[Normalisation, ...] = ("standard", "published")


@dataclass(frozen=True)
class Parts:
    """Mean over the judged passages, cells all alike.

    Attributes:
        lr: of left and right.
        m: of their sum.
        s: of their difference.
    """

    lr: float
    m: float
    s: float

    @property
    def total(self) -> float:
        """The audio loss L_a."""
        return self.lr / 2 + self.m / 4 + self.s / 4


@dataclass(frozen=True)
class MixLosses:
    """Of one graph or sound.

    Attributes:
        sought: the loss that was searched by.
        parts: the paper's, in the order of ``SHOWN``.
    """

    sought: float
    parts: tuple[Parts, ...]


def losses_of(graph: Graph, evaluator: Evaluator) -> MixLosses:
    """Of a graph, as the search computes it."""
    numbers = values_of(graph, evaluator.registry)
    player = ConsolePlayer(graph, numbers, evaluator.song.sample_rate, evaluator.registry)
    with torch.no_grad():
        return _losses(evaluator, (player.play(passage, numbers.values) for passage in evaluator.passages))


def losses_of_sum(evaluator: Evaluator) -> MixLosses:
    """Of the plain sum of the stems, as it is."""
    return _losses(evaluator, (passage.stems.sum(0) for passage in evaluator.passages))


def _losses(evaluator: Evaluator, sounds: Iterable[Tensor]) -> MixLosses:
    measured = [target.measure(sound) for target, sound in zip(evaluator.targets, sounds, strict=True)]
    sought = _mean(float(one.total) for one in measured)
    return MixLosses(sought, tuple(_parts(measured, normalisation) for normalisation in SHOWN))


def _parts(measured: Sequence[LossTerms], normalisation: Normalisation) -> Parts:
    left, right, m, s = torch.stack([one.by_signal(normalisation) for one in measured]).mean(0).tolist()
    return Parts((left + right) / 2, m, s)


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every)
