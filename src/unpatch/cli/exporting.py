"""``export``: a graph as a project, a program or a table that others can open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import AsJson, Output, busy, print_json, print_text
from unpatch.cli.files import read_graph
from unpatch.cli.tracks import named_sources, track_files
from unpatch.storage.outputs import OutputError, check_outputs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph


def export(
    graph: Path,
    dry: Annotated[list[str] | None, Option(negative=())] = None,
    /,
    *,
    output: Output,
    energy: bool | None = None,
    json: AsJson = False,
) -> None:
    """Write a graph as something that others can open.

    What the format cannot hold is listed, and how far its sound is from that of `unpatch render`; both stand
    in what is written, too.

    **Examples**

        unpatch export graph.json voice.wav -o patch.dsp
        unpatch export graph.json -o eq.txt
        unpatch export mixing_graph.json stems/ -o song.rpp
        unpatch export mixing_graph.json stems/ -o song.dawproject

    Parameters
    ----------
    graph:
        A graph file.
    dry:
        The graph's sources, as of `unpatch render`. They go into projects. Where the energy rule applies, its
        gains can be measured only on them.
    output:
        What to write; its ending chooses the format: .rpp (REAPER, with an effect in JSFX for every
        processor), .dawproject (DAWproject 1.0), .dsp (Faust), .py (Python for pedalboard), .txt (equalizers,
        for Equalizer APO, REW and AutoEq), or none for a folder with the graph, tables and impulse responses.
    energy:
        Keep every processor's output at the energy of its input. Left out, that is done for all graphs but
        those with processors of a mixing console.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.exports import export as run_export
    from unpatch.exports import format_of

    configure_cpu()
    words, patch = dry or [], read_graph(graph)
    format_ = format_of(output)
    files = track_files(named_sources(patch), words) if words else []
    folders = [*format_.folders(output), *([] if format_.ending else [output])]
    writes = {"--output": output} if format_.ending else {}
    check_outputs({"GRAPH": graph, "DRY": files}, writes, into=folders)
    _check_apart([graph, *files], folders)
    with busy("exporting and measuring"):
        sources, sample_rate = _audio(graph, patch, words)
        report = run_export(patch, output, sources=sources, sample_rate=sample_rate, energy=energy)
    if json:
        print_json(report.to_dict())
    else:
        for line in (*report.lines(), *map(str, report.files)):
            print_text(line)


def _check_apart(inputs: list[Path], folders: list[Path]) -> None:
    """Refuse inputs that lie in a folder that is written to."""
    for path in inputs:
        for folder in folders:
            if folder.resolve() in path.resolve().parents:
                raise OutputError(
                    f"{path}: is an input and lies in {folder}, which is written to; change --output"
                )


def _audio(path: Path, graph: Graph, words: list[str]) -> tuple[Tensor | None, int | None]:
    """What the sources play ``[S, 2, T]``, and its rate in Hz; nothing where no audio is given."""
    import torch

    from unpatch.cli.sound import dry_sources
    from unpatch.rendering.tape import Store, Wire

    if not words:
        return None, None
    tapes, sample_rate = dry_sources(path, graph, words, Store())
    longest = max(tape.written for tape in tapes)
    return torch.stack([Wire(tape).read(0, longest) for tape in tapes]), sample_rate
