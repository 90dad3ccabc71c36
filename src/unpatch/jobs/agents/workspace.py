"""The folder that agents read and write in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """Paths within one folder; relative ones start there, and links that lead out of it are refused.

    Attributes:
        root: the folder.

    Raises:
        ValueError: it is not a folder.
    """

    root: Path

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise ValueError(f"{self.root}: is not a folder")

    def path(self, given: str) -> Path:
        """An absolute path within the folder.

        Raises:
            ValueError: it lies outside.
        """
        root = self.root.resolve()
        path = (root / given).resolve()
        if not path.is_relative_to(root):
            raise ValueError(f"{given}: lies outside of {root}, the folder of this server (--root)")
        return path

    def optional(self, given: str | None) -> Path | None:
        """The same of a path that may be left out."""
        return None if given is None else self.path(given)

    def paths(self, given: Sequence[str]) -> list[Path]:
        """The same of several."""
        return [self.path(each) for each in given]

    def files(self, given: Mapping[str, str] | None) -> dict[str, Path]:
        """The same of files by name."""
        return {name: self.path(each) for name, each in (given or {}).items()}

    def words(self, given: Sequence[str]) -> list[str]:
        """The same of files, folders, or ``TRACK=file``."""
        return [self._word(each) for each in given]

    def _word(self, given: str) -> str:
        name, equals, path = given.partition("=")
        if equals and not (self.root / given).exists():
            return f"{name}={self.path(path)}"
        return str(self.path(given))
