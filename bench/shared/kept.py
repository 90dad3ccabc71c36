"""Figures of a long study, kept one file per cell: what is there is not measured again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unpatch.storage.files import finite, write_aside


@dataclass(frozen=True)
class Kept:
    """A folder of cells, ``NAME.json`` each; names may have slashes."""

    folder: Path

    def cell(self, name: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The figures of a cell, measured now or before."""
        path = self.path(name)
        if not path.exists():
            figures = json.dumps(finite(measure()), indent=1, allow_nan=False)
            write_aside(path, (figures + "\n").encode())
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def has(self, name: str) -> bool:
        return self.path(name).exists()

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """All cells by name."""
        for path in sorted(self.folder.rglob("[!.]*.json")):
            name = path.relative_to(self.folder).with_suffix("").as_posix()
            yield name, json.loads(path.read_text(encoding="utf-8"))
