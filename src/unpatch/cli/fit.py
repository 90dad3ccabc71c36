"""The command ``fit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, AsJson, Output, print_json
from unpatch.cli.estimate_text import show_fit
from unpatch.cli.options import Count, Seconds, Seed


def fit(
    graph: Annotated[list[Path], Option(negative=())],
    /,
    *,
    dry: Annotated[tuple[str, ...], Option(negative=())],
    wet: Path,
    cpu_seconds: Seconds = 20.0,
    renders: Count | None = None,
    structure: bool = True,
    seed: Seed = 0,
    output: Output = Path("out/fit"),
    json: AsJson = False,
) -> None:
    """Refine a graph so that its output for a dry signal matches a recording.

    Moves knobs with and without gradients and, unless disabled, the structure. Writes graph.json,
    graph.svg, rerender.wav and report.html, with the distance before and after. The levels of the two
    files do not matter; an offset of the recording of up to 50 ms is estimated.

    **Examples**

        unpatch fit graph.json --dry voice.wav --wet processed.wav -o out/refined
        unpatch fit drums.json --dry stems/ --wet mix.wav --cpu-seconds 60
        unpatch fit first.json second.json --dry voice.wav --wet processed.wav --no-structure

    Parameters
    ----------
    graph:
        One or more graph files to start from; the best one is used.
    dry:
        The recording before processing: a file, SOURCE=file for each of several sources, or a folder of
        kick.wav, snare.wav, ...
    wet:
        The recording, as long as the dry signal; of a long one the loudest six seconds are used.
    cpu_seconds:
        Time limit, in seconds of processor time, so that a busy machine finds the same.
    renders:
        Limit the number of renders instead, which finds the same on every machine.
    structure:
        Change processors too, not only numbers.
    seed:
        Seed of the random search.
    output:
        Folder for the results.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.dry_files import dry_files
    from unpatch.jobs.refining import fit_files

    configure_cpu()
    found = fit_files(
        graph,
        dry_files(dry),
        wet,
        output,
        cpu_seconds=cpu_seconds,
        renders=renders,
        structure=structure,
        seed=seed,
        dry_name=", ".join(dry),
        reporter=TERMINAL,
    )
    if json:
        print_json(found.to_dict())
    else:
        show_fit(found)
