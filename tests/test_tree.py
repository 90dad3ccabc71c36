"""Trees of graphs in the width of a terminal."""

from dataclasses import replace

import pytest
from rich.console import Console

from unpatch.cli import console
from unpatch.cli.tree import wrapped
from unpatch.graph.build import chain
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.text import to_text
from unpatch.processors import KINDS

EQUALIZER = chain(KINDS, "console_equalizer", "console_reverb", "bell")


def unwrapped(tree: str) -> list[str]:
    """Every setting of a tree's text."""
    return tree.replace("·", " ").replace("│", " ").split()


def test_a_tree_that_fits_stays() -> None:
    tree = to_text(chain(KINDS, "bell", "compressor"), KINDS)
    assert wrapped(tree, 120) == tree


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    tree = to_text(EQUALIZER, KINDS)
    assert max(map(len, tree.splitlines())) > 300
    assert max(map(len, wrapped(tree, width).splitlines())) <= width


def test_an_equalizer_has_a_line_for_each_band() -> None:
    lines = wrapped(to_text(EQUALIZER, KINDS), 80).splitlines()
    assert lines[1] == "1  console_equalizer  low cut 20 Hz · q 0.707"
    assert lines[2] == f"{'':22}low shelf 120 Hz · 0 dB · q 0.707"
    assert lines[3] == f"{'':22}bell 1 150 Hz · 0 dB · q 1"
    assert [line.strip().split(" · ")[0] for line in lines[7:10]] == [
        "high shelf 8 kHz",
        "high cut 20 kHz",
        "weight 1",
    ]


def test_every_value_is_still_there() -> None:
    tree = to_text(EQUALIZER, KINDS)
    numbers = [word for word in unwrapped(tree) if word[0].isdigit()]
    again = [word for word in unwrapped(wrapped(tree, 70)) if word[0].isdigit()]
    bands = [str(band) for band in (1, 2, 3, 4) for _ in range(2)]  # their names are written once
    assert sorted(numbers) == sorted([*again, *bands])


def test_certainties_stay_in_a_column() -> None:
    nodes = tuple(replace(node, confidence=0.9 if node.is_processor else None) for node in EQUALIZER.nodes)
    lines = wrapped(to_text(Graph(nodes, EQUALIZER.edges), KINDS), 80).splitlines()
    shares = [line for line in lines if line.endswith("sure     90 %")]
    assert len(shares) == 3
    assert len({len(line) for line in shares}) == 1
    assert max(map(len, lines)) <= 80


def test_bars_of_branches_continue() -> None:
    nodes = Node("in"), Node("mastering_equalizer"), Node("bell"), Node("mix"), Node("out")
    edges = Edge(0, 1), Edge(0, 2), Edge(1, 3), Edge(2, 3), Edge(3, 4)
    knobs = {name: knob.default for name, knob in KINDS["mastering_equalizer"].parameters.items()}
    graph = Graph(nodes, edges).with_parameters(1, knobs)
    lines = wrapped(to_text(graph, KINDS), 70).splitlines()
    assert lines[1].startswith("1  ├─ mastering_equalizer  low shelf 70 Hz")
    assert all(line.startswith("   │  ") for line in lines[2:6])


@pytest.mark.parametrize("is_terminal", [True, False])
def test_only_terminals_are_wrapped(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow = Console(soft_wrap=True, highlight=False, force_terminal=is_terminal, width=64)
    monkeypatch.setattr(console, "out", narrow)
    console.print_graph(EQUALIZER)
    printed = capsys.readouterr().out.rstrip("\n")
    tree = to_text(EQUALIZER, KINDS)
    assert printed == (wrapped(tree, 64) if is_terminal else tree)
