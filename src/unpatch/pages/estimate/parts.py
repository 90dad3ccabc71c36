"""What the pages' templates are given of graphs: processors with their values, and colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from unpatch.drawing import theme
from unpatch.graph.text import knob_label, knob_value
from unpatch.processors import KINDS

if TYPE_CHECKING:
    from unpatch.declaration import Processor
    from unpatch.drawing.theme import Hue
    from unpatch.graph.data import Graph, Node


class ShownProcessor(NamedTuple):
    """A processor of a graph, as text.

    Attributes:
        name: of its kind.
        summary: what it does.
        hue: its colours.
        knobs: names and values.
    """

    name: str
    summary: str
    hue: Hue
    knobs: list[tuple[str, str]]


def shown_processor(
    node: Node, registry: Mapping[str, Processor] = KINDS, *, without: str = ""
) -> ShownProcessor:
    """A node with its knobs except the one called ``without``, and the lengths of its curves."""
    processor = registry[node.kind]
    knobs = [
        (knob_label(processor.parameters[name]), knob_value(processor.parameters[name], value))
        for name, value in node.parameters.items()
        if name != without
    ]
    curves = [
        (knob_label(processor.curves[name]), f"{len(curve)} values") for name, curve in node.curves.items()
    ]
    hue = theme.hue(theme.group(processor))
    return ShownProcessor(processor.label, processor.summary, hue, knobs + curves)


def families(*graphs: Graph) -> dict[str, Hue]:
    """Colours of the families of processors that are in graphs."""
    kinds = [node.kind for graph in graphs for node in graph.nodes if node.is_processor]
    named = dict.fromkeys(theme.group(KINDS[kind]) for kind in kinds)
    return {family: theme.hue(family) for family in named}
