"""What every kind promises of its memory: it forgets when it says so, and plays the same in blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from scipy.signal import firwin
from torch import Tensor

from unpatch.declaration import Parameter, Processor
from unpatch.dsp import ringing
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.rendering.song import MARGIN_S, render_song

RATE = 8_000
LONGEST_S = 8.0
EQUAL = 1e-5  # of the peak: -100 dB
every_kind = pytest.mark.parametrize("kind", KINDS)


def knobs_of(kind: str) -> Mapping[str, Parameter]:
    return {**KINDS[kind].parameters, **KINDS[kind].curves}


def extremes(kind: str) -> list[dict[str, Any]]:
    """Default, all low, all high, and each knob at each of its ends with the others low, then high."""
    knobs = knobs_of(kind)
    low, high = ({name: _filled(knob, end) for name, knob in knobs.items()} for end in ("low", "high"))
    turned = [{**base, name: other[name]} for base, other in ((low, high), (high, low)) for name in knobs]
    return [{name: knob.value for name, knob in knobs.items()}, low, high, *turned]


def _filled(knob: Parameter, end: str) -> Any:
    value = getattr(knob, end)
    return value if knob.size == 1 else (value,) * knob.size


def noise(frames: int, seed: int, rows: int = 1) -> Tensor:
    """Up to 0.4 of the sample rate: at half of it a delay by half a sample rings for ever."""
    white = torch.randn(rows, 2, frames + 400, generator=torch.Generator().manual_seed(seed))
    taps = torch.from_numpy(firwin(201, 0.8)).float()[None, None]
    band = torch.nn.functional.conv1d(white.reshape(-1, 1, frames + 400), taps)[..., 100 : 100 + frames]
    return 0.3 * band.reshape(rows, 2, frames)


def feed(processor: Processor, audio: Tensor) -> dict[str, Tensor]:
    """The audio at each audio inlet; a full swing, four times a second, at needed control inlets."""
    swing = torch.sin(2 * torch.pi * 4 * torch.arange(audio.shape[-1]) / RATE).expand(len(audio), 1, -1)
    return {p.name: audio if p.signal == "audio" else swing for p in processor.inlets if p.required}


@pytest.mark.parametrize("damping", [0.01, 0.3, 1.9, 2.0, 2.1, 5.0, 40.0])
@pytest.mark.parametrize("share", [0.001, 0.02, 0.1, 0.24, 0.4, 0.47])
def test_a_section_rings_as_long_as_its_slowest_pole(damping: float, share: float) -> None:
    """Poles of ``s^2 + damping w s + w^2`` by the bilinear transform; one below 0 alternates in sign."""
    g = np.tan(np.pi * share)
    analog = np.roots([1.0, damping * g, g * g])
    slowest = np.abs((1 + analog) / (1 - analog)).max()
    found = ringing.section(np.array([share * RATE]), np.array([damping]), RATE)
    expected = ringing.NEPERS / (-np.log(slowest) * RATE)
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("kind", [kind for kind, p in KINDS.items() if p.inlets and not p.stream])
def test_what_came_before_the_tail_and_comes_after_the_lead_is_not_heard(kind: str) -> None:
    """At all extremes that forget within 8 s: what follows is equal after noise and after silence."""
    processor, tried = KINDS[kind], 0
    moved = [port.name for port in processor.inlets if port.required]
    for values in extremes(kind):
        memory = processor.memory(values, RATE, moved)
        margin_s = MARGIN_S if processor.domain != "time" else 0.0
        tail, lead = (round((s + margin_s) * RATE) + 1 for s in (memory.tail_s, memory.lead_s))
        if memory.tail_s < LONGEST_S:
            tried += 1
            _assert_forgotten(processor, values, tail)
            if lead > 1:
                _assert_not_foreseen(processor, values, lead)
    assert tried > 1


def _assert_forgotten(processor: Processor, values: Mapping[str, Any], tail: int) -> None:
    before, behind = RATE // 2, RATE // 4
    audio = noise(before + tail + behind, 1, rows=2)
    audio[1] = audio[0]
    audio[1, :, :before] = 0
    for made in processor(feed(processor, audio), sample_rate=RATE, **values).values():
        apart = (made[0] - made[1])[:, before + tail :].abs().max()
        assert apart <= EQUAL * made.abs().max(), (values, float(apart / made.abs().max()))


def _assert_not_foreseen(processor: Processor, values: Mapping[str, Any], lead: int) -> None:
    before, behind = RATE // 4, RATE // 2
    audio = noise(before + lead + behind, 2, rows=2)
    audio[1] = audio[0]
    audio[1, :, before + lead :] = 0
    for made in processor(feed(processor, audio), sample_rate=RATE, **values).values():
        assert (made[0] - made[1])[:, :before].abs().max() <= EQUAL * made.abs().max()


def playing(kind: str, values: Mapping[str, Any]) -> Graph:
    """A source through one kind: all audio inlets from the source, needed knobs moved by an oscillator.

    What comes out as a control signal moves the place of the source.
    """
    processor, knobs = KINDS[kind], KINDS[kind].parameters
    plain = {name: value for name, value in values.items() if name in knobs}
    curves = {name: value for name, value in values.items() if name not in knobs}
    lfo = Node("mono_lfo", {"frequency_hz": 3.0, "phase": 0.2})
    nodes = [Node("in"), lfo, Node(kind, plain, curves=curves), Node("panning", {"pan": 0.2}), Node("out")]
    edges = [Edge(0, 2, inlet=p.name) for p in processor.inlets if p.signal == "audio"]
    edges += [Edge(1, 2, "lfo", p.name) for p in processor.inlets if p.signal == "control" and p.required]
    for port in processor.outlets:
        edges += [Edge(2, 4, port.name) if port.signal == "audio" else Edge(2, 3, port.name, "pan")]
    moved = [Edge(0, 3), Edge(3, 4)] if any(edge.target == 3 for edge in edges) else []
    return _without_idle(nodes, edges + moved)


def _without_idle(nodes: list[Node], edges: list[Edge]) -> Graph:
    used = sorted({end for edge in edges for end in (edge.source, edge.target)})
    place = {node: i for i, node in enumerate(used)}
    kept = (Edge(place[e.source], place[e.target], e.outlet, e.inlet, e.gain) for e in edges)
    return Graph(tuple(nodes[i] for i in used), tuple(kept))


@every_kind
@pytest.mark.parametrize(("frames", "block", "rate"), [(3_000, 700, 8_000), (20, 1, 44_100), (9, 4, 192_000)])
def test_blocks_are_the_whole(kind: str, frames: int, block: int, rate: int) -> None:
    """With and without the energy rule; at default, lowest and highest settings.

    Half dry where there is a weight: within so few samples no repeat is heard yet.
    """
    audio = noise(frames, 3)[0]
    for values in extremes(kind)[: 3 if frames > 100 else 1]:
        half = {"weight": 0.5} if "weight" in values and frames < 100 else {}
        graph = playing(kind, {**values, **half})
        for energy in (False, True):
            whole = render(graph, audio, rate, energy=energy)
            found = render_song(graph, audio[None], rate, energy=energy, block=block)
            peak = max(float(whole.abs().max()), float(audio.abs().max()))
            assert (found - whole).abs().max() <= EQUAL * peak, (values, energy)


def test_a_kind_with_settings_at_hand_says_how_long_it_rings() -> None:
    """Against closed forms: a resonance decays by exp(-pi f / q), an echo by its feedback."""
    low = KINDS["lowpass2"].memory({"frequency_hz": 50.0, "q": 10.0}, 44_100.0).tail_s
    assert low == pytest.approx(150 / (20 * 0.4342945 * torch.pi * 50 / 10), rel=1e-3)
    echo = KINDS["chorus"].memory({"delay_ms": 20.0, "feedback": 0.5}, 44_100.0).tail_s
    assert echo == pytest.approx(0.02 * (1 + 150 / 6.0206), rel=1e-3)
    moved = KINDS["chorus"].memory({"delay_ms": 20.0, "feedback": 0.5}, 44_100.0, ["mod"]).tail_s
    assert moved == pytest.approx(2 * echo, rel=1e-3)


@every_kind
def test_kinds_that_never_forget_are_streamed_and_no_others(kind: str) -> None:
    processor = KINDS[kind]
    assert (processor.stream is None) == processor.memory({}, 44_100.0).is_bounded


@pytest.mark.parametrize("kind", [kind for kind, p in KINDS.items() if p.stream])
@pytest.mark.parametrize("size", [1, 379, 4_096])
def test_pieces_of_a_stream_do_not_matter(kind: str, size: int) -> None:
    processor, audio = KINDS[kind], noise(3_000, 4)[0]
    for values in extremes(kind):
        stream = processor.streamed(values, RATE)
        pieces = [stream.push(piece) for piece in torch.split(audio, size, -1)]
        whole = processor({"input": audio[None]}, sample_rate=RATE, **values)["out"][0]
        torch.testing.assert_close(torch.cat([*pieces, stream.flush()], -1), whole, rtol=0, atol=0)
