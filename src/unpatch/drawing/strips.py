"""The drawing of a mixing console: a straight row for every track, a column for every type of processor.

A graph is drawn so if it is a tree whose leaves, its sources, all have names. Boxes are small, since there
are many: their numbers are in tooltips, and beside their names the share of the processed sound.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from unpatch.declaration import Processor
from unpatch.drawing.boxes import Box, make_small_box
from unpatch.drawing.labels import Point, Stretch, put_label
from unpatch.drawing.layout import MARGIN, Layout, Placed, WirePath, label_text
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import topological_order
from unpatch.graph.simplify import MIX
from unpatch.mixing.console import ALIGNMENT, ORDER, TYPES, type_of

ROW = 40.0
BRANCH_GAP = 14.0
COLUMN_SPACE = 16.0
MERGE_SPACE = 64.0

Column = tuple[int, int]
"""How many sums came before, and the place in the strip."""


def is_console(graph: Graph) -> bool:
    """Whether a graph can be drawn as strips."""
    sources = [graph.nodes[i] for i in graph.sources]
    named = len(sources) > 1 and all(node.name is not None for node in sources)
    one_way = all(node.is_sink or len(graph.edges_from(i)) == 1 for i, node in enumerate(graph.nodes))
    plain = all((edge.outlet, edge.inlet) == (Edge.outlet, Edge.inlet) for edge in graph.edges)
    return named and one_way and plain


def make_strips(graph: Graph, registry: Mapping[str, Processor]) -> Layout:
    """Lay a checked console out."""
    boxes = [make_small_box(node, i, registry) for i, node in enumerate(graph.nodes)]
    columns = _columns(graph)
    spans = _spans(columns, boxes)
    rows = _rows(graph)
    placed = tuple(
        _placed(box, spans[column], MARGIN + row)
        for box, column, row in zip(boxes, columns, rows, strict=True)
    )
    wires = tuple(_wires(graph, columns, placed, spans))
    right = max(p.x + p.box.width for p in placed)
    bottom = max(p.y + p.box.height for p in placed)
    return Layout(right + MARGIN, bottom + MARGIN, placed, wires)


def _placed(box: Box, span: tuple[float, float], middle: float) -> Placed:
    """Processors fill their column, which makes it one."""
    filling = box if box.is_pill else replace(box, width=span[1] - span[0])
    return Placed(filling, span[0], middle - box.height / 2)


# --- columns --------------------------------------------------------------------------------------


def _columns(graph: Graph) -> list[Column]:
    """The column of every node: types are below each other where all strips have them in their order."""
    strips = _strips(graph)
    if all(_is_in_order(graph, strip) for strip in strips.values()):
        place = {node: _rank(graph.nodes[node]) for strip in strips.values() for node in strip}
    else:
        place = {node: i for strip in strips.values() for i, node in enumerate(strip)}
    stages = _stages(graph, strips)
    return [(stages[node], place[node]) for node in range(len(graph))]


def _strips(graph: Graph) -> dict[int, list[int]]:
    """Strips by their first node: a source, a sum or ``out``, then the series behind it."""
    heads: dict[int, int] = {}
    strips: dict[int, list[int]] = {}
    for node in topological_order(graph):
        before = graph.edges_into(node)
        continues = len(before) == 1 and graph.nodes[node].kind != MIX and not graph.nodes[node].is_sink
        heads[node] = heads[before[0].source] if continues else node
        strips.setdefault(heads[node], []).append(node)
    return strips


def _stages(graph: Graph, strips: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """How many sums came before each node; ``out`` comes last."""
    stages: dict[int, int] = {}
    for head, strip in strips.items():
        before = [stages[edge.source] for edge in graph.edges_into(head)]
        stages.update(dict.fromkeys(strip, max(before, default=-1) + 1))
    return stages


def _is_in_order(graph: Graph, strip: Sequence[int]) -> bool:
    ranks = [_rank(graph.nodes[node]) for node in strip]
    return all(a < b for a, b in pairwise(ranks))


def _rank(node: Node) -> int:
    """Place of a node's type in a strip: heads first, then alignment, then the order of the console."""
    if node.kind == ALIGNMENT:
        return 1
    types = (i for i, letter in enumerate(ORDER, 2) if type_of(node.kind) == TYPES[letter])
    return next(types, 0)


def _spans(columns: Sequence[Column], boxes: Sequence[Box]) -> dict[Column, tuple[float, float]]:
    """Left and right edge of each column; room for wires to come together before a new stage."""
    widths: dict[Column, float] = {}
    for column, box in zip(columns, boxes, strict=True):
        widths[column] = max(widths.get(column, 0.0), box.width)
    spans: dict[Column, tuple[float, float]] = {}
    x, stage = MARGIN, 0
    for column in sorted(widths):
        x += (MERGE_SPACE - COLUMN_SPACE) * (column[0] > stage)
        spans[column] = (x, x + widths[column])
        x, stage = x + widths[column] + COLUMN_SPACE, column[0]
    return spans


# --- rows -----------------------------------------------------------------------------------------


def _rows(graph: Graph) -> list[float]:
    """The middle of every node: tracks one below the other, sums half way between their first and last."""
    middles: dict[int, float] = {}
    top = ROW / 2
    stack = [graph.sink]
    while stack:
        before = [edge.source for edge in graph.edges_into(stack[-1])]
        if waiting := [source for source in before if source not in middles]:
            stack.append(waiting[0])
            continue
        node = stack.pop()
        middles[node] = (middles[before[0]] + middles[before[-1]]) / 2 if before else top
        top += BRANCH_GAP * (len(before) > 1) if before else ROW
    return [middles[node] for node in range(len(graph))]


# --- wires ----------------------------------------------------------------------------------------


def _wires(
    graph: Graph,
    columns: Sequence[Column],
    placed: Sequence[Placed],
    spans: Mapping[Column, tuple[float, float]],
) -> Iterator[WirePath]:
    """Level, and a curve where several come together."""
    ways = [
        _way(placed[edge.source], placed[edge.target], spans[columns[edge.target]]) for edge in graph.edges
    ]
    for edge, way in zip(graph.edges, ways, strict=True):
        text = label_text(edge.gain, "audio")
        beside = [w for e, w in zip(graph.edges, ways, strict=True) if e.target == edge.target and e != edge]
        label = put_label(text, _end(way), [_end(w) for w in beside], ()) if text else None
        yield WirePath(way, "audio", edge.confidence, label)


def _end(way: Sequence[Point]) -> Stretch:
    return way[-2], way[-1]


def _way(source: Placed, target: Placed, span: tuple[float, float]) -> tuple[Point, ...]:
    start = (source.x + source.box.width, source.y + source.box.outlets[0].y)
    stop = (target.x, target.y + target.box.inlets[0].y)
    turn = (span[0] - MERGE_SPACE + COLUMN_SPACE, start[1])
    return (start, stop) if start[1] == stop[1] or turn[0] <= start[0] else (start, turn, stop)
