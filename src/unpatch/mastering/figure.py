"""Means of the study with intervals, and differences between systems on the same examples."""

import math
from dataclasses import dataclass

import numpy as np

from unpatch.mastering.measures import Figures
from unpatch.mastering.study import MasteringFigures
from unpatch.metrics import Bootstrap, Figure
from unpatch.metrics.tally import Tally

NONE = "-"


@dataclass(frozen=True)
class Cells:
    """Figures of the study."""

    study: MasteringFigures

    @property
    def examples(self) -> int:
        """Of each split, at most."""
        return max((len(own.tracks) for own in self.study.cells.values()), default=0)

    def figure(self, split: str, chain: str, system: str, name: str) -> Figure | None:
        """Mean over examples and seeds, tracks drawn for the interval; None if it was not measured."""
        seeds = [own for own in self.study.seeds(split, chain, system) if name in own.values]
        if not seeds:
            return None
        means = np.mean([own.values[name] for own in seeds], axis=0)
        if np.isnan(means).all():
            return None
        return Bootstrap(seeds[0].tracks, "tracks").figure(Tally.of_known(means.tolist()))

    def spread(self, split: str, chain: str, system: str, name: str) -> float:
        """Deviation of the seeds' means; NaN for less than two."""
        seeds = self.study.seeds(split, chain, system)
        means = [float(np.nanmean(own.values[name])) for own in seeds if name in own.values]
        return float(np.std(means, ddof=1)) if len(means) > 1 else math.nan

    def text(self, split: str, chain: str, system: str, name: str) -> str:
        """As the tables show it."""
        found = self.figure(split, chain, system, name)
        return NONE if found is None else shown(found, self.spread(split, chain, system, name))

    def explained(self, split: str, chain: str, system: str) -> str:
        """R² = 1 - 12 MSE_q."""
        found = self.figure(split, chain, system, "mse_q")
        return NONE if found is None else f"{1 - 12 * found.mean:.3f}"

    def difference(self, chain: str, one: str, other: str, name: str, other_chain: str = "") -> Figure | None:
        """One system's figure less another's on the same held-out examples; None if either is missing."""
        first = self._mean("test", chain, one, name)
        second = self._mean("test", other_chain or chain, other, name)
        if first is None or second is None or first.tracks != second.tracks:
            return None
        apart = np.subtract(first.values[name], second.values[name])
        return Bootstrap(first.tracks, "tracks").figure(Tally.of_known(apart.tolist()))

    def _mean(self, split: str, chain: str, system: str, name: str) -> Figures | None:
        seeds = [own for own in self.study.seeds(split, chain, system) if name in own.values]
        if not seeds:
            return None
        return Figures(seeds[0].tracks, {name: np.mean([own.values[name] for own in seeds], axis=0).tolist()})


def shown(figure: Figure, spread: float = math.nan) -> str:
    """Three significant digits, and the interval."""
    text = f"{figure.mean:.3g}"
    if not math.isnan(spread):
        text += f" ± {spread:.2g}"
    return text if math.isnan(figure.low) else f"{text} [{figure.low:.3g}, {figure.high:.3g}]"
