"""Columns of a layered drawing: the column of each node, and the order inside each column.

After Sugiyama, Tagawa, Toda (1981): longest-path layers, one dummy vertex per column that a wire
passes, barycentre sweeps. Wires from one outlet share their dummies, so that a modulation that goes
to five places is one line that branches.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from unpatch.drawing.boxes import Box, Pin
from unpatch.graph.data import Graph, GraphError
from unpatch.graph.order import topological_order

SWEEPS = 24
MOST_PASSES = 30_000
"""Columns that wires pass in all: the time of a drawing goes by their number."""


@dataclass(frozen=True)
class WireSegment:
    """A wire's way from one column to the next; offsets are from the tops of its vertices."""

    left: int
    right: int
    left_offset: float
    right_offset: float
    is_control: bool


@dataclass
class Layers:
    """Vertices in columns. Vertices below ``len(graph)`` are its nodes, the others dummies.

    ``ways[e]`` lists the segments of edge ``e``; ``columns`` are ordered top to bottom.
    """

    columns: list[list[int]]
    segments: list[WireSegment] = field(default_factory=list)
    ways: list[list[int]] = field(default_factory=list)

    @cached_property
    def column_of(self) -> dict[int, int]:
        """The column of each vertex."""
        return {vertex: i for i, column in enumerate(self.columns) for vertex in column}

    @cached_property
    def into(self) -> list[list[int]]:
        """For each column, the segments that come into it from the one before."""
        found: list[list[int]] = [[] for _ in self.columns]
        for i, segment in enumerate(self.segments):
            found[self.column_of[segment.right]].append(i)
        return found

    def between(self, start: int, stop: int) -> list[WireSegment]:
        """The segments that run inside columns ``start`` to ``stop``, the last one excluded."""
        return [self.segments[i] for column in self.into[start + 1 : stop] for i in column]


def make_layers(graph: Graph, boxes: Sequence[Box]) -> Layers:
    """Columns with few crossings.

    Raises:
        GraphError: wires pass too many columns, as those of hundreds of nested branches do.
    """
    column_of = _columns(graph)
    _check_passes(graph, column_of)
    layers = _with_dummies(graph, boxes, column_of)
    _reduce_crossings(layers, boxes)
    return layers


def _columns(graph: Graph) -> list[int]:
    """Longest path from the left; what has slack, such as an LFO, then moves up to what it feeds."""
    order = topological_order(graph)
    sources, targets = _neighbours(graph)
    column = [0] * len(graph)
    for node in order:
        column[node] = max((column[source] + 1 for source in sources[node]), default=0)
    for node in reversed(order):
        after = [column[target] for target in targets[node]]
        before = len(sources[node])
        if after and before < len(after) + (before == 0) and not graph.nodes[node].is_source:
            column[node] = max(column[node], min(after) - 1)
    return column


def _check_passes(graph: Graph, column_of: Sequence[int]) -> None:
    longest: dict[tuple[int, str], int] = defaultdict(int)
    for edge in graph.edges:
        wire = edge.source, edge.outlet
        longest[wire] = max(longest[wire], column_of[edge.target] - column_of[edge.source] - 1)
    passes = sum(longest.values())
    if passes > MOST_PASSES:
        raise GraphError(
            f"wires of the picture pass {passes} columns in all, at most {MOST_PASSES} are drawn"
        )


def _neighbours(graph: Graph) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """For each node where its edges come from and where they go, one entry an edge."""
    sources: dict[int, list[int]] = defaultdict(list)
    targets: dict[int, list[int]] = defaultdict(list)
    for edge in graph.edges:
        sources[edge.target].append(edge.source)
        targets[edge.source].append(edge.target)
    return sources, targets


