"""What pages are made of: the document itself, sections, figures, graphs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from unpatch.drawing import draw, theme
from unpatch.pages.estimate.listening import audio_element
from unpatch.processors import KINDS
from unpatch.storage.legible import escape

if TYPE_CHECKING:
    from unpatch.graph.data import Graph
    from unpatch.pages.estimate.listening import Voice


def document(
    title: str, body: Iterable[str], voices: Sequence[Voice], sample_rate: int, *, style: str = ""
) -> str:
    """A page that needs nothing else, with everything that its players play, and more style."""
    return Template(asset("page.html")).substitute(
        title=escape(f"{title} - unpatch"),
        style=asset("style.css") + style,
        body="\n".join(body),
        audio="\n".join(audio_element(voice, sample_rate) for voice in voices),
        script=asset("player.js"),
    )


def asset(name: str) -> str:
    """A file of this package: what pages share."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def header(title: str, line: str) -> str:
    return f"<header><h1>{escape(title)}</h1><p>{escape(line)}</p></header>"


def section(title: str, text: str, content: str) -> str:
    paragraph = f"<p>{escape(text)}</p>" if text else ""
    return f"<section><h2>{escape(title)}</h2>{paragraph}{content}</section>"


def figures(shown: Iterable[tuple[str, str]]) -> str:
    """Numbers, each with what it means."""
    cells = (f'<div class="figure"><b>{a}</b><span>{escape(b)}</span></div>' for a, b in shown)
    return f'<div class="figures">{"".join(cells)}</div>'


def graph_picture(graph: Graph) -> str:
    return f'<div class="graph">{draw(graph).svg()}</div>'


def legend(*graphs: Graph) -> str:
    """What wires and colours mean."""
    kinds = [node.kind for graph in graphs for node in graph.nodes if node.is_processor]
    wires = "<span><i></i>sound</span><span><i class='control'></i>modulation</span>"
    families = dict.fromkeys(theme.group(KINDS[kind]) for kind in kinds)
    return f'<div class="legend">{wires}{"".join(map(_swatch, families))}</div>'


def _swatch(family: str) -> str:
    hue = theme.hue(family)
    style = f"background:{hue.fill};border-color:{hue.line}"
    return f'<span><i class="swatch" style="{style}"></i>{escape(family)}</span>'


def facts(found: Mapping[str, str]) -> str:
    rows = (f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in found.items())
    return f"<dl>{''.join(rows)}</dl>"
