"""Graph files, a dry signal and a recording in; a refined graph and a report out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from unpatch.audio import level_db
from unpatch.estimates import Candidate, Estimate
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.graph.data import Graph
from unpatch.graph.time import after
from unpatch.jobs.estimated import EstimatedFile
from unpatch.jobs.graph_files import read_graph
from unpatch.jobs.recordings import AnalysedRecording, read_recording, read_sources
from unpatch.pages.estimate import compose, results_in, write
from unpatch.refining import fit
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import check_outputs
from unpatch.storage.results import check_own


def fit_files(
    graphs: Sequence[Path],
    dry: Mapping[str, Path],
    wet: Path,
    output: Path,
    *,
    cpu_seconds: float | None = 20.0,
    renders: int | None = None,
    structure: bool = True,
    seed: int = 0,
    dry_name: str | None = None,
    reporter: Reporter = SILENT,
) -> EstimatedFile:
    """Refine graphs so that the best one's output for a dry signal matches a recording; write a report.

    Args:
        graphs: files of graphs to start from.
        dry: source kind to the file of its signal.
        wet: the recording, as long as the dry signal; of a long one the loudest six seconds are used.
        output: folder of the results.
        cpu_seconds: time limit in seconds of processor time.
        renders: limit of renders in place of it.
        structure: whether processors are changed, too.
        seed: of the random search.
        dry_name: what the report calls the dry signal; the names of the files if left out.
        reporter: shows the progress.

    Raises:
        ValueError: a file that cannot be used, or outputs that would replace an input or a file that is not
            a result.
    """
    check_can_hold(output)
    written = results_in(output).written
    check_outputs({"GRAPH": graphs, "--dry": dry.values(), "--wet": wet}, {"--output": written})
    check_own(written)
    patches = [read_graph(path) for path in graphs]
    recording = read_recording(wet, "loudest")
    sources = read_sources(dry, recording)
    with reporter.progress("refining") as report:
        fitted = fit(
            [after(patch, recording.starts_s) for patch in patches],
            sources,
            recording.audio,
            recording.sample_rate,
            cpu_seconds=None if renders else cpu_seconds,
            renders=renders,
            structure=structure,
            seed=seed,
            report=lambda spent, cost: report(round(100 * min(spent, 1.0)), 100),
        ).starting_at(recording.starts_s)
    given = _as_given(patches, recording)
    composed = compose(
        given,
        recording.audio,
        recording.sample_rate,
        name=wet.name,
        dry=sources,
        dry_name=dry_name or ", ".join(file.name for file in dry.values()),
        fitted=fitted,
        starts_s=recording.starts_s,
        lasts_s=recording.lasts_s,
    )
    return EstimatedFile(given, composed, write(composed, output))


def _as_given(graphs: Sequence[Graph], recording: AnalysedRecording) -> Estimate:
    """Graphs from other systems, as reports take them."""
    lasts_s = recording.audio.shape[-1] / recording.sample_rate
    given = tuple(Candidate(graph, 1.0, 0.0) for graph in graphs)
    return Estimate(given, (recording.starts_s,), lasts_s, level_db(recording.audio))
