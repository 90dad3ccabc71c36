"""The renderer against its oracle, and the energy rule against its definition."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.random_graphs import random_graph
from unpatch.graph.build import chain
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.processors import PROCESSORS
from unpatch.rendering import bake, oracle, render, render_batch, walk
from unpatch.rendering.parameters import read
from unpatch.rendering.schedule import EdgeIndex, schedule

SAMPLE_RATE = 44_100
FRAMES = 1_500


def noise(seed: int, frames: int = FRAMES) -> Tensor:
    return 0.2 * torch.randn(2, frames, generator=torch.Generator().manual_seed(seed))


def energy(signal: Tensor) -> float:
    return float(signal.double().square().sum())


@pytest.fixture(scope="module")
def graphs() -> list[Graph]:
    return [random_graph(seed) for seed in range(200)]


@pytest.fixture(scope="module")
def sources() -> list[Tensor]:
    return [noise(seed) for seed in range(200)]


def test_random_graphs_hold_every_kind(graphs: list[Graph]) -> None:
    assert {node.kind for graph in graphs for node in graph.nodes if node.is_processor} == set(PROCESSORS)


@pytest.mark.parametrize("rule", [True, False])
def test_batched_equals_oracle_on_200_graphs_of_all_kinds(
    graphs: list[Graph], sources: list[Tensor], rule: bool
) -> None:
    """In double precision: the energy rule amplifies rounding without bound, as of a high-pass on bass."""
    exact = [audio.double() for audio in sources]
    batched = render_batch(graphs, exact, SAMPLE_RATE, energy=rule)
    plain = torch.stack([oracle(g, x, SAMPLE_RATE, energy=rule) for g, x in zip(graphs, exact, strict=True)])
    torch.testing.assert_close(batched, plain, rtol=0, atol=1e-6)


def test_one_graph_alone_equals_the_same_graph_in_a_batch(graphs: list[Graph], sources: list[Tensor]) -> None:
    batched = render_batch(graphs[:8], sources[:8], SAMPLE_RATE)
    for graph, audio, expected in zip(graphs[:8], sources[:8], batched, strict=True):
        torch.testing.assert_close(render(graph, audio, SAMPLE_RATE), expected, rtol=0, atol=1e-5)


def test_sources_are_left_as_they_were(graphs: list[Graph], sources: list[Tensor]) -> None:
    before = [audio.clone() for audio in sources[:50]]
    render_batch(graphs[:50], sources[:50], SAMPLE_RATE)
    assert all(torch.equal(was, now) for was, now in zip(before, sources[:50], strict=True))


def test_a_signal_read_twice_is_not_changed_by_its_first_reader() -> None:
    """``mix`` may hand on its input; scaling what comes after must not reach the other branch."""
    nodes = (Node("in"), Node("bell"), Node("mix"), Node("lowpass2", {"frequency_hz": 300.0}), Node("out"))
    edges = (Edge(0, 1), Edge(1, 2), Edge(2, 3), Edge(3, 4), Edge(1, 4, gain=0.5))
    graph = Graph(nodes, edges)
    torch.testing.assert_close(
        render(graph, noise(0), SAMPLE_RATE), oracle(graph, noise(0), SAMPLE_RATE), rtol=0, atol=1e-6
    )


def test_several_sources_come_in_node_order() -> None:
    nodes = (Node("kick"), Node("snare"), Node("out"))
    graph = Graph(nodes, (Edge(0, 2, gain=0.25), Edge(1, 2, gain=-1.0)))
    audio = torch.stack([noise(0), noise(1)])
    expected = 0.25 * audio[0] - audio[1]
    torch.testing.assert_close(render(graph, audio, SAMPLE_RATE), expected)
    torch.testing.assert_close(oracle(graph, audio, SAMPLE_RATE), expected)


def test_mono_is_heard_on_both_sides() -> None:
    graph = Graph((Node("in"), Node("out")), (Edge(0, 1),))
    mono = noise(0)[:1]
    assert torch.equal(render(graph, mono, SAMPLE_RATE), mono.expand(2, -1))
    assert torch.equal(render(graph, mono[0], SAMPLE_RATE), mono.expand(2, -1))


@pytest.mark.parametrize("shape", [(2, 2, 9), (3, 9), (1, 1, 2, 9)])
def test_wrong_sources_are_named(shape: Sequence[int]) -> None:
    graph = Graph((Node("in"), Node("out")), (Edge(0, 1),))
    with pytest.raises(ValueError, match=r"1 source.*got \["):
        render(graph, torch.zeros(shape), SAMPLE_RATE)


@pytest.mark.parametrize(("lengths", "said"), [((10, 12), r"\[10, 12\]"), ((), "none")])
def test_a_batch_has_one_length(lengths: Sequence[int], said: str) -> None:
    graph = Graph((Node("in"), Node("out")), (Edge(0, 1),))
    with pytest.raises(ValueError, match=f"one length, got {said}"):
        render_batch([graph] * len(lengths), [noise(0, frames) for frames in lengths], SAMPLE_RATE)


def test_invalid_graphs_are_refused() -> None:
    cycle = Graph(
        (Node("in"), Node("mix"), Node("mix"), Node("out")), (Edge(0, 1), Edge(1, 2), Edge(2, 1), Edge(2, 3))
    )
    for way in (render, oracle):
        with pytest.raises(GraphError, match="cycle"):
            way(cycle, noise(0), SAMPLE_RATE)


# The energy rule


def _processors_over(signal: Tensor, kind: str, **values: float) -> dict[str, Tensor]:
    graph = chain(PROCESSORS, (kind, values))
    return {
        outlet: x[0] for (node, outlet), x in walk(graph, signal, SAMPLE_RATE).signals.items() if node == 1
    }


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("lowpass2", {"frequency_hz": 200.0}),
        ("bell", {"gain_db": 18.0}),
        ("distortion", {"gain_db": 30.0}),
        ("imager", {"width": 1.7}),
        ("crossover", {"frequency_hz": 3_000.0}),
        ("midside_split", {}),
    ],
)
def test_energy_out_is_energy_in(kind: str, values: dict[str, float]) -> None:
    audio = noise(3, 20_000)
    outputs = _processors_over(audio, kind, **values)
    assert sum(map(energy, outputs.values())) == pytest.approx(energy(audio), rel=1e-5)


def test_outlets_keep_their_balance() -> None:
    audio = noise(3, 20_000)
    raw = PROCESSORS["crossover"]({"input": audio[None]}, sample_rate=SAMPLE_RATE, frequency_hz=500.0)
    ruled = _processors_over(audio, "crossover", frequency_hz=500.0)
    assert energy(ruled["low"]) / energy(ruled["high"]) == pytest.approx(
        energy(raw["low"]) / energy(raw["high"]), rel=1e-5
    )


def test_a_sidechain_steers_but_its_energy_does_not_pass() -> None:
    nodes = (Node("kick"), Node("snare"), Node("compressor", {"threshold_db": -30.0}), Node("out"))
    graph = Graph(nodes, (Edge(0, 2), Edge(1, 2, inlet="sidechain"), Edge(2, 3)))
    audio = torch.stack([noise(0), 5 * noise(1)])
    assert energy(render(graph, audio, SAMPLE_RATE)) == pytest.approx(energy(audio[0]), rel=1e-5)


def test_silence_stays_silent_and_finite() -> None:
    graph = chain(PROCESSORS, "highpass2", "compressor", "mono_reverb")
    assert torch.equal(render(graph, torch.zeros(2, 500), SAMPLE_RATE), torch.zeros(2, 500))


def test_a_closed_gate_is_not_blown_up() -> None:
    graph = chain(PROCESSORS, ("imager", {"width": 0.0}))
    antiphase = noise(0)[:1] * torch.tensor([[1.0], [-1.0]])
    assert energy(render(graph, antiphase, SAMPLE_RATE)) <= 1e-12 * energy(antiphase)


# Baking


def _with_unit_gains(graph: Graph) -> Graph:
    return replace(graph, edges=tuple(replace(edge, gain=1.0) for edge in graph.edges))


def test_baked_graphs_sound_the_same_without_the_rule(graphs: list[Graph], sources: list[Tensor]) -> None:
    some = [_with_unit_gains(graph) for graph in graphs[:40]]
    baked = [bake(graph, audio, SAMPLE_RATE) for graph, audio in zip(some, sources[:40], strict=True)]
    ruled = render_batch(some, sources[:40], SAMPLE_RATE)
    free = render_batch(baked, sources[:40], SAMPLE_RATE, energy=False)
    torch.testing.assert_close(free, ruled, rtol=1e-5, atol=1e-5)


def test_baking_multiplies_gains_that_were_there_and_leaves_control_edges() -> None:
    nodes = (Node("in"), Node("mono_lfo"), Node("bell", {"gain_db": 20.0}), Node("out"))
    graph = Graph(nodes, (Edge(0, 2, gain=0.5), Edge(1, 2, "lfo", "gain", 0.3), Edge(2, 3, gain=-0.5)))
    baked = bake(graph, noise(0), SAMPLE_RATE)
    assert [edge.gain for edge in baked.edges[:2]] == [0.5, 0.3]
    assert -0.5 < baked.edges[2].gain < 0
    torch.testing.assert_close(
        render(baked, noise(0), SAMPLE_RATE, energy=False), render(graph, noise(0), SAMPLE_RATE)
    )


def test_a_baked_graph_is_causal() -> None:
    graph = chain(PROCESSORS, "lowpass2", ("distortion", {"gain_db": 20.0}))
    baked = bake(graph, noise(0), SAMPLE_RATE)
    half = FRAMES // 2
    whole, part = (render(baked, x, SAMPLE_RATE, energy=False) for x in (noise(0), noise(0)[:, :half]))
    torch.testing.assert_close(whole[:, :half], part, rtol=0, atol=1e-6)


# Walking


def test_audio_elsewhere_than_on_the_cpu_is_refused() -> None:
    with pytest.raises(ValueError, match="runs on the CPU, got audio on meta"):
        render(chain(PROCESSORS, "bell"), torch.zeros(2, 100, device="meta"), SAMPLE_RATE)


def test_numbers_must_be_those_of_the_graphs() -> None:
    graph, other = chain(PROCESSORS, "bell"), chain(PROCESSORS, "bell", "bell")
    for count in (0, 2):
        with pytest.raises(ValueError, match=f"1 graph.* got {count}"):
            render_batch([graph], [noise(0)], SAMPLE_RATE, numbers=[read(graph)] * count)
    for wrong in (other, chain(PROCESSORS, "compressor")):
        with pytest.raises(ValueError, match="graph 0 were read from another graph"):
            render(graph, noise(0), SAMPLE_RATE, numbers=read(wrong))


def test_known_signals_bypass_a_node() -> None:
    graph = chain(PROCESSORS, "bell", ("distortion", {"gain_db": 20.0}))
    bypassed = walk(graph, noise(0), SAMPLE_RATE, known={(1, "out"): noise(0)[None]})
    expected = render(chain(PROCESSORS, ("distortion", {"gain_db": 20.0})), noise(0), SAMPLE_RATE)
    torch.testing.assert_close(bypassed.audio, expected)


# Scheduling


def test_steps_respect_dependencies_and_cover_each_node_once(graphs: list[Graph]) -> None:
    wirings = [EdgeIndex(graph) for graph in graphs]
    done = {(g, source) for g, graph in enumerate(graphs) for source in graph.sources}
    for step in schedule(graphs, wirings):
        for g, node in step.places:
            assert graphs[g].nodes[node].kind == step.kind
            assert all((g, edge.source) in done for edge in graphs[g].edges_into(node))
        assert done.isdisjoint(step.places)
        done.update(step.places)
    assert len(done) == sum(len(graph) - 1 for graph in graphs)


def test_equal_chains_need_one_call_per_kind() -> None:
    graph = chain(PROCESSORS, "highpass2", "bell", "compressor")
    steps = schedule([graph] * 5, [EdgeIndex(graph)] * 5)
    assert [(step.kind, len(step.places)) for step in steps] == [
        ("highpass2", 5),
        ("bell", 5),
        ("compressor", 5),
    ]


def test_a_long_batch_takes_far_fewer_calls_than_nodes(graphs: list[Graph]) -> None:
    steps = schedule(graphs, [EdgeIndex(graph) for graph in graphs])
    assert len(steps) < 0.15 * sum(graph.processor_count for graph in graphs)


# Gradients


def test_gradient_through_the_energy_rule_in_double() -> None:
    graph = chain(PROCESSORS, ("imager", {"width": 1.6}), ("panning", {"pan": 0.4}))
    audio = noise(0, 24).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: render(graph, x, SAMPLE_RATE), audio, atol=1e-6)


def test_gradient_of_a_loudness_follows_the_edge_gain() -> None:
    """Through an edge of gain g into ``out`` power goes with g squared."""
    graph = Graph((Node("in"), Node("mix"), Node("out")), (Edge(0, 1), Edge(1, 2, gain=0.5)))
    numbers = read(graph)
    moving = numbers.values.clone().requires_grad_()
    power = render(graph, noise(0), SAMPLE_RATE, numbers=numbers.moved(moving)).double().square().sum()
    power.backward()  # type: ignore[no-untyped-call]
    assert moving.grad is not None
    assert math.isclose(float(moving.grad[1]), 2 * power.item() / 0.5, rel_tol=1e-4)
