"""Statistics of a data set's graphs: sizes, degrees, density and kinds, as a table and a picture.

The same quantities as in figure 2a of Lee et al., Blind Estimation of Audio Processing Graph (2023), and
effects: processors but for mixes, splits, merges and what moves knobs. Sources and sinks count as nodes
there, as they do here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.synth.engineer import effects

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Statistics:
    """Numbers of each graph, in the order of the graphs, and how often each kind occurs.

    Attributes:
        properties: name to one number per graph.
        kinds: kind of processor to occurrences over all graphs, the most frequent first.
        alone: likewise in graphs of one effect.
        untouched: graphs without an effect.
    """

    properties: Mapping[str, NDArray[np.float64]]
    kinds: Mapping[str, int]
    alone: Mapping[str, int]
    untouched: int

    @classmethod
    def of(cls, graphs: Iterable[Graph]) -> Statistics:
        """Read a set of graphs once."""
        rows, kinds, alone = [], Counter[str](), Counter[str]()
        for graph in graphs:
            rows.append(_properties(graph))
            found = [node.kind for node in graph.nodes if node.is_processor]
            kinds.update(found)
            alone.update(found if rows[-1]["effects"] == 1 else ())
        if not rows:
            raise ValueError("there are no graphs to describe")
        columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        untouched = int((columns["effects"] == 0).sum())
        return cls(columns, dict(kinds.most_common()), alone, untouched)

    @property
    def count(self) -> int:
        """How many graphs were read."""
        return len(next(iter(self.properties.values())))

    def table(self) -> str:
        """Markdown: mean and quantiles of each property, then the share of each kind."""
        quantiles = " | ".join(f"{100 * q:.0f} %" for q in QUANTILES)
        lines = [f"| {self.count} graphs | mean | {quantiles} |", "|---" * (2 + len(QUANTILES)) + "|"]
        for name, values in self.properties.items():
            numbers = [values.mean(), *np.quantile(values, QUANTILES)]
            lines.append(f"| {name} | " + " | ".join(f"{number:.3g}" for number in numbers) + " |")
        lines += ["", f"Untouched: {self.untouched / self.count:.1%} of the graphs have no effect."]
        return "\n".join([*lines, "", *self._kinds_table()])

    def _kinds_table(self) -> list[str]:
        total = sum(self.kinds.values())
        rows = [
            f"| {kind} | {count / total:.2%} | {self.alone.get(kind, 0) / self.count:.2%} |"
            for kind, count in self.kinds.items()
        ]
        heads = "| kind | share of processors | share of graphs in which it is the only effect, or moves it |"
        return [heads, "|---|---|---|", *rows]

    def draw(self, path: str | Path) -> None:
        """A picture: a histogram of each property above one of the kinds."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12, 7), layout="constrained")
        grid = figure.add_gridspec(2, len(self.properties))
        for column, (name, values) in enumerate(self.properties.items()):
            _histogram(figure.add_subplot(grid[0, column]), name, values)
        axes = figure.add_subplot(grid[1, :])
        axes.bar(range(len(self.kinds)), list(self.kinds.values()), color="tab:blue", label="in all graphs")
        alone = [self.alone.get(kind, 0) for kind in self.kinds]
        axes.bar(range(len(self.kinds)), alone, color="tab:orange", label="in graphs of one effect")
        axes.legend(frameon=False)
        axes.set_xticks(range(len(self.kinds)), self.kinds, rotation=60, ha="right", rotation_mode="anchor")
        axes.set_ylabel("occurrences")
        figure.savefig(path)


def _properties(graph: Graph) -> dict[str, float]:
    """Size and sparsity. Density is the share of all ordered pairs of nodes that are connected."""
    nodes, edges = len(graph), len(graph.edges)
    return {
        "effects": effects(graph, KINDS),
        "nodes": nodes,
        "edges": edges,
        "mean degree": 2 * edges / nodes,
        "density": edges / (nodes * (nodes - 1)),
    }


def _histogram(axes: Axes, name: str, values: NDArray[np.float64]) -> None:
    whole = bool(np.all(values == np.round(values)))
    edges = np.arange(values.min() - 0.5, values.max() + 1) if whole else np.histogram_bin_edges(values, 24)
    axes.hist(values, bins=edges.tolist(), color="tab:blue")
    axes.axvline(float(values.mean()), color="black", linewidth=1)
    axes.set_title(f"{name}, mean {values.mean():.3g}", fontsize=10)
