"""Fitting with the dry signal: the search comes closer, and every part of it does what it says."""

import math
import sys
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.random_graphs import random_graph
from unpatch.audio import AudioError
from unpatch.blind.models import build
from unpatch.blind.models.deciding import Deciding
from unpatch.blind.presets import preset
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.demo import embedded_voice
from unpatch.estimates import Estimate
from unpatch.estimation import estimate
from unpatch.graph.build import Step, chain
from unpatch.graph.check import check
from unpatch.graph.data import TASK_SOURCES, Edge, Graph, Node
from unpatch.metrics import kinds_of, spectral_distance
from unpatch.processors import CONSOLE, EVERYDAY, KINDS, MASTERING, PROCESSORS, PUBLISHED, family_of
from unpatch.refining import fit, leveled
from unpatch.refining.align import delay_of, delayed
from unpatch.refining.gradient import RENDERS_PER_STEP, descended
from unpatch.refining.knobs import free, tuned
from unpatch.refining.material import EXCERPT_S, Material
from unpatch.refining.moves import MOVES, moved
from unpatch.refining.player import GraphPlayer
from unpatch.refining.problem import NODE_PRICE, Budget, Problem
from unpatch.refining.structure import lightened, restructured
from unpatch.refining.surgery import is_link
from unpatch.rendering import oracle, render
from unpatch.rendering.parameters import read
from unpatch.synth.draw import Draw

RATE = 44_100


def voice(seconds: float = 1.0) -> Tensor:
    """From the middle of the embedded phrase, ``[2, T]``."""
    audio, rate = embedded_voice()
    return audio[:, 2 * rate : round((2 + seconds) * rate)]


def problem(*steps: Step, renders: float = math.inf) -> Problem:
    """What these steps did to the voice."""
    wet = render(chain(PROCESSORS, *steps), voice(), RATE)
    return Problem({"in": voice()}, wet, RATE, Budget(renders=renders))


# --- playing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_player_renders_like_the_oracle_and_runs_nothing_twice(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = random_graph(seed, 1)
    dry = voice(0.2)
    player = GraphPlayer({graph.nodes[graph.sources[0]].kind: dry}, RATE)
    first = player.play(graph)
    torch.testing.assert_close(first, oracle(graph, dry, RATE))
    monkeypatch.setattr(sys.modules["unpatch.rendering.walk"], "run_node", None)
    torch.testing.assert_close(player.play(graph), first)


def test_a_player_tells_equal_kinds_apart() -> None:
    player = GraphPlayer({"in": voice(0.2)}, RATE)
    graph = chain(PROCESSORS, ("bell", {"gain_db": 12}), ("bell", {"gain_db": -12}))
    for node, values in ((1, {"gain_db": 3.0}), (2, {"frequency_hz": 4_000.0})):
        other = graph.with_parameters(node, values)
        torch.testing.assert_close(player.play(other), oracle(other, voice(0.2), RATE))
    halved = Graph(graph.nodes, (*graph.edges[:-1], Edge(2, 3, gain=0.5)))
    torch.testing.assert_close(player.play(halved), player.play(graph) / 2)


def test_a_player_forgets_what_it_used_least() -> None:
    player = GraphPlayer({"in": voice(0.2)}, RATE)
    player._most = 3
    for gain in range(1, 9):
        player.play(chain(PROCESSORS, ("bell", {"gain_db": gain})))
    assert len(player._made) == 3


def test_sources_without_a_dry_signal_are_silent() -> None:
    nodes = (Node("kick"), Node("snare"), Node("mix"), Node("out"))
    graph = Graph(nodes, (Edge(0, 2), Edge(1, 2), Edge(2, 3)))
    kick = voice(0.2)
    torch.testing.assert_close(GraphPlayer({"kick": kick}, RATE).play(graph), kick)


# --- distance and budget ----------------------------------------------------------------------------


def test_the_level_of_a_recording_does_not_matter() -> None:
    graph = chain(PROCESSORS, ("bell", {"gain_db": 12}))
    wet = render(graph, voice(), RATE)
    loud, quiet = (Problem({"in": voice()}, gain * wet, RATE, Budget()) for gain in (1.0, 0.1))
    assert loud.evaluate(graph, "").cost == pytest.approx(NODE_PRICE, abs=1e-5)
    other = chain(PROCESSORS, "distortion")
    assert quiet.evaluate(other, "").cost == pytest.approx(loud.evaluate(other, "").cost, abs=1e-4)


