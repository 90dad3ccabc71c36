"""Delays of a console: their times are listened for, and no step of a fit moves them."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from unpatch.graph.data import Graph
from unpatch.mixing.console import WEIGHT, console, letter_of, prunable
from unpatch.mixing.echoes import QUIET, with_echoes
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.fitting import Fit, echo_steps
from unpatch.mixing.loss import MixLossSettings
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import FitSettings, SegmentSettings
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.rendering.parameters import read
from unpatch.synth.draw import Draw

RATE, SECONDS = 16_000, 6.0
NAMES = {"drum": "all", "voice": "all"}


def tracks() -> Tensor:
    """Two bursts of noise that do not repeat within a second, ``[2, 2, T]``."""
    generator = torch.Generator().manual_seed(3)
    frames = round(SECONDS * RATE)
    time = torch.arange(frames) / RATE
    swells = torch.stack([torch.exp(-4 * (time % length)) for length in (1.3, 1.7)])
    return 0.2 * torch.randn(2, 2, frames, generator=generator) * swells[:, None]


def delays(graph: Graph) -> list[int]:
    return [n for n in prunable(graph) if letter_of(graph.nodes[n].kind) == "d"]


def dry_console() -> Graph:
    """Gains and delays, the delays all but off."""
    graph = console(NAMES, chain="gd", lone=False)
    for node in prunable(graph):
        weight = 0.1 if letter_of(graph.nodes[node].kind) == "d" else 1.0
        graph = graph.with_parameters(node, {WEIGHT: weight})
    return graph


def judged(mix_graph: Graph, audio: Tensor) -> Evaluator:
    mix = render(mix_graph, audio, RATE, energy=False)
    settings = SegmentSettings(length_s=3.0, warmup_s=0.5, judged=3)
    return Evaluator(StemsAndMix(audio, mix, RATE, settings), MixLossSettings(warmup_s=0.5))


def silent(graph: Graph) -> Graph:
    for node in delays(graph):
        graph = graph.with_parameters(node, {WEIGHT: 0.0})
    return graph


@pytest.mark.parametrize("delay_ms", [41.7, 187.3, 622.2])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_echo_is_found_where_it_is(place: int, delay_ms: float) -> None:
    """On either track or on the bus: its time within 0.1 ms, its other knobs nearly, and what it is worth."""
    graph = silent(dry_console())
    node = delays(graph)[place]
    knobs = {"delay_ms": delay_ms, "feedback": 0.4, "lowpass_hz": 3_000.0, "highpass_hz": 200.0}
    true = graph.with_parameters(node, {**knobs, WEIGHT: 0.35})
    evaluator = judged(true, tracks())
    found = with_echoes(dry_console(), evaluator)
    heard = found.nodes[node].parameters
    assert heard["delay_ms"] == pytest.approx(delay_ms, abs=0.1)
    assert heard["feedback"] == pytest.approx(0.4, abs=0.2)
    assert heard["lowpass_hz"] == pytest.approx(3_000, rel=0.25)
    assert heard[WEIGHT] == pytest.approx(0.35, abs=0.1)
    others = [n for n in delays(graph) if n != node]
    assert {found.nodes[n].parameters[WEIGHT] for n in others} <= {QUIET, 0.1}


def test_no_echo_is_found_where_there_is_none() -> None:
    """Delays that there is no need for are turned down."""
    graph = dry_console()
    wanted = graph
    for node in delays(graph):
        wanted = wanted.with_parameters(node, {WEIGHT: QUIET})
    assert with_echoes(graph, judged(silent(graph), tracks())) == wanted


def test_echoes_of_a_track_that_is_aligned() -> None:
    """Its alignment is in the strip, too, and has no weight."""
    graph = console(NAMES, chain="gd", lone=False, aligned=["drum"])
    for node in prunable(graph):
        gain = letter_of(graph.nodes[node].kind) == "g"
        graph = graph.with_parameters(node, {WEIGHT: 1.0 if gain else 0.0})
    node = delays(graph)[0]
    true = graph.with_parameters(node, {"delay_ms": 187.3, WEIGHT: 0.35})
    heard = with_echoes(graph, judged(true, tracks())).nodes[node].parameters
    assert heard["delay_ms"] == pytest.approx(187.3, abs=0.1)


def test_steps_do_not_move_a_time() -> None:
    """All other knobs of the delay move."""
    graph = dry_console()
    evaluator = judged(silent(graph), tracks())
    fit = Fit(graph, evaluator, FitSettings())
    adam, _ = fit.stepped(fit.initial_adam(), Draw(0), 0.05, 0.0)
    after, node = fit.written(adam), delays(graph)[0]
    before, moved = (read(one, KINDS, edges=False) for one in (graph, after))
    changed = {
        slot.name
        for slot, was, now in zip(before.slots, before.values, moved.values, strict=True)
        if slot.owner == node and abs(float(was - now)) > 1e-9
    }
    assert changed == {"feedback", "lowpass_hz", "highpass_hz", WEIGHT}
    moving = Fit(graph, evaluator, replace(FitSettings(), still=()))
    assert int(moving.free.sum()) == int(fit.free.sum()) + 2 * len(delays(graph))


def test_when_it_is_listened() -> None:
    assert echo_steps(400, FitSettings()) == {100, 200}
    assert echo_steps(400, FitSettings(listen=())) == set()
