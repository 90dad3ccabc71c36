"""Which processors of a console are still there: a row for each strip, a column for each type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from unpatch.graph.data import Graph
from unpatch.pages.mix.history import COLOURS
from unpatch.pages.mix.strips import LETTERS, strips, type_name
from unpatch.storage.legible import escape


class Row(NamedTuple):
    """A strip, as plain data: its name, whether it is a track's, the types of its processors."""

    name: str
    is_track: bool
    letters: str


def rows_of(graph: Graph) -> list[Row]:
    """Strips of a console in the order in which they are read."""
    return [Row(strip.name, strip.is_track, "".join(strip.letters)) for strip in strips(graph)]


def grid(before: Sequence[Row], now: Sequence[Row]) -> str:
    """A table of the full console's strips; what is still there is filled."""
    kept = {(row.is_track, row.name): row.letters for row in now}
    marks = [mark for mark in LETTERS if any(mark in row.letters for row in before)]
    head = "".join(f"<th>{type_name(mark)}</th>" for mark in marks)
    return f'<table class="grid"><tr><th></th>{head}</tr>{"".join(_rows(before, kept, marks))}</table>'


def _rows(before: Sequence[Row], kept: Mapping[tuple[bool, str], str], marks: Sequence[str]) -> Iterator[str]:
    for row in before:
        if row.letters or row.is_track:
            cells = "".join(_cell(row, kept.get((row.is_track, row.name), ""), mark) for mark in marks)
            kind = "track" if row.is_track else "bus"
            name = escape(row.name)
            yield f'<tr class="{kind}"><td><span title="{name}">{name}</span></td>{cells}</tr>'


def _cell(row: Row, kept: str, mark: str) -> str:
    if mark not in row.letters:
        return "<td></td>"
    title = escape(f"{type_name(mark)} of {row.name}")
    if mark not in kept:
        return f'<td><i class="gone" title="{title}, taken out"></i></td>'
    style = f"background:{COLOURS[mark]};border-color:{COLOURS[mark]}"
    return f'<td><i class="kept" style="{style}" title="{title}"></i></td>'
