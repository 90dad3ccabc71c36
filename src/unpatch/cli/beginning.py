"""The start of a search, stored beside its checkpoints, so that resuming does not recompute it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.graph.data import Graph
from unpatch.storage.documents import parse_json, reading
from unpatch.storage.files import write_aside

if TYPE_CHECKING:
    from unpatch.stems import Alignments

FILE = "beginning.json"


def kept(
    folder: Path, make: Callable[[], tuple[Graph, Alignments | None]]
) -> tuple[Graph, Alignments | None]:
    """The start console and the alignments of the stems; read from disk if there is a checkpoint.

    The checkpoint checks that stems and settings are the same.
    """
    from unpatch.mixing.checkpoint import STATE

    path = folder / FILE
    if (folder / STATE).exists() and path.exists():
        return _read(path)
    path.unlink(missing_ok=True)
    graph, alignments = make()
    plain = {"console": graph.to_dict(), "alignments": asdict(alignments) if alignments else None}
    write_aside(path, json.dumps(plain).encode())
    return _read(path)  # as it will be read again: defaults that are whole numbers become floats


def _read(path: Path) -> tuple[Graph, Alignments | None]:
    with reading(path, ValueError, f"; damaged or of another version; remove {path.parent} to start again"):
        data = parse_json(path.read_bytes(), infinite=True)
        return Graph.from_dict(data["console"]), _alignments(data["alignments"])


def _alignments(data: dict[str, Any] | None) -> Alignments | None:
    from unpatch.stems.alignment import Alignment, Alignments, LeftOver

    if data is None:
        return None
    stems = tuple(Alignment(**_tuples(stem)) for stem in data["stems"])
    left_over = LeftOver(**_tuples(data["left_over"]))
    return Alignments(**{**_tuples(data), "stems": stems, "left_over": left_over})


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    """Lists, which JSON makes of tuples, as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
