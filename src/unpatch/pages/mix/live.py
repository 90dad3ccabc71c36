"""A picture of a search while it runs: a page that reloads itself and needs no server."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from pathlib import Path

from unpatch.mixing.results import SearchProgress, SearchResult
from unpatch.pages.mix.grid import grid, rows_of
from unpatch.pages.mix.history import history_colours, history_svg
from unpatch.pages.mix.page import duration
from unpatch.pages.mix.record import Record
from unpatch.pages.templating import render
from unpatch.storage.files import write_aside

PAGE = "live.html"
EVERY_S = 3.0
STALE_S = 60
"""After this time without an update the page is marked as stale."""


@dataclass
class Live:
    """Keeps ``live.html`` of a folder up to date.

    Attributes:
        folder: where the page goes.
        kept: folder of the search's checkpoints, where the record is kept.
        name: of the mix.
        total_steps: of all fits together.
        every_s: how often the page is written.
    """

    folder: Path
    kept: Path
    name: str
    total_steps: int
    every_s: float = EVERY_S
    record: Record = field(init=False)
    _begun: float = field(init=False, default_factory=time.monotonic)
    _written: float = field(init=False, default=-math.inf)
    _last: SearchProgress | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.record = Record.load(self.kept)
        self._before_s = self.record.seconds

    @property
    def path(self) -> Path:
        return self.folder / PAGE

    @property
    def seconds(self) -> float:
        """Spent so far, breaks left out."""
        return self._before_s + time.monotonic() - self._begun

    def update(self, progress: SearchProgress) -> None:
        """Record the progress of the search; the page follows every few seconds."""
        self.record.add(progress, self.seconds)
        self._last = progress
        if time.monotonic() - self._written >= self.every_s:
            self._write("running")

    def stopped(self) -> None:
        """The user has stopped the search."""
        self._write("stopped")

    def finished(self, found: SearchResult, report: str) -> None:
        """The search is over; ``report`` is the report's file name."""
        self.record.moments, self.record.now = list(found.history), rows_of(found.graph)
        self.record.console = rows_of(found.console)
        self._write("done", report)

    def _write(self, state: str, report: str = "") -> None:
        self.record.seconds = self.seconds
        self.record.save(self.kept)
        write_aside(self.path, self.page(state, report).encode())
        self._written = time.monotonic()

    def page(self, state: str, report: str = "") -> str:
        """The document as it is now: ``running``, ``stopped`` or ``done``."""
        record = self.record
        return render(
            "live.html.j2",
            title=self.name,
            subtitle="Search for the mixing graph",
            state=state,
            report=report,
            reload_s=self.every_s + 1,
            written=round(time.time()),
            stale_s=STALE_S,
            share=self._share(),
            stage=self._stage(),
            numbers=self._numbers(state),
            history=history_svg(record.moments, None if state == "done" else self.total_steps),
            colours=history_colours(),
            grid=grid(record.console, record.now) if record.console else None,
        )

    def _stage(self) -> str:
        return stage_in_words(self._last) if self._last else "reading"

    def _share(self) -> float:
        """Of the time, where that is known."""
        left = self._last.seconds_left if self._last else math.nan
        return self.seconds / (self.seconds + left) if math.isfinite(left) else 0.0

    def _numbers(self, state: str) -> list[tuple[str, str]]:
        losses = [moment.loss for moment in self.record.moments if math.isfinite(moment.loss)]
        counts = [sum(moment.processors.values()) for moment in self.record.moments]
        left_s = self._last.seconds_left if self._last else math.nan
        shown = [
            (f"{losses[-1]:.3f}" if losses else "\N{EN DASH}", "loss; 0 is equal"),
            (f"{counts[-1]} of {counts[0]}" if counts else "\N{EN DASH}", "processors left"),
            (duration(self.seconds), "so far, breaks left out"),
        ]
        if state != "done":
            about = duration(left_s) if math.isfinite(left_s) else "\N{EN DASH}"
            shown.append((about, "left, about"))
        return shown


def stage_in_words(progress: SearchProgress) -> str:
    """``fitting the console, step 340 of 1200``."""
    name, _, number = progress.stage.partition(" ")
    words = {
        "console": "fitting the console, step",
        "refit": f"fitting after round {number} of pruning, step",
        "prune": f"pruning, round {number}, processor",
    }
    if name not in words:
        return "finishing"
    return f"{words[name]} {progress.step} of {progress.steps}"
