"""Every strip with its processors, their values and what the linear ones do to frequencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from unpatch.declaration import Processor
from unpatch.graph.data import Graph, Node
from unpatch.graph.text import gain_text
from unpatch.mixing.console import WEIGHT
from unpatch.pages.estimate.parts import ShownProcessor, shown_processor
from unpatch.pages.mix.response_curve import response_svg
from unpatch.pages.mix.responses import Response
from unpatch.pages.mix.strips import Strip, strips
from unpatch.processors import KINDS

if TYPE_CHECKING:
    from markupsafe import Markup

LONG_S = 0.05
"""Responses that last longer are marked as ringing."""


class ShownStrip(NamedTuple):
    """A row of the table.

    Attributes:
        strip: of which it is.
        gains: of its wires, where they are not 1.
        processors: in series, each with the share of its sound, None where all of the sound is processed.
        curves: captions and diagrams of what is linear.
    """

    strip: Strip
    gains: list[str]
    processors: list[tuple[ShownProcessor, float | None]]
    curves: list[tuple[str, Markup]]


def shown_strips(
    graph: Graph, found: Sequence[Response], registry: Mapping[str, Processor] = KINDS
) -> list[ShownStrip]:
    """Tracks first, then the bus that they feed."""
    return [_shown(graph, strip, found, registry) for strip in strips(graph)]


def _shown(
    graph: Graph, strip: Strip, found: Sequence[Response], registry: Mapping[str, Processor]
) -> ShownStrip:
    nodes = [graph.nodes[node] for node in strip.branch.nodes]
    own = [one for one in found if one.stretch.strip.branch.head == strip.branch.head]
    return ShownStrip(
        strip,
        [text for gain in strip.branch.gains if (text := gain_text(gain))],
        [(shown_processor(node, registry, without=WEIGHT), _wet(node, registry)) for node in nodes],
        [(_caption(graph, one), response_svg(one)) for one in own],
    )


def _wet(node: Node, registry: Mapping[str, Processor]) -> float | None:
    """Share of the processed sound."""
    knob = registry[node.kind].parameters.get(WEIGHT)
    return None if knob is None else node.parameters.get(WEIGHT, knob.default)


def _caption(graph: Graph, response: Response) -> str:
    kinds = " \N{RIGHTWARDS ARROW} ".join(
        KINDS[graph.nodes[node].kind].label for node in response.stretch.nodes
    )
    rings = f", rings {response.rings_s:.2g} s" if response.rings_s > LONG_S else ""
    crossed = ", sides are crossed" if len(response.audio) > 2 else ""
    return kinds + rings + crossed
