"""The same scene as pixels, by matplotlib's Agg: its fonts come along, so it looks alike everywhere."""

import io
import warnings
from collections.abc import Sequence
from typing import Any

from unpatch.drawing import theme
from unpatch.drawing.layout import Layout
from unpatch.drawing.scene import Disc, Group, Path, Rectangle, Shape, Text

DPI = 72.0
# DejaVu Sans is wider than the SVG's fonts; scaled down by this it fills the same boxes.
FONT_SHRINK = 0.87
MOST_PIXELS = 100_000_000


def write_png(layout: Layout, scene: Sequence[Group], scale: float = 2.0) -> bytes:
    """The image file; ``scale`` 2 gives twice as many pixels as the SVG's size.

    Raises:
        ValueError: there would be more than MOST_PIXELS, which take some seconds and 400 MB.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = round(layout.width * scale), round(layout.height * scale)
    if width * height > MOST_PIXELS:
        raise ValueError(
            f"the picture has {width} x {height} pixels; .png holds at most "
            f"{MOST_PIXELS // 10**6} million of them, .svg any number"
        )
    figure = Figure((layout.width / DPI, layout.height / DPI), dpi=DPI * scale, facecolor=theme.PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, layout.width), ylim=(layout.height, 0))
    axes.axis("off")
    order = 0
    for group in scene:
        for shape in group.shapes:
            _put(axes, shape, order)
            order += 1
    file = io.BytesIO()
    with warnings.catch_warnings():
        # A sign that no font has is drawn as a box.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure.savefig(file, format="png")
    return file.getvalue()


def _put(axes: Any, shape: Shape, order: int) -> None:
    from matplotlib import patches

    match shape:
        case Rectangle():
            style = {"facecolor": shape.fill, "edgecolor": shape.line or "none", "linewidth": 1.2}
            axes.add_patch(patches.PathPatch(_rounded(shape), zorder=order, **style))
        case Disc():
            style = {"facecolor": shape.fill, "edgecolor": shape.line, "linewidth": 1.5}
            axes.add_patch(patches.Circle((shape.x, shape.y), shape.radius, zorder=order, **style))
        case Path():
            axes.add_patch(_wire(shape, order))
        case Text():
            _write(axes, shape, order)


def _rounded(shape: Rectangle) -> Any:
    """Outline with quarter-circle corners, the lower two square if so wanted."""
    from matplotlib.path import Path as Outline

    r, b = shape.radius, 0.0 if shape.flat_bottom else shape.radius
    x0, y0, x1, y1 = shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    corners = [
        ((x0, y0 + r), (x0, y0), (x0 + r, y0)),
        ((x1 - r, y0), (x1, y0), (x1, y0 + r)),
        ((x1, y1 - b), (x1, y1), (x1 - b, y1)),
        ((x0 + b, y1), (x0, y1), (x0, y1 - b)),
    ]
    points, codes = [], []
    for i, (a, corner, c) in enumerate(corners):
        points += [a, corner, c]
        codes += [Outline.LINETO if i else Outline.MOVETO, Outline.CURVE3, Outline.CURVE3]
    return Outline([*points, points[0]], [*codes, Outline.CLOSEPOLY])


def _wire(shape: Path, order: int) -> Any:
    from matplotlib import patches
    from matplotlib.path import Path as Outline

    points, codes = [shape.start], [Outline.MOVETO]
    for move in shape.moves:
        points += [*move.controls, move.end] if move.controls else [move.end]
        codes += [Outline.CURVE4] * 3 if move.controls else [Outline.LINETO]
    return patches.PathPatch(
        Outline(points, codes),
        facecolor="none",
        edgecolor=shape.line,
        linewidth=shape.width,
        linestyle=(0, (3.4, 2.4)) if shape.dashed else "-",
        alpha=shape.opacity,
        capstyle="butt",
        zorder=order,
    )


def _write(axes: Any, shape: Text, order: int) -> None:
    axes.text(
        shape.x,
        shape.y + 0.35 * shape.size,
        shape.text,
        fontsize=shape.size * FONT_SHRINK,
        fontweight="bold" if shape.bold else "normal",
        color=shape.colour,
        ha={"start": "left", "middle": "center", "end": "right"}[shape.anchor],
        va="baseline",
        zorder=order,
        parse_math=False,
    )
