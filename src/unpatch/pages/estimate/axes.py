"""What the page's diagrams share. Places are in the units of the diagram's own viewBox."""

from collections.abc import Iterable
from itertools import takewhile

from unpatch.storage.legible import escape

MOST_TICKS = 6


def hz_label(value: float) -> str:
    """``300 Hz``, ``3 kHz``."""
    return f"{value / 1000:g} kHz" if value >= 1000 else f"{value:g} Hz"


def round_ticks(end: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from 0 to ``end``, as many as fit well."""
    steps = (digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 5))
    step = next(step for step in steps if end / step < MOST_TICKS)
    return list(takewhile(lambda tick: tick <= end, (i * step for i in range(MOST_TICKS + 1))))


def label(x: float, y: float, text: str, anchor: str = "middle") -> str:
    """A word in an SVG."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def line(path: str) -> str:
    """A grid line or tick in an SVG."""
    return f'<path d="{path}" class="grid"/>'


def svg(width: float, height: float, kinds: str, parts: Iterable[str]) -> str:
    """A diagram as SVG, to be embedded in a page."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" class="{kinds}">'
    return "".join([head, *parts, "</svg>"])


def polyline(points: Iterable[tuple[float, float]], colour: str, width: float = 1.5) -> str:
    """A curve in an SVG."""
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def dot(x: float, y: float, colour: str, title: str) -> str:
    """A point in an SVG with a tooltip."""
    tooltip = f"<title>{escape(title)}</title>"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}">{tooltip}</circle>'
