"""A table that grows by a line at each evaluation, in tab-separated columns, as spreadsheets read it."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

LOG = "log.tsv"


def append(folder: Path, step: int, values: Mapping[str, float]) -> None:
    """Add a line with the time and these values; with a line of names before it where they have changed."""
    path = folder / LOG
    names = "\t".join(("time", "step", *values))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = "\t".join((now, str(step), *map(_plain, values.values())))
    lines = [line] if _last_names(path) == names else [names, line]
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{text}\n" for text in lines))
        file.flush()
        os.fsync(file.fileno())


def _last_names(path: Path) -> str:
    """The newest line of names; empty if there is none."""
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line for line in reversed(lines) if line.startswith("time\t")), "")


def _plain(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.5g}" if abs(value) < 1000 else f"{value:.0f}"
