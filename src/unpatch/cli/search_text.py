"""Progress and results of a search on the terminal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from unpatch.cli.console import note, notes, print_text, resumable

if TYPE_CHECKING:
    from unpatch.jobs.searching import SearchedFolder
    from unpatch.mixing.results import SearchProgress
    from unpatch.pages.mix import Mixdown, SearchFiles


@contextmanager
def watch() -> Iterator[Callable[[SearchProgress], None]]:
    """Show a search: a bar on a terminal, else a line for each stage. An interrupted one can be continued."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[standing]}"))
    with resumable(), Bars(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bars:
        task = bars.add_task("beginning", total=None, standing="")
        last = ""

        def report(state: SearchProgress) -> None:
            nonlocal last
            bars.update(
                task,
                description=state.stage,
                completed=state.step,
                total=max(state.steps, 1),
                standing=standing(state),
            )
            if not notes.is_terminal and state.stage != last:
                note(f"{time.strftime('%H:%M:%S')}  {state.stage}  {standing(state)}")
            last = state.stage

        yield report


def standing(state: SearchProgress) -> str:
    """``loss 0.412, 56 processors, 12 min left``."""
    from unpatch.pages.mix import duration

    parts = [f"{state.step}/{state.steps}"] if state.steps else []
    if math.isfinite(state.loss):
        parts.append(f"loss {state.loss:.4f}")
    parts.append(f"{state.processors} processors")
    if math.isfinite(state.seconds_left):
        parts.append(f"{duration(state.seconds_left)} left")
    return ", ".join(parts)


def show(searched: SearchedFolder) -> None:
    """The result and its files."""
    in_words(searched.mixdown)
    show_files(searched.files)


def in_words(take: Mixdown) -> None:
    """The result, in a few lines."""
    from unpatch.graph.text import quantity
    from unpatch.mixing.results import by_letter
    from unpatch.pages.mix import duration
    from unpatch.pages.mix.mixdown import MIX, RECREATION
    from unpatch.pages.mix.strips import type_name

    found = take.found
    before, after = by_letter(found.console), by_letter(found.graph)
    types = ", ".join(f"{type_name(mark)} {after[mark]}/{count}" for mark, count in before.items() if count)
    print_text(
        f"{sum(after.values())} of {sum(before.values())} processors are left ({types})\n"
        f"loss {found.loss:.4f}; that of the full console {found.loss_console:.4f}; "
        f"{duration(found.seconds)}"
    )
    apart = take.loudness[RECREATION].lufs - take.loudness[MIX].lufs
    if math.isfinite(apart):
        print_text(f"the re-creation's loudness is {quantity(apart, 'dB')} relative to the mix")


def show_files(files: SearchFiles) -> None:
    """The files, and how to use them."""
    note(f"graph      {files.graph}\npicture    {files.picture}\nmix        {files.audio}")
    note(f"responses  {files.responses}")
    note(f"next       unpatch render {files.graph} OTHER_STEMS/ -o other_mix.wav")
    print_text(f"report     {files.report.resolve()}")
