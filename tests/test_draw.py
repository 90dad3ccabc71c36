"""Pictures: geometry that can be checked without looking."""

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.random_graphs import random_graph
from unpatch.declaration import amount, db, hz, ms
from unpatch.drawing import Layout, draw, make_layout
from unpatch.drawing.boxes import make_boxes
from unpatch.drawing.labels import Label, Stretch, put_label
from unpatch.drawing.layers import Layers, WireSegment, make_layers
from unpatch.drawing.layout import LINE_WIDTH, Placed
from unpatch.drawing.place import spread
from unpatch.graph.build import chain
from unpatch.graph.check import complete
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.text import MINUS, gain_text, knob_label, knob_value, quantity, to_text
from unpatch.processors import PROCESSORS

SVG = "{http://www.w3.org/2000/svg}"
GRAPHS = [random_graph(seed) for seed in range(24)]


def layout_of(graph: Graph, line_width: float = LINE_WIDTH) -> Layout:
    return make_layout(complete(graph, PROCESSORS), PROCESSORS, line_width)


def overlap(a: Placed, b: Placed) -> bool:
    return (
        a.x < b.x + b.box.width
        and b.x < a.x + a.box.width
        and a.y < b.y + b.box.height
        and b.y < a.y + a.box.height
    )


@pytest.mark.parametrize("line_width", [700.0, LINE_WIDTH, 1e9])
@pytest.mark.parametrize("graph", GRAPHS)
def test_boxes_do_not_overlap(graph: Graph, line_width: float) -> None:
    layout = layout_of(graph, line_width)
    assert not any(overlap(a, b) for a, b in combinations(layout.boxes, 2))
    for placed in layout.boxes:
        assert 0 <= placed.x <= placed.x + placed.box.width <= layout.width
        assert 0 <= placed.y <= placed.y + placed.box.height <= layout.height


@pytest.mark.parametrize("line_width", [700.0, LINE_WIDTH, 1e9])
@pytest.mark.parametrize("graph", GRAPHS)
def test_wires_join_the_right_ports(graph: Graph, line_width: float) -> None:
    layout = layout_of(graph, line_width)
    for edge, wire in zip(graph.edges, layout.wires, strict=True):
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        outlet = (source.x + source.box.width, source.y + source.box.outlet(edge.outlet).y)
        inlet = (target.x, target.y + target.box.inlet(edge.inlet).y)
        np.testing.assert_allclose([wire.points[0], wire.points[-1]], [outlet, inlet], atol=1e-6)


@pytest.mark.parametrize("graph", GRAPHS)
def test_level_wires_pass_no_box(graph: Graph) -> None:
    layout = layout_of(graph)
    for wire in layout.wires:
        for (ax, ay), (bx, by) in pairwise(wire.points):
            for placed in layout.boxes if ay == by else ():
                is_beside = (
                    max(ax, bx) <= placed.x + 1e-6 or min(ax, bx) >= placed.x + placed.box.width - 1e-6
                )
                assert is_beside or not placed.y < ay < placed.y + placed.box.height


@pytest.mark.parametrize("graph", GRAPHS)
def test_on_one_line_everything_runs_left_to_right(graph: Graph) -> None:
    layout = layout_of(graph, line_width=1e9)
    for edge, wire in zip(graph.edges, layout.wires, strict=True):
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        assert source.x + source.box.width < target.x
        assert all(a[0] <= b[0] + 1e-6 for a, b in pairwise(wire.points))


def test_a_long_chain_continues_on_the_next_line() -> None:
    layout = layout_of(chain(PROCESSORS, *["bell"] * 28))
    assert layout.width < 1.3 * LINE_WIDTH
    assert len({placed.y for placed in layout.boxes if not placed.box.is_pill}) > 1


def test_a_serial_chain_is_a_straight_line() -> None:
    layout = layout_of(chain(PROCESSORS, "highpass2", "compressor", "stereo_reverb"))
    heights = [y for wire in layout.wires for _, y in wire.points]
    assert max(heights) - min(heights) < 1e-6


