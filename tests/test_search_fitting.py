"""Fitting a console: gradients, what rests, what is undone, what a fit begins with."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import pytest
import torch
from scipy.stats import spearmanr
from torch import Tensor

from tests.toy_console import RATE, TOYS, noises
from unpatch.graph.data import Graph
from unpatch.mixing.adam import Adam
from unpatch.mixing.console import ALIGNMENT, console, letter_of, prunable
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.fitting import Fit, echo_steps, importances, rate_at
from unpatch.mixing.initialisation import closed_form
from unpatch.mixing.least_squares import from_powers, from_samples, gains_in
from unpatch.mixing.loss import MixLossSettings
from unpatch.mixing.pruning.objective import NONE
from unpatch.mixing.resumable import run_search
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import FitSettings, SearchSettings, SegmentSettings, debug
from unpatch.mixing.subgraphs import number_ranges, values_of
from unpatch.mixing.thresholds import QUANTILES, THRESHOLD, with_thresholds
from unpatch.mixing.tree import Tree
from unpatch.mixing.trials import Whole
from unpatch.processors import KINDS
from unpatch.rendering import parameters, render
from unpatch.rendering.parameters import Numbers
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener

GROUPS = {"kick": "drums", "snare": "drums", "voice": "vocals"}
SEGMENTS = SegmentSettings(0.6, 0.1, 4, balanced=0.0)
LOSS = MixLossSettings(warmup_s=0.1)
FREE = FitSettings(still=(), listen=())


class Exact(Fit):
    """In double precision."""

    @cached_property
    def start(self) -> Numbers:
        return parameters.read(self.graph, self.evaluator.registry, edges=False)


def strewn(graph: Graph, seed: int) -> Graph:
    """All knobs somewhere."""
    numbers = parameters.read(graph, TOYS, edges=False)
    latent = torch.randn(
        len(numbers.values), generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    return parameters.write(graph, numbers.moved(latent, "latent"))


def evaluator_of(stems: Tensor, mix: Tensor) -> Evaluator:
    return Evaluator(StemsAndMix(stems, mix, RATE, SEGMENTS), LOSS, TOYS)


def scene(seed: int = 0, chain: str = "ecgr", seconds: float = 1.5) -> tuple[Graph, Evaluator]:
    """A console, and the judge of a mix that a console with other knobs made."""
    graph = console(GROUPS, chain, registry=TOYS)
    stems = noises(3, seconds, seed).double()
    mix = render(strewn(graph, seed + 1), stems, RATE, energy=False, registry=TOYS)
    return strewn(graph, seed), evaluator_of(stems, mix)


# --- steps ------------------------------------------------------------------------------------------


def test_gradients_are_those_of_the_loss() -> None:
    graph, evaluator = scene()
    fit, sparsity = Exact(graph, evaluator, replace(FREE, passages=2, lazy=False)), 0.05
    at = fit.start.latent()
    weights = torch.tensor(list(fit.weights.values()))

    def cost(latent: Tensor) -> float:
        _, loss = fit.stepped(Adam.of(latent), Draw(3), 0.0, 0.0)
        return loss + sparsity * float(fit.values(latent)[weights].sum())

    stepped, _ = fit.stepped(Adam.of(at), Draw(3), 0.0, sparsity)
    slopes = stepped.mean / 0.1  # the first mean of gradients is a tenth of the gradient
    assert bool(fit.free.all())
    for i in range(0, len(at), 3):
        step = torch.zeros_like(at)
        step[i] = 1e-9  # kinks of the loss lie close together along a delay's time
        by_differences = (cost(at + step) - cost(at - step)) / 2e-9
        assert float(slopes[i]) == pytest.approx(by_differences, rel=1e-3, abs=1e-4), fit.start.slots[i].name


def test_knobs_of_what_is_silent_rest() -> None:
    graph, evaluator = scene()
    assert isinstance(evaluator.song.stems, Tensor)
    evaluator.song.stems[2] = 0
    for lazy in (True, False):
        fit = Fit(graph, evaluator, replace(FREE, lazy=lazy))
        begun = replace(fit.initial_adam(), mean=torch.full_like(fit.initial_adam().latent, 0.5))
        after, _ = fit.stepped(begun, Draw(0), 0.1, 0.0)
        ranges, tree = number_ranges(fit.start), Tree.of(graph)
        for node in prunable(graph):
            voice = graph.nodes[tree.branches[tree.home[node]].head].name in ("voice", "vocals")
            own = list(ranges[node])
            moved = [
                not torch.equal(a[own], b[own]) for a, b in zip(after.tensors(), begun.tensors(), strict=True)
            ]
            assert any(moved) == (not (voice and lazy))


def test_alignments_keep_still() -> None:
    graph = console(GROUPS, "g", aligned=("kick",), registry={**TOYS, ALIGNMENT: KINDS[ALIGNMENT]})
    stems = noises(3, 1.5)
    evaluator = replace(evaluator_of(stems, stems.sum(0)), registry={**TOYS, ALIGNMENT: KINDS[ALIGNMENT]})
    fit = Fit(graph, evaluator, FREE)
    (place,) = [i for i, node in enumerate(graph.nodes) if node.kind == ALIGNMENT]
    adam, _ = fit.stepped(fit.initial_adam(), Draw(0), 0.5, 0.1)
    written = fit.written(adam)
    assert written.nodes[place].parameters == parameters.write(graph, fit.start).nodes[place].parameters
    assert written != parameters.write(graph, fit.start)


# --- whole fits -------------------------------------------------------------------------------------


def plan(**fit: object) -> SearchSettings:
    base = debug()
    return replace(
        base,
        segments=SEGMENTS,
        fit=replace(FREE, steps=4, refit_steps=3, **fit),  # type: ignore[arg-type]
        prune=replace(base.prune, rounds=0),
        finish=False,
    )


@pytest.mark.parametrize("keep_better", [True, False])
def test_a_fit_that_ends_worse_than_it_began_counts_as_not_made(keep_better: bool) -> None:
    graph = strewn(console(GROUPS, "g", registry=TOYS), 0)
    stems = noises(3, 1.5)
    mix = render(graph, stems, RATE, energy=False, registry=TOYS)
    settings = plan(rate=3.0, keep_better=keep_better)
    found = run_search(graph, StemsAndMix(stems, mix, RATE, SEGMENTS), settings, registry=TOYS)
    if keep_better:
        assert found.loss_console == pytest.approx(0, abs=1e-3)
        torch.testing.assert_close(values_of(found.console, TOYS).values, values_of(graph, TOYS).values)
    else:
        assert found.loss_console > 0.1


def test_sparsity_grows_and_rates_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, float]] = []
    stepped = Fit.stepped

    def watched(self: Fit, adam: Adam, draw: Draw, rate: float, sparsity: float) -> tuple[Adam, float]:
        told.append((rate, sparsity))
        return stepped(self, adam, draw, rate, sparsity)

    monkeypatch.setattr(Fit, "stepped", watched)
    graph, evaluator = scene(chain="g")
    settings = plan(sparsity=0.2, rate=0.1, last_rate=0.5)
    run_search(
        graph, evaluator.song, replace(settings, prune=replace(settings.prune, rounds=1)), registry=TOYS
    )
    assert [sparsity for _, sparsity in told] == pytest.approx([0, 0.05, 0.1, 0.15, 0.2, 0.2, 0.2])
    whole = [0.05 + 0.025 * (1 + math.cos(math.pi * step / 4)) for step in range(4)]
    assert [rate for rate, _ in told[:4]] == pytest.approx(whole)


def test_rates_and_listening_follow_the_settings() -> None:
    settings = FitSettings(rate=0.3, last_rate=1.0, listen=(0.25, 0.5))
    assert [rate_at(step, 10, settings) for step in (0, 5, 9)] == pytest.approx([0.3] * 3)
    falling = [rate_at(step, 10, replace(settings, last_rate=0.0)) for step in range(10)]
    assert falling == sorted(falling, reverse=True)
    assert echo_steps(200, settings) == {50, 100}


def test_importances_are_in_the_order_of_what_removals_cost() -> None:
    graph = strewn(console(GROUPS, "ecgr", registry=TOYS), 5)
    for node in prunable(graph)[::4]:
        graph = graph.with_parameters(node, {"weight": 0.0})
    stems = noises(3, 1.5)
    evaluator = evaluator_of(stems, render(graph, stems, RATE, energy=False, registry=TOYS))
    fit = Fit(graph, evaluator, FREE)
    found, nodes = importances(fit, fit.initial_adam()), prunable(graph)
    costs = Whole(graph, fit.start, evaluator).losses(NONE, [frozenset({node}) for node in nodes])
    assert float(spearmanr([abs(found[node]) for node in nodes], costs)[0]) > 0.8
    assert [found[node] for node in nodes[::4]] == pytest.approx([0.0] * len(nodes[::4]), abs=1e-6)


# --- where a fit begins -----------------------------------------------------------------------------

GAINS_DB = ((-3.0, -6.0), (2.0, 2.0), (-12.0, 0.0))


def levelled(stems: Tensor, gains_db: Sequence[Sequence[float]] = GAINS_DB) -> Tensor:
    return (10 ** (torch.tensor(gains_db) / 20)[..., None] * stems).sum(0)


def test_gains_of_a_sum_are_found_on_its_samples() -> None:
    stems = noises(3, 4.0)
    found = from_samples(stems, levelled(stems), RATE)
    torch.testing.assert_close(found.gains_db.float(), torch.tensor(GAINS_DB), atol=0.05, rtol=0)
    assert not found.curves_db.any()


def test_gains_of_what_was_moved_in_time_are_found_on_its_powers() -> None:
    stems = noises(3, 20.0)
    mix = levelled(stems.roll(17, -1))
    found = from_powers(stems, mix, RATE).gains_db.float()
    torch.testing.assert_close(found, torch.tensor(GAINS_DB), atol=1.5, rtol=0)
    assert float(from_samples(stems, mix, RATE).gains_db.max()) < -15
    for made, near in ((mix, 1.5), (levelled(stems), 0.05)):
        factors = gains_in([(stems[..., :80_000], made[..., :80_000]), (stems, made)], RATE)
        torch.testing.assert_close(20 * factors.log10(), torch.tensor(GAINS_DB), atol=near, rtol=0)


def test_curves_follow_an_equalizer() -> None:
    stems = noises(2, 20.0)
    wet = TOYS["console_equalizer"](
        {"input": stems[:1]}, sample_rate=RATE, frames=None, gain_db=12.0, frequency_hz=500.0, weight=1.0
    )["out"]
    found = from_powers(stems, wet[0] + stems[1], RATE)
    low, high = (int((found.bands_hz - hz).abs().argmin()) for hz in (160, 2_000))
    rises = (found.curves_db[:, high] - found.curves_db[:, low]).tolist()
    assert rises == [pytest.approx(12, abs=3), pytest.approx(0, abs=2)]


def test_a_sum_is_explained_in_closed_form() -> None:
    stems = noises(3, 2.0)
    evaluator = Evaluator(StemsAndMix(stems, levelled(stems), RATE, SEGMENTS), LOSS)
    begun = closed_form(console(GROUPS, "eg"), evaluator)
    assert evaluator.value(begun, values_of(begun)) < 0.01
    weights = {letter_of(begun.nodes[n].kind): begun.nodes[n].parameters["weight"] for n in prunable(begun)}
    assert weights == {"e": 0.0, "g": 1.0}


def test_thresholds_begin_within_the_levels_of_their_strip() -> None:
    stems = noises(3, 4.0)
    stems[1] *= 0.1
    graph = with_thresholds(console(GROUPS, "cn", lone=False), stems, RATE, KINDS)
    tree = Tree.of(graph)
    heard = {"kick": stems[0], "snare": stems[1], "voice": stems[2], "drums": stems[0] + stems[1]}
    found: dict[tuple[str, str], float] = {}
    for node in prunable(graph):
        name = str(graph.nodes[tree.branches[tree.home[node]].head].name)
        letter = letter_of(graph.nodes[node].kind)
        found[name, letter] = graph.nodes[node].parameters[THRESHOLD]
        listener = Listener(heard[name][None], RATE)
        assert listener.level_db(0.05) < found[name, letter] < listener.level_db(0.95)
        assert found[name, letter] == pytest.approx(listener.level_db(QUANTILES[letter]))
    assert found["kick", "c"] > found["kick", "n"]
    quieter = with_thresholds(console(GROUPS, "cn", lone=False), 0.1 * stems, RATE, KINDS)
    place = prunable(graph)[0]
    fall = graph.nodes[place].parameters[THRESHOLD] - quieter.nodes[place].parameters[THRESHOLD]
    assert fall == pytest.approx(20, abs=0.5)