def test_moments_only_come_down() -> None:
    own = problem("compressor")
    for gain in (3, 9, -9, 0):
        own.evaluate(chain(PROCESSORS, ("bell", {"gain_db": gain})), f"{gain}")
    costs = [moment.cost for moment in own.moments]
    assert costs == sorted(costs, reverse=True)
    assert own.moments[0].by == "3"
    assert own.budget.rendered == 4


# --- numbers ----------------------------------------------------------------------------------------


def test_knobs_that_nobody_hears_stay() -> None:
    """Of the gains, only those of wires that meet others and of modulation can be heard."""
    own = problem(("chorus", {"mod": "mono_lfo"}))
    graph = chain(PROCESSORS, ("chorus", {"mod": "mono_lfo"}))
    slots = read(graph).slots
    gains = [graph.edges[slots[i].owner] for i in free(graph, own) if slots[i].on_edge]
    assert [edge.inlet for edge in gains] == ["mod"]


@pytest.mark.parametrize(
    ("truth", "start"),
    [
        (("lowpass2", {"frequency_hz": 900}), ("lowpass2", {"frequency_hz": 4_000})),
        (("pitchshift", {"semitone": 7}), ("pitchshift", {"semitone": 4})),
        (("bitcrush", {"bit": 4}), ("bitcrush", {"bit": 9})),
        (
            ("panning", {"pan": ("mono_lfo", {"phase": 0.95, "frequency_hz": 3})}),
            ("panning", {"pan": ("mono_lfo", {"phase": 0.1, "frequency_hz": 3})}),
        ),
    ],
)
def test_pattern_search_finds_knobs(truth: Step, start: Step) -> None:
    """Even those without a gradient, and a phase through the end of its range."""
    own = problem(truth)
    begin = own.evaluate(chain(PROCESSORS, start), "")
    found = tuned(own, begin, Draw(0), step=0.1, until=lambda: own.budget.rendered > 80)
    assert found.cost - NODE_PRICE * found.graph.processor_count < 0.2 * begin.cost


def test_gradient_descent_finds_knobs_together() -> None:
    own = problem(("bell", {"frequency_hz": 1_200, "q": 1, "gain_db": 12}), "compressor", renders=120)
    begin = own.evaluate(
        chain(PROCESSORS, ("bell", {"frequency_hz": 800, "q": 1, "gain_db": 5}), "compressor"), ""
    )
    found = descended(own, begin, until=1.0)
    assert found.cost < 0.4 * begin.cost
    assert own.budget.spent >= 1


def test_gradient_descent_leaves_the_times_of_copies_alone() -> None:
    """A step of any size jumps out of the hole around the right time, and all other knobs follow it."""
    echo = {"delay_ms": 130.0, "feedback": 0.3, "mix": 0.3}
    own = problem(("mono_delay", echo), renders=200)
    begin = own.evaluate(chain(PROCESSORS, ("mono_delay", {**echo, "feedback": 0.5, "mix": 0.45})), "")
    found = descended(own, begin, until=1.0)
    assert found.graph.nodes[1].parameters["delay_ms"] == 130.0
    assert found.graph.nodes[1].parameters["mix"] == pytest.approx(0.3, abs=0.03)
    assert found.cost < 0.4 * begin.cost


def test_gradient_descent_returns_from_where_it_went_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["unpatch.refining.gradient"], "RATE", 0.3)
    own = problem(("bell", {"frequency_hz": 1_000, "gain_db": 9, "q": 1}), renders=300)
    begin = own.evaluate(chain(PROCESSORS, ("bell", {"frequency_hz": 1_100, "gain_db": 8, "q": 1})), "")
    assert descended(own, begin, until=1.0).cost < 0.5 * begin.cost


def test_gradient_descent_takes_so_many_steps_at_most() -> None:
    own = problem(("bell", {"gain_db": 9}), renders=10_000)
    begin = own.evaluate(chain(PROCESSORS, ("bell", {"gain_db": 3})), "")
    descended(own, begin, until=1.0, steps=3)
    assert own.budget.rendered == 1 + 3 * RENDERS_PER_STEP


