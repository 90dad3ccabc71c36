"""What an upload is: audio that can be read, or a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unpatch.audio import AudioError, opened
from unpatch.graph.check import check
from unpatch.graph.data import Graph, GraphError
from unpatch.pages.studio.faults import RequestError
from unpatch.processors import KINDS

LARGEST_GRAPH = 16_000_000


def described(path: Path, name: str) -> tuple[str, dict[str, Any]]:
    """Kind of a file and what is known of it; refuses what is neither audio nor a graph."""
    if name.lower().endswith(".json"):
        return "graph", _graph(path, name)
    try:
        with opened(path) as file:
            rate = int(file.samplerate)
            return "audio", {
                "sample_rate": rate,
                "channels": int(file.channels),
                "seconds": int(file.frames) / rate,
            }
    except AudioError as error:
        raise RequestError(f"{error}".replace(str(path), name)) from None


def _graph(path: Path, name: str) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_GRAPH:
        raise RequestError(f"{name}: is larger than {LARGEST_GRAPH / 1e6:.0f} MB")
    try:
        graph = check(Graph.from_json(path.read_bytes()), KINDS)
    except GraphError as error:
        raise RequestError(f"{name}: {error}") from None
    return {"nodes": len(graph), "edges": len(graph.edges)}
