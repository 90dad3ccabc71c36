"""What counts as right, each figure defined once, and how sure a mean of it is."""

from unpatch.metrics.bootstrap import Bootstrap, Figure
from unpatch.metrics.graphs import (
    bare,
    effect_f1,
    exact_match,
    intersection_over_union,
    invalid,
    order_correlation,
    parts_of,
    prototype,
)
from unpatch.metrics.sound import Target, spectral_distance
from unpatch.metrics.tally import Tally
from unpatch.metrics.teacher_forced import TeacherForced, errors, teacher_forced

__all__ = [
    "Bootstrap",
    "Figure",
    "Tally",
    "Target",
    "TeacherForced",
    "bare",
    "effect_f1",
    "errors",
    "exact_match",
    "intersection_over_union",
    "invalid",
    "order_correlation",
    "parts_of",
    "prototype",
    "spectral_distance",
    "teacher_forced",
]
