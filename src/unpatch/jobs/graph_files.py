"""Reading graph files."""

from pathlib import Path

from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph, GraphError
from unpatch.processors import KINDS
from unpatch.storage.documents import read_json


def read_graph(path: Path) -> Graph:
    """A checked graph with its defaults filled in; every error has the name of the file."""
    data = read_json(path, GraphError)
    try:
        return complete(check(Graph.from_dict(data), KINDS), KINDS)
    except GraphError as error:
        raise GraphError(f"{path}: {error}") from None
