"""The table as a section of a Markdown page, with its claims."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from unpatch.blind.study.claims import REPORTED, claims
from unpatch.blind.study.measured import MEANINGS
from unpatch.blind.study.paper import (
    COLUMNS,
    PUBLISHED_ERRORS,
    SPLITS,
    SYSTEMS,
    Split,
    published_ratio,
)
from unpatch.blind.study.table import BASELINE, ENOUGH, SystemsTable
from unpatch.metrics import Figure
from unpatch.metrics.calibration import BINS
from unpatch.storage.documents import read_json, reading
from unpatch.storage.figures import write_figures
from unpatch.storage.markdown import Section
from unpatch.storage.markdown import table as grid

SECTION = Section("table", "unpatch evaluate --table")

TITLES: Mapping[str, str] = {"singing": "Singing voice effects", "drums": "Drum mixing"}
FURTHER = tuple(name for name in MEANINGS if name not in COLUMNS)


def write(table: SystemsTable, page: Path) -> tuple[Path, Path]:
    """Write the table into a page, and every figure as JSON beside it.

    Figures on the page of tasks that are not in this table stay.
    """
    figures = page.with_suffix(".json")
    if figures.exists():
        data = read_json(figures)
        with reading(figures):
            table = table.beside(SystemsTable.from_dict(data))
    SECTION.write(section(table), page, "Blind estimation")
    write_figures(figures, table.to_dict())
    return page, figures


def section(table: SystemsTable) -> str:
    """All tables, one after another."""
    parts = [part for task in table.tasks for part in _task(table, task)]
    if table.missing:
        parts.append(_missing(table.missing))
    return "\n\n".join(parts)


def _missing(lines: Iterable[str]) -> str:
    """The missing parts, by reason."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        name, reason = line.rsplit(": ", 1)
        by_reason[reason].append(name)
    return "\n".join(f"Left out, {reason}: {', '.join(names)}." for reason, names in by_reason.items())


def _task(table: SystemsTable, task: str) -> Iterator[str]:
    yield f"### {TITLES[task]}, `{task}_{table.size}_*`"
    yield _extent(table, task)
    yield grid(("system", "", *COLUMNS.values()), _rows(table, task))
    yield "Ratio to the row without latents; in round brackets the paper's."
    yield grid(("system", "", *(COLUMNS[name] for name in PUBLISHED_ERRORS)), _ratios(table, task))
    yield "Beyond the paper:"
    yield grid(("figure", *(f"{s} {w}" for s, w in _heads(table, task))), _further(table, task))
    if sure := list(_reliability(table, task)):
        yield "Share of correct processors by their confidence (and their number):"
        bins = [f"{i / BINS:.1f} to {(i + 1) / BINS:.1f}" for i in range(BINS)]
        yield grid(("system", "", *bins), sure)
    if gaps := list(_gaps(table, task)):
        yield "Unseen less seen:"
        yield grid(("system", *(COLUMNS[name] for name in REPORTED)), gaps)
    yield "\n".join(map(str, claims(table, task)))


def _extent(table: SystemsTable, task: str) -> str:
    """The number of examples, and whether it is enough."""
    sets = []
    for split, word in SPLITS.items():
        if (column := table.columns.get((task, split))) is not None:
            few = f" (fewer than {ENOUGH:,})" if column.examples < ENOUGH else ""
            sets.append(f"{word}: {column.examples:,} examples{few} of {column.resampled}")
    return f"{'; '.join(sets)}. In square brackets the 95 % interval."


def _places(table: SystemsTable, task: str) -> Iterator[tuple[str, Split]]:
    """Systems and splits that were measured, in the order of the rows."""
    for system in SYSTEMS:
        for split in SPLITS:
            column = table.columns.get((task, split))
            if column is not None and system in column.systems:
                yield system, split


def _name(system: str, split: Split) -> tuple[str, str]:
    return f"{SYSTEMS[system].sign} {SYSTEMS[system].words}", SPLITS[split]


def _rows(table: SystemsTable, task: str) -> Iterator[Sequence[str]]:
    for system, split in _places(table, task):
        figures = table.columns[task, split].systems[system]
        yield (*_name(system, split), *(_cell(figures.get(name)) for name in COLUMNS))


def _ratios(table: SystemsTable, task: str) -> Iterator[Sequence[str]]:
    for system, split in _places(table, task):
        if system != BASELINE and (ratios := table.columns[task, split].ratios.get(system)):
            cells = [
                _cell(ratios.get(name), 2) + _beside(published_ratio(task, system, split, name))
                for name in PUBLISHED_ERRORS
            ]
            yield (*_name(system, split), *cells)


def _beside(published: float) -> str:
    return "" if math.isnan(published) else f" ({published:.2f})"


def _heads(table: SystemsTable, task: str) -> Iterator[tuple[str, str]]:
    for system, split in _places(table, task):
        yield SYSTEMS[system].sign, SPLITS[split]


def _further(table: SystemsTable, task: str) -> Iterator[Sequence[str]]:
    places = list(_places(table, task))
    for name in FURTHER:
        found = [table.columns[task, split].systems[system].get(name) for system, split in places]
        if any(figure is not None for figure in found):
            yield (f"{name}: {MEANINGS[name]}", *(_mean(figure) for figure in found))
    errors = [table.columns[task, split].calibration[system] for system, split in places]
    words = "calibration: of the processors found, how sure against how often right"
    yield (words, *("-" if math.isnan(error) else f"{error:.3f}" for error in errors))


def _reliability(table: SystemsTable, task: str) -> Iterator[Sequence[str]]:
    """Of each system, by confidence; empty without confidences."""
    for system, split in _places(table, task):
        cells = [""] * BINS
        for own in table.columns[task, split].reliability[system]:
            cells[min(int(own.confidence * BINS), BINS - 1)] = f"{own.right:.2f} ({own.size:,})"
        if any(cells):
            yield (*_name(system, split), *cells)


def _gaps(table: SystemsTable, task: str) -> Iterator[Sequence[str]]:
    for (own, system), gap in table.gaps.items():
        if own == task:
            name = f"{SYSTEMS[system].sign} {SYSTEMS[system].words}"
            yield (name, *(_cell(gap.get(figure)) for figure in REPORTED))


def _mean(figure: Figure | None) -> str:
    return "-" if figure is None or math.isnan(figure.mean) else f"{figure.mean:.3f}"


def _cell(figure: Figure | None, digits: int = 3) -> str:
    """A mean with its interval, where there is one."""
    if figure is None or math.isnan(figure.mean):
        return "-"
    mean, low, high = (f"{round(x, digits) + 0.0:.{digits}f}" for x in (figure.mean, figure.low, figure.high))
    return mean if math.isnan(figure.low) else f"{mean} [{low}, {high}]"
