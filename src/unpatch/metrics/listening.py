"""Analysis of a MUSHRA listening test (Recommendation ITU-R BS.1534-3).

Scores go from 0 to 100. Every listener rates every condition of each trial; the hidden reference and the
anchors are among the conditions.

Shapes: L listeners, T trials, R resamples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from unpatch.metrics.bootstrap import COVERED, RESAMPLES
from unpatch.metrics.tally import Figures

REFERENCE = "reference"
LOW_ANCHOR, MID_ANCHOR = "anchor 3.5 kHz", "anchor 7 kHz"
CLEARLY = 90.0
"""A score of this much is expected of the hidden reference, and not of the anchors."""
MOST_MISSED = 0.15
"""Share of the trials in which a listener may miss that."""


@dataclass(frozen=True)
class Score:
    """One rating."""

    listener: str
    trial: str
    condition: str
    score: float


@dataclass(frozen=True)
class ConditionFigure:
    """Scores of a condition, over listeners and trials.

    Attributes:
        low: end of the 95 % interval of the median.
        high: its other end.
        count: scores.
    """

    condition: str
    median: float
    low: float
    high: float
    mean: float
    count: int


@dataclass(frozen=True)
class PairFigure:
    """Two conditions compared.

    Attributes:
        difference: mean score of the one less that of the other.
        p: of Wilcoxon's signed-rank test of the listeners' mean differences, two-sided.
        p_holm: the same, corrected for the number of pairs (Holm 1979).
    """

    one: str
    other: str
    difference: float
    p: float
    p_holm: float


@dataclass(frozen=True)
class ListeningAnalysis:
    """Results of a test.

    Attributes:
        conditions: in the order of their medians, the highest first.
        pairs: of conditions.
        excluded: listener to the reason.
        listeners: whose scores are used.
        incomplete: listeners that did not rate every trial; their scores are not used.
    """

    conditions: tuple[ConditionFigure, ...]
    pairs: tuple[PairFigure, ...]
    excluded: Mapping[str, str]
    listeners: tuple[str, ...]
    incomplete: tuple[str, ...]


def analyse(scores: Iterable[Score], seed: int = 0) -> ListeningAnalysis:
    """Screen the listeners, and summarise and compare the conditions.

    Args:
        scores: of one test, with :data:`REFERENCE` among the conditions.
        seed: of the bootstrap.

    Raises:
        ValueError: a score outside of 0 to 100, or one that is given twice.
    """
    table = _table(scores)
    cells = {cell for rated in table.values() for cell in rated}
    incomplete = tuple(name for name, rated in table.items() if rated.keys() != cells)
    whole = {name: rated for name, rated in table.items() if name not in incomplete}
    excluded = {name: reason for name, rated in whole.items() if (reason := _fault(rated))}
    kept = {name: rated for name, rated in whole.items() if name not in excluded}
    arrays = _arrays(kept)
    return ListeningAnalysis(_figures(arrays, seed), _pairs(arrays), excluded, tuple(kept), incomplete)


Rated = dict[tuple[str, str], float]
"""Trial and condition to score."""


def _table(scores: Iterable[Score]) -> dict[str, Rated]:
    table: dict[str, Rated] = {}
    for each in scores:
        if not 0 <= each.score <= 100:
            raise ValueError(f"a score is {each.score:g}; allowed are 0 to 100")
        rated, cell = table.setdefault(each.listener, {}), (each.trial, each.condition)
        if cell in rated:
            raise ValueError(f"{each.listener} rated {each.condition} of {each.trial} twice")
        rated[cell] = each.score
    return table


def _fault(rated: Rated) -> str:
    """Why a listener is excluded (BS.1534-3, section 4.1.2); nothing of one who is not."""
    missed = [score < CLEARLY for (_, condition), score in rated.items() if condition == REFERENCE]
    if _share(missed) > MOST_MISSED:
        return f"rated the hidden reference below {CLEARLY:g} in {sum(missed)} of {len(missed)} trials"
    praised = [score > CLEARLY for (_, condition), score in rated.items() if condition == MID_ANCHOR]
    if _share(praised) > MOST_MISSED:
        return f"rated the {MID_ANCHOR} above {CLEARLY:g} in {sum(praised)} of {len(praised)} trials"
    return ""


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


def _arrays(kept: Mapping[str, Rated]) -> dict[str, Figures]:
    """Condition to scores ``[L, T]``."""
    first = next(iter(kept.values()), {})
    places: dict[str, list[str]] = {}
    for trial, condition in sorted(first):
        places.setdefault(condition, []).append(trial)
    return {
        condition: np.array([[rated[trial, condition] for trial in trials] for rated in kept.values()])
        for condition, trials in places.items()
    }


def _figures(arrays: Mapping[str, Figures], seed: int) -> tuple[ConditionFigure, ...]:
    """Medians with intervals: whole listeners are resampled, since their scores depend on each other."""
    figures = []
    for condition, scores in arrays.items():
        count = len(scores)
        drawn = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
        medians = np.median(scores[drawn].reshape(RESAMPLES, -1), axis=1)
        low, high = np.quantile(medians, [(1 - COVERED) / 2, (1 + COVERED) / 2]).tolist()
        middle, mean = float(np.median(scores)), float(scores.mean())
        figures.append(ConditionFigure(condition, middle, low, high, mean, scores.size))
    return tuple(sorted(figures, key=lambda figure: (-figure.median, -figure.mean)))


def _pairs(arrays: Mapping[str, Figures]) -> tuple[PairFigure, ...]:
    means = {condition: scores.mean(axis=1) for condition, scores in arrays.items()}
    pairs = list(combinations(sorted(means, key=lambda condition: -means[condition].mean()), 2))
    apart = [means[one] - means[other] for one, other in pairs]
    found = [_wilcoxon(each) for each in apart]
    return tuple(
        PairFigure(one, other, float(each.mean()), p, corrected)
        for (one, other), each, p, corrected in zip(pairs, apart, found, holm(found), strict=True)
    )


def _wilcoxon(apart: Figures) -> float:
    """Two-sided; 1 where no listener makes a difference."""
    from scipy.stats import wilcoxon

    moved = apart[apart != 0]
    return float(wilcoxon(moved).pvalue) if moved.size else 1.0


def holm(p: Sequence[float]) -> list[float]:
    """P-values corrected for their number (Holm 1979), in the same order."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    corrected, highest = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - rank) * p[place]))
        corrected[place] = highest
    return corrected