def test_gradient_descent_leaves_alone_what_has_none() -> None:
    own = problem(("bitcrush", {"bit": 4}), renders=20)
    begin = own.evaluate(chain(PROCESSORS, "bitcrush"), "")
    assert descended(own, begin, until=1.0) == begin


# --- structure --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MOVES)
def test_moves_give_other_valid_graphs(name: str) -> None:
    made = 0
    for seed in range(12):
        graph = random_graph(seed, 2)
        dry = {graph.nodes[i].kind: voice(0.1) for i in graph.sources}
        found = moved(name, graph, GraphPlayer(dry, RATE), Draw(seed))
        if found is not None:
            made += 1
            assert check(found.graph, PROCESSORS) != graph
            assert all(found.graph.nodes[n].parameters or found.graph.nodes[n].kind for n in found.new)
    assert made >= 4


def test_moves_do_what_they_are_called() -> None:
    graph = chain(PROCESSORS, "bell", "distortion", ("chorus", {"mod": "mono_lfo"}))
    player = GraphPlayer({"in": voice(0.1)}, RATE)

    def counts(name: str) -> list[int]:
        found = [moved(name, graph, player, Draw(seed)) for seed in range(30)]
        return [kinds_of(f.graph).total() - kinds_of(graph).total() for f in found if f]

    assert min(counts("insert")) == 1
    assert min(counts("insert beside")) == 2
    assert set(counts("drop")) == {-1, -2}  # the chorus goes with its oscillator
    assert set(counts("modulate")) == {1}
    assert 0 in counts("exchange")
    for seed in range(8):
        swapped = moved("swap", graph, player, Draw(seed))
        assert swapped is not None
        assert kinds_of(swapped.graph) == kinds_of(graph)


def test_an_exchange_keeps_knobs_of_one_name() -> None:
    graph = chain(PROCESSORS, ("lowpass2", {"frequency_hz": 333}))
    player = GraphPlayer({"in": voice(0.1)}, RATE)
    found = [moved("exchange", graph, player, Draw(seed)) for seed in range(20)]
    filters = [
        f.graph.nodes[n] for f in found if f for n in f.new if "frequency_hz" in f.graph.nodes[n].parameters
    ]
    assert filters
    assert all(node.parameters["frequency_hz"] == 333 for node in filters if node.kind != "lowpass2")


def test_the_structure_is_searched() -> None:
    """A pan is missing."""
    cut = ("lowpass2", {"frequency_hz": 2_000})
    own = problem(cut, ("panning", {"pan": 0.6}))
    begin = own.evaluate(chain(PROCESSORS, cut), "")
    prior = dict.fromkeys(PROCESSORS, 0.02) | {"panning": 1.0}
    found = restructured(own, begin, Draw(0), lambda: own.budget.rendered > 100, prior)
    assert kinds_of(found.graph)["panning"] == 1
    assert found.cost < 0.5 * begin.cost


def test_what_does_not_earn_its_price_is_taken_out() -> None:
    drive = ("distortion", {"gain_db": 30})
    own = problem(drive, renders=9)
    begin = own.evaluate(
        chain(PROCESSORS, ("bell", {"gain_db": 0.02}), drive, ("imager", {"width": 1.5})), ""
    )
    assert kinds_of(lightened(own, begin).graph) == {"in": 1, "distortion": 1}


# --- alignment and material -------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [-700, -3, 0, 441, 2_000])
def test_a_delay_is_found_behind_filters_and_gains(samples: int) -> None:
    wet = render(chain(PROCESSORS, "highshelf", "compressor"), voice(), RATE)
    assert abs(delay_of(voice(), 0.2 * delayed(wet, samples), RATE) - samples) <= 1


def test_unrelated_sounds_have_no_delay() -> None:
    noise = [torch.randn(2, RATE, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1)]
    assert delay_of(noise[0], noise[1], RATE) == 0


def test_long_recordings_are_judged_by_their_loudest_stretch() -> None:
    wet = voice(4).repeat(1, 5)
    wet[:, : 8 * RATE] *= 0.1
    material = Material.of(wet, wet, RATE)
    assert material.start_s >= 8
    assert material.wet.shape == (2, round(EXCERPT_S * RATE))
    assert torch.equal(material.dry["in"], material.wet)