def _with_dummies(graph: Graph, boxes: Sequence[Box], column_of: Sequence[int]) -> Layers:
    layers = Layers([[] for _ in range(max(column_of, default=0) + 1)])
    for node, column in enumerate(column_of):
        layers.columns[column].append(node)
    trunks: dict[tuple[int, str], _Trunk] = {}
    next_dummy = len(graph)
    for edge in graph.edges:
        outlet = boxes[edge.source].outlet(edge.outlet)
        trunk = trunks.setdefault((edge.source, edge.outlet), _Trunk([edge.source], outlet))
        steps = column_of[edge.target] - column_of[edge.source] - 1
        while len(trunk.ways) < steps:
            layers.columns[column_of[edge.source] + len(trunk.vertices)].append(next_dummy)
            trunk.ways.append(_add(layers, trunk.segment(len(trunk.ways), next_dummy, 0.0)))
            trunk.vertices.append(next_dummy)
            next_dummy += 1
        last = _add(layers, trunk.segment(steps, edge.target, boxes[edge.target].inlet(edge.inlet).y))
        layers.ways.append([*trunk.ways[:steps], last])
    return layers


@dataclass
class _Trunk:
    """What the wires from one outlet share: the vertices they pass, the segments between these."""

    vertices: list[int]
    outlet: Pin
    ways: list[int] = field(default_factory=list)

    def segment(self, step: int, right: int, right_offset: float) -> WireSegment:
        """From the trunk's vertex number ``step`` to ``right``."""
        left_offset = self.outlet.y if step == 0 else 0.0
        is_control = self.outlet.signal == "control"
        return WireSegment(self.vertices[step], right, left_offset, right_offset, is_control)


def _add(layers: Layers, segment: WireSegment) -> int:
    layers.segments.append(segment)
    return len(layers.segments) - 1


def _reduce_crossings(layers: Layers, boxes: Sequence[Box]) -> None:
    """Order each column by the mean place of its neighbours, to and fro; keep the best seen."""
    best, fewest = [list(c) for c in layers.columns], _crossings(layers, boxes)
    last = len(layers.columns) - 1
    for sweep in range(SWEEPS):
        if not fewest:
            break
        rightwards = sweep % 2 == 0
        for column in range(1, last + 1) if rightwards else range(last - 1, -1, -1):
            _sort_by_neighbours(column, layers, boxes, rightwards=rightwards)
        count = _crossings(layers, boxes)
        if count < fewest:
            best, fewest = [list(c) for c in layers.columns], count
    layers.columns = best


def _sort_by_neighbours(number: int, layers: Layers, boxes: Sequence[Box], *, rightwards: bool) -> None:
    column, neighbours = layers.columns[number], layers.columns[number + (-1 if rightwards else 1)]
    place = {vertex: i for vertices in (column, neighbours) for i, vertex in enumerate(vertices)}
    wanted: dict[int, list[float]] = defaultdict(list)
    for i in layers.into[number if rightwards else number + 1]:
        s = layers.segments[i]
        if rightwards:
            wanted[s.right].append(place[s.left] + _share(s.left, s.left_offset, boxes))
        else:
            wanted[s.left].append(place[s.right] + _share(s.right, s.right_offset, boxes))
    column.sort(key=lambda v: sum(wanted[v]) / len(wanted[v]) if wanted[v] else place[v])


def _share(vertex: int, offset: float, boxes: Sequence[Box]) -> float:
    """Vertical position of a port on its vertex, in [0, 1)."""
    return offset / (boxes[vertex].height + 1) if vertex < len(boxes) else 0.5


def _crossings(layers: Layers, boxes: Sequence[Box]) -> int:
    """Number of pairs of segments that cross, by counting inversions column by column."""
    place = {vertex: i for column in layers.columns for i, vertex in enumerate(column)}
    ends: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for s in layers.segments:
        start = place[s.left] + _share(s.left, s.left_offset, boxes)
        stop = place[s.right] + _share(s.right, s.right_offset, boxes)
        ends[layers.column_of[s.left]].append((start, stop))
    return sum(_inversions(sorted(pairs)) for pairs in ends.values())


def _inversions(pairs: list[tuple[float, float]]) -> int:
    count, seen = 0, list[float]()
    for _, stop in pairs:
        count += len(seen) - bisect_left(seen, stop + 1e-9)
        insort(seen, stop)
    return count
