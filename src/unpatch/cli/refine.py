"""``fit``: refine a graph so that its output for a dry signal matches a recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import AsJson, Output, print_json, print_text, progress
from unpatch.cli.dry import dry_files
from unpatch.cli.files import read_graph
from unpatch.cli.options import Count, Seconds, Seed
from unpatch.cli.results import as_json, fit_in_words, show_files
from unpatch.processors import KINDS
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import check_outputs
from unpatch.storage.results import check_own

if TYPE_CHECKING:
    from unpatch.cli.recording import Recording
    from unpatch.estimates import Estimate
    from unpatch.graph.data import Graph


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
    from unpatch.cli.recording import read_recording, read_sources
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.graph.text import to_text
    from unpatch.graph.time import after
    from unpatch.pages.estimate import compose, results_in, write
    from unpatch.refining import fit as run_fit

    configure_cpu()
    check_can_hold(output)
    stems = dry_files(dry)
    written = results_in(output).written
    check_outputs({"GRAPH": graph, "--dry": stems.values(), "--wet": wet}, {"--output": written})
    check_own(written)
    graphs = [read_graph(path) for path in graph]
    recording = read_recording(wet, "loudest")
    sources = read_sources(stems, recording)
    with progress("refining") as report:
        fitted = run_fit(
            [after(patch, recording.starts_s) for patch in graphs],
            sources,
            recording.audio,
            recording.sample_rate,
            cpu_seconds=None if renders else cpu_seconds,
            renders=renders,
            structure=structure,
            seed=seed,
            report=lambda spent, cost: report(round(100 * min(spent, 1.0)), 100),
        ).starting_at(recording.starts_s)
    found = _as_given(graphs, recording)
    take = compose(
        found,
        recording.audio,
        recording.sample_rate,
        name=wet.name,
        dry=sources,
        dry_name=", ".join(dry),
        fitted=fitted,
        starts_s=recording.starts_s,
        lasts_s=recording.lasts_s,
    )
    files = write(take, output)
    if json:
        print_json(as_json(found, take, files))
        return
    print_text(f"{to_text(fitted.graph, KINDS)}\n\n{fit_in_words(fitted)}\n")
    show_files(files)


def _as_given(graphs: Sequence[Graph], recording: Recording) -> Estimate:
    """Graphs from other systems, as reports take them."""
    from unpatch.audio import level_db
    from unpatch.estimates import Candidate, Estimate

    lasts_s = recording.audio.shape[-1] / recording.sample_rate
    given = tuple(Candidate(graph, 1.0, 0.0) for graph in graphs)
    return Estimate(given, (recording.starts_s,), lasts_s, level_db(recording.audio))
