"""Models and data sets in, figures with intervals out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from unpatch.blind.study import compare, level_shift
from unpatch.blind.study.comparison import Comparison
from unpatch.blind.study.levels import LevelShift
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.jobs.studies import STUDIES, Study
from unpatch.storage.outputs import check_outputs, files_in


@dataclass(frozen=True)
class Evaluation:
    """Figures of a model on a data set.

    Attributes:
        comparison: every measure with its 95 % interval, of the model and its baseline.
        level_shift: how estimates change with the level of the recording; None if it was not measured.
    """

    comparison: Comparison
    level_shift: LevelShift | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        shift = {"level_shift": vars(self.level_shift)} if self.level_shift else {}
        return self.comparison.to_dict() | shift


def evaluate(
    model: str | Path,
    data: str | Path,
    *,
    baseline: str | Path | None = None,
    limit: int | None = None,
    sound: bool = True,
    levels: int = 0,
    workers: int = 1,
    cache: str | Path | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Measure an estimator of singing or drums on a data set.

    Args:
        model: folder of the model.
        data: folder of shards with pictures and, with ``sound``, dry audio.
        baseline: folder of a model without latents to compare with.
        limit: largest number of examples.
        sound: also render the estimates and compare them by spectral distance.
        levels: number of recordings whose level is changed by 6 and 12 dB, to compare the estimates.
        workers: processes.
        cache: folder for figures, by checksums of weights, data and code.
        report: called with the number of finished examples and of all.

    Returns:
        Every measure with its 95 % interval.

    Raises:
        ValueError: a folder without a model or without examples that fit it, or a cache that is an input.

    Example:
        >>> import unpatch
        >>> print(unpatch.evaluate("runs/mine/model", "data/val").comparison)  # doctest: +SKIP
        >>> unpatch.evaluate("runs/mine/model", "data/val")
        Traceback (most recent call last):
        ...
        unpatch.synth.shards.DatasetError: data/val: holds no shards (*.tar); make some with `unpatch synth`
    """
    folder, examples = Path(model), Path(data)
    base = Path(baseline) if baseline is not None else None
    kept = Path(cache) if cache is not None else None
    reads = {"MODEL": [folder], "--data": [examples], "--baseline": [base] if base else []}
    check_outputs(reads, {}, into=[kept] if kept else [])
    found = compare(
        folder,
        examples,
        baseline=base,
        limit=limit,
        sound=sound,
        workers=workers,
        cache=kept,
        report=report,
    )
    return Evaluation(found, level_shift(folder, examples, limit=levels) if levels else None)


@dataclass(frozen=True)
class StudyTable:
    """The table of a study, and the files that it was written to."""

    study: Study
    table: Any
    files: tuple[Path, ...]

    @property
    def missing(self) -> list[str]:
        """A line for each system that has not been trained."""
        return list(self.study.missing(self.table))

    def to_dict(self) -> dict[str, Any]:
        """Every figure."""
        return self.study.to_dict(self.table)


def evaluate_study(
    name: str,
    runs: Path,
    data: Path,
    *,
    size: Literal["paper", "small", "debug"] = "small",
    page: Path | None = None,
    limit: int | None = None,
    workers: int = 1,
    cache: Path | None = None,
    reporter: Reporter = SILENT,
) -> StudyTable:
    """Measure every system of a study on its data sets, and write the table; known figures are reused.

    Args:
        name: in :data:`unpatch.jobs.studies.STUDIES`.
        runs: folder of the runs, each called as its preset.
        data: folder of the data sets.
        size: of the presets.
        page: Markdown page with marker lines for the table; the study's if left out.
        limit: largest number of examples of each data set; the study's if left out.
        workers: processes.
        cache: folder for figures; a folder among the runs if left out.
        reporter: shows the progress.

    Raises:
        ValueError: data or a page that cannot be used.
    """
    study = STUDIES[name]
    kept, page = cache or runs / "figures", page or study.page
    _check_study(runs, study.examples(data), page, kept)
    with reporter.progress("figures") as report:
        table = study.fill(
            runs, data, size=size, limit=limit or study.enough, workers=workers, cache=kept, report=report
        )
    return StudyTable(study, table, study.write(table, page))


def _check_study(runs: Path, data: Iterable[Path], page: Path, cache: Path) -> None:
    models = list(runs.glob("*/model"))
    files = [file for model in models for file in files_in(model)]
    examples = list(data)
    reads = {"--runs": [*models, *files], "--data": [*examples, *(file.parent for file in examples)]}
    figures = page.with_suffix(".json")
    check_outputs(reads, {"--page": [page, figures]}, into=[cache])
    if figures.exists() and not page.exists():
        raise ValueError(f"{figures}: is there already, without its page {page}; change --page")