@pytest.mark.parametrize(
    ("dry", "message"),
    [
        (voice(2), "equally long"),
        (torch.zeros(2, RATE), "silence"),
        (torch.full((2, RATE), math.nan), "NaN"),
        (torch.ones(3, RATE), "shape"),
        ({"gong": voice()}, "no source 'gong'"),
        ({}, "no dry signal"),
    ],
)
def test_dry_signals_that_cannot_belong_are_refused(dry: Tensor | Mapping[str, Tensor], message: str) -> None:
    with pytest.raises(AudioError, match=message):
        fit(chain(PROCESSORS, "bell"), dry, voice(), RATE, renders=1)


# --- the whole --------------------------------------------------------------------------------------


def test_candidates_are_told_apart_at_the_recording_s_level() -> None:
    truth = chain(PROCESSORS, ("distortion", {"gain_db": 30}))
    others = [chain(PROCESSORS, ("bell", {"gain_db": 20})), truth, chain(PROCESSORS, "mono_reverb")]
    wet = 3 * render(truth, voice(), RATE)
    found = leveled(others, voice(), wet, RATE)
    apart = [distance for _, distance in found]
    assert apart.index(min(apart)) == 1
    assert apart[1] == pytest.approx(0, abs=1e-4)
    torch.testing.assert_close(render(found[1][0], voice(), RATE), wet)


def test_fit_comes_close_and_says_how() -> None:
    truth = chain(PROCESSORS, ("lowpass2", {"frequency_hz": 1_500}), ("panning", {"pan": 0.5}))
    wet = 0.25 * render(truth, voice(), RATE)
    start = chain(PROCESSORS, ("lowpass2", {"frequency_hz": 5_000}), ("panning", {"pan": -0.1}))
    fitted = fit(start, voice()[:1], wet, RATE, cpu_seconds=None, renders=120, structure=False)
    assert fitted.after < 0.1 * fitted.before
    assert fitted.gain_db == pytest.approx(-12.04, abs=0.5)
    played = render(fitted.graph, voice(), RATE)
    assert float(spectral_distance(played, wet)) == pytest.approx(fitted.after, abs=1e-3)
    assert {moment.by for moment in fitted.moments} >= {"candidate", "numbers"}


def test_a_chain_of_three_is_found_whole() -> None:
    """High-pass, compressor and echo on a voice: each is found for what the others leave over."""
    audio, rate = embedded_voice()
    dry = audio[:, rate : 4 * rate]
    squeeze = {"threshold_db": -28.0, "ratio": 4.0, "attack_ms": 8.0, "release_ms": 120.0, "knee_db": 3.0}
    echo = {"delay_ms": 320.0, "feedback": 0.3, "mix": 0.3, "frequency_hz": 6_000.0}
    truth = chain(
        EVERYDAY, ("highpass2", {"frequency_hz": 120.0}), ("compressor", squeeze), ("mono_delay", echo)
    )
    wet = render(truth, dry, rate, registry=EVERYDAY)
    found = fit(chain(EVERYDAY), dry, wet, rate, cpu_seconds=None, renders=900, registry=EVERYDAY)
    knobs = {node.kind: node.parameters for node in found.graph.nodes if node.is_processor}
    assert set(knobs) == {"highpass2", "compressor", "mono_delay"}
    assert found.after < 0.1 * found.nothing
    assert knobs["mono_delay"]["delay_ms"] == pytest.approx(320, abs=2)
    assert knobs["compressor"]["threshold_db"] == pytest.approx(-28, abs=2)
    assert knobs["compressor"]["ratio"] == pytest.approx(4, rel=0.2)
    assert knobs["highpass2"]["frequency_hz"] == pytest.approx(120, rel=0.1)


def test_the_same_seed_gives_the_same_fit() -> None:
    wet = render(chain(PROCESSORS, "distortion"), voice(0.4), RATE)
    start = [chain(PROCESSORS, "bell"), chain(PROCESSORS, "compressor")]
    one, two, other = (
        fit(start, voice(0.4), wet, RATE, cpu_seconds=None, renders=60, structure=False, seed=seed)
        for seed in (1, 1, 2)
    )
    assert one.graph == two.graph
    assert [m.cost for m in one.moments] == [m.cost for m in two.moments] != [m.cost for m in other.moments]


