"""How a page is made: values from Python, all markup from a template.

Every page of this package (see its docstring) goes through :func:`render`; nothing else writes HTML.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from unpatch.drawing import draw
from unpatch.storage.legible import legible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpatch.graph.data import Graph


def render(template: str, **values: object) -> Markup:
    """What a file of ``templates/`` makes of values.

    Raises:
        jinja2.UndefinedError: the template uses a value that is not there.
        TypeError: it writes a value that is None.
    """
    # Markup: all text in it was escaped when the template was rendered. A diagram can stand in a page.
    return Markup(environment().get_template(template).render(values))


def graph_picture(graph: Graph) -> Markup:
    """A graph as SVG; GraphError if it cannot be drawn."""
    # Markup: the picture is SVG already. The writer escapes the names of nodes, the only text from outside.
    return Markup(draw(graph).svg())


@cache
def environment() -> Environment:
    """Text is escaped everywhere, values that are not there are errors."""
    made = Environment(
        loader=PackageLoader("unpatch.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": "{:.0%}".format, "place": "{:.1f}".format, "places": _places}
    return made


def _places(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _shown(value: object) -> object:
    """A value before it is escaped: illegible characters are replaced by their codes."""
    if value is None:
        raise TypeError("a template writes None")
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return legible_lines(value)
