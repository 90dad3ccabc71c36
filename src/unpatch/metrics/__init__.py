"""Error metrics, each defined once, and intervals of their means."""

from unpatch.metrics.bootstrap import Bootstrap, Figure, difference
from unpatch.metrics.calibration import Bin, Prediction, calibration_error, predictions_of, reliability
from unpatch.metrics.edit import edit_distance, relative_edit_distance
from unpatch.metrics.graphs import (
    audible_f1,
    bare,
    effect_f1,
    exact_match,
    intersection_over_union,
    invalid,
    kinds_of,
    normal,
    order_correlation,
    parts_of,
    prototype,
)
from unpatch.metrics.sound import Target, spectral_distance
from unpatch.metrics.tally import Tally

__all__ = [
    "Bin",
    "Bootstrap",
    "Figure",
    "Prediction",
    "Tally",
    "Target",
    "audible_f1",
    "bare",
    "calibration_error",
    "difference",
    "edit_distance",
    "effect_f1",
    "exact_match",
    "intersection_over_union",
    "invalid",
    "kinds_of",
    "normal",
    "order_correlation",
    "parts_of",
    "predictions_of",
    "prototype",
    "relative_edit_distance",
    "reliability",
    "spectral_distance",
]
