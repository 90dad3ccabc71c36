"""A graph as the page draws it: our own layout, with ports, titles and confidence words."""

from __future__ import annotations

from typing import Any

from unpatch.drawing import theme
from unpatch.drawing.boxes import Pin
from unpatch.drawing.layout import Layout, WirePath, make_layout
from unpatch.drawing.strips import is_console, make_strips
from unpatch.graph.certainty import certainty
from unpatch.graph.check import check_draft, complete
from unpatch.graph.data import Graph, Node
from unpatch.pages.mix.strips import strips as strips_of
from unpatch.processors import KINDS


def drawn(graph: Graph) -> dict[str, Any]:
    """The completed graph, its layout, and what is missing before it can be played.

    Raises:
        GraphError: the graph has a fault that no drawing can show.
    """
    missing = check_draft(graph, KINDS)
    whole = complete(graph, KINDS)
    strips = missing is None and is_console(whole)
    layout = make_strips(whole, KINDS) if strips else make_layout(whole, KINDS)
    return {
        "graph": whole.to_dict(),
        "missing": missing,
        "width": layout.width,
        "height": layout.height,
        "boxes": _boxes(whole, layout),
        "wires": [_wire(wire) for wire in layout.wires],
        "strips": _strips(whole) if strips else None,
    }


def _strips(graph: Graph) -> list[dict[str, Any]]:
    """Tracks and buses in the order of the mix, with the places of their processors."""
    return [
        {
            "name": strip.name,
            "track": strip.is_track,
            "feeds": strip.feeds,
            "nodes": list(strip.branch.nodes),
        }
        for strip in strips_of(graph)
    ]


def _wire(wire: WirePath) -> dict[str, Any]:
    label = wire.label
    return {
        "signal": wire.signal,
        "points": wire.points,
        "label": label and {"x": label.x, "y": label.y, "text": label.text},
    }


def _boxes(graph: Graph, layout: Layout) -> list[dict[str, Any]]:
    return [
        {
            "x": placed.x,
            "y": placed.y,
            "width": placed.box.width,
            "height": placed.box.height,
            "title": placed.box.title,
            "family": placed.box.family,
            "colour": theme.hue(placed.box.family).line,
            "certainty": _certainty(node),
            "compact": placed.box.is_pill,
            "inlets": _pins(placed.box.inlets),
            "outlets": _pins(placed.box.outlets),
        }
        for node, placed in zip(graph.nodes, layout.boxes, strict=True)
    ]


def _certainty(node: Node) -> dict[str, Any] | None:
    if not node.is_processor or node.confidence is None:
        return None
    return {"word": certainty(node.confidence), "probability": node.confidence}


def _pins(pins: tuple[Pin, ...]) -> list[dict[str, Any]]:
    return [{"name": pin.name, "signal": pin.signal, "y": pin.y, "label": pin.label} for pin in pins]
