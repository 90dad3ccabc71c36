"""What lies in the folders given to commands, before and after: none of it may be lost or changed.

The record of results is left out: it is the program's own, and names are added to it.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from unpatch.storage.results import RECORD

Ledger = dict[str, str]


def stamped(folder: Path) -> Ledger:
    """Every file and link under a folder, with its inode, length and time of change: quick to take."""
    return dict(_entries(folder, _stamp))


def digested(folder: Path) -> Ledger:
    """The same with checksums of the contents."""
    return dict(_entries(folder, _digest))


def _entries(folder: Path, content: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    for path in sorted(path for path in folder.rglob("*") if path.name != RECORD):
        mode, name = path.lstat().st_mode, str(path.relative_to(folder))
        if stat.S_ISLNK(mode):
            yield name, f"link to {os.readlink(path)!r}"  # noqa: PTH115 (the text of the link)
        elif stat.S_ISREG(mode):
            yield name, content(path)
        else:
            yield name, f"type {stat.S_IFMT(mode):o}"


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def _digest(path: Path) -> str:
    """Of the length and the first and last megabyte: some files are sparse and huge."""
    size, most = path.stat().st_size, 2**20
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(most))
        if size > most:
            file.seek(max(most, size - most))
            digest.update(file.read(most))
    return f"{size} {digest.hexdigest()}"


def lost(before: Ledger, after: Ledger) -> list[str]:
    """Names of what is gone or changed."""
    return [name for name, content in before.items() if after.get(name) != content]
