"""A picture of a search while it runs: a page that reloads itself and needs no server."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from string import Template

from unpatch.mixing.results import SearchProgress, SearchResult
from unpatch.pages.estimate.parts import asset, figures, header, section
from unpatch.pages.mix.grid import grid, rows_of
from unpatch.pages.mix.history import history_legend, history_svg
from unpatch.pages.mix.page import console_style, duration
from unpatch.pages.mix.record import Record
from unpatch.storage.files import write_aside
from unpatch.storage.legible import escape

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
        refresh = "" if state == "done" else f'<meta http-equiv="refresh" content="{self.every_s + 1:.0f}">'
        return Template(_asset("live.html")).substitute(
            title=escape(
                f"{self._share():.0%} {self.name} - unpatch" if state != "done" else f"{self.name} - unpatch"
            ),
            refresh=refresh,
            style=asset("style.css") + console_style(),
            body="\n".join(self._body(state, report)),
            written=round(time.time()),
            stale_s=STALE_S if state == "running" else 10**9,
        )

    def _body(self, state: str, report: str) -> Iterator[str]:
        yield header(self.name, "Search for the mixing graph")
        yield self._standing(state, report)
        yield figures(self._figures(state))
        if self.record.console:
            diagram = history_svg(self.record.moments, None if state == "done" else self.total_steps)
            squares = grid(self.record.console, self.record.now)
            yield '<div class="columns">'
            yield section("Loss and pruning", "", diagram + history_legend())
            yield section("Strips", "Filled squares are still there.", squares)
            yield "</div>"

    def _standing(self, state: str, report: str) -> str:
        """In one line, and a bar."""
        if state == "done":
            link = f'Done. <a href="{escape(report)}">Open the report</a>.'
            return f'<section><p class="state">{link}</p></section>'
        what = "Stopped" if state == "stopped" else "Running"
        line = f"{what}: {self._stage()}."
        if state == "stopped":
            line += " Run the same command again to continue."
        bar = f'<div class="track-bar"><i style="width:{self._share():.1%}"></i></div>'
        return f'<section><p class="state">{escape(line)}</p><p class="stale" hidden></p>{bar}</section>'

    def _stage(self) -> str:
        return stage_in_words(self._last) if self._last else "reading"

    def _share(self) -> float:
        """Of the time, where that is known."""
        left = self._last.seconds_left if self._last else math.nan
        return self.seconds / (self.seconds + left) if math.isfinite(left) else 0.0

    def _figures(self, state: str) -> list[tuple[str, str]]:
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


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
