"""Analysis of listening tests, on simulated listeners whose preferences are known."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from unpatch.metrics.listening import LOW_ANCHOR, MID_ANCHOR, REFERENCE, Score, analyse, holm

LEVELS = {REFERENCE: 100.0, "ours": 82.0, "theirs": 70.0, MID_ANCHOR: 45.0, LOW_ANCHOR: 20.0}
"""Planted."""
TRIALS = 10


def listener(name: str, missed: int = 0, praised: int = 0, spread: float = 8.0) -> Iterator[Score]:
    """Scores around those; the reference is missed, or the middle anchor praised, in some trials."""
    draw = random.Random(name)
    for trial in range(TRIALS):
        for condition, level in LEVELS.items():
            score = level if condition == REFERENCE else draw.gauss(level, spread)
            if condition == REFERENCE and trial < missed:
                score = 60.0
            if condition == MID_ANCHOR and trial < praised:
                score = 95.0
            yield Score(name, f"trial {trial}", condition, min(100.0, max(0.0, score)))


def panel(count: int = 16) -> list[Score]:
    return [score for place in range(count) for score in listener(f"listener {place}")]


def test_the_planted_ranking_is_recovered() -> None:
    found = analyse(panel())
    assert [figure.condition for figure in found.conditions] == list(LEVELS)
    for figure in found.conditions:
        assert figure.low <= figure.median <= figure.high
        assert figure.median == pytest.approx(LEVELS[figure.condition], abs=3)
        assert figure.count == 16 * TRIALS
    assert len(found.pairs) == 10 and all(pair.p_holm < 0.05 for pair in found.pairs)
    assert all(pair.p_holm >= pair.p and pair.difference > 0 for pair in found.pairs)


def test_equal_conditions_are_not_told_apart() -> None:
    draw = random.Random(3)
    scores = [
        Score(
            f"{name}",
            f"{trial}",
            condition,
            min(100.0, draw.gauss(70, 10)) if condition != REFERENCE else 100,
        )
        for name in range(12)
        for trial in range(5)
        for condition in (REFERENCE, "one", "other")
    ]
    (pair,) = [each for each in analyse(scores).pairs if {each.one, each.other} == {"one", "other"}]
    assert pair.p_holm > 0.05


def test_intervals_narrow_with_listeners() -> None:
    def width(count: int) -> float:
        return next(f.high - f.low for f in analyse(panel(count)).conditions if f.condition == "ours")

    assert width(40) < width(5)


@pytest.mark.parametrize(("missed", "is_excluded"), [(0, False), (1, False), (2, True), (10, True)])
def test_listeners_who_miss_the_reference_are_excluded(missed: int, is_excluded: bool) -> None:
    """More than 15 % of ten trials are two."""
    found = analyse([*panel(), *listener("suspect", missed)])
    assert ("suspect" in found.excluded) == is_excluded
    assert ("suspect" in found.listeners) != is_excluded
    if is_excluded:
        assert f"{missed} of 10 trials" in found.excluded["suspect"]
        assert found.conditions == analyse(panel()).conditions


def test_listeners_who_take_the_anchor_for_the_reference_are_excluded() -> None:
    assert "anchor" in analyse([*panel(), *listener("suspect", praised=2)]).excluded["suspect"]
    assert not analyse([*panel(), *listener("suspect", praised=1)]).excluded


def test_incomplete_listeners_are_left_out() -> None:
    part = list(listener("late"))[:-1]
    found = analyse([*panel(), *part])
    assert found.incomplete == ("late",) and found.conditions == analyse(panel()).conditions


def test_a_test_without_listeners_has_no_figures() -> None:
    found = analyse([])
    assert found.conditions == () and found.pairs == ()


def test_impossible_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        analyse([Score("a", "b", REFERENCE, 101)])
    with pytest.raises(ValueError, match="twice"):
        analyse([Score("a", "b", REFERENCE, 100)] * 2)


def test_holm_against_its_definition() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    p = np.random.default_rng(0).random(7).tolist()
    ordered = sorted(p)
    for value, corrected in zip(p, holm(p), strict=True):
        rank = ordered.index(value)
        expected = max(min(1, (7 - i) * ordered[i]) for i in range(rank + 1))
        assert corrected == pytest.approx(expected)
