"""Whole files or none: write aside, then rename; and valid content of them."""

from __future__ import annotations

import errno
import math
import os
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, cast

from unpatch.storage.drafts import draft_name, remove_abandoned
from unpatch.storage.outputs import check_distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST_ENDING = 32
_PROBE = 1 << 20


@contextmanager
def aside(path: str | Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; takes its place when the block ends well, else is removed.

    The draft has a name that no other thread, process or host uses, and the same ending, since writers
    choose a format by it. Before it takes its place the system must confirm that it is on disk. The result
    has the permissions of the file it replaces, or those that the umask gives to a new file. Where ``path``
    is a link, the file that it leads to is replaced and the link stays.

    Raises:
        IsADirectoryError: where ``path`` is a folder.
        PermissionError: where it is write-protected.
        OSError: where it is a device or pipe, or the disk does not take the file, independent of the error
            of the library that wrote it.
    """
    with all_aside([Path(path)]) as (draft,):
        yield draft


@contextmanager
def all_aside(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The same for files that belong together: none takes its place before all are on disk."""
    check_distinct([("the results", path) for path in paths])
    targets = [_target(path) for path in paths]
    drafts = [target.with_name(_draft_name(target)) for target in targets]
    names = {str(draft): str(path) for draft, path in zip(drafts, paths, strict=True)}
    made: list[Path] = []
    try:
        for draft in drafts:
            _create(draft)
            made.append(draft)
        yield drafts
        for draft, target in zip(drafts, targets, strict=True):
            _settle(draft, target)
        for draft, target in zip(drafts, targets, strict=True):
            draft.replace(target)
    except Exception as fault:
        refusal = _refusal(fault, made, names)
        if refusal is None:
            raise
        raise refusal from None
    finally:
        for draft in made:
            draft.unlink(missing_ok=True)


def write_aside(path: str | Path, data: bytes) -> None:
    """Write a whole file."""
    with aside(path) as draft:
        draft.write_bytes(data)


def write_array(path: str | Path, array: NDArray[Any]) -> None:
    """Write a ``.npy`` file.

    numpy is not given the file itself: it does not check that the last bytes could be written.
    """
    import numpy as np

    with aside(path) as draft, draft.open("wb") as file:
        np.save(cast("IO[bytes]", SimpleNamespace(write=file.write)), array)


def _refusal(fault: Exception, drafts: Sequence[Path], names: Mapping[str, str]) -> OSError | None:
    """The system's error for a draft, reported for the target file.

    Libraries report a full disk in different ways, so it is written to once more.
    """
    if isinstance(fault, OSError) and fault.filename in names:
        return OSError(fault.errno, fault.strerror, names[fault.filename])
    for draft in drafts:
        try:
            _append(draft, bytes(_PROBE))
        except OSError as refused:
            return OSError(refused.errno, refused.strerror, names[str(draft)])
    return None


def _append(draft: Path, data: bytes) -> None:
    with draft.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _draft_name(target: Path) -> str:
    """A name that is used once, and fits where that of ``target`` does."""
    ending = target.suffix if len(os.fsencode(target.suffix)) <= _LONGEST_ENDING else ""
    return draft_name(ending)


def _create(draft: Path) -> None:
    """An empty file, with the permissions that the umask gives."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(draft.parent)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))


def _settle(draft: Path, target: Path) -> None:
    """Give the draft the permissions of what it replaces, and wait until it is on disk."""
    if target.exists() and (mode := target.stat().st_mode) != draft.stat().st_mode:
        draft.chmod(stat.S_IMODE(mode))
    _append(draft, b"")


def _target(path: Path) -> Path:
    """The file that is written when ``path`` is, behind links; refuses what cannot be replaced."""
    check_replaceable(path)
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def visible(paths: Iterable[Path]) -> list[Path]:
    """Files in order, without hidden ones: drafts, and what macOS puts beside recordings (``._take.wav``)."""
    return sorted(path for path in paths if not path.name.startswith("."))


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
    check_replaceable(path)
    check_can_hold(path.parent, path)


def check_can_hold(folder: Path, wanted: Path | None = None) -> None:
    """Refuse a folder that cannot be made or written to; ``wanted`` is its name in the message."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(wanted or folder)) from None


def check_replaceable(path: Path) -> None:
    """Refuse what is there and cannot be replaced by a file: folders, devices, write-protected files."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a file that can be replaced", str(path))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
