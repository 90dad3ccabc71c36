"""Results in a folder: a file whose name a command has chosen replaces only what a command has written.

A user who gives a folder for results does not give the names of files in it. An existing file may be the
user's own, or a result that the user has changed since. So a folder of results holds a record of what was
written there, by name and SHA-256, and a file that differs from the record is refused. A name without a
checksum is a file that is written repeatedly, or that a killed process was writing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from unpatch.storage.documents import DocumentError, read_json
from unpatch.storage.files import write_aside
from unpatch.storage.identity import checksum
from unpatch.storage.outputs import OutputError

RECORD = ".unpatch-results.json"
FORMAT, FORMAT_VERSION = "unpatch.results", 1


def check_own(paths: Iterable[Path]) -> None:
    """Refuse to replace files that no command has written, or that were changed since.

    Raises:
        OutputError: the first of them, in one line.
    """
    for path in paths:
        if path.is_file() and not _is_own(path):
            raise OutputError(
                f"{path}: is there already, and not as a command wrote it; "
                "move it away or choose another folder"
            )


def claim(paths: Iterable[Path]) -> None:
    """Record that files are results, whatever their content; :class:`OutputError` as :func:`check_own`."""
    paths = list(paths)
    check_own(paths)
    _note(paths, whatever=True)


@contextmanager
def replacing(paths: Iterable[Path]) -> Iterator[None]:
    """For the block that writes results: refuse as :func:`check_own`, and note what was written.

    A process that is killed within leaves files that the next one may replace.
    """
    paths = list(paths)
    claim(paths)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # the disk may be full
            _note(paths)
        raise
    _note(paths)


def _is_own(path: Path) -> bool:
    record = _read(path.parent)
    return path.name in record and record[path.name] in (None, checksum(path))


def _note(paths: Iterable[Path], *, whatever: bool = False) -> None:
    """Take down in the folder of each file what it holds now."""
    records: dict[Path, dict[str, str | None]] = {}
    for path in paths:
        record = records.setdefault(path.parent, _read(path.parent))
        if whatever or path.is_file():
            record[path.name] = None if whatever else checksum(path)
        else:
            record.pop(path.name, None)
    for folder, record in records.items():
        whole = {"format": FORMAT, "version": FORMAT_VERSION, "files": record}
        write_aside(folder / RECORD, json.dumps(whole, indent=1).encode())


def _read(folder: Path) -> dict[str, str | None]:
    """Name to checksum; empty where there is no record that can be read, so that nothing is replaced."""
    try:
        data = read_json(folder / RECORD)
    except DocumentError:
        return {}
    if not isinstance(data, Mapping) or (data.get("format"), data.get("version")) != (FORMAT, FORMAT_VERSION):
        return {}
    files = data.get("files")
    return dict(files) if isinstance(files, Mapping) else {}
