"""Figures as JSON: beside the pages that show them, and in caches of what was measured."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from unpatch.storage.documents import read_json, reading
from unpatch.storage.files import finite, write_aside


def write_figures(path: Path, figures: Mapping[str, Any]) -> None:
    """Write figures for programs; those that are not defined become null."""
    write_aside(path, (json.dumps(finite(figures), indent=1, allow_nan=False) + "\n").encode())


class Storable(Protocol):
    """Figures that have a form as plain data."""

    def to_dict(self) -> Mapping[str, Any]: ...


Figures = TypeVar("Figures", bound=Storable)


@dataclass(frozen=True)
class FigureCache(Generic[Figures]):
    """Figures by what they depend on, such as checksums of weights, examples and code.

    What has changed has another key, so that nothing outdated is read.

    Attributes:
        folder: of the files; None keeps nothing.
        parse: the inverse of ``to_dict``.
    """

    folder: Path | None
    parse: Callable[[Mapping[str, Any]], Figures]

    def read(self, *key: object) -> Figures | None:
        """Figures of this key; None if there are none."""
        path = self._path(key)
        if path is None or not path.exists():
            return None
        data = read_json(path)
        with reading(path, advice="; remove it, so that it is measured again"):
            return self.parse(data)

    def write(self, figures: Figures, *key: object) -> None:
        path = self._path(key)
        if path is not None:
            write_aside(path, json.dumps(finite(figures.to_dict()), allow_nan=False).encode())

    def measured(self, measure: Callable[[], Figures], *key: object) -> Figures:
        """Figures of this key, measured now if there are none."""
        found = self.read(*key)
        if found is None:
            found = measure()
            self.write(found, *key)
        return found

    def _path(self, key: tuple[object, ...]) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32]}.json"
