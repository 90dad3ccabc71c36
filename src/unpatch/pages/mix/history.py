"""How a search went, as a diagram: the loss over steps, and below it how many processors were left.

Shapes of the diagram are in the units of its own viewBox.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from unpatch.drawing import theme
from unpatch.mixing.results import SearchMoment
from unpatch.pages.diagram import Area, DiagramText, Dot, Line, Polyline, Shape, svg
from unpatch.pages.estimate.axes import round_ticks
from unpatch.pages.mix.strips import LETTERS, type_name

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH, LEFT, RIGHT = 900.0, 52.0, 12.0
TOP, LOSS_HEIGHT, GAP, COUNT_HEIGHT, BOTTOM = 22.0, 210.0, 26.0, 130.0, 34.0
HEIGHT = TOP + LOSS_HEIGHT + GAP + COUNT_HEIGHT + BOTTOM
COLOURS = {letter: theme.hue(type_name(letter)).line for letter in LETTERS}
"""Of each type, in all diagrams."""
# Losses above this multiple of the lowest are cut off: the first steps are not informative.
HIGHEST = 6.0


@dataclass(frozen=True)
class HistoryPoint:
    """A moment and how many steps of fitting came before it, in all."""

    moment: SearchMoment
    steps: int


def places(moments: Sequence[SearchMoment]) -> list[HistoryPoint]:
    """Positions of moments: fits one behind the other, pruning takes no step."""
    found, before, stage, last = list[HistoryPoint](), 0, "", 0
    for moment in moments:
        if moment.stage != stage:
            before, stage, last = before + last, moment.stage, 0
        if is_fit(moment.stage):
            last = moment.step
        found.append(HistoryPoint(moment, before + last))
    return found


def is_fit(stage: str) -> bool:
    """Whether numbers move in this stage; else processors go."""
    return stage == "console" or stage.startswith("refit")


def history_svg(moments: Sequence[SearchMoment], total_steps: int | None = None) -> Markup:
    """The diagram; up to ``total_steps`` if the search is still running."""
    found = places(moments)
    scale = _Scale.of(found, total_steps)
    shapes = [*_axes(scale), *_stages(found, scale), *_counts(found, scale), *_losses(found, scale)]
    return svg("loss and number of processors over steps", (WIDTH, HEIGHT), "spectrum history", shapes)


class HistoryColours(NamedTuple):
    """Of the lines, the dots and the types in the diagram."""

    fitting: str
    judged: str
    types: dict[str, str]


def history_colours() -> HistoryColours:
    """For the diagram's legend."""
    return HistoryColours(theme.AUDIO, theme.CONTROL, {type_name(mark): COLOURS[mark] for mark in COLOURS})


@dataclass(frozen=True)
class _Scale:
    steps: float
    lowest: float
    highest: float
    count: int

    @classmethod
    def of(cls, found: Sequence[HistoryPoint], total_steps: int | None) -> _Scale:
        losses = [p.moment.loss for p in found if math.isfinite(p.moment.loss)] or [1.0]
        lowest = min(losses)
        highest = min(max(losses), HIGHEST * lowest)
        room = 0.06 * max(highest - lowest, 0.01 * highest, 1e-6)
        counts = [sum(place.moment.processors.values()) for place in found]
        steps = max([place.steps for place in found] + [total_steps or 0, 1])
        return cls(steps, max(0.0, lowest - room), highest + room, max([*counts, 1]))

    def x(self, steps: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * steps / self.steps

    def y(self, loss: float) -> float:
        share = (min(loss, self.highest) - self.lowest) / (self.highest - self.lowest)
        return TOP + LOSS_HEIGHT * (1 - share)

    def y_count(self, count: float) -> float:
        return TOP + LOSS_HEIGHT + GAP + COUNT_HEIGHT * (1 - count / self.count)


def _axes(scale: _Scale) -> Iterator[Shape]:
    for loss in between(scale.lowest, scale.highest):
        yield Line(f"M{LEFT:g} {scale.y(loss):.1f}H{WIDTH - RIGHT:g}")
        yield DiagramText(LEFT - 6, scale.y(loss) + 3.5, f"{loss:g}", "end")
    for count in (0, scale.count):
        yield Line(f"M{LEFT:g} {scale.y_count(count):.1f}H{WIDTH - RIGHT:g}")
        yield DiagramText(LEFT - 6, scale.y_count(count) + 3.5, f"{count}", "end")
    for steps in round_ticks(scale.steps):
        yield DiagramText(
            scale.x(steps), HEIGHT - BOTTOM + 16, f"{steps:,.0f}".replace(",", "\N{THIN SPACE}")
        )
    yield DiagramText(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 5, "steps of fitting")
    yield DiagramText(LEFT, TOP - 8, "loss", "start")
    yield DiagramText(LEFT, scale.y_count(scale.count) - 6, "processors left", "start")


def between(low: float, high: float) -> list[float]:
    """Round numbers, about five."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{i * step:.10g}") for i in range(first, last + 1)]


def _stages(found: Sequence[HistoryPoint], scale: _Scale) -> Iterator[Shape]:
    """A line where a round of pruning was."""
    for before, here in pairwise(found):
        stage = here.moment.stage
        if not is_fit(stage) and stage != before.moment.stage:
            way = f"M{scale.x(here.steps):.1f} {TOP:g}V{HEIGHT - BOTTOM:g}"
            yield Line(way, "stage", stage)


def _counts(found: Sequence[HistoryPoint], scale: _Scale) -> Iterator[Shape]:
    """How many were left, types on top of each other."""
    floor = [0] * len(found)
    for letter in LETTERS[::-1]:
        top = [low + place.moment.processors.get(letter, 0) for low, place in zip(floor, found, strict=True)]
        if any(a > b for a, b in zip(top, floor, strict=True)):
            outline = [*_steps(found, top, scale), *reversed(_steps(found, floor, scale))]
            title = f"{type_name(letter)}: {found[-1].moment.processors.get(letter, 0)} left"
            yield Area(outline, COLOURS[letter], title)
        floor = top


def _steps(found: Sequence[HistoryPoint], counts: Sequence[int], scale: _Scale) -> list[tuple[float, float]]:
    """A line that is level between moments."""
    if not found:
        return []
    points = [(LEFT, scale.y_count(counts[0]))]
    for place, count in zip(found, counts, strict=True):
        x = scale.x(place.steps)
        points += [(x, points[-1][1]), (x, scale.y_count(count))]
    return points


def _losses(found: Sequence[HistoryPoint], scale: _Scale) -> Iterator[Shape]:
    running = [p for p in found if not p.moment.judged and math.isfinite(p.moment.loss)]
    yield Polyline([(scale.x(p.steps), scale.y(p.moment.loss)) for p in running], theme.AUDIO)
    for place in (p for p in found if p.moment.judged and math.isfinite(p.moment.loss)):
        yield Dot(scale.x(place.steps), scale.y(place.moment.loss), theme.CONTROL, in_words(place.moment))


def in_words(moment: SearchMoment) -> str:
    """In words, for tooltips."""
    return f"{moment.stage}: {moment.loss:.4f}, {sum(moment.processors.values())} processors"
