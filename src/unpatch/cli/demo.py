"""The command ``demo``: the main job on a voice that comes with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, print_graph, print_text
from unpatch.cli.estimate import estimate
from unpatch.cli.estimate_text import show
from unpatch.jobs.options import EstimateOptions


def demo(
    audio: Annotated[Path | None, Option(help="Your own recording, in place of the embedded voice.")] = None,
    /,
    *,
    model: Path | None = None,
    output: Annotated[Path, Option(name=["--out", "--output", "-o"])] = Path("out/demo"),
) -> None:
    """Run the main job on a real voice: process it, find the graph, and compare truth and estimate.

    Twice: with an everyday chain of two effects, and with five effects, which is as hard as it gets; the
    results of the latter are in a folder of their own, five_effects. With a recording of your own, the graph
    is found in that; it is re-rendered with the embedded voice.

    **Examples**

        unpatch demo
        unpatch demo my_vocal.wav

    Parameters
    ----------
    model:
        Folder of a model in place of the one that comes with the package.
    output:
        Folder for the results.
    """
    if audio is not None:
        estimate([audio], model=model, output=output)
        return
    from unpatch.demo import embedded_graph
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.estimating import estimate_demo

    configure_cpu()
    for chain, found in estimate_demo(output, EstimateOptions(model=model), reporter=TERMINAL):
        print_text(f"The graph that was used: {chain.words}\n")
        print_graph(embedded_graph(chain))
        print_text("The graph that was found\n")
        show(found)
