"""Levels over frequency as SVG, to be embedded in a page.

Shapes: P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unpatch.graph.text import MINUS
from unpatch.pages.diagram import DiagramText, Line, Polyline, svg
from unpatch.pages.estimate.axes import hz_label
from unpatch.pages.estimate.measures import RANGE_DB

if TYPE_CHECKING:
    from markupsafe import Markup

    from unpatch.pages.diagram import Shape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720.0, 250.0, 46.0, 30.0, 12.0, 12.0
STEP_DB = 10
TICKS_HZ = (100, 300, 1000, 3000, 10_000)


class LevelCurve(NamedTuple):
    """A curve: its name, its colour, its levels ``[P]`` in dB."""

    name: str
    colour: str
    levels_db: Sequence[float]


class SpectrumDiagram(NamedTuple):
    """A diagram, and the names of its colours."""

    picture: Markup
    colours: list[tuple[str, str]]


def spectrum(centres_hz: Sequence[float], curves: Sequence[LevelCurve]) -> SpectrumDiagram:
    """Levels at frequencies ``[P]`` as lines."""
    highest = STEP_DB * np.ceil(max(max(curve.levels_db) for curve in curves) / STEP_DB)
    deepest = STEP_DB * np.floor(min(min(curve.levels_db) for curve in curves) / STEP_DB)
    lowest = max(deepest, highest - RANGE_DB)
    x = np.interp(np.log(centres_hz), np.log([centres_hz[0], centres_hz[-1]]), [LEFT, WIDTH - RIGHT])

    def y(level: float) -> float:
        return float(np.interp(level, [lowest, highest], [HEIGHT - BOTTOM, TOP]))

    shapes: list[Shape] = []
    for level in np.arange(lowest, highest + 1, STEP_DB):
        shapes.append(Line(f"M{LEFT:g} {y(level):.1f}H{WIDTH - RIGHT:g}"))
        unit = " dB" if level == highest else ""
        shapes.append(DiagramText(LEFT - 6, y(level) + 3.5, f"{level:g}{unit}".replace("-", MINUS), "end"))
    for hz in TICKS_HZ:
        place = float(np.interp(np.log(hz), np.log(centres_hz), x))
        shapes.append(Line(f"M{place:.1f} {TOP:g}V{HEIGHT - BOTTOM:g}"))
        shapes.append(DiagramText(place, HEIGHT - 10, hz_label(hz)))
    for name, colour, levels in curves:
        shapes.append(Polyline(list(zip(x, map(y, levels), strict=True)), colour, 2, name))
    picture = svg("levels over frequency", (WIDTH, HEIGHT), "spectrum", shapes)
    return SpectrumDiagram(picture, [(curve.name, curve.colour) for curve in curves])
