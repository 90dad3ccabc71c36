"""The cost of a refinement over time, as SVG, to be embedded in a page."""

from collections.abc import Sequence

from unpatch.drawing import theme
from unpatch.pages.estimate.axes import label, line, round_ticks
from unpatch.refining.problem import FitMoment

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720.0, 220.0, 46.0, 34.0, 12.0, 12.0


def curve_svg(moments: Sequence[FitMoment], ends_s: float) -> str:
    """Lowest cost over processor time; marked where a step was of another sort than the one before."""
    highest = 1.05 * moments[0].cost

    def x(seconds: float) -> float:
        return LEFT + (WIDTH - RIGHT - LEFT) * seconds / ends_s

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * cost / highest

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" class="spectrum">']
    for cost in round_ticks(highest):
        parts.append(line(f"M{LEFT:g} {y(cost):.1f}H{WIDTH - RIGHT:g}"))
        parts.append(label(LEFT - 6, y(cost) + 3.5, f"{cost:g}", "end"))
    for seconds in round_ticks(ends_s):
        parts.append(line(f"M{x(seconds):.1f} {TOP:g}V{HEIGHT - BOTTOM:g}"))
        parts.append(label(x(seconds), HEIGHT - 16, f"{seconds:g} s"))
    steps = "".join(f"H{x(m.cpu_seconds):.1f}V{y(m.cost):.1f}" for m in moments)
    begin = f"M{x(moments[0].cpu_seconds):.1f} {y(moments[0].cost):.1f}"
    path = f'<path d="{begin}{steps}H{x(ends_s):.1f}" fill="none" stroke="{theme.AUDIO}" stroke-width="2"/>'
    marks = (_mark(m, x(m.cpu_seconds), y(m.cost)) for m in turns(moments))
    return "".join([*parts, path, *marks, "</svg>"])


def turns(moments: Sequence[FitMoment]) -> list[FitMoment]:
    """Those by something else than the one before."""
    before = [None, *(moment.by for moment in moments)]
    return [moment for moment, last in zip(moments, before, strict=False) if moment.by != last]


def _mark(moment: FitMoment, x: float, y: float) -> str:
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{theme.CONTROL}">'
    return f"{dot}<title>{moment.by}: {moment.cost:.3f} after {moment.renders} renders</title></circle>"
