"""Graphs of a decision: what is improbable is left out, and stored examples have their repetition."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from unpatch.blind.models.deciding import FOUNDED
from unpatch.blind.proposals import founded, repetition_of
from unpatch.demo import embedded_voice
from unpatch.features.echoes import EchoSignal, echo_pictures
from unpatch.features.pictures import quantised
from unpatch.graph.build import Step, chain
from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.processors import EVERYDAY
from unpatch.rendering import render
from unpatch.synth.shards import Stored

ECHOES: tuple[EchoSignal, ...] = ("left", "right", "mid", "side")
ECHO: Step = ("mono_delay", {"delay_ms": 347.0, "mix": 0.3, "feedback": 0.2})


def confident(graph: Graph, confidences: Sequence[float]) -> Graph:
    """The graph with confidences of its processors in order."""
    left = iter(confidences)
    nodes = [replace(node, confidence=next(left)) if node.is_processor else node for node in graph.nodes]
    return replace(graph, nodes=tuple(nodes))


def kinds(graph: Graph) -> list[str]:
    return [node.kind for node in graph.nodes if node.is_processor]


def test_an_improbable_effect_is_left_out_and_the_others_stay_connected() -> None:
    graph = confident(chain(EVERYDAY, "compressor", "pitchshift", "mono_reverb"), (0.6, FOUNDED / 2, 0.3))
    found = check(founded(graph, EVERYDAY), EVERYDAY)
    assert kinds(found) == ["compressor", "mono_reverb"]
    assert [node.confidence for node in found.nodes if node.is_processor] == [0.6, 0.3]


def test_what_moved_an_improbable_effect_goes_with_it() -> None:
    graph = chain(EVERYDAY, "compressor", ("chorus", {"mod": "mono_lfo"}))
    marks = [FOUNDED / 2 if node.kind == "chorus" else 0.9 for node in graph.nodes if node.is_processor]
    assert kinds(founded(confident(graph, marks), EVERYDAY)) == ["compressor"]


def test_of_improbable_effects_alone_nothing_is_left() -> None:
    graph = confident(chain(EVERYDAY, "bell", "bitcrush"), (0.0, FOUNDED / 2))
    assert kinds(check(founded(graph, EVERYDAY), EVERYDAY)) == []


def test_a_graph_of_probable_effects_is_as_it_was() -> None:
    graph = confident(chain(EVERYDAY, "bell", "bitcrush"), (FOUNDED, 1.0))
    assert founded(graph, EVERYDAY) == graph


def stored(**parts: object) -> Stored:
    """An example of a voice behind a delay, with some parts."""
    graph = chain(EVERYDAY, ECHO)
    return Stored("0", graph, {"sample_rate": 44_100, "pictures": {"echoes": ECHOES}}, **parts)  # type: ignore[arg-type]


def test_cepstra_dry_and_wet_audio_have_the_same_repetition() -> None:
    audio, rate = embedded_voice()
    dry = audio[:1, rate : 5 * rate]
    wet = render(chain(EVERYDAY, ECHO), dry[:, None], rate, registry=EVERYDAY)
    cepstra = quantised(echo_pictures(wet[None], ECHOES, rate)[0])
    for parts in ({"dry": dry}, {"wet": wet}, {"echoes": np.asarray(cepstra)}):
        found = repetition_of(stored(**parts), EVERYDAY)
        assert found is not None and found.delay_ms == pytest.approx(347, abs=2), parts.keys()
        assert found.height_db > 18


def test_an_example_without_cepstra_and_sound_has_none() -> None:
    assert repetition_of(stored(), EVERYDAY) is None