def test_a_late_recording_is_moved_back() -> None:
    truth = chain(PROCESSORS, ("distortion", {"gain_db": 30}))
    wet = delayed(render(truth, voice(), RATE), 882)
    fitted = fit(truth, voice(), wet, RATE, cpu_seconds=None, renders=4)
    assert fitted.delay_s == pytest.approx(0.02, abs=1 / RATE)
    assert fitted.after < 0.02


def test_several_sources_are_fitted_together() -> None:
    kick, snare = voice(), voice().flip(-1)
    nodes = (Node("kick"), Node("snare"), Node("lowpass2", {"frequency_hz": 800.0}), Node("mix"), Node("out"))
    truth = Graph(nodes, (Edge(0, 2), Edge(2, 3), Edge(1, 3), Edge(3, 4)))
    wet = render(truth, torch.stack([kick, snare]), RATE)
    start = truth.with_parameters(2, {"frequency_hz": 6_000.0})
    dry = {"snare": snare[:1], "kick": kick}
    fitted = fit(start, dry, wet, RATE, cpu_seconds=None, renders=60, structure=False)
    assert fitted.after < 0.2 * fitted.before


def test_a_fit_is_never_worse_than_its_beginning() -> None:
    truth = chain(PROCESSORS, ("distortion", {"gain_db": 30}))
    fitted = fit(truth, voice(), render(truth, voice(), RATE), RATE, cpu_seconds=None, renders=30)
    assert fitted.after <= fitted.before
    assert kinds_of(fitted.graph) == kinds_of(truth)


# --- what estimates give ----------------------------------------------------------------------------


def estimated(task: str) -> tuple[Estimate, dict[str, Tensor]]:
    """What a model of the task that has learned nothing makes of the voice, and dry signals."""
    if task == "mastering":
        return estimate(voice(), RATE, task), {"in": voice()}
    torch.manual_seed(0)
    model = build(preset(task, "debug", "proposed").model, Vocabulary.of(PROCESSORS, task))
    sources = TASK_SOURCES[task][:2]
    dry = {name: voice() / len(sources) for name in sources}
    return estimate(voice(), RATE, task, dry=dry, model=model, deciding=Deciding(beams=1, draws=3)), dry


def used(graph: Graph) -> set[str]:
    return {node.kind for node in graph.nodes if node.is_processor}


@pytest.mark.parametrize("task", ["singing", "drums", "mastering"])
def test_fit_takes_what_estimate_gives(task: str) -> None:
    found, dry = estimated(task)
    assert isinstance(found, Estimate)
    start = found.candidates[:2]
    fitted = fit(found, dry, voice(), RATE, cpu_seconds=None, renders=12)
    assert fitted.after <= fitted.before < math.inf
    same = fit(start, dry, voice(), RATE, cpu_seconds=None, renders=12)
    assert same.before == pytest.approx(fitted.before)
    family = MASTERING if task == "mastering" else EVERYDAY
    assert used(fitted.graph) <= family.keys()


@pytest.mark.parametrize("family", [PROCESSORS, MASTERING, CONSOLE, PUBLISHED])
def test_graphs_stay_in_their_family(family: Mapping[str, Processor]) -> None:
    kinds = [kind for kind, processor in family.items() if is_link(processor)][:3]
    graph = chain(KINDS, *kinds)
    assert family_of(kinds) is family
    player = GraphPlayer({"in": voice(0.1)}, RATE, family)
    changes = [moved(name, graph, player, Draw(seed)) for name in MOVES for seed in range(5)]
    assert any(changes)
    for change in filter(None, changes):
        assert used(change.graph) <= family.keys()
    assert family_of(["bell", "clipper"]) is KINDS


@pytest.mark.parametrize(
    ("graphs", "limit", "error", "message"),
    [
        ([], {}, ValueError, "needs a graph"),
        (None, {}, TypeError, "got NoneType"),
        (chain(PROCESSORS, "bell"), {"cpu_seconds": -1.0}, ValueError, "cpu_seconds is"),
        (chain(PROCESSORS, "bell"), {"cpu_seconds": math.nan}, ValueError, "cpu_seconds is"),
        (chain(PROCESSORS, "bell"), {"renders": 0}, ValueError, "renders is"),
    ],
)
def test_fit_needs_a_graph_and_a_budget(
    graphs: Any, limit: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        fit(graphs, voice(), voice(), RATE, **limit)
