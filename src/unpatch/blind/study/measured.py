"""Measurements, example by example, as the basis of means, ratios and intervals.

Shapes: N examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from unpatch.metrics import Prediction, Tally, calibration_error

MEANINGS = {
    "node_error": "nodes mispredicted, true prefix given; of all nodes",
    "edge_error": "edges mispredicted, true prefix given; of all edges",
    "end_error": "ends mispredicted, true prefix given",
    "parameter_error": "L1 of processors' parameters in unit range, true prototype given; mean over all",
    "gain_error": "L1 of free edge gains in unit range, true prototype given; mean over all",
    "invalid": "decoded graphs that fail the check",
    "iou": "intersection over union of node kinds; drums: mean over the tracks and the bus",
    "effect_f1": "F1 of the sets of processor kinds",
    "decided_f1": "F1 of the sets of effects (no mixes, splits, controls), decided on as by `estimate`",
    "order": "agreement of the order of shared kinds, from -1 to 1 (Goodman and Kruskal's gamma)",
    "same": "the very prototype, token by token",
    "exact": "the same prototype in canonical form",
    "edit": "graph edit distance over that of nothing in common",
    "edit_canonical": "the same of canonical forms",
    "stray_mass": "probability given to invalid continuations",
    "mss_default": "spectral distance, both with default parameters",
    "mss_oracle": "spectral distance, true prototype, estimated parameters",
    "mss_full": "spectral distance, everything estimated",
}
"""Every figure, in order. Unless stated otherwise, the mean is over graphs."""

ERRORS = tuple(name for name in MEANINGS if name.endswith("_error") or name.startswith(("mss_", "edit")))
"""Figures with a ratio to the baseline."""

PERFORMERS: Mapping[str, str] = {"singing": "singers", "drums": "kits"}
"""Task to the unit of resampling for intervals."""


@dataclass(frozen=True)
class Measured:
    """Figures of one system over some examples.

    Attributes:
        performers: singer or kit of each example.
        tallies: figure to its value per example.
        predictions: of each example, the confidences of the processors found, and whether they are right.
    """

    performers: tuple[str, ...]
    tallies: Mapping[str, Tally]
    predictions: tuple[tuple[Prediction, ...], ...]

    def __len__(self) -> int:
        return len(self.performers)

    @property
    def all_predictions(self) -> list[Prediction]:
        """Every confidence, with its outcome."""
        return list(chain.from_iterable(self.predictions))

    @property
    def calibration_error(self) -> float:
        return calibration_error(self.all_predictions)

    @classmethod
    def joined(cls, parts: Sequence["Measured"]) -> "Measured":
        """Of the examples of all parts, which have the same figures."""
        return cls(
            tuple(chain.from_iterable(part.performers for part in parts)),
            {name: Tally.joined([part.tallies[name] for part in parts]) for name in parts[0].tallies},
            tuple(chain.from_iterable(part.predictions for part in parts)),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "performers": list(self.performers),
            "tallies": {
                name: {"total": tally.total.tolist(), "count": tally.count.tolist()}
                for name, tally in self.tallies.items()
            },
            "judged": [[list(verdict) for verdict in found] for found in self.predictions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Measured":
        """The inverse."""
        tallies = {
            name: Tally(*(np.array(tally[part], dtype=np.float64) for part in ("total", "count")))
            for name, tally in data["tallies"].items()
        }
        predictions = tuple(tuple(Prediction(*verdict) for verdict in found) for found in data["judged"])
        return cls(tuple(data["performers"]), tallies, predictions)
