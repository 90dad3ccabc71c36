"""Reading what commands are given."""

from pathlib import Path

from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph, GraphError
from unpatch.processors import PROCESSORS


def read_graph(path: Path) -> Graph:
    """A checked graph with its defaults filled in; every fault names the file."""
    try:
        graph = Graph.from_json(path.read_bytes())
        return complete(check(graph, PROCESSORS), PROCESSORS)
    except (GraphError, UnicodeDecodeError) as error:
        raise GraphError(f"{path}: {error}") from None
