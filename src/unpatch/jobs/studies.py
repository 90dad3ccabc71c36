"""The studies of :mod:`unpatch.blind.study` and :mod:`unpatch.mastering.study`, by name, in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from unpatch.blind import study as blind
from unpatch.blind.study.table import ENOUGH as ENOUGH_BLIND
from unpatch.blind.study.table import SystemsTable
from unpatch.mastering import study as mastering
from unpatch.mastering import table as mastering_table
from unpatch.mastering.study import ENOUGH as ENOUGH_MASTERS
from unpatch.storage.outputs import files_in

Report = Callable[[int, int], None]


class Fill(Protocol):
    """Measures every trained model; figures in the cache are not measured again."""

    def __call__(
        self, runs: Path, data: Path, *, size: str, limit: int, workers: int, cache: Path, report: Report
    ) -> Any: ...


@dataclass(frozen=True)
class Study:
    """A table of all systems of one publication, and ours.

    Attributes:
        page: default page of the table.
        enough: examples of each data set that are measured.
        examples: the files of a data folder that it reads.
        fill: measures.
        write: writes the table into a page, and every figure as JSON beside it.
        to_dict: every figure.
        missing: a line for each system that has not been trained.
    """

    page: Path
    enough: int
    examples: Callable[[Path], Iterable[Path]]
    fill: Fill
    write: Callable[[Any, Path], tuple[Path, Path]]
    to_dict: Callable[[Any], dict[str, Any]]
    missing: Callable[[Any], Iterable[str]]


def _shards(data: Path) -> Iterable[Path]:
    return data.glob("*/*/*.tar")


def _missing(table: SystemsTable) -> Iterable[str]:
    return table.missing


def _fill_masters(
    runs: Path, data: Path, *, size: str, limit: int, workers: int, cache: Path, report: Report
) -> mastering.MasteringFigures:
    if workers != 1:
        raise ValueError(f"the study of mastering is measured in one process, got {workers}")
    return mastering.measure_study(runs, data, size=size, limit=limit, cache=cache, report=report)


def _untrained(table: mastering.MasteringFigures) -> Iterable[str]:
    return (f"{name} has not been trained" for name in table.missing)


STUDIES: Mapping[str, Study] = {
    "blind": Study(
        page=Path("docs/blind-estimation.md"),
        enough=ENOUGH_BLIND,
        examples=_shards,
        fill=blind.fill,
        write=blind.write,
        to_dict=SystemsTable.to_dict,
        missing=_missing,
    ),
    "mastering": Study(
        page=Path("docs/mastering.md"),
        enough=ENOUGH_MASTERS,
        examples=files_in,
        fill=_fill_masters,
        write=mastering_table.write,
        to_dict=mastering_table.to_dict,
        missing=_untrained,
    ),
}
"""By name."""
