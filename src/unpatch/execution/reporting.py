"""How functions that take long report their progress: lines of text, and displays of work that is running."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeAlias

OnProgress: TypeAlias = Callable[[int, int | None], None]
"""Takes how much is done, and how much there is in all, if that is known."""


def _unshown(text: str) -> AbstractContextManager[OnProgress]:
    return nullcontext(lambda done, total: None)


@dataclass(frozen=True)
class Reporter:
    """Where a function reports its progress to; without arguments nothing is shown.

    Attributes:
        note: takes a line of text.
        busy: opens a display of work of unknown length, from a text about it.
        progress: opens a display of work with this title; what the context gives moves it.
    """

    note: Callable[[str], None] = lambda line: None
    busy: Callable[[str], AbstractContextManager[object]] = _unshown
    progress: Callable[[str], AbstractContextManager[OnProgress]] = _unshown


SILENT = Reporter()
"""Shows nothing."""
