"""A graph's numbers as tensors: round trips, coordinates, gradients to every knob."""

import math

import pytest
import torch

from tests.random_graphs import random_graph
from unpatch.declaration import EDGE_GAIN, Parameter
from unpatch.graph.build import chain
from unpatch.graph.check import complete
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.rendering.parameters import read, slots, write

SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_writing_what_was_read_changes_nothing(seed: int) -> None:
    graph = complete(random_graph(seed), PROCESSORS)
    assert write(graph, read(graph)) == graph


def test_defaults_stand_for_what_is_left_out() -> None:
    graph = Graph((Node("in"), Node("bell"), Node("out")), (Edge(0, 1), Edge(1, 2)))
    assert write(graph, read(graph)) == complete(graph, PROCESSORS)


@pytest.mark.parametrize("coordinate", ["unit", "latent"])
def test_coordinates_round_trip(coordinate: str) -> None:
    for seed in SEEDS:
        numbers = read(random_graph(seed))
        there = numbers.unit() if coordinate == "unit" else numbers.latent()
        assert there.isfinite().all()
        torch.testing.assert_close(numbers.moved(there, coordinate).values, numbers.values)  # type: ignore[arg-type]


def test_each_slot_converts_by_its_own_range() -> None:
    graph = chain(PROCESSORS, "bell", "compressor", "bell")
    numbers = read(graph)
    expected = [
        slot.parameter.to_unit(float(v)) for slot, v in zip(numbers.slots, numbers.values, strict=True)
    ]
    assert numbers.unit().tolist() == pytest.approx(expected)


def test_slots_name_every_knob_and_edge_once() -> None:
    graph = random_graph(5)
    found = slots(graph)
    knobs = sum(len(PROCESSORS[node.kind].parameters) for node in graph.nodes if node.is_processor)
    assert len(found) == len(set(found)) == knobs + len(graph.edges)


def test_numbers_of_the_wrong_length_are_refused() -> None:
    numbers = read(chain(PROCESSORS, "bell"))
    with pytest.raises(ValueError, match="5 numbers are needed"):
        numbers.moved(torch.zeros(4))


def test_rendering_with_numbers_equals_rendering_what_they_write() -> None:
    graph = chain(PROCESSORS, "highpass2", "bell", ("chorus", {"mod": "mono_lfo"}))
    numbers = read(graph)
    moved = numbers.moved(0.8 * numbers.unit() + 0.1, "unit")
    audio = 0.1 * torch.randn(2, 2_000, generator=torch.Generator().manual_seed(0))
    with_numbers = render(graph, audio, 44_100, numbers=moved)
    torch.testing.assert_close(with_numbers, render(write(graph, moved), audio, 44_100), rtol=0, atol=1e-6)


@pytest.mark.parametrize("gain", [3.0, -2.0])
def test_gains_outside_of_the_range_are_not_converted(gain: float) -> None:
    """Baked graphs hold them; their way through other coordinates would end at another graph."""
    graph = Graph((Node("in"), Node("bell"), Node("out")), (Edge(0, 1), Edge(1, 2, gain=gain)))
    numbers = read(graph)
    assert write(graph, numbers.moved(numbers.values)) == complete(graph, PROCESSORS)
    for convert in (numbers.unit, numbers.latent):
        with pytest.raises(ValueError, match=f"edge 1: gain is {gain:g}; .* from -1 to 1"):
            convert()


EVERY_KNOB = [
    pytest.param(knob, id=f"{kind}.{name}")
    for kind, processor in PROCESSORS.items()
    for name, knob in processor.parameters.items()
]


@pytest.mark.parametrize("knob", [*EVERY_KNOB, pytest.param(EDGE_GAIN, id="edge")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_no_place_is_without_a_gradient(knob: Parameter, dtype: torch.dtype) -> None:
    """Neither the ends of a range nor what has stepped beyond them; the value itself stays inside."""
    ends = [knob.to_latent(knob.low), knob.to_latent(knob.high)]
    latent = torch.tensor([*ends, -5, 5, -100, 100, -1e30, 1e30], dtype=dtype, requires_grad=True)
    unit = torch.tensor([0, 1, -0.5, 1.5], dtype=dtype, requires_grad=True)
    low, high = torch.tensor([knob.low, knob.high], dtype=dtype)
    for value, place in ((knob.from_latent(latent), latent), (knob.from_unit(unit), unit)):
        (gradient,) = torch.autograd.grad(value.sum(), place)
        assert gradient.isfinite().all() and (gradient > 0).all()
        assert ((value >= low) & (value <= high)).all()
    assert knob.from_latent(-1e4) == pytest.approx(knob.low)


def test_an_optimiser_comes_back_from_beyond_the_end_of_a_range() -> None:
    """Its first steps are so large that 20 Hz, the lowest frequency, is overshot."""
    knob = PROCESSORS["lowpass2"].parameters["frequency_hz"]
    latent = torch.tensor(knob.to_latent(200.0), requires_grad=True)
    optimiser = torch.optim.Adam([latent], lr=0.5)
    lowest = knob.high
    for _ in range(300):
        optimiser.zero_grad()
        value = knob.from_latent(latent)
        lowest = min(lowest, value.item())
        (value.log() - math.log(30.0)).square().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert lowest == pytest.approx(knob.low)
    assert knob.from_latent(latent).item() == pytest.approx(30.0, rel=0.02)


def test_gradient_descent_through_render_finds_a_bell() -> None:
    """From a wrong gain, frequency and edge gain towards the right ones; energy rule off."""
    truth = chain(PROCESSORS, ("bell", {"gain_db": -9.0, "frequency_hz": 2_000.0, "q": 1.0}))
    start = chain(PROCESSORS, ("bell", {"gain_db": 0.0, "frequency_hz": 1_200.0, "q": 1.0}))
    audio = 0.2 * torch.randn(2, 4_000, generator=torch.Generator().manual_seed(1))
    target = render(truth, audio, 44_100, energy=False)
    numbers = read(start)
    latent = numbers.latent().requires_grad_()
    optimiser = torch.optim.Adam([latent], lr=0.05)
    losses = []
    for _ in range(80):
        optimiser.zero_grad()
        found = render(start, audio, 44_100, numbers=numbers.moved(latent, "latent"), energy=False)
        loss = (found - target).square().sum() / target.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    found_graph = write(start, numbers.moved(latent.detach(), "latent"))
    assert losses[-1] < 0.02 * losses[0]
    assert found_graph.nodes[1].parameters["frequency_hz"] == pytest.approx(2_000, rel=0.1)
    assert found_graph.nodes[1].parameters["gain_db"] == pytest.approx(-9, abs=1.0)
