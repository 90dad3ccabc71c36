"""Pruning against objectives made by hand: every step can be followed on paper."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpatch.mixing.pruning import (
    Gone,
    Ledger,
    PruningCandidate,
    PruningResult,
    brute_force,
    dry_wet,
    gradual,
    hybrid,
)
from unpatch.mixing.pruning.journal import Journaled
from unpatch.mixing.pruning.published import rounded
from unpatch.synth.draw import Draw


@dataclass
class Additive:
    """Each processor is worth something; ``together`` adds what some are worth only jointly."""

    worth: Mapping[int, float]
    together: Mapping[Gone, float] = field(default_factory=dict)
    start: float = 1.0
    asked: list[Gone] = field(default_factory=list)

    def losses(self, gone: Gone, trials: Sequence[Gone], limit: float = math.inf) -> list[float]:
        return [self.loss(gone | extra) for extra in trials]

    def loss(self, gone: Gone) -> float:
        self.asked.append(gone)
        joint = sum(extra for group, extra in self.together.items() if group <= gone)
        return self.start + sum(self.worth[node] for node in gone) + joint


def candidates(worth: Mapping[int, float], kinds: str = "") -> list[PruningCandidate]:
    """Weights and importance in proportion to what a processor is worth; one strip each."""
    return [
        PruningCandidate(
            node, kinds[i] if kinds else "gain", weight=0.1 + abs(value), importance=value, branch=node
        )
        for i, (node, value) in enumerate(worth.items())
    ]


def ledger(objective: Additive | Journaled, tolerance: float = 0.01, start: float = 1.0) -> Ledger:
    return Ledger(objective, start, start, tolerance)


def sets(pruned: PruningResult) -> list[tuple[set[int], bool]]:
    return [(set(trial.nodes), trial.accepted) for trial in pruned.trials]


class Script(Draw):
    """Types are sampled as written."""

    def __init__(self, *kinds: str) -> None:
        super().__init__(0)
        self.kinds = list(kinds)

    def choice(self, items: Sequence[str]) -> str:  # type: ignore[override]
        kind = self.kinds.pop(0)
        assert kind in items
        return kind


# --- Algorithm 1 ------------------------------------------------------------------------------------


def test_algorithm_1_step_by_step() -> None:
    """30 gains (N r = 3) and 5 reverbs (N r = 0.5); tolerance 0.01 from a loss of 1.

    Gains 0 to 4 are worth nothing, 5 does harm, all others are worth 1, reverbs 0.003 each.
    """
    gains = {i: 0.0 if i < 5 else -0.006 if i == 5 else 1.0 for i in range(30)}
    reverbs = dict.fromkeys(range(30, 35), 0.003)
    pool = [PruningCandidate(i, "gain", weight=i / 100) for i in gains]
    pool += [PruningCandidate(i, "reverb", weight=i / 100) for i in reverbs]
    script = Script("gain", "reverb", "gain", "reverb", "gain", "reverb", "gain", "reverb", "reverb", "gain")
    pruned = dry_wet(ledger(Additive(gains | reverbs)), pool, script)
    assert sets(pruned) == [
        ({0, 1, 2}, True),  # line 13: the three smallest weights
        ({30}, True),  # at least one; the loss is 1.003
        ({3, 4, 5}, True),  # 0.997, line 16: what counts from now on
        ({31}, True),  # 1.000
        ({6, 7, 8}, False),  # line 20: three is more than one
        ({32}, True),  # 1.003
        ({6, 7}, False),  # line 21: N r = 1.5
        ({33}, True),  # 1.006
        ({34}, False),  # 1.009 is not below 0.997 + 0.01; line 23: the type leaves the pool
        ({6}, False),  # N r = 0.75: one; so does this one
    ]
    assert pruned.gone == {0, 1, 2, 3, 4, 5, 30, 31, 32, 33}
    assert pruned.loss == pytest.approx(1.006)
    assert pruned.lowest == pytest.approx(0.997)
    assert not script.kinds


def test_a_small_type_is_not_dropped_before_a_trial_of_one_fails() -> None:
    """The paper's public code drops a type of ten or fewer after one trial; the paper does not."""
    worth = {i: 0.0 if i < 6 else 1.0 for i in range(8)}
    pruned = dry_wet(ledger(Additive(worth)), candidates(worth), Draw(0))
    assert pruned.gone == set(range(6))
    assert len(pruned.trials) == 7


def test_dry_wet_takes_what_is_left_of_a_type() -> None:
    worth = dict.fromkeys(range(25), 0.0)
    pruned = dry_wet(ledger(Additive(worth)), candidates(worth), Draw(0))
    assert [len(trial.nodes) for trial in pruned.trials] == [3] * 8 + [1]


