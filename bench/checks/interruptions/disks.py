"""A small disk, how full it is, and what lies on it."""

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK_MB = 1024
MOVING = ("events.out", "live.html", "told.json", "beginning.json", ".unpatch-results.json")
"""Files that may change though a run fails: what shows its progress, and the record of what is its own."""


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """A disk of its own (a tmpfs), mounted at a folder."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def full(folder: Path, room: int) -> Iterator[None]:
    """With so few bytes left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - room))
    try:
        yield
    finally:
        ballast.unlink()


def hashes(folder: Path, pattern: str = "**/*") -> dict[str, str]:
    """SHA-256 of every file below a folder that does not show progress."""
    files = [path for path in sorted(folder.glob(pattern)) if path.is_file()]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.startswith(MOVING)
    }
