"""The command ``draw``."""

from pathlib import Path

from unpatch.cli.console import Output, print_text
from unpatch.jobs.graph_files import read_graph
from unpatch.storage.files import check_can_write
from unpatch.storage.outputs import check_outputs


def draw(graph: Path, /, *, output: Output = Path("graph.svg")) -> None:
    """Draw a graph as SVG or PNG.

    **Examples**

        unpatch draw graph.json
        unpatch draw graph.json -o patch.png

    Parameters
    ----------
    graph:
        A graph file.
    output:
        The picture; its ending, .svg or .png, chooses the format.
    """
    from unpatch.drawing import FORMATS
    from unpatch.drawing import draw as draw_graph

    check_can_write(output, FORMATS)
    check_outputs({"GRAPH": graph}, {"--output": output})
    draw_graph(read_graph(graph), output)
    print_text(str(output))
