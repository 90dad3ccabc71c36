"""Choosing the graph to report, and whether probabilities mean what they say."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.small_models import debug_model, toy_corpus
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import from_pretrained, save_pretrained
from unpatch.blind.models.calibrating import calibrated
from unpatch.blind.models.calibration import Calibration, Scale, fitted, fitted_to
from unpatch.blind.models.deciding import (
    FOUNDED,
    Deciding,
    Decision,
    EffectSets,
    decide,
    expected_f1,
    most_expected,
)
from unpatch.blind.models.decoding import decode_prototypes, drawn_prototypes
from unpatch.blind.models.hypothesis import Decoding
from unpatch.graph.certainty import LEAST, certainty
from unpatch.graph.data import Graph, Node
from unpatch.processors import PROCESSORS

MODEL = debug_model()
PLUMBING = {
    "mix",
    "crossover",
    "midside_split",
    "midside_merge",
    "mono_lfo",
    "stereo_lfo",
    "envelope_follower",
}


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def grammar() -> Grammar:
    limits = MODEL.settings.decoder
    return Grammar(MODEL.vocabulary, PROCESSORS, limits.max_processors, limits.max_edges)


def latents(count: int = 2, windows: int = 1) -> torch.Tensor:
    settings = MODEL.settings
    shape = (count, windows, settings.encoder.queries, settings.decoder.width)
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


def exact_expected_f1(chosen: set[str], likely: dict[str, float]) -> float:
    """By going through every set of kinds that may be there."""
    total = 0.0
    for there in product([False, True], repeat=len(likely)):
        truth = {kind for kind, is_there in zip(likely, there, strict=True) if is_there}
        chances = [p if kind in truth else 1 - p for kind, p in likely.items()]
        sizes = len(chosen) + len(truth)
        total += float(np.prod(chances)) * (2 * len(chosen & truth) / sizes if sizes else 1.0)
    return total


def test_the_expectation_orders_sets_as_the_exact_one_does() -> None:
    """It is an approximation; the set that it likes best loses next to nothing."""
    random = np.random.default_rng(0)
    for _ in range(30):
        likely = dict(zip("abcdefg", random.beta(0.6, 0.8, 7), strict=True))
        none = float(np.prod([1 - p for p in likely.values()]))
        sets = [set(some) for size in range(8) for some in combinations(likely, size)]
        chosen = max(sets, key=lambda some: expected_f1(some, likely, none))
        best = max(exact_expected_f1(some, likely) for some in sets)
        assert exact_expected_f1(chosen, likely) > best - 0.04


def test_effects_are_what_changes_sound() -> None:
    assert set(EffectSets(MODEL.vocabulary, PROCESSORS).effects) == set(PROCESSORS) - PLUMBING


def groups_of(kinds: Iterable[str], decision: Decision) -> dict[str, float]:
    """Groups of akin kinds to their probability."""
    return {PROCESSORS[kind].akin: decision.akin[kind] for kind in kinds}


def test_the_first_hypothesis_has_the_highest_expected_f1() -> None:
    kinds = EffectSets(MODEL.vocabulary, PROCESSORS)
    for decision in decide(MODEL, latents(), grammar(), PROCESSORS, Deciding(beams=3, draws=12)):
        groups = groups_of(decision.presence, decision)
        own = [groups_of(kinds.counts(one), decision) for one in decision.hypotheses]
        expected = [
            expected_f1({name for name, p in one.items() if p >= FOUNDED}, groups, decision.untouched)
            for one in own
        ]
        assert expected == pytest.approx(list(decision.expected))
        assert expected == sorted(expected, reverse=True)
        assert len(set(decision.hypotheses)) == len(decision.hypotheses)


def test_no_hypothesis_and_no_single_change_beats_the_chosen_effects() -> None:
    for decision in decide(MODEL, latents(), grammar(), PROCESSORS, Deciding(beams=3, draws=12)):
        groups = groups_of(decision.presence, decision)
        chosen = set(groups_of(decision.chosen, decision))
        others = [chosen ^ {group} for group in groups]
        assert decision.chosen_expected == pytest.approx(expected_f1(chosen, groups, decision.untouched))
        assert decision.chosen_expected >= max(decision.expected) - 1e-9
        assert all(
            expected_f1(one, groups, decision.untouched) <= decision.chosen_expected + 1e-9 for one in others
        )


def test_probabilities_of_akin_kinds_add_up() -> None:
    """Neither reverb is likelier than not; that there is one of the two is."""
    kinds = EffectSets(MODEL.vocabulary, PROCESSORS)
    groups = kinds.alike({"mono_reverb": 0.4, "stereo_reverb": 0.35, "bell": 0.2})
    assert groups == pytest.approx({"reverb": 0.75, "bell": 0.2})
    assert most_expected(groups, 0.1)[0] == ("reverb",)
    assert most_expected(groups, 0.9)[0] == ()


def test_greedy_and_beams_are_among_the_candidates() -> None:
    decisions = decide(MODEL, latents(), grammar(), PROCESSORS, Deciding(beams=3, draws=5))
    beams = decode_prototypes(MODEL, latents(), grammar(), Decoding(3))
    greedy = decode_prototypes(MODEL, latents(), grammar())
    for decision, several, first in zip(decisions, beams, greedy, strict=True):
        rows = {one.rows for one in decision.hypotheses}
        assert {one.rows for one in (*several, *first)} <= rows


def test_draws_are_counted_as_often_as_they_come() -> None:
    found = drawn_prototypes(MODEL, latents(), grammar(), Decoding(7, 1.0, 3))
    assert [len(own) for own in found] == [7, 7]
    cold = drawn_prototypes(MODEL, latents(1), grammar(), Decoding(5, 1e-6))[0]
    assert len({one.rows for one in cold}) == 1


def test_equal_seeds_decide_alike() -> None:
    a, b = (decide(MODEL, latents(), grammar(), PROCESSORS, Deciding(2, 6, seed=4)) for _ in range(2))
    assert a == b


def decision(presence: dict[str, float], repeats: dict[str, tuple[float, ...]]) -> Decision:
    return Decision((), (), (), 0.0, presence, presence, repeats, 0.0)


def test_the_second_of_a_kind_is_less_sure_than_the_first() -> None:
    graph = Graph(tuple(Node(kind) for kind in ("in", "bell", "mix", "bell", "bell", "out")))
    marked = decision({"bell": 0.8}, {"bell": (1.0, 0.5)}).confident(graph)
    assert [node.confidence for node in marked.nodes] == [None, 0.8, None, 0.4, 0.0, None]


def test_without_a_presence_head_the_draws_count() -> None:
    kinds = EffectSets(MODEL.vocabulary, PROCESSORS)
    drawn = drawn_prototypes(MODEL, latents(1), grammar(), Decoding(9, 1.0))[0]
    found = kinds.decided(drawn, drawn, None, Calibration())
    shares = Counter(kind for one in drawn for kind in kinds.counts(one))
    for kind, share in found.presence.items():
        assert share == pytest.approx(shares[kind] / 9, abs=2e-4)


# --- calibration --------------------------------------------------------------------------------------


def test_a_scale_undoes_what_bent_the_probabilities() -> None:
    random = np.random.default_rng(0)
    true = random.uniform(0.02, 0.98, 20_000)
    bent = 1 / (1 + np.exp(-(2.5 * np.log(true / (1 - true)) - 1.0)))
    scale = fitted(bent.tolist(), (random.uniform(size=true.size) < true).tolist())
    assert scale.slope == pytest.approx(1 / 2.5, rel=0.05)
    assert scale.offset == pytest.approx(1 / 2.5, abs=0.05)
    for probability, wanted in zip(bent[:50], true[:50], strict=True):
        assert scale(float(probability)) == pytest.approx(wanted, abs=0.03)


@pytest.mark.parametrize("truths", [[True] * 5, [False] * 5, []])
def test_nothing_is_learnt_where_all_answers_are_equal(truths: list[bool]) -> None:
    assert fitted([0.3] * len(truths), truths) == Scale()


def test_classes_that_can_be_parted_leave_the_slope_finite() -> None:
    scale = fitted([0.1] * 50 + [0.9] * 50, [False] * 50 + [True] * 50)
    assert np.isfinite([scale.slope, scale.offset]).all()
    assert scale(0.9) > 0.9


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 probabilities have 1 truths"):
        fitted([0.1, 0.2], [True])


def test_calibration_is_stored_with_the_weights(tmp_path: Path) -> None:
    model = debug_model()
    model.calibration = Calibration(Scale(0.5, 0.1), Scale(2.0, -1.0), {"bell": Scale(1.5, -0.3)})
    save_pretrained(model, tmp_path)
    assert from_pretrained(tmp_path, PROCESSORS).calibration == model.calibration


def test_calibration_moves_the_probabilities_of_a_decision() -> None:
    model = debug_model()
    before = decide(model, latents(1), grammar(), PROCESSORS, Deciding(2, 8))[0]
    model.calibration = replace(model.calibration, kinds=Scale(1.0, -2.0))
    after = decide(model, latents(1), grammar(), PROCESSORS, Deciding(2, 8))[0]
    assert all(after.presence[kind] < before.presence[kind] for kind in before.presence)


def test_a_kind_may_have_a_scale_of_its_own() -> None:
    """Of two that were estimated alike, one is always there and one never; a third was not asked for."""
    own = {
        "reverb": ([0.3, 0.4] * 50, [True] * 99 + [False]),
        "bell": ([0.3, 0.4] * 50, [False] * 99 + [True]),
    }
    found = fitted_to(own)
    assert found.presence("reverb", 0.35) > 0.9
    assert found.presence("bell", 0.35) < 0.1
    assert found.presence("chorus", 0.35) == found.kinds(0.35)


def test_a_kind_with_few_answers_stays_near_the_others() -> None:
    many, few = ([0.5] * 400, [True, False] * 200), ([0.5] * 2, [True, True])
    found = fitted_to({"bell": many, "reverb": few})
    assert 0.5 < found.presence("reverb", 0.5) < 0.65


def test_a_corpus_calibrates_what_a_model_says() -> None:
    """Of a model that has learnt nothing, probabilities become those of the corpus at large.

    Not quite: few examples leave some weight to the prior of the scale.
    """
    model, corpus = debug_model(), toy_corpus()
    latents = model.latents(corpus.batch(range(len(corpus))))[:, None]

    def mean_presence() -> float:
        decisions = decide(model, latents, grammar(), PROCESSORS, Deciding(1, 8))
        return float(np.mean([p for decision in decisions for p in decision.presence.values()]))

    own = model.calibration
    model.calibration = Calibration(Scale(3.0, 3.0), Scale())
    found = calibrated(model, corpus, PROCESSORS, Deciding(1, 8))
    assert model.calibration == Calibration(Scale(3.0, 3.0), Scale())
    model.calibration = own
    before = mean_presence()
    model.calibration = found
    kinds = EffectSets(model.vocabulary, PROCESSORS).effects
    true = np.mean([kind in {n.kind for n in item.graph.nodes} for item in corpus.items for kind in kinds])
    assert abs(before - true) > 0.1
    assert mean_presence() == pytest.approx(true, abs=0.03)


# --- words --------------------------------------------------------------------------------------------


def test_words_follow_their_bounds() -> None:
    assert 1 > LEAST["sure"] > LEAST["likely"] > LEAST["perhaps"] > 0
    for word, least in LEAST.items():
        assert certainty(least) == word
    assert certainty(0.0) == "perhaps"
    assert certainty(1.0) == "sure"
