"""The command ``render``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, Output, print_text


def render(
    graph: Path,
    dry: Annotated[list[str], Option(negative=())],
    /,
    *,
    output: Output = Path("render.wav"),
    energy: bool | None = None,
) -> None:
    """Play dry audio through a graph.

    **Examples**

        unpatch render graph.json voice.wav -o wet.wav
        unpatch render drums.json kick.wav snare.wav -o mix.flac
        unpatch render graph.json voice.wav --no-energy
        unpatch render mixing_graph.json stems/ -o mix.wav
        unpatch render mixing_graph.json kick.wav vox="Lead Vocal 3.wav" -o mix.wav

    Parameters
    ----------
    graph:
        A graph file.
    dry:
        One audio file per source of the graph, in the order of its nodes. For a graph with track names, as
        those of `unpatch search` have: a folder of stems, files with the names of the tracks, or
        TRACK=file.
    output:
        The result, as long as the longest source: .wav, .flac, .aiff or .ogg. A result above full
        scale is lowered.
    energy:
        Keep every processor's output at the energy of its input, as in training. Left out, that
        is done for all graphs but those with processors of a mixing console, which change levels on purpose.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.rendering import render_file

    configure_cpu()
    print_text(str(render_file(graph, dry, output, energy=energy, reporter=TERMINAL)))
