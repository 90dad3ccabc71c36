"""REAPER projects, read by a public parser and played track by track with an interpreter of their effects."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.export_kit import one_node, residual_db, sound
from tests.random_graphs import random_graph
from tests.reaper_mixer import Mixer, one
from unpatch.exports import export
from unpatch.exports.circuits import DRAFTS
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering import oracle

pytest.importorskip("rpp")
SAMPLE_RATE = 44_100
MOST_DB = -60
SOUNDING = sorted(kind for kind in DRAFTS if KINDS[kind].has_audio_output)


def played(graph: Graph, sources: Tensor, path: Path) -> Tensor:
    export(graph, path, sources=sources, sample_rate=SAMPLE_RATE, energy=False)
    return torch.from_numpy(Mixer(path).play(sources.shape[-1]))


def difference_db(graph: Graph, sources: Tensor, path: Path) -> float:
    wanted = oracle(graph, sources, SAMPLE_RATE, energy=False)
    return residual_db(played(graph, sources, path), wanted)


@pytest.mark.parametrize("kind", SOUNDING)
def test_every_effect_sounds_the_same(kind: str, tmp_path: Path) -> None:
    assert difference_db(one_node(kind, 1), sound(1, 2_500), tmp_path / "song.rpp") <= MOST_DB


@pytest.mark.parametrize("seed", range(15))
def test_random_graphs_sound_the_same(seed: int, tmp_path: Path) -> None:
    """With folders, sends of either polarity, side chains and modulation."""
    graph = random_graph(seed, 7, registry=KINDS, kinds=SOUNDING, sources=("in", "kick"))
    assert difference_db(graph, sound(2, 1_500), tmp_path / "song.rpp") <= MOST_DB


def test_impulse_responses_are_convolved(tmp_path: Path) -> None:
    graph = one_node("published_equalizer", 1)
    assert difference_db(graph, sound(1, 3_000), tmp_path / "song.rpp") <= MOST_DB


def test_stems_lie_where_they_belong(tmp_path: Path) -> None:
    late = {"delay_ms": 10.0, "polarity": -1.0}  # 441 samples
    early = {"delay_ms": -5 / SAMPLE_RATE * 1000, "polarity": 0.5}
    nodes = (
        Node("in", name="bass"),
        Node("in", name="lead vocal"),
        Node("alignment", late),
        Node("alignment", early),
        Node("mix", name="all"),
        Node("out"),
    )
    edges = (Edge(0, 2), Edge(1, 3), Edge(2, 4, gain=0.5), Edge(3, 4), Edge(4, 5))
    sources = sound(2, 3_000)
    found = played(Graph(nodes, edges), sources, tmp_path / "song.rpp")
    wanted = torch.zeros(2, 3_000, dtype=torch.float64)
    wanted[:, 441:] -= 0.5 * sources[0, :, :-441]
    wanted[:, :-5] += 0.5 * sources[1, :, 5:]
    assert residual_db(found, wanted) <= MOST_DB


def test_a_bus_is_a_folder_and_an_effect_beside_it_hears_sends(tmp_path: Path) -> None:
    nodes = (
        Node("kick", name="kick"),
        Node("snare", name="snare"),
        Node("mix", name="drums"),
        Node("stereo_reverb", name="room"),
        Node("out"),
    )
    edges = (
        Edge(0, 2, gain=0.8),
        Edge(1, 2),
        Edge(1, 3, gain=-0.3),
        Edge(2, 4),
        Edge(3, 4, gain=0.5),
    )
    path = tmp_path / "song.rpp"
    assert difference_db(Graph(nodes, edges), sound(2, 2_000), path) <= MOST_DB
    mixer = Mixer(path)
    names = [one(track, "NAME")[0] for track in mixer.tracks]
    parents = dict(zip(names, mixer.parents(), strict=True))
    assert sorted(names) == ["drums", "kick", "room", "snare"]
    drums = names.index("drums")
    assert parents == {"drums": None, "room": None, "kick": drums, "snare": drums}


def test_the_report_stands_in_the_project(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    report = export(one_node("pitchshift", 1), path, energy=False)
    assert "node 1 (pitchshift) is passed through" in report.lost
    assert all(f"|- {line}" in path.read_text() for line in report.lost)
    assert all(file.exists() for file in report.files)
