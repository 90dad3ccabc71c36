"""Processors that work on spectra: transforms, curves of many values, and spectra on the wires of a graph."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from unpatch.declaration import amount, db, ms, processor
from unpatch.dsp.spectrum import Spectrum, fast_size
from unpatch.graph.check import check, complete
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.graph.order import topological_order
from unpatch.processors import CONSOLE, EVERYDAY, KINDS, MASTERING, PUBLISHED
from unpatch.processors.bell import bell
from unpatch.processors.compressor import compressor
from unpatch.processors.mix import mix
from unpatch.rendering import oracle, parameters, render, render_batch
from unpatch.rendering.ringing import room_s

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unpatch.declaration import Audio, Bins

RATE, FRAMES = 8_000, 3_000


@processor(family="test", lti=True, tail_s=0.1)
def echo(
    input: Spectrum,
    *,
    sample_rate: float,
    delay_ms: Tensor = ms(1, 100, 30),
    gain: Tensor = amount(-1, 1, 0.5),
) -> Spectrum:
    """One echo, after whole samples: what lies between them would ring in both directions."""
    delay_s = (delay_ms / 1000 * sample_rate).round() / sample_rate
    turn = -2 * math.pi * input.frequencies_hz(sample_rate) * delay_s
    return Spectrum(input.bins * (1 + gain * torch.polar(torch.ones_like(turn), turn)), input.size)


@processor(family="test", lti=True, tail_s=0.01)
def taps(
    input: Spectrum, *, sample_rate: float, response: Tensor = amount(-1, 1, 0.25, size=4, doc="taps")
) -> Spectrum:
    """A short impulse response."""
    return Spectrum(input.bins * torch.fft.rfft(response, input.size), input.size)


@processor(family="test", lti=True)
def louder(input: Bins, *, sample_rate: float, gain_db: Tensor = db(-24, 24, 6)) -> Bins:
    """A gain."""
    return input * 10 ** (gain_db / 20)


@processor(family="test")
def bent(input: Audio, *, sample_rate: float, drive: Tensor = amount(0, 4, 1)) -> Audio:
    """What is not linear."""
    return torch.tanh(drive * input)


TOYS = {p.kind: p for p in (echo, taps, louder, bent, mix, bell, compressor)}
LINKS = ("echo", "taps", "louder", "bent", "bell")


def noise(*shape: int, seed: int = 0) -> Tensor:
    return 0.3 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("frames", [1, 2, 3, 173_999, 44_101])
def test_fast_sizes_are_even_and_have_small_factors(frames: int) -> None:
    size = fast_size(frames)
    assert size >= frames and size % 2 == 0 and size <= 1.1 * frames + 2
    for prime in (2, 3, 5):
        while size % prime == 0:
            size //= prime
    assert size == 1


def test_a_spectrum_comes_back() -> None:
    audio = noise(3, 2, FRAMES)
    spectrum = Spectrum.of(audio, fast_size(FRAMES + 100))
    torch.testing.assert_close(spectrum.samples(FRAMES), audio)
    assert spectrum.frequencies_hz(RATE)[-1] == RATE / 2
    with pytest.raises(ValueError, match="even size from there on, got 2999"):
        Spectrum.of(audio, FRAMES - 1)


def test_samples_in_samples_out() -> None:
    audio = noise(1, 2, FRAMES)
    (made,) = echo({"input": audio}, sample_rate=RATE, delay_ms=10.0, gain=0.5).values()
    expected = audio.clone()
    expected[..., 80:] += 0.5 * audio[..., :-80]
    torch.testing.assert_close(made, expected)


def test_curves_are_convolved_with_as_they_stand() -> None:
    audio, response = noise(1, 2, FRAMES), (0.5, -0.25, 0.125, 1.0)
    (made,) = taps({"input": audio}, sample_rate=RATE, response=response).values()
    expected = np.apply_along_axis(lambda x: np.convolve(x, response)[:FRAMES], -1, audio.numpy())
    torch.testing.assert_close(made, torch.from_numpy(expected))


def test_declarations_tell_knobs_from_curves() -> None:
    assert set(taps.parameters) == set() and taps.curves["response"].size == 4
    assert (echo.domain, louder.domain, bent.domain) == ("frequency", "either", "time")
    assert taps.curves["response"].value == (0.25,) * 4
    with pytest.raises(ValueError, match="it has response"):
        taps({"input": noise(1, 2, 10)}, sample_rate=RATE, gain=1.0)


def test_registries_do_not_overlap() -> None:
    assert len(KINDS) == len(EVERYDAY) + len(CONSOLE) + len(PUBLISHED) + len(MASTERING)


def strips(chains: Sequence[Sequence[str]], bus: Sequence[str], seed: int = 0) -> Graph:
    """Tracks with a chain each, summed into a bus with one of its own."""
    draw = np.random.default_rng(seed)
    nodes: list[Node] = [Node("in", name=f"track {i}") for i in range(len(chains))]
    edges: list[Edge] = []

    def follow(last: int, chain: Sequence[str]) -> int:
        for kind in chain:
            declared = TOYS[kind]
            values = {n: k.from_unit(float(draw.uniform())) for n, k in declared.parameters.items()}
            curves = {n: tuple(draw.uniform(-1, 1, k.size)) for n, k in declared.curves.items()}
            nodes.append(Node(kind, values, curves=curves))
            edges.append(Edge(last, len(nodes) - 1))
            last = len(nodes) - 1
        return last

    ends = [follow(i, chain) for i, chain in enumerate(chains)]
    nodes.append(Node("mix", name="bus"))
    edges += [Edge(end, len(nodes) - 1, gain=float(draw.choice([1.0, 0.5, -1.0]))) for end in ends]
    last = follow(len(nodes) - 1, bus)
    nodes.append(Node("out"))
    edges.append(Edge(last, len(nodes) - 1))
    return complete(check(Graph(tuple(nodes), tuple(edges)), TOYS), TOYS)


CHAINS = st.lists(st.sampled_from(LINKS), max_size=4)


@settings(max_examples=40, deadline=None)
@given(st.lists(CHAINS, min_size=1, max_size=4), CHAINS, st.integers(0, 99))
def test_spectra_on_the_wires_sound_like_one_node_after_another(
    chains: list[list[str]], bus: list[str], seed: int
) -> None:
    graph, sources = strips(chains, bus, seed), noise(len(chains), 2, FRAMES, seed=seed)
    slow = oracle(graph, sources, RATE, energy=False, registry=TOYS)
    torch.testing.assert_close(render(graph, sources, RATE, energy=False, registry=TOYS), slow)
    numbers = parameters.read(graph, TOYS, edges=False)
    moved = render(graph, sources, RATE, numbers=numbers, energy=False, registry=TOYS)
    torch.testing.assert_close(moved, slow)


def test_batches_of_graphs_and_the_energy_rule() -> None:
    chains = ([["echo", "bent", "taps"], ["taps"]], [["taps", "echo"], ["bell", "echo"]])
    graphs = [strips(each, ["louder", "echo"], seed=i) for i, each in enumerate(chains)]
    sources = [noise(2, 2, FRAMES, seed=i) for i in range(2)]
    for energy in (False, True):
        found = render_batch(graphs, sources, RATE, energy=energy, registry=TOYS)
        for graph, audio, one in zip(graphs, sources, found, strict=True):
            torch.testing.assert_close(one, oracle(graph, audio, RATE, energy=energy, registry=TOYS))


def test_the_room_for_ringing_follows_the_longest_run() -> None:
    memories = {kind: toy.memory({}, RATE) for kind, toy in TOYS.items()}
    for tracks, bus, seconds in (
        ([["echo", "taps"], ["bent"]], ["echo"], 0.21),
        ([["echo", "taps", "bent"]], ["taps"], 0.11),
        ([["bent"]], [], 0.0),
    ):
        assert room_s(strips(tracks, bus), memories, TOYS) == pytest.approx(seconds)


def test_numbers_hold_curves_and_find_their_way_back() -> None:
    graph = strips([["taps", "echo"], ["taps"]], ["louder"], seed=3)
    numbers = parameters.read(graph, TOYS)
    assert len(numbers.values) == 2 * 4 + 2 + 1 + len(graph.edges)
    assert parameters.write(graph, numbers) == graph
    torch.testing.assert_close(numbers.moved(numbers.latent(), "latent").values, numbers.values)
    assert len(parameters.read(graph, TOYS, edges=False).values) == 2 * 4 + 2 + 1
    assert numbers.differentiable.shape == numbers.values.shape


def test_gradients_reach_knobs_and_curves() -> None:
    graph, sources = strips([["taps", "echo"], ["taps", "bent"]], ["louder"]), noise(2, 2, 600)
    numbers = parameters.read(graph, TOYS, edges=False)

    def loss(values: Tensor) -> Tensor:
        made = render(graph, sources, RATE, numbers=numbers.moved(values), energy=False, registry=TOYS)
        return made.square().sum()

    point = numbers.values.clone().requires_grad_()
    assert torch.autograd.gradcheck(loss, point)


def test_names_and_curves_survive_json() -> None:
    graph = strips([["taps"], ["echo"]], ["taps"])
    assert Graph.from_json(graph.to_json()) == graph
    assert "“track 0”" in str(graph)
    assert len({graph.nodes[0], graph.nodes[1]}) == 2
    assert [node.name for node in graph.nodes if node.is_source] == ["track 0", "track 1"]
    assert len(topological_order(graph)) == len(graph)


@pytest.mark.parametrize(
    ("curve", "message"),
    [
        ((0.1, 0.2), "response has 2 values, needed are 4"),
        ((0.1, 0.2, 3.0, 0.0), "response is 3, allowed are -1 to 1"),
        ((), "response has 0 values"),
    ],
)
def test_curves_are_checked(curve: tuple[float, ...], message: str) -> None:
    nodes = (Node("in"), Node("taps", curves={"response": curve}), Node("out"))
    with pytest.raises(GraphError, match=message):
        check(Graph(nodes, (Edge(0, 1), Edge(1, 2))), TOYS)


def test_unknown_curves_are_refused() -> None:
    nodes = (Node("in"), Node("echo", curves={"respons": (1.0,)}), Node("out"))
    with pytest.raises(GraphError, match="unknown parameter 'respons'"):
        check(Graph(nodes, (Edge(0, 1), Edge(1, 2))), TOYS)
