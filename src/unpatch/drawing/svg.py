"""A scene as an SVG document."""

from collections.abc import Iterator, Sequence

from unpatch.drawing import theme
from unpatch.drawing.layout import Layout
from unpatch.drawing.scene import Disc, Group, Move, Path, Rectangle, Shape, Text
from unpatch.storage.legible import escape

FONTS = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


def write_svg(layout: Layout, scene: Sequence[Group]) -> str:
    """The whole document; no outside references."""
    width, height = _number(layout.width), _number(layout.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONTS}" role="img" aria-label="processing graph">'
    )
    paper = f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>'
    return "\n".join([head, paper, *(_group(group) for group in scene), "</svg>", ""])


def _group(group: Group) -> str:
    title = f"<title>{escape(group.tooltip)}</title>" if group.tooltip else ""
    return f"<g>{title}" + "".join(_element(shape) for shape in group.shapes) + "</g>"


def _element(shape: Shape) -> str:
    match shape:
        case Rectangle():
            return _rectangle(shape)
        case Disc():
            return (
                f'<circle cx="{_number(shape.x)}" cy="{_number(shape.y)}" r="{_number(shape.radius)}" '
                f'fill="{shape.fill}" stroke="{shape.line}" stroke-width="1.5"/>'
            )
        case Path():
            return _path(shape)
        case Text():
            return _text(shape)


def _rectangle(shape: Rectangle) -> str:
    stroke = f' stroke="{shape.line}" stroke-width="1.2"' if shape.line else ""
    x, y, width, height = map(_number, (shape.x, shape.y, shape.width, shape.height))
    if not shape.flat_bottom:
        box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{_number(shape.radius)}"'
        return f'{box} fill="{shape.fill}"{stroke}/>'
    r = _number(shape.radius)
    side, top = _number(shape.height - shape.radius), _number(shape.width - 2 * shape.radius)
    rise, fall = f"v-{side}a{r} {r} 0 0 1 {r} -{r}", f"a{r} {r} 0 0 1 {r} {r}v{side}"
    outline = f"M{x} {_number(shape.y + shape.height)}{rise}h{top}{fall}z"
    return f'<path d="{outline}" fill="{shape.fill}"{stroke}/>'


def _path(shape: Path) -> str:
    steps = "".join(_steps(shape.moves))
    dash = ' stroke-dasharray="5 3.5"' if shape.dashed else ""
    fade = f' opacity="{shape.opacity:.2f}"' if shape.opacity < 1 else ""
    return (
        f'<path d="M{_point(shape.start)}{steps}" fill="none" stroke="{shape.line}" '
        f'stroke-width="{shape.width}" stroke-linejoin="round"{dash}{fade}/>'
    )


def _steps(moves: Sequence[Move]) -> Iterator[str]:
    for move in moves:
        points = (*move.controls, move.end) if move.controls else (move.end,)
        yield ("C" if move.controls else "L") + " ".join(map(_point, points))


def _text(shape: Text) -> str:
    weight = ' font-weight="600"' if shape.bold else ""
    return (
        f'<text x="{_number(shape.x)}" y="{_number(shape.y + 0.35 * shape.size)}" '
        f'font-size="{shape.size}" text-anchor="{shape.anchor}" fill="{shape.colour}"{weight}>'
        f"{escape(shape.text)}</text>"
    )


def _point(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
