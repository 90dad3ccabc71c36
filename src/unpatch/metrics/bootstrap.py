"""Confidence intervals of means.

Shapes: G groups, R resamples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unpatch.metrics.tally import Figures, Tally, quotient

RESAMPLES = 2_000
COVERED = 0.95


@dataclass(frozen=True)
class Figure:
    """A mean with its interval of 95 % (NaN if there is none), and how many examples have the figure."""

    mean: float
    low: float
    high: float
    count: int


class Bootstrap:
    """Intervals by resampling whole groups of examples, with replacement; the percentile method.

    The claim is about other singers (or kits), not about more examples of these, hence groups (a cluster
    bootstrap; Davison & Hinkley 1997, section 3.8). The fewer groups, the more an interval is too narrow.
    Examples of fewer than two groups are drawn one by one.

    Args:
        groups: the group of each example.
        unit: what a group is: "singers" or "kits".
        seed: of the draws.

    Attributes:
        unit: of resampling: groups or "examples".
        size: their number.
    """

    def __init__(self, groups: Sequence[str], unit: str = "singers", seed: int = 0) -> None:
        names, members = np.unique(np.array(groups), return_inverse=True)
        self.unit = unit if len(names) > 1 else "examples"
        self._members = members if len(names) > 1 else np.arange(len(groups))
        self.size = len(set(self._members.tolist()))
        # How often each group is drawn [R, G].
        even = np.full(self.size, 1 / self.size)
        self._drawn = np.random.default_rng(seed).multinomial(self.size, even, size=RESAMPLES)

    def figure(self, tally: Tally) -> Figure:
        """The mean of a figure."""
        return _figure(tally.mean, self.means(tally), tally.count > 0)

    def ratio(self, one: Tally, other: Tally) -> Figure:
        """Mean of one system over the mean of another on the examples that have both, resampled together."""
        both = (one.count > 0) & (other.count > 0)
        above, below = one.only(both), other.only(both)
        mean = float(quotient(above.mean, below.mean))
        return _figure(mean, quotient(self.means(above), self.means(below)), both)

    def means(self, tally: Tally) -> Figures:
        """Mean of each resample ``[R]``."""
        return quotient(self._drawn @ self._sums(tally.total), self._drawn @ self._sums(tally.count))

    def _sums(self, values: Figures) -> Figures:
        """Of each group ``[G]``."""
        return np.bincount(self._members, values, minlength=self.size).astype(np.float64, copy=False)


def difference(one: tuple[Bootstrap, Tally], other: tuple[Bootstrap, Tally]) -> Figure:
    """One mean less another, of examples and groups without overlap.

    The two must be drawn independently, that is, from different seeds.
    """
    mean = one[1].mean - other[1].mean
    apart = one[0].means(one[1]) - other[0].means(other[1])
    return _figure(mean, apart, one[1].count > 0)


def _figure(mean: float, resampled: Figures, known: NDArray[np.bool_]) -> Figure:
    """No interval unless every resample has the figure."""
    low, high = float("nan"), float("nan")
    if np.isfinite(resampled).all():
        low, high = np.quantile(resampled, [(1 - COVERED) / 2, (1 + COVERED) / 2]).tolist()
    return Figure(mean, low, high, int(known.sum()))
