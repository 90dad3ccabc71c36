"""Diagrams for pages: lists of shapes, written as SVG by a template.

Places are in the units of the diagram's own viewBox; a title is shown when the pointer rests on a shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from unpatch.pages.templating import render

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class DiagramText:
    """A word; ``anchor`` is ``start``, ``middle`` or ``end``."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    kind: ClassVar = "label"


@dataclass(frozen=True)
class Line:
    """A grid line or tick along an SVG path; ``style`` is its class in the style sheet."""

    path: str
    style: str = "grid"
    title: str = ""
    kind: ClassVar = "line"


@dataclass(frozen=True)
class Polyline:
    """Points joined by straight lines."""

    points: Sequence[tuple[float, float]]
    colour: str
    width: float = 1.5
    title: str = ""
    kind: ClassVar = "curve"


@dataclass(frozen=True)
class Area:
    """A filled outline."""

    points: Sequence[tuple[float, float]]
    colour: str
    title: str
    kind: ClassVar = "area"


@dataclass(frozen=True)
class Dot:
    """A point with a tooltip."""

    x: float
    y: float
    colour: str
    title: str
    kind: ClassVar = "dot"


@dataclass(frozen=True)
class Raster:
    """A picture of pixels, stretched over a rectangle; ``href`` carries its data."""

    x: float
    y: float
    width: float
    height: float
    href: str
    kind: ClassVar = "raster"


Shape = DiagramText | Line | Polyline | Area | Dot | Raster


def svg(name: str, size: tuple[float, float], style: str, shapes: Iterable[Shape]) -> Markup:
    """A diagram for a page.

    Args:
        name: what it shows, for screen readers.
        size: width and height of its viewBox.
        style: its classes in the style sheet.
        shapes: later ones cover earlier ones.
    """
    width, height = (f"{length:g}" for length in size)
    values = {"name": name, "width": width, "height": height, "style": style}
    return render("diagram.svg.j2", shapes=shapes, **values)
