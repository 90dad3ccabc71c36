"""What commands share: options, and printing: results on stdout, progress and notes on stderr."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter as Option
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.status import Status
from rich.text import Text

from unpatch.cli.tree import wrapped
from unpatch.execution.reporting import OnProgress, Reporter
from unpatch.graph.data import Graph
from unpatch.graph.text import to_text
from unpatch.processors import KINDS
from unpatch.storage.files import finite
from unpatch.storage.legible import legible, legible_lines

AsJson = Annotated[bool, Option(name="--json", negative=(), help="Print JSON for programs.")]
Output = Annotated[Path, Option(name=["--output", "-o"])]

out = Console(soft_wrap=True, highlight=False)
notes = Console(stderr=True, highlight=False)


def print_text(text: str) -> None:
    """A line of the result, as it is."""
    out.print(legible_lines(text), markup=False)


def print_graph(graph: Graph, end: str = "\n") -> None:
    """A graph as a tree, on a terminal in its width, and an empty line."""
    tree = to_text(graph, KINDS)
    print_text((wrapped(tree, out.width) if out.is_terminal else tree) + end)


def note(text: str) -> None:
    """A progress line on stderr."""
    notes.print(legible_lines(text), markup=False, style="dim", soft_wrap=True)


def note_on_terminal(text: str) -> None:
    """A progress line, on terminals only."""
    if notes.is_terminal:
        note(text)


def print_json(data: Any) -> None:
    """Plain JSON on stdout, for programs; a figure that is not defined (NaN) is null."""
    sys.stdout.write(json.dumps(finite(data), indent=2, allow_nan=False) + "\n")


def busy(text: str) -> Status:
    """Show a spinner with this text during slow work."""
    return notes.status(Text(legible(text)))


def refuse_unused(command: str, given: Mapping[str, bool]) -> None:
    """ValueError with the options that were given although the command does not use them."""
    names = [name for name, is_given in given.items() if is_given]
    if names:
        raise ValueError(f"{command} does not use {', '.join(names)}")


@contextmanager
def resumable() -> Iterator[None]:
    """On interruption, add that the command can be continued."""
    try:
        yield
    except KeyboardInterrupt as stop:
        stop.args = ("stopped; run the same command again to continue",)
        raise


@contextmanager
def progress(title: str) -> Iterator[OnProgress]:
    """A bar on stderr, moved by ``report(done, total)``."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bar:
        task = bar.add_task(legible(title), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


TERMINAL = Reporter(note, busy, progress)
"""Progress of a function on stderr."""
