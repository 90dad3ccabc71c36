"""Pictures of graphs: one layout, written as SVG or PNG.

draw(graph, "patch.svg")     # or .png
draw(graph)                  # in a notebook: the picture itself
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unpatch.declaration import Processor
from unpatch.drawing.layout import Layout, make_layout
from unpatch.drawing.png import write_png
from unpatch.drawing.scene import make_scene
from unpatch.drawing.strips import is_console, make_strips
from unpatch.drawing.svg import write_svg
from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.storage.files import write_aside

__all__ = ["FORMATS", "Layout", "Picture", "draw", "make_layout"]

FORMATS = (".svg", ".png")


@dataclass(frozen=True)
class Picture:
    """A drawn graph. Notebooks show it by themselves."""

    layout: Layout

    def svg(self) -> str:
        return write_svg(self.layout, make_scene(self.layout))

    def png(self, scale: float = 2.0) -> bytes:
        return write_png(self.layout, make_scene(self.layout), scale)

    def save(self, path: str | Path) -> None:
        """Write ``path``; its ending chooses the format."""
        path = Path(path)
        if path.suffix.lower() not in FORMATS:
            raise ValueError(f"{path}: pictures end in {' or '.join(FORMATS)}")
        is_svg = path.suffix.lower() == ".svg"
        write_aside(path, self.svg().encode() if is_svg else self.png())

    def _repr_svg_(self) -> str:
        return self.svg()


def draw(
    graph: Graph, path: str | Path | None = None, *, registry: Mapping[str, Processor] = KINDS
) -> Picture:
    """Draw a graph, left to right; write it if a path is given.

    Colours are families, solid wires sound, dashed wires modulation. A number on a wire is its gain. A mixing
    console has a row for every track; the share of a processor's sound in the mix with its dry signal is
    beside its name.

    Args:
        graph: what to draw.
        path: file to write; its ending is .svg or .png.
        registry: kind to processor.

    Returns:
        The picture, which notebooks show.

    Raises:
        GraphError: the graph is not valid.
        ValueError: another ending.

    Example:
        >>> import unpatch
        >>> picture = unpatch.draw(unpatch.chain(unpatch.PROCESSORS, "bell"), "bell.svg")
        >>> picture.svg().startswith("<svg")
        True
    """
    whole = complete(check(graph, registry), registry)
    picture = Picture((make_strips if is_console(whole) else make_layout)(whole, registry))
    if path is not None:
        picture.save(path)
    return picture
