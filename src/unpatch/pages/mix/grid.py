"""Which processors of a console are still there: a row for each strip, a column for each type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unpatch.graph.data import Graph
from unpatch.pages.mix.history import COLOURS
from unpatch.pages.mix.strips import LETTERS, strips, type_name


class Row(NamedTuple):
    """A strip, as plain data: its name, whether it is a track's, the types of its processors."""

    name: str
    is_track: bool
    letters: str


def rows_of(graph: Graph) -> list[Row]:
    """Strips of a console in the order in which they are read."""
    return [Row(strip.name, strip.is_track, "".join(strip.letters)) for strip in strips(graph)]


class Square(NamedTuple):
    """A processor of the full console; ``colour`` is empty if it was taken out."""

    title: str
    colour: str


class Grid(NamedTuple):
    """The full console: names of its types, and each strip's squares, None where a type is not there."""

    types: list[str]
    rows: list[tuple[Row, list[Square | None]]]


def grid(before: Sequence[Row], now: Sequence[Row]) -> Grid:
    """The full console's strips, with what is still there."""
    kept = {(row.is_track, row.name): row.letters for row in now}
    marks = [mark for mark in LETTERS if any(mark in row.letters for row in before)]
    rows = [
        (row, [_square(row, kept.get((row.is_track, row.name), ""), mark) for mark in marks])
        for row in before
        if row.letters or row.is_track
    ]
    return Grid([type_name(mark) for mark in marks], rows)


def _square(row: Row, kept: str, mark: str) -> Square | None:
    if mark not in row.letters:
        return None
    title = f"{type_name(mark)} of {row.name}"
    return Square(title, COLOURS[mark]) if mark in kept else Square(f"{title}, taken out", "")
