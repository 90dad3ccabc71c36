"""Files of the studio: content-addressed, written aside, never outside of the studio's folder."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from unpatch.pages.studio.faults import RequestError

IDENTITY = re.compile(r"[0-9a-f]{16}")
LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^\w .+()&,'-]", re.UNICODE)


@dataclass(frozen=True)
class ShelvedFile:
    """Content, and where it lies."""

    sha256: str
    bytes: int
    path: Path


class Shelf:
    """Uploads by the SHA-256 of their content, and a folder for every job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files, self._drafts, self._jobs = (folder / name for name in ("files", "drafts", "jobs"))
        for each in (self._files, self._drafts, self._jobs):
            each.mkdir(parents=True, exist_ok=True)
        for abandoned in self._drafts.iterdir():
            abandoned.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where content lies."""
        return self._files / sha256[:2] / sha256

    def job_folder(self, job: str) -> Path:
        """The folder of a job; refuses what is no identity."""
        if not IDENTITY.fullmatch(job):
            raise RequestError("unknown job", HTTPStatus.NOT_FOUND)
        return self._jobs / job

    @asynccontextmanager
    async def received(self, chunks: AsyncIterable[bytes], most_bytes: int) -> AsyncIterator[ShelvedFile]:
        """An upload, written as it arrives; it is gone after the block unless :meth:`keep` was called.

        Raises:
            RequestError: it is empty, or larger than allowed.
        """
        draft = self._drafts / secrets.token_hex(16)
        digest, count = hashlib.sha256(), 0
        try:
            with draft.open("xb") as file:
                async for chunk in chunks:
                    count += len(chunk)
                    if count > most_bytes:
                        raise too_large(most_bytes)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if not count:
                raise RequestError("the file is empty")
            yield ShelvedFile(digest.hexdigest(), count, draft)
        finally:
            draft.unlink(missing_ok=True)

    def keep(self, upload: ShelvedFile) -> None:
        """Put an upload on the shelf, under its hash."""
        target = self.path(upload.sha256)
        target.parent.mkdir(exist_ok=True)
        upload.path.replace(target)


def too_large(most_bytes: int) -> RequestError:
    """The refusal of an upload by its size."""
    line = f"the file is larger than {most_bytes / 1e6:.0f} MB, the limit of this server (--upload-mb)"
    return RequestError(line, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def new_identity() -> str:
    """For a row and its address."""
    return secrets.token_hex(8)


def safe_name(name: str) -> str:
    """A file name without folders, control characters and leading dots, for display and downloads."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE.sub("_", last).strip(". ")[:LONGEST_NAME] or "untitled"


def link(file: Path, name: Path) -> None:
    """A second name of a file, or a copy where the file system has no links."""
    try:
        os.link(file, name)
    except OSError:
        shutil.copyfile(file, name)
