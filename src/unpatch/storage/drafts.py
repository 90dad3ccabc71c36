"""Names of files that are being written, and the removal of those left by a killed process.

A draft is called ``.unpatch-draft-MACHINE-PROCESS-RANDOM`` and its ending. Only such names are ever removed:
where the process was of this machine (host and process namespace), once it does not run any more; else, once
the draft has not been written to for a day.
"""

import errno
import os
import platform
import re
import secrets
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

DRAFT = ".unpatch-draft-"
"""Prefix of files and folders that are being written."""
ABANDONED_S = 24 * 3600

_NAME = re.compile(re.escape(DRAFT) + r"(?:([0-9a-f]{8})-(\d{1,10})-)?[0-9a-f]+(?:\..*)?")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NAMESPACE = Path("/proc/self/ns/pid")


def draft_name(ending: str = "") -> str:
    """A name that no other thread, process or machine uses."""
    return f"{DRAFT}{_machine()}-{os.getpid()}-{secrets.token_hex(8)}{ending}"


@contextmanager
def scratch(folder: Path | None = None) -> Iterator[Path]:
    """A folder for temporary files, removed in the end.

    Args:
        folder: where it is made; made itself if it is missing. That for temporary files if left out.

    Raises:
        OSError: where the disk is full, with the name of the folder.
    """
    folder = folder or Path(tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    remove_abandoned(folder)
    place = folder / draft_name()
    place.mkdir()
    try:
        yield place
    except OSError as fault:
        if fault.filename is not None or fault.errno not in _FULL:
            raise
        raise OSError(fault.errno, fault.strerror, str(folder)) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)  # what cannot be removed now is abandoned


@cache
def remove_abandoned(folder: Path) -> None:
    """Remove abandoned drafts, once per process and folder."""
    for draft in folder.iterdir():
        if (found := _NAME.fullmatch(draft.name)) and _is_abandoned(draft, found[1], found[2]):
            if draft.is_dir() and not draft.is_symlink():
                shutil.rmtree(draft, ignore_errors=True)
            else:
                draft.unlink(missing_ok=True)


def _is_abandoned(draft: Path, machine: str | None, process: str | None) -> bool:
    if process is not None and machine == _machine():
        return not _runs(int(process))
    try:
        return time.time() - draft.lstat().st_mtime > ABANDONED_S
    except FileNotFoundError:
        return False  # its process has just finished it


def _runs(process: int) -> bool:
    """Whether a process of this number runs. True where that is not known."""
    if os.name == "nt":  # there signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@cache
def _machine() -> str:
    """Where process numbers are unique."""
    namespace = str(_NAMESPACE.readlink()) if _NAMESPACE.exists() else ""
    return f"{zlib.crc32(f'{platform.node()} {namespace}'.encode()):08x}"
