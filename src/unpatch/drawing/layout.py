"""A graph's drawing as plain numbers: the place of each box and the points of each wire.

Left to right in columns; a graph too wide for one line continues in the next, like text. The SVG
writer, the PNG writer and the web page share this layout.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from unpatch.declaration import Processor, Signal
from unpatch.drawing.boxes import Box, make_boxes
from unpatch.drawing.labels import Label, Point, Stretch, put_label
from unpatch.drawing.layers import Layers, make_layers
from unpatch.drawing.place import place_vertices
from unpatch.graph.data import Graph
from unpatch.graph.text import gain_text, quantity

MARGIN = 22.0
COLUMN_SPACE = 46.0
LABELLED_SPACE = 66.0
LANE_SPACE = 10.0
BAND_SPACE = 26.0
LINE_WIDTH = 1500.0
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Placed:
    """A box and the position of its top left corner."""

    box: Box
    x: float
    y: float


@dataclass(frozen=True)
class WirePath:
    """An edge's way. Between two points a straight line if they share x or y, else a smooth curve.

    ``label`` is its gain, where that differs from 1.
    """

    points: tuple[Point, ...]
    signal: Signal
    confidence: float | None
    label: Label | None


@dataclass(frozen=True)
class Layout:
    """Everything a writer needs, in pixels."""

    width: float
    height: float
    boxes: tuple[Placed, ...]
    wires: tuple[WirePath, ...]


@dataclass(frozen=True)
class _Band:
    """One line of columns: their left and right edges, and the height it takes."""

    first: int
    edges: tuple[tuple[float, float], ...]
    top: float
    bottom: float


def label_text(gain: float, signal: Signal) -> str:
    """What is written on a wire: a depth as a factor, a gain in dB; nothing where it is as good as 1."""
    if signal == "audio":
        return gain_text(gain)
    return f"{TIMES} {quantity(gain)}" if quantity(gain) != "1" else ""


def make_layout(graph: Graph, registry: Mapping[str, Processor], line_width: float = LINE_WIDTH) -> Layout:
    """Lay a checked graph out."""
    boxes = make_boxes(graph, registry)
    layers = make_layers(graph, boxes)
    return _Drafting(graph, boxes, layers, line_width).layout()


class _Drafting:
    """The steps of one layout, with what they share."""

    def __init__(self, graph: Graph, boxes: Sequence[Box], layers: Layers, line_width: float) -> None:
        self.graph, self.boxes, self.layers = graph, boxes, layers
        self.widths = [
            max((boxes[v].width for v in c if v < len(boxes)), default=0.0) for c in layers.columns
        ]
        self.column_of = layers.column_of
        self.signals = [boxes[edge.source].outlet(edge.outlet).signal for edge in graph.edges]
        self.texts = [
            label_text(edge.gain, signal) for edge, signal in zip(graph.edges, self.signals, strict=True)
        ]
        self.spaces = self._spaces()
        self.tops: dict[int, float] = {}
        self.bands: list[_Band] = []
        self._make_bands(self._cuts(line_width))
        self.starts = [band.first for band in self.bands]
        self.ways = [self._segment(i) for i in range(len(layers.segments))]
        self.labels: dict[int, list[Label]] = defaultdict(list)

    def layout(self) -> Layout:
        placed = tuple(self._place(node) for node in range(len(self.graph)))
        wires = tuple(self._wire(edge) for edge in range(len(self.graph.edges)))
        points = [point for wire in wires for point in wire.points]
        right = max([p.x + p.box.width for p in placed] + [x for x, _ in points], default=0.0)
        bottom = max([p.y + p.box.height for p in placed] + [y for _, y in points], default=0.0)
        return Layout(right + MARGIN, bottom + MARGIN, placed, wires)

    # --- lines of columns -----------------------------------------------------------------------

    def _spaces(self) -> list[float]:
        """Room to the right of each column: more where a gain is to be written."""
        spaces = [COLUMN_SPACE] * len(self.widths)
        for text, way in zip(self.texts, self.layers.ways, strict=True):
            if text:
                spaces[self.column_of[self.layers.segments[way[-1]].left]] = LABELLED_SPACE
        return spaces

    def _cuts(self, line_width: float) -> list[int]:
        """First columns of the lines after the first: near equal lengths, where few wires pass."""
        ends = []
        total = 0.0
        for width, space in zip(self.widths, self.spaces, strict=True):
            total += width + space
            ends.append(total)
        lines = max(1, round(total / line_width + 0.35))
        reach = total / lines / 4
        cuts: list[int] = []
        for line in range(1, lines):
            goal = total * line / lines
            first, last = bisect_right(ends, goal - reach) + 1, bisect_left(ends, goal + reach)
            near = range(first, min(last, len(ends) - 1) + 1)
            if near:
                cuts.append(min(near, key=lambda i: (len(self.layers.into[i]), abs(ends[i - 1] - goal))))
        return cuts

    def _make_bands(self, cuts: Sequence[int]) -> None:
        starts, stops = [0, *cuts], [*cuts, len(self.widths)]
        indent = MARGIN + LANE_SPACE * max((len(self.layers.into[cut]) for cut in cuts), default=0)
        if cuts:
            indent += LANE_SPACE
        top = MARGIN
        for start, stop in zip(starts, stops, strict=True):
            tops = place_vertices(self.layers, start, stop, self.boxes)
            self.tops.update({v: y + top for v, y in tops.items()})
            bottom = max(self.tops[v] + self._height(v) for v in tops)
            self.bands.append(_Band(start, self._column_edges(start, stop, indent), top, bottom))
            lanes = len(self.layers.into[stop]) if stop < len(self.widths) else 0
            top = bottom + BAND_SPACE + LANE_SPACE * (lanes + 1)

    def _column_edges(self, start: int, stop: int, x: float) -> tuple[tuple[float, float], ...]:
        edges = []
        for width, space in zip(self.widths[start:stop], self.spaces[start:stop], strict=True):
            edges.append((x, x + width))
            x += width + space
        return tuple(edges)

    def _height(self, vertex: int) -> float:
        return self.boxes[vertex].height if vertex < len(self.boxes) else 0.0

    # --- boxes and wires ------------------------------------------------------------------------

    def _edges(self, vertex: int) -> tuple[float, float]:
        """Left and right edge of the vertex's column."""
        column = self.column_of[vertex]
        band = self.bands[self._band_index(column)]
        return band.edges[column - band.first]

    def _band_index(self, column: int) -> int:
        return bisect_right(self.starts, column) - 1

    def _place(self, node: int) -> Placed:
        box = self.boxes[node]
        left, right = self._edges(node)
        return Placed(box, (left + right - box.width) / 2, self.tops[node])

    def _wire(self, index: int) -> WirePath:
        way = self.layers.ways[index]
        points = [point for i in way for point in self.ways[i]]
        label = self._label(self.texts[index], way[-1]) if self.texts[index] else None
        confidence = self.graph.edges[index].confidence
        return WirePath(_without_repeats(points), self.signals[index], confidence, label)

    def _label(self, text: str, own: int) -> Label:
        """On the wire's last segment, which is its own, clear of what passes in the same gap."""
        column = self.column_of[self.layers.segments[own].right]
        others = [_main_stretch(self.ways[i]) for i in self.layers.into[column] if i != own]
        label = put_label(text, _main_stretch(self.ways[own]), others, self.labels[column])
        self.labels[column].append(label)
        return label

    def _segment(self, index: int) -> list[Point]:
        """From the left vertex's outlet to the right vertex's inlet, column edges included."""
        s = self.layers.segments[index]
        y_out, y_in = self.tops[s.left] + s.left_offset, self.tops[s.right] + s.right_offset
        out_edge, in_edge = self._edges(s.left)[1], self._edges(s.right)[0]
        start = (self._box_edge(s.left, 1), y_out)
        stop = (self._box_edge(s.right, 0), y_in)
        turn = self._turn(index, out_edge, y_out, y_in) if in_edge < out_edge else []
        return [start, (out_edge, y_out), *turn, (in_edge, y_in), stop]

    def _box_edge(self, vertex: int, side: int) -> float:
        if vertex >= len(self.boxes):
            return self._edges(vertex)[side]
        placed = self._place(vertex)
        return placed.x + side * placed.box.width

    def _turn(self, index: int, out_edge: float, y_out: float, y_in: float) -> list[Point]:
        """Around the end of one line of columns into the next, in a separate lane."""
        s = self.layers.segments[index]
        together = sorted(
            self.layers.into[self.column_of[s.right]],
            key=lambda i: self.tops[self.layers.segments[i].left] + self.layers.segments[i].left_offset,
        )
        lane = len(together) - together.index(index)
        band = self.bands[self._band_index(self.column_of[s.left])]
        right = out_edge + LANE_SPACE * (lane + 0.5)
        middle = band.bottom + BAND_SPACE / 2 + LANE_SPACE * lane
        left = MARGIN + LANE_SPACE * (lane - 0.5)
        return [(right, y_out), (right, middle), (left, middle), (left, y_in)]


def _main_stretch(segment: Sequence[Point]) -> Stretch:
    """The stretch between two columns, or the way back to the next line."""
    return max(pairwise(segment[1:-1]), key=lambda ab: abs(ab[0][0] - ab[1][0]))


def _without_repeats(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(p for i, p in enumerate(points) if i == 0 or p != points[i - 1])
