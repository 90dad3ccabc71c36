"""The cost of sparsity, as a diagram: the loss against the number of remaining processors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unpatch.drawing import theme
from unpatch.mixing.results import SearchMoment
from unpatch.pages.diagram import DiagramText, Dot, Line, Polyline, svg
from unpatch.pages.estimate.axes import round_ticks
from unpatch.pages.mix.history import between, in_words

if TYPE_CHECKING:
    from unpatch.pages.diagram import Shape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 460.0, 290.0, 56.0, 36.0, 22.0, 14.0


def tradeoff_svg(moments: Sequence[SearchMoment], tolerance: float) -> str:
    """The losses over all judged passages, joined in the order in which they came; none gives nothing."""
    judged = [moment for moment in moments if moment.judged]
    if not judged:
        return ""
    losses = [moment.loss for moment in judged]
    low, high = min(losses), max([*losses, min(losses) + tolerance])
    room = 0.1 * (high - low) or 0.1 * max(low, 1e-3)
    most = max([*map(_count, judged), 1])

    def x(count: float) -> float:
        return WIDTH - RIGHT - (WIDTH - LEFT - RIGHT) * count / most

    def y(loss: float) -> float:
        return TOP + (HEIGHT - BOTTOM - TOP) * (high + room - loss) / (high - low + 2 * room)

    shapes: list[Shape] = []
    for loss in between(low - room, high + room):
        shapes.append(Line(f"M{LEFT:g} {y(loss):.1f}H{WIDTH - RIGHT:g}"))
        shapes.append(DiagramText(LEFT - 6, y(loss) + 3.5, f"{loss:g}", "end"))
    shapes += [DiagramText(x(n), HEIGHT - BOTTOM + 16, f"{n:g}") for n in round_ticks(most)]
    shapes.append(DiagramText((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 5, "processors left"))
    shapes.append(DiagramText(LEFT, TOP - 8, "loss over all judged passages", "start"))
    places = [(x(_count(moment)), y(moment.loss)) for moment in judged]
    shapes.append(Polyline(places, theme.CONTROL, 1.2))
    shapes += [Dot(*place, theme.CONTROL, in_words(m)) for place, m in zip(places, judged, strict=True)]
    return svg("loss over number of processors", (WIDTH, HEIGHT), "spectrum tradeoff", shapes)


def _count(moment: SearchMoment) -> int:
    return sum(moment.processors.values())
