"""A task: how its request is checked, and the work of a worker process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from unpatch.pages.studio.fields import Fields

Lane: TypeAlias = Literal["long", "quick"]
Report: TypeAlias = Callable[[str, float | None, Mapping[str, Any]], None]
"""Stage, share of it that is done if known, and figures to show."""


@dataclass(frozen=True)
class Work:
    """A job as a worker process gets it.

    Attributes:
        request: checked fields.
        folder: of the job; everything that it writes goes there.
        files: identity of each input file to its path, under the name that it was uploaded with.
        sources: signals of the graph to render or export, in the order of its sources.
        report: shows the progress.
    """

    request: Fields
    folder: Path
    files: Mapping[str, Path]
    sources: tuple[Path, ...] = ()
    report: Report = field(default=lambda stage, share, figures: None)

    def at(self, stage: str, share: float | None = None, **figures: Any) -> None:
        """Report progress."""
        self.report(stage, share, figures)


@dataclass(frozen=True)
class Task:
    """A kind of job.

    Attributes:
        check: gives the request with every field read and in range, or refuses it.
        files: identities of the files that a checked request uses.
        run: does the work and gives the result as plain data.
        lane: searches may last hours; exports are never behind them.
        resumes: whether a job that was interrupted continues from its last checkpoint.
    """

    name: str
    check: Callable[[object], dict[str, Any]]
    files: Callable[[Fields], list[str]]
    run: Callable[[Work], dict[str, Any]]
    lane: Lane = "long"
    resumes: bool = False
