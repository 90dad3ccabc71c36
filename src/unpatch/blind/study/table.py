"""The whole of Table 2: every system on both tasks, seen and unseen, from checkpoints and data sets.

Checkpoints are at ``RUNS/<preset>/model``, data sets at ``DATA/<task>/<split>``. Missing ones are listed and
left out.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from unpatch.blind.study.cells import Cell, Report, measure
from unpatch.blind.study.measured import ERRORS, MEANINGS, PERFORMERS, Measured
from unpatch.blind.study.paper import SPLITS, SYSTEMS, Split
from unpatch.graph.data import TASK_SOURCES
from unpatch.learning.weights import CONFIG, read_config
from unpatch.metrics import Bin, Bootstrap, Figure, difference, reliability
from unpatch.storage.files import visible

BASELINE, PROPOSED = "no_latent", "proposed"
ENOUGH = 1_000
"""Examples that a column should have."""


@dataclass(frozen=True)
class Column:
    """Every system on one data set: the examples are the same.

    Attributes:
        examples: their number.
        resampled: the resampled units of the intervals, as "5 singers".
        systems: name to figures.
        ratios: name to errors over those of the row without latents, drawn together.
        against: name to errors over those of the proposed system, drawn together.
        calibration: name to expected calibration error of the confidences.
        reliability: name to mean confidence and share right, by confidence.
    """

    examples: int
    resampled: str
    systems: Mapping[str, Mapping[str, Figure]]
    ratios: Mapping[str, Mapping[str, Figure]]
    against: Mapping[str, Mapping[str, Figure]]
    calibration: Mapping[str, float]
    reliability: Mapping[str, Sequence[Bin]]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Column":
        """The inverse of ``dataclasses.asdict``, by way of JSON."""
        figures = {
            part: {system: _figures(own) for system, own in data[part].items()}
            for part in ("systems", "ratios", "against")
        }
        bins = {system: [Bin(*one) for one in own] for system, own in data["reliability"].items()}
        errors = {system: _number(error) for system, error in data["calibration"].items()}
        return cls(data["examples"], data["resampled"], **figures, calibration=errors, reliability=bins)

    @classmethod
    def of(cls, task: str, found: Mapping[str, Measured]) -> "Column":
        some = next(iter(found.values()))
        bootstrap = Bootstrap(some.performers, PERFORMERS[task])

        def over(system: str, other: str) -> dict[str, Figure]:
            if system not in found or other not in found:
                return {}
            one, two = found[system].tallies, found[other].tallies
            return {name: bootstrap.ratio(one[name], two[name]) for name in ERRORS if name in one}

        return cls(
            len(some),
            f"{bootstrap.size} {bootstrap.unit}",
            {s: {n: bootstrap.figure(t) for n, t in own.tallies.items()} for s, own in found.items()},
            {s: over(s, BASELINE) for s in found} if BASELINE in found else {},
            {s: over(s, PROPOSED) for s in found} if PROPOSED in found else {},
            {s: own.calibration_error for s, own in found.items()},
            {s: reliability(own.all_predictions) for s, own in found.items()},
        )


@dataclass(frozen=True)
class SystemsTable:
    """All figures.

    Attributes:
        size: of the presets.
        columns: of each task and split with data and models.
        gaps: of each task and system, errors on unseen sources less those on seen ones.
        missing: requested but absent, a line each.
    """

    size: str
    columns: Mapping[tuple[str, Split], Column]
    gaps: Mapping[tuple[str, str], Mapping[str, Figure]]
    missing: Sequence[str]

    @property
    def tasks(self) -> list[str]:
        """Tasks with figures."""
        return list(dict.fromkeys(task for task, _ in self.columns))

    def beside(self, earlier: "SystemsTable") -> "SystemsTable":
        """This table and, of an earlier one, the tasks without figures in this one.

        Tasks are trained and measured independently, on machines that need not hold the other's data.
        """
        if earlier.size != self.size:
            return self
        kept = [task for task in earlier.tasks if task not in self.tasks]
        columns = {p: column for p, column in earlier.columns.items() if p[0] in kept} | dict(self.columns)
        gaps = {p: gap for p, gap in earlier.gaps.items() if p[0] in kept} | dict(self.gaps)
        missing = [line for line in self.missing if not any(task in line for task in kept)]
        order = sorted(columns, key=lambda place: list(TASK_SOURCES).index(place[0]))
        return SystemsTable(self.size, {place: columns[place] for place in order}, gaps, missing)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "SystemsTable":
        """The inverse of :meth:`to_dict`."""
        columns = {_place(name): Column.from_dict(own) for name, own in data["columns"].items()}
        gaps = {_place(name): _figures(own) for name, own in data["gaps"].items()}
        return cls(data["size"], columns, gaps, data["missing"])  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "size": self.size,
            "columns": {f"{task} {split}": asdict(column) for (task, split), column in self.columns.items()},
            "gaps": {
                f"{task} {system}": {n: asdict(f) for n, f in gap.items()}
                for (task, system), gap in self.gaps.items()
            },
            "missing": list(self.missing),
            "meanings": MEANINGS,
        }


def _place(name: str) -> tuple[str, str]:
    task, rest = name.split(" ", 1)
    return task, rest


def _figures(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Figure]:
    return {
        name: Figure(_number(own["mean"]), _number(own["low"]), _number(own["high"]), own["count"])
        for name, own in data.items()
    }


def _number(value: float | None) -> float:
    """NaN as null, since JSON has no NaN."""
    return math.nan if value is None else value


def fill(
    runs: Path,
    data: Path,
    *,
    size: str = "small",
    limit: int | None = ENOUGH,
    workers: int = 1,
    cache: Path | None = None,
    report: Report = lambda done, total: None,
) -> SystemsTable:
    """Measure all that is available.

    Args:
        runs: folder of the runs, each called as its preset.
        data: folder of the data sets.
        size: of the presets.
        limit: examples of each data set.
        workers: processes.
        cache: folder to keep figures in.
        report: called with the number of finished examples, over all cells, and the total.
    """
    cells, missing = dict[tuple[str, Split, str], Cell](), []
    for place, cell, fault in _places(runs, data, size):
        if fault:
            missing.append(fault)
        else:
            cells[place] = cell
    if not cells:
        raise ValueError(f"nothing to measure: {'; '.join(missing)}")
    by_cell = measure(cells.values(), limit=limit, workers=workers, cache=cache, report=report)
    found = {place: by_cell[cell] for place, cell in cells.items()}
    columns = {}
    for task, split in dict.fromkeys((task, split) for task, split, _ in found):
        own = {system: found[task, split, system] for system in SYSTEMS if (task, split, system) in found}
        columns[task, split] = Column.of(task, own)
    return SystemsTable(size, columns, _gaps(found), list(dict.fromkeys(missing)))


def _places(runs: Path, data: Path, size: str) -> Iterator[tuple[tuple[str, Split, str], Cell, str]]:
    """Every place of the table with its cell, and its missing parts, if any."""
    for task in TASK_SOURCES:
        for system in SYSTEMS:
            preset = f"{task}_{size}_{system}"
            model = checkpoint(runs, preset)
            for split in SPLITS:
                folder = data / task / split
                fault = _not_ready(model, preset)
                fault = fault or ("" if visible(folder.glob("*.tar")) else f"{folder}: no data")
                yield (task, split, system), Cell(model, folder), fault


def _not_ready(model: Path, preset: str) -> str:
    """Why a checkpoint cannot represent its preset, if so; an unfinished run looks like any other."""
    if not (model / CONFIG).is_file():
        return f"{preset}: not trained"
    config = read_config(model)
    trained = config.get("preset", {"name": preset})
    if trained["name"] != preset:
        return f"{preset}: trained as {trained['name']}"
    if "training" in trained and config["step"] < trained["training"]["steps"]:
        return f"{preset}: trained for {config['step']:,} of {trained['training']['steps']:,} steps"
    return ""


def checkpoint(runs: Path, preset: str) -> Path:
    """The run's model or, without a run, the weights of that name in the package."""
    shipped = Path(str(files("unpatch") / "assets" / "weights" / preset))
    own = runs / preset / "model"
    return shipped if (shipped / CONFIG).is_file() and not (own / CONFIG).is_file() else own


def _gaps(
    found: Mapping[tuple[str, Split, str], Measured],
) -> dict[tuple[str, str], dict[str, Figure]]:
    """Unseen less seen. The two sets share no performer: each is resampled independently."""
    gaps = {}
    for task, split, system in found:
        if split == "val_unseen" and (seen := found.get((task, "val_seen", system))) is not None:
            unseen = found[task, split, system]
            draws = [Bootstrap(m.performers, PERFORMERS[task], seed) for seed, m in enumerate((unseen, seen))]
            gaps[task, system] = {
                name: difference((draws[0], tally), (draws[1], seen.tallies[name]))
                for name, tally in unseen.tallies.items()
                if name in ERRORS
            }
    return gaps
