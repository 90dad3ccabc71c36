"""The command ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, AsJson, Output, print_json, print_text


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
    from unpatch.jobs.exporting import export_file

    configure_cpu()
    report = export_file(graph, output, dry or [], energy=energy, reporter=TERMINAL)
    if json:
        print_json(report.to_dict())
    else:
        print_text("\n".join((*report.lines(), *map(str, report.files))))
