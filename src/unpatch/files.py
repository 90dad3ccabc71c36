"""Whole files or none: write aside, then rename."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def aside(path: str | Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; takes its place when the block ends well, else is removed.

    The ending is kept, since writers choose a format by it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_aside(path: str | Path, data: bytes) -> None:
    """Write a whole file."""
    with aside(path) as draft:
        draft.write_bytes(data)
