"""Recordings out of zip files: limited in number and size, under plain names, never in the user's folder.

An archive is unpacked once into a cache, as a whole or not at all, into a folder named after the archive's
path, size and modification time.
"""

import errno
import hashlib
import lzma
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from unpatch.storage.drafts import scratch

ENDINGS = (".zip", ".pk3")
UNPACKED = ".unpacked"
"""How the name of a folder ends that holds what was in an archive."""

MOST_MEMBERS = 10_000
MOST_BYTES = 16 * 2**30
"""Of all that is unpacked from one archive."""
MOST_DIRECTORY_BYTES = 16 * 2**20
"""Of an archive's list of its members, which is read as a whole."""
LONGEST_STEM = 100

_ENCRYPTED = 0x1
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_TAIL_BYTES = 66_000
_CHUNK = 1 << 20
_RESERVED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, struct.error, IndexError)


class ArchiveError(ValueError):
    """What is wrong with an archive, in one line."""


def unpacked(archive: Path, cache: Path, endings: Collection[str]) -> list[Path]:
    """Files in an archive whose names have one of some endings, unpacked into a cache at the first call.

    Raises:
        ArchiveError: where it is damaged, encrypted, packed by an unknown method, or too large.
    """
    folder = _place(archive, cache)
    if not folder.is_dir():
        with scratch(folder.parent.parent) as draft:
            _unpack(archive, draft, endings)
            folder.parent.mkdir(exist_ok=True)
            draft.rename(folder)
    return sorted(folder.iterdir())


def _place(archive: Path, cache: Path) -> Path:
    status = archive.stat()
    identity = f"{archive.resolve()}\0{status.st_size}\0{status.st_mtime_ns}"
    name = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache / "unpacked" / name / f"{archive.name}{UNPACKED}"


def _unpack(archive: Path, folder: Path, endings: Collection[str]) -> None:
    with _blamed_on(archive, folder):
        _check_directory(archive)
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if _is_wanted(member, endings)]
            _check_size(archive, folder, packed.infolist(), members)
            for member, name in zip(members, plain_names(m.filename for m in members), strict=True):
                with packed.open(member) as source, (folder / name).open("wb") as file:
                    shutil.copyfileobj(source, file, _CHUNK)


@contextmanager
def _blamed_on(archive: Path, folder: Path) -> Iterator[None]:
    """Report in one line what is wrong with an archive; disk errors pass through."""
    try:
        yield
    except ArchiveError:
        raise
    except NotImplementedError as fault:
        raise ArchiveError(f"{archive}: is packed in a way that cannot be read ({fault})") from None
    except (*_BROKEN, RuntimeError) as fault:
        raise ArchiveError(
            f"{archive}: is damaged or no zip file ({fault or type(fault).__name__})"
        ) from None
    except OSError as fault:
        if fault.errno not in (None, errno.EINVAL):  # a place before the beginning of the file is invalid
            raise OSError(fault.errno, fault.strerror, fault.filename or str(folder.parent)) from None
        raise ArchiveError(f"{archive}: is damaged ({fault})") from None


def _check_directory(archive: Path) -> None:
    """Refuse a list of members that is too long, by the size in the end record."""
    with archive.open("rb") as file:
        file.seek(max(0, archive.stat().st_size - _TAIL_BYTES))
        tail = file.read()
    size = 0
    if (at := tail.rfind(_END)) >= 0:
        (size,) = struct.unpack_from("<L", tail, at + 12)
    if size == 2**32 - 1 and (at := tail.rfind(_END_64)) >= 0:
        (size,) = struct.unpack_from("<Q", tail, at + 40)
    if size > MOST_DIRECTORY_BYTES:
        raise ArchiveError(
            f"{archive}: its list of files has {size} bytes; at most {MOST_DIRECTORY_BYTES} are read"
        )


def _is_wanted(member: zipfile.ZipInfo, endings: Collection[str]) -> bool:
    """Whether it is a file with one of some endings; no link, and not what macOS puts beside files."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    is_junk = "__MACOSX" in path.parts or path.name.startswith(".")
    return path.suffix.lower() in endings and not (member.is_dir() or is_link or is_junk)


def _check_size(
    archive: Path, folder: Path, every: Collection[zipfile.ZipInfo], members: Collection[zipfile.ZipInfo]
) -> None:
    if len(every) > MOST_MEMBERS:
        raise ArchiveError(f"{archive}: holds {len(every)} files; at most {MOST_MEMBERS} are supported")
    total, free = sum(member.file_size for member in members), shutil.disk_usage(folder).free
    if total > MOST_BYTES:
        raise ArchiveError(f"{archive}: unpacks to {total} bytes; at most {MOST_BYTES} are supported")
    if total > free:
        raise ArchiveError(f"{archive}: unpacks to {total} bytes; {free} are free at {folder.parent}")
    if locked := next((member.filename for member in members if member.flag_bits & _ENCRYPTED), None):
        raise ArchiveError(f"{archive}: is encrypted ({locked!r}); unpack it yourself and name the folder")


def plain_names(members: Iterable[str]) -> Iterator[str]:
    """A file name for each member, without folders; names equal up to case are numbered."""
    taken: set[str] = set()
    for member in members:
        path = PurePosixPath(member.replace("\\", "/"))
        stem, ending = (_RESERVED.sub("_", part) for part in (path.stem[:LONGEST_STEM], path.suffix))
        name, number = f"{stem}{ending}", 2
        while name.casefold() in taken:
            name, number = f"{stem} {number}{ending}", number + 1
        taken.add(name.casefold())
        yield name