@pytest.mark.parametrize(("count", "whole"), [(0.3, 1), (1.4, 1), (1.5, 2), (2.49, 2), (12.5, 13)])
def test_counts_are_rounded(count: float, whole: int) -> None:
    assert rounded(count) == whole


def test_brute_force_tries_each_once_in_random_order() -> None:
    worth = {i: 0.004 * (i % 3) for i in range(12)}
    runs = [brute_force(ledger(Additive(worth)), candidates(worth), Draw(seed)) for seed in range(5)]
    for pruned in runs:
        tried = [trial.nodes for trial in pruned.trials]
        assert sorted(tried) == [(i,) for i in range(12)]
        assert pruned.loss < 1.01
        assert all(trial.accepted == (trial.nodes[0] in pruned.gone) for trial in pruned.trials)
    assert len({tuple(trial.nodes for trial in pruned.trials) for pruned in runs}) == 5


def test_the_hybrid_is_brute_force_in_every_fourth_round() -> None:
    worth = {i: 0.004 * (i % 3) for i in range(12)}
    for number in range(1, 9):
        same = brute_force if number in (4, 8) else dry_wet
        found, expected = (
            hybrid(ledger(Additive(worth)), candidates(worth), Draw(3), number),
            same(ledger(Additive(worth)), candidates(worth), Draw(3)),
        )
        assert found == expected


# --- ours -------------------------------------------------------------------------------------------


def test_ours_takes_out_the_least_important_whatever_the_type() -> None:
    """Brute force spends the tolerance on what it happens to try first."""
    worth = {i: 0.0005 * i for i in range(20)}
    pruned = gradual(ledger(Additive(worth)), candidates(worth), 4)
    assert pruned.gone == set(range(6))  # 0.0005 (1 + ... + 5) = 0.0075; with 6 it would be 0.0105
    for seed in range(10):
        other = brute_force(ledger(Additive(worth)), candidates(worth), Draw(seed))
        assert len(other.gone) <= len(pruned.gone)


def test_ours_hears_far_fewer_when_much_can_go() -> None:
    worth = {i: 0.0 if i < 90 else 1.0 for i in range(100)}
    objective = Additive(worth)
    assert gradual(ledger(objective), candidates(worth), 4).gone == set(range(90))
    assert len(objective.asked) < 30


def test_what_leaves_together_is_heard_together() -> None:
    """Each of two may go, not both."""
    worth = dict.fromkeys(range(6), 0.001)
    objective = Additive(worth, {frozenset({1, 4}): 1.0})
    pruned = gradual(ledger(objective), candidates(worth), 4)
    assert len(pruned.gone) == 5
    assert len(pruned.gone & {1, 4}) == 1
    assert pruned.loss == pytest.approx(objective.loss(pruned.gone))


def test_wrong_importance_costs_trials_and_nothing_else() -> None:
    worth = {i: 1.0 if i % 2 else 0.0 for i in range(20)}
    misled = [PruningCandidate(i, "gain", 1.0, importance=-float(i), branch=i // 2) for i in worth]
    assert gradual(ledger(Additive(worth)), misled, 4).gone == {i for i in worth if i % 2 == 0}


@given(
    st.dictionaries(st.integers(0, 30), st.floats(-0.02, 0.05), min_size=1, max_size=20),
    st.integers(0, 9),
    st.integers(1, 6),
)
def test_every_way_keeps_the_promise(worth: dict[int, float], seed: int, batch: int) -> None:
    """What is gone costs less than the tolerance above the lowest loss, and the loss told is the true one."""
    objective = Additive(worth, {frozenset(list(worth)[:2]): 0.03})
    pool = candidates(worth, kinds="ab" * 20)
    for pruned in (
        brute_force(ledger(objective), pool, Draw(seed)),
        dry_wet(ledger(objective), pool, Draw(seed)),
        gradual(ledger(objective), pool, batch),
    ):
        assert pruned.loss == pytest.approx(objective.loss(pruned.gone))
        assert pruned.loss < pruned.lowest + 0.01 or not pruned.gone
        assert pruned.lowest <= 1.0


# --- the journal ------------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [0, 1, 5, 11])
def test_a_round_that_was_cut_off_goes_on(heard: int) -> None:
    worth = {i: 0.003 * (i % 4) for i in range(12)}
    whole: list[float] = []
    first = gradual(ledger(Journaled(Additive(worth), whole)), candidates(worth), 3)
    part = list(whole[:heard])
    objective = Additive(worth)
    again = gradual(ledger(Journaled(objective, part)), candidates(worth), 3)
    assert again == first
    assert part == whole
    assert len(objective.asked) <= len(whole) - heard + 2  # a batch that was cut is heard again
