"""Totals and counts per example, from which every mean, ratio and interval is made.

Shapes: N examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """One figure of each example, as ``total / count`` ``[N]``; an example that counts 0 has none.

    The mean is the sum of totals over the sum of counts. Steps and numbers thus weigh the same in
    any graph, as in the paper's tables; a figure of the whole graph counts 1.
    """

    total: Figures
    count: Figures

    @classmethod
    def of(cls, values: Sequence[float]) -> "Tally":
        """One value per example."""
        return cls(np.asarray(values, dtype=np.float64), np.ones(len(values)))

    @classmethod
    def of_known(cls, values: Sequence[float]) -> "Tally":
        """The same, with NaN for examples without this figure."""
        known = ~np.isnan(values)
        return cls(np.where(known, values, 0.0), known.astype(np.float64))

    @classmethod
    def joined(cls, parts: Sequence["Tally"]) -> "Tally":
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))

    def only(self, wanted: NDArray[np.bool_]) -> "Tally":
        """As if the other examples had no such figure."""
        return Tally(np.where(wanted, self.total, 0.0), np.where(wanted, self.count, 0.0))

    @property
    def mean(self) -> float:
        """NaN if no example has the figure."""
        return float(quotient(self.total.sum(), self.count.sum()))


def quotient(above: Any, below: Any) -> Figures:
    """Division by zero gives NaN or infinity without a warning."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(above, below))
