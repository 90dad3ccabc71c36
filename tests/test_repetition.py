"""A recording's clearest repetition, and what becomes of delays in an estimate."""

import math

import numpy as np
import pytest
import torch

from unpatch.blind.models.calibration import Repeats, fitted_repeats
from unpatch.blind.repetition import Repetition, any_of, clearest, informed, with_delay
from unpatch.demo import embedded_voice
from unpatch.graph.build import Step, chain
from unpatch.processors import EVERYDAY
from unpatch.rendering import render

LINE = Repeats(1.0, 0.35, -7.5)
ECHO: Step = ("mono_delay", {"delay_ms": 347.0, "mix": 0.3, "feedback": 0.2})


def played(*steps: Step) -> torch.Tensor:
    """The embedded voice, four seconds of it, ``[1, 2, T]``."""
    audio, rate = embedded_voice()
    return render(chain(EVERYDAY, *steps), audio[:, rate : 5 * rate], rate, registry=EVERYDAY)[None]


@pytest.mark.parametrize("more", [(), ("highpass2",), (("compressor", {"threshold_db": -30.0}),)])
def test_the_time_of_a_delay_is_measured(more: tuple[Step, ...]) -> None:
    found = clearest(played(*more, ECHO), 44_100)
    assert found.delay_ms == pytest.approx(347, abs=2)
    assert found.height_db > 18


def test_a_voice_without_delay_has_no_high_peak() -> None:
    assert clearest(played(), 44_100).height_db < 18 < clearest(played(ECHO), 44_100).height_db


def test_silence_has_no_repetition() -> None:
    found = clearest(torch.zeros(1, 2, 88_200), 44_100)
    assert found.height_db == 0
    assert math.isfinite(found.delay_ms)


def test_a_repetition_moves_the_probability_of_delays_alone() -> None:
    presence = {"mono_delay": 0.15, "pingpong_delay": 0.05, "bell": 0.4}
    high, low = (informed(presence, Repetition(300, height), LINE, EVERYDAY) for height in (32.0, 10.0))
    assert high["bell"] == low["bell"] == 0.4
    delays = ("mono_delay", "pingpong_delay")
    assert any_of(low, delays) < 0.05 < any_of(presence, delays) < 0.85 < any_of(high, delays)
    assert high["mono_delay"] > high["pingpong_delay"]
    assert any_of(high, delays) == pytest.approx(LINE(any_of(presence, delays), 32.0))


def test_a_line_that_is_not_fitted_changes_nothing() -> None:
    presence = {"mono_delay": 0.15, "pingpong_delay": 0.05}
    found = informed(presence, Repetition(300, 30.0), Repeats(), EVERYDAY)
    assert found == pytest.approx(presence)


def test_a_graph_without_a_delay_stays_as_it_is() -> None:
    graph = chain(EVERYDAY, "highpass2", "stereo_reverb")
    assert with_delay(graph, Repetition(412.0, 30.0), {"mono_delay": 0.9}, EVERYDAY) == graph


def test_a_delay_that_is_there_gets_the_measured_time() -> None:
    graph = chain(EVERYDAY, ("pingpong_delay", {"delay_ms": 200.0, "feedback": 0.4}), "bell")
    found = with_delay(graph, Repetition(412.0, 30.0), {"mono_delay": 0.3, "pingpong_delay": 0.8}, EVERYDAY)
    assert [node.kind for node in found.nodes] == [node.kind for node in graph.nodes]
    assert found.nodes[1].parameters == {**graph.nodes[1].parameters, "delay_ms": 412.0}


def test_an_unlikely_delay_leaves_the_graph_as_it_is() -> None:
    graph = chain(EVERYDAY, "mono_delay")
    assert with_delay(graph, Repetition(412.0, 12.0), {"mono_delay": 0.3}, EVERYDAY) == graph


def test_the_line_is_that_of_greatest_likelihood() -> None:
    random = np.random.default_rng(0)
    truths = random.random(4_000) < 0.3
    heights = np.where(truths, random.normal(28, 4, 4_000), random.normal(14, 4, 4_000))
    line = fitted_repeats([0.3] * 4_000, heights.tolist(), truths.tolist())
    probabilities = np.array([line(0.3, height) for height in heights])
    assert probabilities.mean() == pytest.approx(truths.mean(), abs=0.01)
    assert (probabilities[truths] > 0.5).mean() > 0.9
    assert line.slope == pytest.approx((28 - 14) / 16, rel=0.15)
    assert fitted_repeats([0.3], [20.0], [True]) == Repeats()
