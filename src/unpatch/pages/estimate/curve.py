"""The cost of a refinement over time, as SVG, to be embedded in a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unpatch.drawing import theme
from unpatch.pages.diagram import DiagramText, Dot, Line, Polyline, svg
from unpatch.pages.estimate.axes import round_ticks
from unpatch.refining.problem import FitMoment

if TYPE_CHECKING:
    from markupsafe import Markup

    from unpatch.pages.diagram import Shape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720.0, 220.0, 46.0, 34.0, 12.0, 12.0


def curve_svg(moments: Sequence[FitMoment], ends_s: float) -> Markup:
    """Lowest cost over processor time; marked where a step was of another sort than the one before."""
    # A recording that equals the dry signal costs nothing from the start.
    highest = 1.05 * moments[0].cost or 1.0

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - RIGHT - LEFT) * seconds / ends_s

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * cost / highest

    shapes: list[Shape] = []
    for cost in round_ticks(highest):
        shapes.append(Line(f"M{LEFT:g} {y(cost):.1f}H{WIDTH - RIGHT:g}"))
        shapes.append(DiagramText(LEFT - 6, y(cost) + 3.5, f"{cost:g}", "end"))
    for seconds in round_ticks(ends_s):
        shapes.append(Line(f"M{x(seconds):.1f} {TOP:g}V{HEIGHT - BOTTOM:g}"))
        shapes.append(DiagramText(x(seconds), HEIGHT - 16, f"{seconds:g} s"))
    points = [(x(moments[0].cpu_seconds), y(moments[0].cost))]
    for moment in moments[1:]:
        points += [(x(moment.cpu_seconds), points[-1][1]), (x(moment.cpu_seconds), y(moment.cost))]
    shapes.append(Polyline([*points, (x(ends_s), points[-1][1])], theme.AUDIO, 2))
    shapes += [Dot(x(m.cpu_seconds), y(m.cost), theme.CONTROL, _in_words(m)) for m in turns(moments)]
    return svg("cost over processor time", (WIDTH, HEIGHT), "spectrum", shapes)


def turns(moments: Sequence[FitMoment]) -> list[FitMoment]:
    """Those by something else than the one before."""
    before = [None, *(moment.by for moment in moments)]
    return [moment for moment, last in zip(moments, before, strict=False) if moment.by != last]


def _in_words(moment: FitMoment) -> str:
    return f"{moment.by}: {moment.cost:.3f} after {moment.renders} renders"
