"""The progress of a search, and its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from unpatch.graph.data import Graph
from unpatch.mixing.console import TYPES, letter_of, prunable


@dataclass(frozen=True)
class SearchProgress:
    """Progress of a search.

    Attributes:
        stage: such as ``console``, ``prune 3/12``, ``refit 3/12``, ``finish``.
        step: of the stage: steps of a fit, or processors already decided on.
        loss: a running mean while fitting, else of the graph as it is; NaN before the first.
        processors: remaining number.
        seconds_left: an estimate from the time so far; NaN before there is one.
        graph: as it is, at the start of each stage; None in between.
    """

    stage: str
    step: int
    steps: int
    loss: float
    processors: int
    seconds_left: float
    graph: Graph | None = None


Report: TypeAlias = Callable[[SearchProgress], None]


@dataclass(frozen=True)
class SearchMoment:
    """The end of a stage, or a point during a fit.

    Attributes:
        stage: as in :class:`SearchProgress`.
        step: of the stage.
        seconds: since the start of the search, breaks left out.
        loss: while fitting the mean over the passages used since the last moment; at the end of a
            stage the loss of the graph over all scored passages.
        processors: remaining, by the letter of their type.
        trials: made in this stage.
        judged: whether the loss is that over all scored passages.
    """

    stage: str
    step: int
    seconds: float
    loss: float
    processors: Mapping[str, int]
    trials: int = 0
    judged: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SearchResult:
    """A mixing graph.

    Attributes:
        graph: pruned; plays with ``energy=False``.
        console: the full console with its numbers fitted.
        loss_console: audio loss of the console over the scored passages.
        loss: the same of the graph.
        tolerance: allowed rise of the loss.
        history: see :class:`SearchMoment`.
        seconds: duration, breaks left out.
        notices: notes on the stems, a line each: a stem that had to be moved by more
            than an alignment in the graph reaches has to be moved likewise before the graph plays it.
    """

    graph: Graph
    console: Graph
    loss_console: float
    loss: float
    tolerance: float
    history: tuple[SearchMoment, ...]
    sample_rate: int
    seconds: float
    notices: tuple[str, ...] = ()

    @property
    def pruning_ratio(self) -> float:
        """Share of the console's processors that were removed."""
        return 1 - len(prunable(self.graph)) / max(1, len(prunable(self.console)))

    @property
    def pruning_ratios(self) -> dict[str, float]:
        """The same by the letter of the type."""
        before, after = (by_letter(graph) for graph in (self.console, self.graph))
        return {letter: 1 - after[letter] / count for letter, count in before.items() if count}


def by_letter(graph: Graph) -> dict[str, int]:
    """How many processors of each type a console has."""
    counted = Counter(letter_of(graph.nodes[node].kind) for node in prunable(graph))
    return {letter: counted[letter] for letter in TYPES}
