"""Where a wire's gain is written: on its wire, off the others and off other labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unpatch.drawing.text import text_width

SIZE = 9.5
HEIGHT = 13.0
PADDING = 3.0
# Shares of the stretch for a label, the best first.
PLACES = (0.5, 0.35, 0.65, 0.25, 0.75, 0.15, 0.85)
SAMPLES = 25
# Covering a label is worse than covering a wire.
_LABEL_WEIGHT = 10

Point = tuple[float, float]
Stretch = tuple[Point, Point]


@dataclass(frozen=True)
class Label:
    """What is written on a wire, and the middle of where."""

    x: float
    y: float
    text: str

    @property
    def width(self) -> float:
        return text_width(self.text, SIZE) + 2 * PADDING

    def covers(self, point: Point) -> bool:
        return abs(point[0] - self.x) < self.width / 2 + 1 and abs(point[1] - self.y) < HEIGHT / 2 + 1

    def overlaps(self, other: "Label") -> bool:
        beside = abs(self.x - other.x) < (self.width + other.width) / 2
        return beside and abs(self.y - other.y) < HEIGHT


def put_label(text: str, own: Stretch, others: Sequence[Stretch], written: Iterable[Label]) -> Label:
    """The label on ``own`` that covers least of the other wires' stretches and the labels around it."""
    passed = [wire_point(stretch, i / (SAMPLES - 1)) for stretch in others for i in range(SAMPLES)]
    around = list(written)

    def covered(label: Label) -> int:
        labels = sum(map(label.overlaps, around))
        return sum(map(label.covers, passed)) + _LABEL_WEIGHT * labels

    return min((Label(*wire_point(own, share), text) for share in PLACES), key=covered)


def wire_point(stretch: Stretch, share: float) -> Point:
    """A point of the S-curve between two points: a cubic Bézier whose controls are half way across."""
    (ax, ay), (bx, by) = stretch
    t, u = share, 1 - share
    middle = (ax + bx) / 2
    x = u**3 * ax + 3 * t * u * middle + t**3 * bx
    return x, ay + (by - ay) * t * t * (3 - 2 * t)
