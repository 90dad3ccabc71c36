"""The main job on a voice that comes with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import busy, print_text
from unpatch.cli.find import TOP, estimate
from unpatch.cli.results import show
from unpatch.demo import CHAINS, Chain
from unpatch.processors import PROCESSORS
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import check_outputs, files_in
from unpatch.storage.results import check_own


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
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.pages.estimate import results_in

    configure_cpu()
    folders = {chain: output / chain.folder for chain in CHAINS}
    for folder in folders.values():
        check_can_hold(folder)
    written = [file for folder in folders.values() for file in results_in(folder).written]
    check_outputs({"--model": files_in(model)}, {"--out": written})
    check_own(written)
    for chain, folder in folders.items():
        _shown(chain, folder, model)


def _shown(chain: Chain, folder: Path, model: Path | None) -> None:
    """One chain: played, found, and reported with its truth."""
    from unpatch.demo import VOICE_NAME, embedded_graph, processed_voice
    from unpatch.estimation import estimate as run_estimate
    from unpatch.graph.text import to_text
    from unpatch.pages.estimate import compose, write

    dry, wet, sample_rate = processed_voice(chain)
    truth = embedded_graph(chain)
    with busy(f"analysing the embedded voice with {chain.words}"):
        found = run_estimate(wet, sample_rate, model=model).top(TOP)
        name = f"Demo: a sung phrase with {chain.words}"
        take = compose(found, wet, sample_rate, name=name, dry=dry, dry_name=VOICE_NAME, truth=truth)
        files = write(take, folder)
    print_text(f"The graph that was used: {chain.words}\n\n{to_text(truth, PROCESSORS)}\n")
    print_text("The graph that was found\n")
    show(found, take, files)
