"""A graph file in; a project, a program or a table out that others can open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from unpatch.execution.reporting import SILENT, Reporter
from unpatch.exports import export, format_of
from unpatch.exports.report import Report
from unpatch.graph.data import Graph
from unpatch.jobs.graph_files import read_graph
from unpatch.jobs.tracks import dry_sources, named_sources, track_files
from unpatch.rendering.tape import TapeInput, TapeStore
from unpatch.storage.outputs import OutputError, check_outputs


def export_file(
    graph: Path,
    output: Path,
    dry: Sequence[str] = (),
    *,
    energy: bool | None = None,
    reporter: Reporter = SILENT,
) -> Report:
    """Write a graph in the format that the output's ending chooses.

    Args:
        graph: file of the graph.
        output: what to write, see :func:`unpatch.export`.
        dry: the graph's sources, as of :func:`unpatch.jobs.rendering.render_file`; none are needed.
        energy: as there.
        reporter: shows the progress.

    Returns:
        What the format cannot hold, how far its sound is from that of the graph, and the files.

    Raises:
        ValueError: files that do not fit the graph, a format that cannot hold it, or an output that would
            replace an input.
    """
    patch = read_graph(graph)
    format_ = format_of(output)
    files = track_files(named_sources(patch), dry) if dry else []
    folders = [*format_.folders(output), *([] if format_.ending else [output])]
    writes = {"--output": output} if format_.ending else {}
    check_outputs({"GRAPH": graph, "DRY": files}, writes, into=folders)
    _check_apart([graph, *files], folders)
    with reporter.busy("exporting and measuring"):
        sources, sample_rate = _audio(graph, patch, dry, reporter)
        return export(patch, output, sources=sources, sample_rate=sample_rate, energy=energy)


def _check_apart(inputs: Sequence[Path], folders: Sequence[Path]) -> None:
    """Refuse inputs that lie in a folder that is written to."""
    for path in inputs:
        for folder in folders:
            if folder.resolve() in path.resolve().parents:
                raise OutputError(
                    f"{path}: is an input and lies in {folder}, which is written to; change --output"
                )


def _audio(
    path: Path, graph: Graph, dry: Sequence[str], reporter: Reporter
) -> tuple[Tensor | None, int | None]:
    """What the sources play ``[S, 2, T]``, and its rate in Hz; nothing where no audio is given."""
    if not dry:
        return None, None
    tapes, sample_rate = dry_sources(path, graph, dry, TapeStore(), reporter)
    longest = max(tape.written for tape in tapes)
    return torch.stack([TapeInput(tape).read(0, longest) for tape in tapes]), sample_rate
