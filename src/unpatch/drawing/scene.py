"""A layout as shapes, back to front: what both writers (SVG and PNG) put on paper."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from unpatch.drawing import labels, theme
from unpatch.drawing.boxes import (
    NUMBER_SIZE,
    PADDING,
    TEXT_SIZE,
    TITLE_HEIGHT,
    TITLE_SIZE,
    Pin,
    number_width,
)
from unpatch.drawing.labels import Label, Point
from unpatch.drawing.layout import Layout, Placed, WirePath

CORNER = 6.0
BEND = 10.0
PIN_RADIUS = 3.6


@dataclass(frozen=True)
class Rectangle:
    """Rounded rectangle; ``flat_bottom`` leaves the two lower corners square."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str | None = None
    radius: float = CORNER
    flat_bottom: bool = False
    opacity: float = 1.0


@dataclass(frozen=True)
class Disc:
    x: float
    y: float
    radius: float
    fill: str
    line: str


@dataclass(frozen=True)
class Move:
    """Step of a path: to ``end``, straight, or as a cubic Bézier if two ``controls`` are given."""

    end: Point
    controls: tuple[Point, Point] | None = None


@dataclass(frozen=True)
class Path:
    start: Point
    moves: tuple[Move, ...]
    line: str
    width: float
    dashed: bool = False
    opacity: float = 1.0


@dataclass(frozen=True)
class Text:
    """``y`` is the middle of the line."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False


Shape: TypeAlias = Rectangle | Disc | Path | Text


@dataclass(frozen=True)
class Group:
    """Shapes that belong together, with the text shown when the pointer rests on them."""

    shapes: tuple[Shape, ...]
    tooltip: str = ""


def make_scene(layout: Layout) -> tuple[Group, ...]:
    """Wires, then boxes, then what is written on wires."""
    wires = Group(tuple(_wire(wire) for wire in layout.wires))
    boxes = tuple(Group(tuple(_box(placed)), placed.box.tooltip) for placed in layout.boxes)
    gains = Group(tuple(shape for wire in layout.wires if wire.label for shape in _label(wire, wire.label)))
    return (wires, *boxes, gains)


# --- boxes --------------------------------------------------------------------------------------


def _box(placed: Placed) -> Iterator[Shape]:
    box, x, y = placed.box, placed.x, placed.y
    hue = theme.hue(box.family)
    if box.is_pill:
        yield Rectangle(x, y, box.width, box.height, hue.fill, hue.line, box.height / 2)
    else:
        yield Rectangle(x, y, box.width, box.height, theme.BOX, hue.line)
        yield Rectangle(x, y, box.width, TITLE_HEIGHT, hue.fill, hue.line, flat_bottom=True)
    yield from _title(placed, hue)
    for row in box.rows:
        yield Text(x + PADDING + 2, y + row.y, row.label, TEXT_SIZE, theme.SOFT_INK)
        yield Text(x + box.width - PADDING - 2, y + row.y, row.value, TEXT_SIZE, theme.INK, "end")
    for pin in box.inlets:
        yield from _pin(x, y, pin, 1, box.height)
    for pin in box.outlets:
        yield from _pin(x + box.width, y, pin, -1, box.height)


def _title(placed: Placed, hue: theme.Hue) -> Iterator[Shape]:
    """The node's number in small, its name, and how sure it is."""
    box, left = placed.box, placed.x + PADDING + 2
    middle = placed.y + (box.height if box.is_pill else TITLE_HEIGHT) / 2
    right = placed.x + box.width - PADDING - 2
    soft = theme.SOFT_INK if hue.text == theme.INK else hue.text
    name = left + number_width(box.number)
    yield Text(left, middle, box.number, NUMBER_SIZE, soft)
    if box.confidence is None:
        yield Text((name + right) / 2, middle, box.title, TITLE_SIZE, hue.text, "middle", bold=True)
        return
    yield Text(name, middle, box.title, TITLE_SIZE, hue.text, bold=True)
    yield Text(right, middle, box.mark, labels.SIZE, soft, "end")
    if not box.is_pill:
        yield Rectangle(
            placed.x, placed.y + TITLE_HEIGHT - 2.5, box.width * box.confidence, 2.5, hue.line, radius=0
        )


def _pin(x: float, y: float, pin: Pin, inwards: int, height: float) -> Iterator[Shape]:
    colour = theme.CONTROL if pin.signal == "control" else theme.AUDIO
    yield Disc(x, y + pin.y, PIN_RADIUS, theme.BOX, colour)
    if pin.label:
        anchor: Literal["start", "end"] = "start" if inwards > 0 else "end"
        yield Text(x + inwards * (PADDING + 2), y + pin.y, pin.label, TEXT_SIZE, colour, anchor)


# --- wires --------------------------------------------------------------------------------------


def _wire(wire: WirePath) -> Path:
    is_control = wire.signal == "control"
    return Path(
        wire.points[0],
        tuple(_moves(wire.points)),
        theme.CONTROL if is_control else theme.AUDIO,
        1.4 if is_control else 1.8,
        dashed=is_control,
        opacity=1.0 if wire.confidence is None else 0.4 + 0.6 * wire.confidence,
    )


def _moves(points: Sequence[Point]) -> Iterator[Move]:
    """Level and upright stretches are straight with rounded corners, the others S-curves."""
    here = points[0]
    for i, (a, b) in enumerate(pairwise(points)):
        if not _is_straight(a, b):
            middle = (a[0] + b[0]) / 2
            if here != a:
                yield Move(a)
            yield Move(b, ((middle, a[1]), (middle, b[1])))
            here = b
        elif i + 2 < len(points) and _is_corner(a, b, points[i + 2]):
            before, after = _towards(b, a, points), _towards(b, points[i + 2], points)
            yield Move(before)
            yield Move(after, (_between(before, b), _between(after, b)))
            here = after
        else:
            yield Move(b)
            here = b


def _is_straight(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.01 or abs(a[1] - b[1]) < 0.01


def _is_corner(a: Point, b: Point, c: Point) -> bool:
    return _is_straight(b, c) and abs((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])) > 0.01


def _towards(corner: Point, other: Point, points: Sequence[Point]) -> Point:
    """The point where rounding ends: ``BEND`` from the corner, at most half way."""
    length = math.dist(corner, other)
    share = min(BEND, length / 2) / length
    return (corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share)


def _between(a: Point, corner: Point) -> Point:
    """Control point of a quarter circle's Bézier: 0.5523 of the way to the corner."""
    return (a[0] + (corner[0] - a[0]) * 0.5523, a[1] + (corner[1] - a[1]) * 0.5523)


def _label(wire: WirePath, label: Label) -> Iterator[Shape]:
    """A gain on a background, so that no wire shows through."""
    left, top = label.x - label.width / 2, label.y - labels.HEIGHT / 2
    yield Rectangle(left, top, label.width, labels.HEIGHT, theme.PAPER, radius=3)
    colour = theme.CONTROL if wire.signal == "control" else theme.AUDIO
    yield Text(label.x, label.y, label.text, labels.SIZE, colour, "middle")
