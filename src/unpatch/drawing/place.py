"""Heights: every vertex as near to its neighbours as its column's order allows."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from unpatch.drawing.boxes import Box
from unpatch.drawing.layers import Layers, WireSegment

NODE_GAP = 22.0
WIRE_GAP = 14.0
PASSES = 60
# How strongly a segment pulls its ends level: long wires and the sound's way first, controls last.
_DUMMY_PULL, _AUDIO_PULL, _CONTROL_PULL = 6.0, 1.0, 0.001


def place_vertices(layers: Layers, start: int, stop: int, boxes: Sequence[Box]) -> dict[int, float]:
    """Top of each vertex in columns ``start`` to ``stop``, the last one excluded; the highest is at 0."""
    columns = layers.columns[start:stop]
    tops = {v: float(i * 60) for column in columns for i, v in enumerate(column)}
    pulls = _pulls(layers.between(start, stop), len(boxes))
    for sweep in range(PASSES):
        for column in columns if sweep % 2 == 0 else columns[::-1]:
            _arrange(column, tops, pulls, boxes)
    highest = min(tops.values(), default=0.0)
    return {v: top - highest for v, top in tops.items()}


Pull = tuple[int, float, float]


def _pulls(segments: Sequence[WireSegment], nodes: int) -> dict[int, list[Pull]]:
    """For each vertex (neighbour, wanted difference of tops, weight)."""
    pulls: dict[int, list[Pull]] = defaultdict(list)
    for s in segments:
        weight = _weight(s, nodes)
        pulls[s.left].append((s.right, s.right_offset - s.left_offset, weight))
        pulls[s.right].append((s.left, s.left_offset - s.right_offset, weight))
    return pulls


def _weight(s: WireSegment, nodes: int) -> float:
    weight = _CONTROL_PULL if s.is_control else _AUDIO_PULL
    return weight * _DUMMY_PULL if s.left >= nodes and s.right >= nodes else weight


def _arrange(
    column: Sequence[int], tops: dict[int, float], pulls: dict[int, list[Pull]], boxes: Sequence[Box]
) -> None:
    wanted, weights = [], []
    for v in column:
        total = sum(weight for _, _, weight in pulls[v])
        pulled = sum(weight * (tops[u] + shift) for u, shift, weight in pulls[v])
        wanted.append(pulled / total if total else tops[v])
        weights.append(total or 0.1)
    steps = [_height(u, boxes) + _gap(u, v, boxes) for u, v in pairwise(column)]
    tops.update(zip(column, spread(wanted, weights, steps), strict=True))


def _height(vertex: int, boxes: Sequence[Box]) -> float:
    return boxes[vertex].height if vertex < len(boxes) else 0.0


def _gap(upper: int, lower: int, boxes: Sequence[Box]) -> float:
    return NODE_GAP if upper < len(boxes) and lower < len(boxes) else WIRE_GAP


def spread(wanted: Sequence[float], weights: Sequence[float], steps: Sequence[float]) -> list[float]:
    """Places nearest to ``wanted`` (weighted least squares) with ``x[i + 1] - x[i] >= steps[i]``.

    Subtracting the running sum of steps makes it isotonic regression: pool adjacent violators.
    """
    sums = [0.0]
    for step in steps:
        sums.append(sums[-1] + step)
    pools: list[tuple[float, float, int]] = []  # mean, weight, count
    for want, weight, offset in zip(wanted, weights, sums, strict=True):
        pool = (want - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, mass, count = pools.pop()
            total = mass + pool[1]
            pool = ((mean * mass + pool[0] * pool[1]) / total, total, count + pool[2])
        pools.append(pool)
    level = [mean for mean, _, count in pools for _ in range(count)]
    return [x + offset for x, offset in zip(level, sums, strict=True)]
