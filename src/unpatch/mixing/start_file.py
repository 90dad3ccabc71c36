"""The start of a search, stored beside its checkpoints, so that resuming does not compute it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unpatch.graph.data import Graph
from unpatch.mixing.checkpoint import STATE
from unpatch.stems.alignment import Alignment, Alignments, LeftOver
from unpatch.storage.documents import parse_json, reading
from unpatch.storage.files import write_aside

FILE = "beginning.json"


def load_start(folder: Path) -> tuple[Graph, Alignments | None] | None:
    """The stored console and alignments of the stems; None if there is no checkpoint.

    Whether stems and settings are the same is for the checkpoint to check.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / FILE
    if not ((folder / STATE).exists() and path.exists()):
        return None
    with reading(path, ValueError, f"; damaged or of another version; remove {path.parent} to start again"):
        data = parse_json(path.read_bytes(), infinite=True)
        return Graph.from_dict(data["console"]), _alignments(data["alignments"])


def save_start(folder: Path, console: Graph, alignments: Alignments | None) -> Graph:
    """Store the start of a search; returns the console as it will be loaded.

    Defaults that are whole numbers become floats, which the checksum in a checkpoint depends on.
    """
    plain = {"console": console.to_dict(), "alignments": asdict(alignments) if alignments else None}
    text = json.dumps(plain)
    write_aside(folder / FILE, text.encode())
    return Graph.from_dict(json.loads(text)["console"])


def _alignments(data: dict[str, Any] | None) -> Alignments | None:
    if data is None:
        return None
    stems = tuple(Alignment(**_tuples(stem)) for stem in data["stems"])
    left_over = LeftOver(**_tuples(data["left_over"]))
    return Alignments(**{**_tuples(data), "stems": stems, "left_over": left_over})


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    """Lists, which JSON makes of tuples, as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
