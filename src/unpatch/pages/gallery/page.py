"""The gallery as one self-contained HTML page, in the style of the reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch

from unpatch.graph.data import Graph, GraphError
from unpatch.pages.estimate.listening import Voice, voices_of
from unpatch.pages.estimate.parts import families
from unpatch.pages.templating import graph_picture, render

if TYPE_CHECKING:
    from markupsafe import Markup

    from unpatch.pages.gallery.exhibits import Exhibit, Room

TITLE = "Truth and estimate"
SHOWN: Mapping[str, str] = {
    "iou": "IOU of the node kinds; 1 is alike",
    "effect_f1": "F1 of the sets of effects; 1 is alike",
    "order": "order of the shared kinds, from -1 to 1",
    "edit_canonical": "graph edit distance; 0 is alike, 1 nothing in common",
    "mss_full": "spectral distance of the re-render; 0 is equal",
}
"""Figures beside each example, and their labels."""


def page(rooms: Sequence[Room]) -> str:
    """The whole page."""
    shown = [
        _shown(exhibit, room, f"{room.task.capitalize()} {e + 1}: {exhibit.performer}", f"audio-{r}-{e}")
        for r, room in enumerate(rooms)
        for e, exhibit in enumerate(room.exhibits)
    ]
    graphs = [graph for room in rooms for exhibit in room.exhibits for graph in (exhibit.true, exhibit.found)]
    return render(
        "gallery.html.j2",
        title=TITLE,
        subtitle=", ".join(f"{room.task} by {room.model}" for room in rooms),
        voices=[voice for exhibit in shown for voice in exhibit.voices],
        families=families(*graphs),
        exhibits=shown,
    )


class _Side(NamedTuple):
    """A graph, or why it cannot be drawn and which kinds it has."""

    name: str
    picture: Markup | None
    fault: str
    kinds: str


class _ShownExhibit(NamedTuple):
    title: str
    sides: list[_Side]
    numbers: list[tuple[str, str]]
    voices: tuple[Voice, ...]


def _shown(exhibit: Exhibit, room: Room, title: str, prefix: str) -> _ShownExhibit:
    """An invalid estimate plays silence."""
    sides = [_side("Truth", exhibit.true), _side("Estimate", exhibit.found)]
    rendered = torch.zeros_like(exhibit.reference) if exhibit.rendered is None else exhibit.rendered
    voices = voices_of(exhibit.reference, rendered, exhibit.dry, room.sample_rate, prefix)
    return _ShownExhibit(title, sides, _numbers(exhibit), voices)


def _side(name: str, graph: Graph) -> _Side:
    """A graph that cannot be rendered cannot be drawn either."""
    try:
        return _Side(name, graph_picture(graph), "", "")
    except GraphError as fault:
        return _Side(name, None, str(fault), ", ".join(node.kind for node in graph.nodes))


def _numbers(exhibit: Exhibit) -> list[tuple[str, str]]:
    """Figures of this example that are defined for it."""
    known = ((exhibit.figures[name], words) for name, words in SHOWN.items())
    return [(f"{value:.3f}", words) for value, words in known if not math.isnan(value)]