def test_crossings_that_can_be_avoided_are_avoided() -> None:
    """Two parallel chains whose second nodes are listed the other way round."""
    kinds = ["in", "bell", "bell", "bell", "bell", "mix", "out"]
    pairs = [(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5), (5, 6)]
    graph = complete(Graph(tuple(map(Node, kinds)), tuple(Edge(a, b) for a, b in pairs)), PROCESSORS)
    columns = make_layers(graph, make_boxes(graph, PROCESSORS)).columns
    assert [1, 2].index(columns[1][0]) == [4, 3].index(columns[2][0])


def test_wires_of_one_outlet_share_their_way() -> None:
    graph = chain(PROCESSORS, ("chorus", {"mod": "mono_lfo"}), "bell", "bell")
    lfo = next(i for i, node in enumerate(graph.nodes) if node.kind == "mono_lfo")
    bells = [i for i, node in enumerate(graph.nodes) if node.kind == "bell"]
    more = tuple(Edge(lfo, bell, "lfo", "frequency") for bell in bells)
    graph = Graph(graph.nodes, graph.edges + more)
    layers = make_layers(graph, make_boxes(graph, PROCESSORS))
    dummies = {v for column in layers.columns for v in column if v >= len(graph)}
    # The chorus and the two bells stand in the three columns behind the LFO: the trunk passes two.
    assert len(dummies) == 2


def min_max_formula(wanted: list[float], weights: list[float], steps: list[float]) -> list[float]:
    """Isotonic regression by its closed form (Robertson, Wright, Dykstra 1988, theorem 1.4.4)."""
    sums = [sum(steps[:i]) for i in range(len(wanted))]
    goals = [want - total for want, total in zip(wanted, sums, strict=True)]

    def mean(a: int, b: int) -> float:
        return sum(w * g for w, g in zip(weights[a:b], goals[a:b], strict=True)) / sum(weights[a:b])

    count = len(wanted)
    levels = [
        max(min(mean(a, b) for b in range(i + 1, count + 1)) for a in range(i + 1)) for i in range(count)
    ]
    return [level + total for level, total in zip(levels, sums, strict=True)]


def test_spread_is_the_least_squares_solution() -> None:
    random = np.random.default_rng(5)
    for _ in range(50):
        wanted, weights = random.normal(0, 50, 7).tolist(), random.uniform(0.1, 3, 7).tolist()
        steps = random.uniform(0, 40, 6).tolist()
        expected = min_max_formula(wanted, weights, steps)
        assert spread(wanted, weights, steps) == pytest.approx(expected, abs=1e-6)


def test_svg_says_what_the_graph_says() -> None:
    graph = chain(PROCESSORS, ("highpass2", {"frequency_hz": 1250}), ("chorus", {"mod": "stereo_lfo"}))
    root = ElementTree.fromstring(draw(graph).svg())
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert {"in", "out", "highpass2", "chorus", "stereo lfo", "1.25 kHz", "frequency"} <= texts
    wires = [p for p in root.iter(f"{SVG}path") if p.get("fill") == "none"]
    assert len(wires) == len(graph.edges)
    assert sum(p.get("stroke-dasharray") is not None for p in wires) == 1


def test_svg_needs_nothing_else() -> None:
    svg = draw(GRAPHS[0]).svg()
    assert "href" not in svg
    assert "url(" not in svg


def test_notebooks_show_the_svg() -> None:
    picture = draw(GRAPHS[0])
    assert picture._repr_svg_() == picture.svg()


def test_gains_other_than_one_are_written() -> None:
    graph = chain(PROCESSORS, "bell")
    edges = (Edge(0, 1, gain=0.5), *graph.edges[1:])
    texts = {e.text for e in ElementTree.fromstring(draw(Graph(graph.nodes, edges)).svg()).iter(f"{SVG}text")}
    default = "+6.0 dB"  # the bell's own gain
    assert {t for t in texts if "dB" in (t or "")} == {f"{MINUS}6.0 dB", default}
    assert [gain_text(g) for g in (-1, 0, 2, 1.01)] == ["ø", f"{MINUS}∞ dB", "+6.0 dB", ""]


