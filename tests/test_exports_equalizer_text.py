"""Equalizer text, read again and held against our curves."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.export_kit import one_node
from unpatch.exports import export
from unpatch.exports.bands import has_bands
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.processors import KINDS
from unpatch.rendering import oracle

SAMPLE_RATE, FRAMES = 48_000, 2**18
LINE = re.compile(r"Filter \d+: ON (\w+) Fc ([\d.]+) Hz(?: Gain ([-\d.]+) dB)? Q ([\d.]+)")
BANDED = sorted(kind for kind in KINDS if has_bands(kind))


def curve_db(text: str, w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of all filters and the preamp at angles ``w``, with the formulas of the cookbook as written there."""
    (preamp,) = re.findall(r"^Preamp: ([-\d.]+) dB", text, re.M)
    total = np.full(w.shape, float(preamp))
    for line in text.splitlines():
        if found := LINE.match(line):
            word, hz, gain_db, q = found.groups()
            b, a = cookbook(word, 2 * np.pi * float(hz) / SAMPLE_RATE, float(gain_db or 0), float(q))
            z = np.exp(-1j * w)
            total += 20 * np.log10(np.abs(np.polyval(b[::-1], z) / np.polyval(a[::-1], z)) + 1e-9)
    return total


def cookbook(word: str, w0: float, gain_db: float, q: float) -> tuple[list[float], list[float]]:
    """R. Bristow-Johnson, Audio EQ Cookbook."""
    A, alpha, cos = 10 ** (gain_db / 40), np.sin(w0) / (2 * q), np.cos(w0)
    root, plain = 2 * np.sqrt(A) * alpha, [1 + alpha, -2 * cos, 1 - alpha]
    match word:
        case "PK":
            return [1 + alpha * A, -2 * cos, 1 - alpha * A], [1 + alpha / A, -2 * cos, 1 - alpha / A]
        case "LPQ":
            return [(1 - cos) / 2, 1 - cos, (1 - cos) / 2], plain
        case "HPQ":
            return [(1 + cos) / 2, -1 - cos, (1 + cos) / 2], plain
        case "BP":
            return [alpha, 0, -alpha], plain
        case "NO":
            return [1, -2 * cos, 1], plain
    s = 1 if word == "LSC" else -1
    above, below = (A + 1) - s * (A - 1) * cos, (A + 1) + s * (A - 1) * cos
    b = [A * (above + root), s * 2 * A * ((A - 1) - s * (A + 1) * cos), A * (above - root)]
    return b, [below + root, -s * 2 * ((A - 1) + s * (A + 1) * cos), below - root]


def our_curve_db(graph: Graph, bins: NDArray[np.int64]) -> NDArray[np.float64]:
    impulse = torch.zeros(2, FRAMES, dtype=torch.float64)
    impulse[:, FRAMES // 16] = 1
    heard = oracle(graph, impulse, SAMPLE_RATE, energy=False)[0].numpy()
    found: NDArray[np.float64] = 20 * np.log10(np.abs(np.fft.rfft(heard))[bins] + 1e-9)
    return found


def still(graph: Graph) -> Graph:
    """Without what moves it, all wet."""
    nodes = (graph.nodes[0], graph.with_parameters(1, _wet(graph.nodes[1])).nodes[1], Node("out"))
    return Graph(nodes, (Edge(0, 1), Edge(1, 2, gain=0.7)))


def _wet(node: Node) -> dict[str, float]:
    return {"weight": 1.0} if "weight" in node.parameters else {}


@pytest.mark.parametrize("kind", BANDED)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_text_has_the_curve_of_the_equalizer(kind: str, seed: int, tmp_path: Path) -> None:
    graph, path = still(one_node(kind, seed)), tmp_path / "eq.txt"
    report = export(graph, path, sample_rate=SAMPLE_RATE, energy=False)
    bins = np.unique(np.geomspace(20, 20_000, 200) * FRAMES / SAMPLE_RATE).astype(np.int64)
    ours = our_curve_db(graph, bins)
    theirs = curve_db(path.read_text(), 2 * np.pi * bins / FRAMES)
    assert np.abs(ours - theirs)[ours > -60].max() <= 0.1
    assert report.residual_db is not None and report.residual_db <= -60


def test_points_lie_on_the_curve(tmp_path: Path) -> None:
    graph, path = still(one_node("published_equalizer", 1)), tmp_path / "eq.txt"
    assert export(graph, path, sample_rate=SAMPLE_RATE).residual_db is None
    (line,) = re.findall(r"^GraphicEQ: (.*)$", path.read_text(), re.M)
    hz, db = np.array([pair.split() for pair in line.split("; ")], dtype=float).T
    ours = our_curve_db(graph, np.round(hz * FRAMES / SAMPLE_RATE).astype(np.int64)) - 20 * np.log10(0.7)
    assert np.abs(ours - db).max() <= 0.1


def test_what_is_no_equalizer_is_named(tmp_path: Path) -> None:
    nodes = (Node("in"), Node("bell"), Node("compressor"), Node("highshelf"), Node("out"))
    graph = Graph(nodes, tuple(Edge(i, i + 1) for i in range(4)))
    report = export(graph, tmp_path / "eq.txt", energy=False)
    assert report.lost == ("all that is no equalizer: nodes 2 (compressor)",)
    assert (tmp_path / "eq.txt").read_text().count("\nFilter") == 2


def test_equalizers_in_different_places_are_told_apart(tmp_path: Path) -> None:
    nodes = (Node("in"), Node("bell"), Node("highshelf"), Node("out"))
    graph = Graph(nodes, (Edge(0, 1), Edge(0, 2), Edge(1, 3), Edge(2, 3)))
    report = export(graph, tmp_path / "eq.txt", energy=False)
    text = (tmp_path / "eq.txt").read_text()
    assert len(report.lost) == 1 and text.count("\nFilter") == text.count("\n# Filter") == 1


def test_a_graph_without_an_equalizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="no equalizer"):
        export(one_node("compressor", 0), tmp_path / "eq.txt")
