"""A format is one decorated function that writes it; its module in ``formats`` bears its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from unpatch.exports.job import ExportJob
from unpatch.exports.report import Report

Write: TypeAlias = Callable[[ExportJob, Path], Report]


@dataclass(frozen=True)
class Format:
    """Something that graphs can be exported to.

    Attributes:
        ending: of its files; nothing for a folder.
        holds: what it holds, in one line.
        beside: whether folders that are called like the file are written beside it.
    """

    title: str
    ending: str
    holds: str
    beside: tuple[str, ...]
    write: Write

    def folders(self, path: Path) -> list[Path]:
        """Where files are written to beside ``path``."""
        return [path.with_name(f"{path.stem} {name}") for name in self.beside]


def exporter(title: str, *, ending: str, beside: tuple[str, ...] = ()) -> Callable[[Write], Format]:
    """Declare a format; the function's docstring describes its content."""

    def read(write: Write) -> Format:
        return Format(title, ending, (write.__doc__ or "").split("\n", 1)[0], beside, write)

    return read
