"""Faust programs, played by the interpreter of ``cyfaust``."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.export_kit import one_node, residual_db, sound
from tests.random_graphs import random_graph
from unpatch.exports import export
from unpatch.exports.circuits import DRAFTS
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.rendering import oracle

SAMPLE_RATE = 44_100
MOST_DB = -60
SOUNDING = [kind for kind in DRAFTS if KINDS[kind].has_audio_output]


def play(program: str, sources: Tensor) -> Tensor:
    """``[S, 2, T]`` through a program in double precision."""
    cyfaust: Any = pytest.importorskip("cyfaust")
    factory = cyfaust.create_dsp_factory_from_string("exported", program, "-double")
    assert factory is not None, "Faust does not compile it"
    effect = factory.create_dsp_instance()
    effect.init(SAMPLE_RATE)
    given = np.ascontiguousarray(sources.double().flatten(0, 1).numpy())
    assert (effect.get_numinputs(), effect.get_numoutputs()) == (len(given), 2)
    made = np.zeros((2, given.shape[1]))
    # The binding takes single precision; a program compiled with -double reads the same memory as doubles.
    effect.compute(given.shape[1], given.view(np.float32), made.view(np.float32))
    return torch.from_numpy(made)


def difference_db(graph: Graph, sources: Tensor, path: Path) -> float:
    export(graph, path, sources=sources, sample_rate=SAMPLE_RATE, energy=False)
    torch.set_flush_denormal(False)  # Faust's compiler needs them
    wanted = oracle(graph, sources, SAMPLE_RATE, energy=False)
    return residual_db(play(path.read_text(), sources), wanted)


@pytest.mark.parametrize("kind", sorted(SOUNDING))
def test_every_kind_sounds_the_same_in_faust(kind: str, tmp_path: Path) -> None:
    assert difference_db(one_node(kind, 1), sound(1, 6_000), tmp_path / "kind.dsp") <= MOST_DB


@pytest.mark.parametrize("seed", range(30))
def test_random_graphs_sound_the_same_in_faust(seed: int, tmp_path: Path) -> None:
    graph = random_graph(
        seed, 5, registry=KINDS, kinds=sorted(SOUNDING), sources=("in", "in")[: 1 + seed % 2]
    )
    assert difference_db(graph, sound(len(graph.sources), 6_000), tmp_path / "graph.dsp") <= MOST_DB


def test_what_has_a_transform_inside_is_passed_through_and_said_so(tmp_path: Path) -> None:
    report = export(one_node("pitchshift", 1), tmp_path / "kind.dsp", energy=False)
    assert "node 1 (pitchshift) is passed through" in report.lost
    assert "// - node 1 (pitchshift) is passed through" in (tmp_path / "kind.dsp").read_text()
    assert report.residual_db is not None and report.residual_db > MOST_DB


def test_the_energy_rule_is_held_where_there_is_sound(tmp_path: Path) -> None:
    graph, path, heard = one_node("distortion", 1), tmp_path / "kind.dsp", sound(1, 6_000)
    assert export(graph, path).lost
    assert not export(graph, path, sources=heard, sample_rate=SAMPLE_RATE).lost
    assert residual_db(play(path.read_text(), heard), oracle(graph, heard, SAMPLE_RATE)) <= MOST_DB
