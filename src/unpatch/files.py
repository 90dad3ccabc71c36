"""Whole files or none: write aside, then rename; and what may stand in them."""

import errno
import math
import os
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from unpatch.outputs import check_distinct


@contextmanager
def aside(path: str | Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; takes its place when the block ends well, else is removed.

    The ending is kept, since writers choose a format by it. What the system has against the draft is
    said of ``path``.
    """
    path = Path(path)
    _refuse_folder(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        draft.touch()
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as fault:
        if fault.filename != str(draft):
            raise
        raise OSError(fault.errno, fault.strerror, str(path)) from None


@contextmanager
def all_aside(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The same for files that belong together: none takes its place before all are written."""
    check_distinct([("the results", path) for path in paths])
    for path in paths:
        _refuse_folder(path)
    with ExitStack() as drafts:
        yield [drafts.enter_context(aside(path)) for path in paths]


def write_aside(path: str | Path, data: bytes) -> None:
    """Write a whole file."""
    with aside(path) as draft:
        draft.write_bytes(data)


def finite(data: Any) -> Any:
    """What JSON can hold: a figure that is not defined (NaN or infinite) becomes null."""
    match data:
        case dict():
            return {name: finite(value) for name, value in data.items()}
        case list() | tuple():
            return [finite(value) for value in data]
        case float() if not math.isfinite(data):
            return None
    return data


def check_can_write(path: Path, endings: Collection[str]) -> None:
    """Refuse a place where no file can be written, before the work whose result is to go there."""
    if path.suffix.lower() not in endings:
        raise ValueError(f"{path}: such files end in {', '.join(endings)}")
    _refuse_folder(path)
    check_can_hold(path.parent, path)


def check_can_hold(folder: Path, wanted: Path | None = None) -> None:
    """Refuse a folder that cannot be made or written to; ``wanted`` is what the message speaks of."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(wanted or folder)) from None


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
