"""Reading what commands are given."""

import json
from pathlib import Path

from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph, GraphError
from unpatch.processors import KINDS


def read_graph(path: Path) -> Graph:
    """A checked graph with its defaults filled in; every fault names the file."""
    try:
        graph = Graph.from_json(_text(path.read_bytes()))
        return complete(check(graph, KINDS), KINDS)
    except GraphError as error:
        raise GraphError(f"{path}: {error}") from None


def _text(data: bytes) -> str:
    if not data.strip():
        raise GraphError("is empty, not a graph")
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        raise GraphError("is not text, so no graph") from None