def test_labels_lie_on_their_wires_and_not_on_each_other() -> None:
    random = np.random.default_rng(2)
    for graph in GRAPHS:
        edges = tuple(replace(edge, gain=float(random.uniform(0.1, 0.9))) for edge in graph.edges)
        labels = [wire.label for wire in layout_of(Graph(graph.nodes, edges)).wires]
        assert all(labels)
        pairs = combinations([label for label in labels if label], 2)
        assert sum(a.overlaps(b) for a, b in pairs) <= len(labels) // 12


def test_a_label_moves_off_a_wire_that_crosses() -> None:
    own: Stretch = ((0, 0), (300, 0))
    assert put_label("+1.0 dB", own, [], []).x == 150
    moved = put_label("+1.0 dB", own, [((150, -40), (150, 40))], [])
    assert not any(moved.covers((150, y)) for y in range(-40, 41))
    assert moved.y == 0
    assert put_label("+1.0 dB", own, [], [Label(150, 0, "+1.0 dB")]).x != 150


def test_boxes_carry_the_numbers_that_the_tree_prints() -> None:
    graph = chain(PROCESSORS, "bell", "compressor")
    for line in to_text(graph, PROCESSORS).splitlines():
        number, kind = line.split()[:2]
        box = layout_of(graph).boxes[int(number)].box
        assert (box.number, box.title) == (number, kind)
    texts = [e.text for e in ElementTree.fromstring(draw(graph).svg()).iter(f"{SVG}text")]
    assert {"0", "1", "2", "3"} <= set(texts)


def test_layout_looks_at_every_segment_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the chain must cost twice the work, not four times."""

    def looks(length: int) -> int:
        count = 0
        covers = Layers.between

        def counting(self: Layers, start: int, stop: int) -> list[WireSegment]:
            nonlocal count
            found = covers(self, start, stop)
            count += len(found)
            return found

        monkeypatch.setattr(Layers, "between", counting)
        layout_of(chain(PROCESSORS, *["imager"] * length))
        monkeypatch.setattr(Layers, "between", covers)
        return count

    assert looks(120) <= 2.2 * looks(60)


def test_values_read_as_an_engineer_writes_them() -> None:
    assert knob_value(hz(20, 20_000, 100), 1250) == "1.25 kHz"
    assert knob_value(hz(0.05, 20, 1), 0.512) == "0.512 Hz"
    assert knob_value(ms(0.1, 5000, 1), 1500) == "1.5 s"
    assert knob_value(db(-60, 0, 0), -18.04) == f"{MINUS}18.0 dB"
    assert knob_value(db(-60, 0, 0), 0.0) == "0 dB"
    assert knob_value(db(-24, 24, 0), 6) == "+6.0 dB"
    assert knob_value(db(0, 24, 6), 6) == "6.0 dB"
    assert quantity(-0.04, "dB") == "0 dB"
    assert [quantity(level, "dB") for level in (0.06, 0.5, -0.5)] == ["+0.1 dB", "+0.5 dB", f"{MINUS}0.5 dB"]
    assert [quantity(level, "dB") for level in (99.94, -99.96)] == ["+99.9 dB", f"{MINUS}100 dB"]
    assert [quantity(hz, "Hz") for hz in (999, 1000)] == ["999 Hz", "1 kHz"]
    assert [quantity(ms, "ms") for ms in (999, 1000)] == ["999 ms", "1 s"]
    assert knob_value(amount(-24, 24, 0, unit="semitone"), 7) == "7 st"
    assert knob_label(PROCESSORS["bell"].parameters["frequency_hz"]) == "frequency"
    assert knob_label(PROCESSORS["pitchshift"].parameters["semitone"]) == "semitone"


def test_png_has_twice_the_pixels(tmp_path: Path) -> None:
    from matplotlib.image import imread

    picture = draw(chain(PROCESSORS, "bell", "distortion"), tmp_path / "graph.png")
    height, width = imread(tmp_path / "graph.png").shape[:2]
    assert abs(width - 2 * picture.layout.width) <= 2
    assert abs(height - 2 * picture.layout.height) <= 2


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.svg or \.png"):
        draw(GRAPHS[0], tmp_path / "graph.gif")
    assert not list(tmp_path.iterdir())
