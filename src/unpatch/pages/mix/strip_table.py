"""Every strip with its processors, their values and what the linear ones do to frequencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from unpatch.declaration import Processor
from unpatch.drawing import theme
from unpatch.graph.data import Graph, Node
from unpatch.graph.text import MINUS, gain_text, knob_label, knob_value
from unpatch.mixing.console import WEIGHT
from unpatch.pages.mix.response_curve import response_svg
from unpatch.pages.mix.responses import Response
from unpatch.pages.mix.strips import Strip, strips
from unpatch.processors import KINDS
from unpatch.storage.legible import escape

LONG_S = 0.05
"""Responses that last longer are marked as ringing."""


def strip_table(graph: Graph, found: Sequence[Response], registry: Mapping[str, Processor] = KINDS) -> str:
    """A row for each strip; tracks first, then the bus that they feed."""
    rows = "".join(_row(graph, strip, found, registry) for strip in strips(graph))
    head = "<tr><th>Strip</th><th>Processors, in series</th><th>Linear parts</th></tr>"
    return f'<table class="strips">{head}{rows}</table>'


def _row(graph: Graph, strip: Strip, found: Sequence[Response], registry: Mapping[str, Processor]) -> str:
    processors = "".join(_processor(graph.nodes[node], registry) for node in strip.branch.nodes)
    own = [one for one in found if one.stretch.strip.branch.head == strip.branch.head]
    curves = "".join(_curve(graph, one) for one in own)
    name = f"<b>{escape(strip.name)}</b><small>to {escape(strip.feeds)}{_wires(strip)}</small>"
    cells = f'<td class="name">{name}</td><td>{processors or MINUS}</td><td>{curves}</td>'
    return f'<tr class="{"track" if strip.is_track else "bus"}">{cells}</tr>'


def _wires(strip: Strip) -> str:
    """Gains of its wires, where they are not 1."""
    texts = [text for gain in strip.branch.gains if (text := gain_text(gain))]
    return f", {escape(', '.join(texts))}" if texts else ""


def _processor(node: Node, registry: Mapping[str, Processor]) -> str:
    processor = registry[node.kind]
    hue = theme.hue(theme.group(processor))
    style = f"background:{hue.fill};border-color:{hue.line}"
    chip = f'<span class="chip" style="{style}" title="{escape(processor.summary)}">'
    values = f'<span class="values">{"".join(_values(node, processor))}</span>'
    name = escape(processor.label)
    return f'<div class="processor">{chip}{name}</span>{_wet(node, processor)}{values}</div>'


def _wet(node: Node, processor: Processor) -> str:
    """Share of the processed sound."""
    if WEIGHT not in processor.parameters:
        return '<span class="wet"></span>'
    weight = node.parameters.get(WEIGHT, processor.parameters[WEIGHT].default)
    title = f"{weight:.1%} processed, {1 - weight:.1%} dry"
    return f'<span class="wet" title="{title}"><i style="width:{weight:.0%}"></i>{weight:.0%} wet</span>'


def _values(node: Node, processor: Processor) -> Iterator[str]:
    for name, value in node.parameters.items():
        if name != WEIGHT:
            knob = processor.parameters[name]
            yield f"<span><small>{escape(knob_label(knob))}</small>{escape(knob_value(knob, value))}</span>"
    for name, curve in node.curves.items():
        shown = escape(knob_label(processor.curves[name]))
        yield f"<span><small>{shown}</small>{len(curve)} values</span>"


def _curve(graph: Graph, response: Response) -> str:
    kinds = " \N{RIGHTWARDS ARROW} ".join(
        KINDS[graph.nodes[node].kind].label for node in response.stretch.nodes
    )
    rings = f", rings {response.rings_s:.2g} s" if response.rings_s > LONG_S else ""
    crossed = ", sides are crossed" if len(response.audio) > 2 else ""
    return (
        f"<figure>{response_svg(response)}<figcaption>{escape(kinds + rings + crossed)}</figcaption></figure>"
    )
