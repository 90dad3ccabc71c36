"""A graph's tree in the width of a terminal: long lines are wrapped, an equalizer has a line for each band.

Works on the text of :func:`unpatch.graph.text.to_text`: number, bars of branches, kind, settings between
dots, and perhaps a certainty in a column of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

DOT = " · "
GAP = "  "
NARROWEST = 20
"""Settings have at least this many columns, however narrow the terminal."""

_START = re.compile(r"^( *\d*  )((?:[├│]..)*)")
_SHARE = re.compile(r"  ((?:sure|likely|perhaps|) *[ \d]{3} %)$")
_VALUE = re.compile(r" \S*\d\S*(?: [^\s\d]+)?(?:  .*| → .*)?$")


@dataclass(frozen=True)
class _Line:
    """Text of a node, and its certainty or nothing."""

    text: str
    share: str


def wrapped(tree: str, width: int) -> str:
    """The tree with no line longer than ``width`` columns, as far as single settings allow."""
    lines = [_parsed(line) for line in tree.splitlines()]
    column = max(len(line.share) for line in lines)
    room = width - (column + len(GAP) if column else 0)
    parts = [_wrapped(line.text, room) for line in lines]
    longest = max(len(part) for rows in parts for part in rows)
    return "\n".join(
        row
        for line, (first, *rest) in zip(lines, parts, strict=True)
        for row in (f"{first:<{longest}}{GAP}{line.share}".rstrip(), *rest)
    )


def _parsed(line: str) -> _Line:
    found = _SHARE.search(line)
    return _Line(line[: found.start()].rstrip(), found[1]) if found else _Line(line, "")


def _wrapped(text: str, width: int) -> list[str]:
    """A node in rows; its settings continue below one another."""
    if len(text) <= width or DOT not in text:
        return [text]
    head, settings = _split(text)
    column = len(head) if width - len(head) >= NARROWEST else len(_margin(text)) + 2 * len(GAP)
    rows = list(_rows(settings.split(DOT), max(width - column, NARROWEST)))
    margin = _margin(text).ljust(column)
    if column < len(head):
        return [head.rstrip(), *(margin + row for row in rows)]
    return [head + rows[0], *(margin + row for row in rows[1:])]


def _split(text: str) -> tuple[str, str]:
    """What comes before the settings, which follow the last gap before the first dot, and the settings."""
    place = text.rindex(GAP, 0, text.index(DOT)) + len(GAP)
    return text[:place], text[place:]


def _margin(text: str) -> str:
    """What stands in front of the further rows of a node: bars of branches that continue below it."""
    found = _START.match(text)
    number, bars = found.groups() if found else ("", "")
    return " " * len(number) + bars.replace("├─", "│ ")


def _rows(settings: Sequence[str], width: int) -> Iterator[str]:
    """Settings in rows: each band of an equalizer in its own, the others as many as there is room for."""
    row: list[str] = []
    for band in _bands(settings):
        if row and (len(band) > 1 or len(DOT.join([*row, *band])) > width):
            yield DOT.join(row)
            row = []
        if len(band) > 1:
            yield DOT.join(band)
        else:
            row += band
    if row:
        yield DOT.join(row)


def _bands(settings: Iterable[str]) -> Iterator[list[str]]:
    """Neighbours whose names begin alike: frequency, gain and Q of a band; the name is written once."""
    name, band = "", list[str]()
    for setting in settings:
        own = _VALUE.sub("", setting)
        if band and (own == name or own.startswith(f"{name} ")):
            band.append(setting.removeprefix(f"{name} "))
            continue
        if band:
            yield band
        name, band = own, [setting]
    if band:
        yield band
