"""The gallery as one self-contained HTML page, in the style of the reports."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch

from unpatch.graph.data import Graph, GraphError
from unpatch.pages.estimate.listening import Voice, players, voices_of
from unpatch.pages.estimate.parts import document, figures, graph_picture, header, legend, section
from unpatch.storage.legible import escape

if TYPE_CHECKING:
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

HOW_TO_READ = (
    "Held-out examples spread evenly over the validation set, independent of their results. "
    "Left the graph that was used, right the one that was estimated from the reference alone. "
    "Sound runs left to right; rest the pointer on a box for its numbers; the bar under a name is its "
    "confidence. The re-render is the estimate played on the dry signal."
)


def page(rooms: Sequence[Room]) -> str:
    """The whole page."""
    takes = {
        (r, e): _voices(exhibit, room.sample_rate, f"audio-{r}-{e}")
        for r, room in enumerate(rooms)
        for e, exhibit in enumerate(room.exhibits)
    }
    every = [voice for voices in takes.values() for voice in voices]
    return document(TITLE, _body(rooms, takes), every, rooms[0].sample_rate)


def _voices(exhibit: Exhibit, sample_rate: int, prefix: str) -> tuple[Voice, ...]:
    """An invalid estimate plays silence."""
    rendered = torch.zeros_like(exhibit.reference) if exhibit.rendered is None else exhibit.rendered
    return voices_of(exhibit.reference, rendered, exhibit.dry, sample_rate, prefix)


def _body(rooms: Sequence[Room], takes: dict[tuple[int, int], tuple[Voice, ...]]) -> Iterator[str]:
    tasks = ", ".join(f"{room.task} by {room.model}" for room in rooms)
    yield header(TITLE, tasks)
    graphs = [graph for room in rooms for exhibit in room.exhibits for graph in (exhibit.true, exhibit.found)]
    yield section("How to read this page", HOW_TO_READ, legend(*graphs))
    for r, room in enumerate(rooms):
        for e, exhibit in enumerate(room.exhibits):
            title = f"{room.task.capitalize()} {e + 1}: {exhibit.performer}"
            yield section(title, "", _pair(exhibit) + _numbers(exhibit) + players(takes[r, e]))


def _pair(exhibit: Exhibit) -> str:
    sides = (("Truth", exhibit.true), ("Estimate", exhibit.found))
    return f'<div class="pair">{"".join(_side(name, graph) for name, graph in sides)}</div>'


def _side(name: str, graph: Graph) -> str:
    return f"<div><h3>{name}</h3>{_picture(graph)}</div>"


def _picture(graph: Graph) -> str:
    """A graph that cannot be rendered cannot be drawn either: its kinds are listed."""
    try:
        return graph_picture(graph)
    except GraphError as fault:
        kinds = ", ".join(node.kind for node in graph.nodes)
        return f"<p>Not a valid graph: {escape(str(fault))}. It has {escape(kinds)}.</p>"


def _numbers(exhibit: Exhibit) -> str:
    """Figures of this example that are defined for it."""
    known = ((exhibit.figures[name], words) for name, words in SHOWN.items())
    return figures((f"{value:.3f}", words) for value, words in known if not math.isnan(value))
