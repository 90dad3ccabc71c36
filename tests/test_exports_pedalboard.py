"""Python for pedalboard, run as it was written."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.export_kit import one_node, residual_db, sound
from tests.random_graphs import random_graph
from unpatch.exports import export
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.rendering import oracle

SAMPLE_RATE = 44_100
SOUNDING = sorted(kind for kind in KINDS if KINDS[kind].has_audio_output)
MOST_DB = {
    "alignment": -40,  # the ideal fractional delay rings on for ever, an impulse response does not
    "pitchshift": 10,  # another algorithm, as the report says
}

pytest.importorskip("pedalboard")


def run(path: Path, sources: torch.Tensor) -> torch.Tensor:
    scope: dict[str, Any] = {"__name__": "exported", "__file__": str(path)}
    exec(path.read_text(), scope)
    return torch.from_numpy(np.asarray(scope["process"](list(sources.double().numpy()), SAMPLE_RATE)))


def difference_db(graph: Graph, sources: torch.Tensor, path: Path) -> float:
    export(graph, path, sources=sources, sample_rate=SAMPLE_RATE, energy=False)
    return residual_db(run(path, sources), oracle(graph, sources, SAMPLE_RATE, energy=False))


@pytest.mark.parametrize("kind", SOUNDING)
def test_every_kind_sounds_the_same(kind: str, tmp_path: Path) -> None:
    limit = MOST_DB.get(kind, -60)
    assert difference_db(one_node(kind, 1), sound(1, 6_000), tmp_path / "patch.py") <= limit


@pytest.mark.parametrize("seed", range(5))
def test_random_graphs_sound_the_same(seed: int, tmp_path: Path) -> None:
    kinds = [kind for kind in SOUNDING if kind not in MOST_DB]
    graph = random_graph(seed, 5, registry=KINDS, kinds=kinds, sources=("in", "in"))
    assert difference_db(graph, sound(2, 6_000), tmp_path / "patch.py") <= -60


def test_another_algorithm_is_named(tmp_path: Path) -> None:
    report = export(one_node("pitchshift", 1), tmp_path / "patch.py", energy=False)
    assert report.lost == ("node 1 (pitchshift) is pedalboard's own, which works in another way",)
    assert "- node 1 (pitchshift)" in (tmp_path / "patch.py").read_text()


def test_responses_lie_in_a_folder_beside_the_code(tmp_path: Path) -> None:
    report = export(one_node("console_reverb", 1), tmp_path / "patch.py", energy=False)
    assert report.files == (
        tmp_path / "patch.py",
        tmp_path / "patch responses" / "node_1_console_reverb.wav",
    )
    assert all(path.exists() for path in report.files)
