"""A graph file and dry audio in, processed audio out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from unpatch.audio import SUBTYPES
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.graph.data import Graph
from unpatch.jobs.blocks import play_to_file
from unpatch.jobs.graph_files import read_graph
from unpatch.jobs.tracks import dry_sources, named_sources, track_files
from unpatch.processors import KINDS
from unpatch.rendering import energy as rule
from unpatch.rendering.tape import TapeStore
from unpatch.storage.files import check_can_write
from unpatch.storage.outputs import check_outputs


def render_file(
    graph: Path,
    dry: Sequence[str],
    output: Path,
    *,
    energy: bool | None = None,
    reporter: Reporter = SILENT,
) -> Path:
    """Play dry audio through a graph, in little memory.

    Args:
        graph: file of the graph.
        dry: one audio file per source, in the order of the nodes; for a graph with track names a folder of
            stems, files with the names of the tracks, or ``TRACK=file``.
        output: the result, as long as the longest source; one above full scale is lowered.
        energy: whether every processor's output is kept at the energy of its input; left out, that is done
            for all graphs but those with processors of a mixing console.
        reporter: gets notes on what is lowered, left out or out of reach.

    Returns:
        The output.

    Raises:
        ValueError: files that do not fit the graph, or an output that would replace an input.
    """
    check_can_write(output, SUBTYPES)
    patch = read_graph(graph)
    check_outputs({"GRAPH": graph, "DRY": track_files(named_sources(patch), dry)}, {"--output": output})
    holds = rule.holds([patch]) if energy is None else energy
    output.parent.mkdir(parents=True, exist_ok=True)
    store = TapeStore(output.parent)
    sources, sample_rate = dry_sources(graph, patch, dry, store, reporter)
    if corners := corners_out_of_reach(patch, sample_rate):
        reporter.note(
            f"above half the sample rate of {sample_rate} Hz, so out of reach: {', '.join(corners)}"
        )
    peak = play_to_file(patch, sources, sample_rate, store, energy=holds, output=output)
    if peak > 1:  # stems that are lowered separately do not sum to the mix
        reporter.note(f"lowered by {20 * math.log10(peak):.1f} dB to fit full scale")
    return output


def corners_out_of_reach(graph: Graph, sample_rate: int) -> list[str]:
    """Filters whose corner is above half the sample rate, in words."""
    return [
        f"{node.kind} {name} {value:g} Hz"
        for node in graph.nodes
        if node.is_processor
        for name, value in node.parameters.items()
        if KINDS[node.kind].parameters[name].unit == "Hz" and value >= sample_rate / 2
    ]
