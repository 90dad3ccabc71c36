"""Pictures of mixing consoles: straight rows, a column for every type."""

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from tests.toy_console import TOYS
from unpatch.drawing import Layout, draw
from unpatch.drawing.layout import Placed
from unpatch.drawing.strips import is_console
from unpatch.graph.build import chain
from unpatch.graph.data import Edge, Graph, Node
from unpatch.mixing.console import console, prunable, without
from unpatch.processors import PROCESSORS

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = {"kick": "drums", "snare <top>": "drums", "hat": "drums", "bass": "bass", "lead": "vocals"}
FULL = console(GROUPS, "ecgr", master=True, registry=TOYS)
PRUNED = without(FULL, prunable(FULL)[::3])
WIRES = without(FULL, prunable(FULL))


def layout_of(graph: Graph) -> Layout:
    return draw(graph, registry=TOYS).layout


def middle(placed: Placed) -> float:
    return placed.y + placed.box.height / 2


@pytest.mark.parametrize("graph", [FULL, PRUNED, WIRES])
def test_tracks_are_straight_rows_from_top_to_bottom(graph: Graph) -> None:
    boxes = layout_of(graph).boxes
    tops = [middle(boxes[source]) for source in graph.sources]
    assert tops == sorted(set(tops))
    for source in graph.sources:
        (edge,) = graph.edges_from(source)
        while len(graph.edges_into(edge.target)) == 1:
            assert middle(boxes[edge.target]) == middle(boxes[source])
            (edge,) = graph.edges_from(edge.target)


@pytest.mark.parametrize("graph", [FULL, PRUNED])
def test_each_type_has_a_column_per_stage(graph: Graph) -> None:
    seats: dict[str, set[float]] = {}
    for node, placed in zip(graph.nodes, layout_of(graph).boxes, strict=True):
        seats.setdefault(node.kind, set()).add(placed.x)
    assert {len(lefts) for kind, lefts in seats.items() if kind.startswith("console_")} <= {1, 2, 3}
    order = [min(seats[f"console_{kind}"]) for kind in ("equalizer", "compressor", "gain", "reverb")]
    assert order == sorted(order)


@pytest.mark.parametrize("graph", [FULL, PRUNED, WIRES])
def test_boxes_keep_clear_of_each_other_and_of_wires(graph: Graph) -> None:
    layout = layout_of(graph)
    for a, b in combinations(layout.boxes, 2):
        beside = a.x + a.box.width <= b.x or b.x + b.box.width <= a.x
        assert beside or abs(middle(a) - middle(b)) >= a.box.height
    for edge, wire in zip(graph.edges, layout.wires, strict=True):
        for placed in (layout.boxes[i] for i in range(len(graph)) if i not in (edge.source, edge.target)):
            (x, y), (end, _) = wire.points[0], wire.points[-2 if len(wire.points) > 2 else -1]
            passed = x < placed.x + placed.box.width and placed.x < end
            assert not (passed and abs(middle(placed) - y) < placed.box.height / 2)


@pytest.mark.parametrize("graph", [FULL, PRUNED, WIRES])
def test_wires_join_the_ports(graph: Graph) -> None:
    layout = layout_of(graph)
    for edge, wire in zip(graph.edges, layout.wires, strict=True):
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        assert wire.points[0] == (source.x + source.box.width, middle(source))
        assert wire.points[-1] == (target.x, middle(target))
        assert [x for x, _ in wire.points] == sorted(x for x, _ in wire.points)


def test_names_types_and_dry_wet_are_written() -> None:
    half = FULL.with_parameters(prunable(FULL)[0], {"weight": 0.42})
    texts = [t.text for t in ElementTree.fromstring(draw(half, registry=TOYS).svg()).iter(f"{SVG}text")]
    assert {*GROUPS, "drums", "master", "out", "equalizer", "42%"} <= set(texts)
    assert texts.count("42%") == 1
    assert "100%" not in texts


def test_a_gain_stands_on_its_wire() -> None:
    first = FULL.edges_from(FULL.sources[0])[0]
    edges = tuple(replace(edge, gain=-0.5) if edge == first else edge for edge in FULL.edges)
    wires = layout_of(Graph(FULL.nodes, edges)).wires
    labels = [wire.label for wire in wires if wire.label]
    assert len(labels) == 1
    assert "6.0 dB" in labels[0].text


def test_order_may_differ_from_that_of_consoles() -> None:
    """Then boxes stand in the order of their strip."""
    nodes = (
        Node("in", name="a"),
        Node("console_reverb"),
        Node("console_gain"),
        Node("in", name="b"),
        Node("out"),
    )
    edges = (Edge(0, 1), Edge(1, 2), Edge(2, 4), Edge(3, 4))
    boxes = layout_of(Graph(nodes, edges)).boxes
    assert boxes[0].x < boxes[1].x < boxes[2].x < boxes[4].x


def test_other_graphs_are_drawn_as_ever() -> None:
    assert is_console(PRUNED)
    assert not is_console(chain(PROCESSORS, "bell", "compressor"))
    split = Graph(
        (Node("in", name="a"), Node("in", name="b"), Node("crossover"), Node("mix"), Node("out")),
        (Edge(0, 2), Edge(1, 3), Edge(2, 3, "low"), Edge(2, 3, "high"), Edge(3, 4)),
    )
    assert not is_console(split)
    assert draw(split, registry=PROCESSORS).layout.boxes[2].box.inlet("input")
