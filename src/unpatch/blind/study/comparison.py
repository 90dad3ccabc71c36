"""One model on one data set: every figure with its interval, a baseline beside it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from unpatch.blind.study.cells import Cell, Options, Report, measure
from unpatch.blind.study.measured import ERRORS, MEANINGS, PERFORMERS, Measured
from unpatch.learning.weights import read_config
from unpatch.metrics import Bootstrap, Figure

MODEL, BASELINE = "model", "no latent"


@dataclass(frozen=True)
class Comparison:
    """Figures of some systems over the same examples.

    Attributes:
        systems: name to figures, the model under test first.
        examples: how many were used.
        resampled: the resampled units of the intervals, as "5 singers".
        ratios: errors of the model over those of the baseline, if there is one.
        calibration: name to expected calibration error of the confidences.
    """

    systems: Mapping[str, Mapping[str, Figure]]
    examples: int
    resampled: str
    ratios: Mapping[str, Figure] = field(default_factory=dict)
    calibration: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, task: str, systems: Mapping[str, Measured]) -> "Comparison":
        """Means, intervals and ratios of all figures."""
        own, other = systems[MODEL], systems.get(BASELINE)
        bootstrap = Bootstrap(own.performers, PERFORMERS[task])
        ratios = {}
        if other is not None:
            ratios = {
                name: bootstrap.ratio(own.tallies[name], other.tallies[name])
                for name in ERRORS
                if name in own.tallies
            }
        return cls(
            {s: {n: bootstrap.figure(t) for n, t in found.tallies.items()} for s, found in systems.items()},
            len(own),
            f"{bootstrap.size} {bootstrap.unit}",
            ratios,
            {s: found.calibration_error for s, found in systems.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "examples": self.examples,
            "resampled": self.resampled,
            "systems": {s: {m: asdict(f) for m, f in row.items()} for s, row in self.systems.items()},
            "ratio": {m: asdict(f) for m, f in self.ratios.items()},
            "calibration_error": dict(self.calibration),
            "meanings": MEANINGS,
        }

    def __str__(self) -> str:
        """Lines of "metric, then per system mean and interval, then their ratio"."""
        columns = dict(self.systems) | ({"ratio": self.ratios} if self.ratios else {})
        lines = [f"{'':16}" + "".join(f"{name:>28}" for name in columns)]
        for metric in MEANINGS:
            cells = [self._cell(column[metric]) if metric in column else "" for column in columns.values()]
            lines += [_line(metric, cells)] if any(cells) else []
        lines.append(_line("calibration", [f"{error:.3f}" for error in self.calibration.values()]))
        return "\n".join([*lines, f"Intervals: bootstrap over {self.resampled}."])

    def _cell(self, figure: Figure) -> str:
        """The number of examples that have the figure, where that is not all of them."""
        few = f" n={figure.count}" if figure.count < self.examples else ""
        return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}]{few}"


def _line(name: str, cells: list[str]) -> str:
    return (f"{name:16}" + "".join(f"{cell:>28}" for cell in cells)).rstrip()


def compare(
    model: Path,
    data: Path,
    *,
    baseline: Path | None = None,
    limit: int | None = None,
    sound: bool = True,
    workers: int = 1,
    cache: Path | None = None,
    report: Report = lambda done, total: None,
) -> Comparison:
    """Evaluate a model on a data set, its graphs decoded greedily and decided on as by ``estimate``.

    Args:
        model: folder of a model.
        data: folder of a data set, made with pictures, and with dry audio if ``sound``.
        baseline: folder of the same without latents.
        limit: use only this many examples.
        sound: also render, and compare the sounds.
        workers: processes.
        cache: folder to keep figures in.
        report: called with the number of finished examples, over all systems, and the total.
    """
    cells = {MODEL: Cell(model, data)} | ({BASELINE: Cell(baseline, data)} if baseline else {})
    options = Options(sound=sound, decided=True)
    found = measure(cells.values(), limit=limit, options=options, workers=workers, cache=cache, report=report)
    task = read_config(model)["settings"]["task"]
    return Comparison.of(task, {name: found[cell] for name, cell in cells.items()})
