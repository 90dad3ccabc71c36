"""Rewritings of a graph: exact to rounding, and never more processors."""

import random

import pytest
import torch

from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.mixing.console import Strip, console, letter_of, prunable, without
from unpatch.mixing.gain_merging import Diagonal, hardened, matrix, simpler, with_matrix
from unpatch.processors import KINDS
from unpatch.rendering import render

RATE = 44_100
GROUPS = {"kick": "drums", "snare": "drums", "voice": "vocals"}


def turned(graph: Graph, seed: int) -> Graph:
    """All knobs of gains, imagers and equalizers somewhere."""
    chosen = random.Random(seed)
    for node in prunable(graph):
        kind = graph.nodes[node].kind
        if letter_of(kind) in "gs":
            knobs = KINDS[kind].parameters.values()
            values = {k.name: k.from_unit(chosen.uniform(0.3, 0.7)) for k in knobs if k.name != "weight"}
            graph = graph.with_parameters(node, {**values, "weight": chosen.choice([1.0, 0.8, 0.4])})
    return graph


def sound(graph: Graph) -> torch.Tensor:
    audio = torch.randn(len(graph.sources), 2, 2_000, generator=torch.Generator().manual_seed(0))
    return render(graph, audio.double(), RATE, energy=False)


@pytest.mark.parametrize("strip", ["ours", "published"])
@pytest.mark.parametrize("seed", range(4))
def test_weights_are_worked_in_and_neighbours_joined(strip: Strip, seed: int) -> None:
    graph = turned(console(GROUPS, "esg", strip=strip), seed)
    chosen = random.Random(seed)
    graph = without(graph, [n for n in prunable(graph) if chosen.random() < 0.4])
    found = check(simpler(graph), KINDS)
    torch.testing.assert_close(sound(found), sound(graph), atol=1e-9, rtol=1e-7)
    assert len(prunable(found)) <= len(prunable(graph))
    assert all(
        found.nodes[n].parameters["weight"] == 1
        for n in prunable(found)
        if found.nodes[n].kind[-4:] == "gain"
    )


def test_a_group_s_gain_goes_to_its_tracks() -> None:
    graph = console(GROUPS, "g", lone=False)
    values = [(-3.0, 0.2), (2.0, -0.5), (1.0, 0.0), (4.0, 0.3)]
    for node, (gain, pan) in zip(prunable(graph), values, strict=True):
        graph = graph.with_parameters(node, {"gain_db": gain, "pan": pan})
    found = simpler(graph)
    assert len(prunable(found)) == 3
    torch.testing.assert_close(sound(found), sound(graph), atol=1e-9, rtol=1e-7)


def test_nothing_passes_a_compressor() -> None:
    graph = turned(console(GROUPS, "cg"), 0)
    found = simpler(graph)
    assert [node.kind for node in found.nodes] == [node.kind for node in graph.nodes]


def test_a_track_without_a_gain_keeps_the_group_s() -> None:
    graph = turned(console(GROUPS, "g", lone=False), 1)
    graph = without(graph, prunable(graph)[:1])
    assert len(prunable(simpler(graph))) == len(prunable(graph))


def test_a_pan_does_not_pass_what_mixes_channels_but_a_plain_gain_does() -> None:
    graph = console({"a": "x", "b": "x"}, "gr")
    gains = [n for n in prunable(graph) if letter_of(graph.nodes[n].kind) == "g"]
    panned = graph.with_parameters(gains[-1], {"gain_db": 3.0, "pan": 0.5})
    plain = graph.with_parameters(gains[-1], {"gain_db": 3.0})
    assert len(prunable(simpler(panned))) == 6
    assert len(prunable(simpler(plain))) == 5
    torch.testing.assert_close(sound(simpler(plain)), sound(plain), atol=1e-9, rtol=1e-7)


@pytest.mark.parametrize("kind", ["console_gain", "console_imager", "published_gain", "published_imager"])
def test_knobs_beyond_their_range_stay(kind: str) -> None:
    graph = console({"a": "a"}, letter_of(kind), strip="ours" if kind[0] == "c" else "published", lone=False)
    node = graph.nodes[prunable(graph)[0]]
    own = matrix(node)
    assert own is not None
    assert own == pytest.approx((1, 1))
    for beyond in (1e9, -1.0):
        assert with_matrix(node, Diagonal(own.first, beyond)) is None
    assert hardened(graph) == graph


def test_a_gain_that_turns_one_side_over_is_no_pan() -> None:
    node = console({"a": "a"}, "g").nodes[1]
    assert with_matrix(node, Diagonal(1.0, -0.5)) is None
    assert with_matrix(node, Diagonal(1.0, 0.0)) is not None
    assert with_matrix(node, Diagonal(0.0, 0.0)) is None
