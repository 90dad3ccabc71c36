"""Recordings in, graphs and reports out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.audio import level_db, resample
from unpatch.demo import CHAINS, VOICE_NAME, DemoChain, embedded_graph, processed_voice
from unpatch.estimation import estimate
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.jobs.blocks import load_together
from unpatch.jobs.estimated import EstimatedFile
from unpatch.jobs.options import EstimateOptions
from unpatch.jobs.recordings import AnalysedRecording, read_recording, read_sources
from unpatch.learning.provenance import provenance
from unpatch.pages.estimate import compose, results_in, write
from unpatch.refining import Fitted, fit
from unpatch.refining.applying import apply
from unpatch.rendering.named import mixed
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import check_outputs, files_in
from unpatch.storage.results import check_own
from unpatch.tasks import shipped_folder, task_called

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.estimates import Estimate

Files = Mapping[str, Path]
"""Source kind to file."""

REFINED = 12
"""This many of the nearest candidates are refined further."""


def estimate_file(
    audio: Path,
    output: Path,
    options: EstimateOptions | None = None,
    *,
    dry: Files | None = None,
    apply_to: Files | None = None,
    reporter: Reporter = SILENT,
) -> EstimatedFile:
    """Estimate the graph behind a recording; write graph.json, graph.svg, rerender.wav and report.html.

    Args:
        audio: the recording.
        output: folder of the results.
        options: how it is analysed.
        dry: the recording before processing, of the same length, by source kind; the best candidate is
            refined with it.
        apply_to: another dry recording by source kind, to which the graph is applied: applied.wav.
        reporter: shows the progress.

    Raises:
        ValueError: a recording that cannot be analysed, an unknown task, or outputs that would replace an
            input or a file that is not a result.
    """
    (found,) = estimate_files([audio], output, options, dry=dry, apply_to=apply_to, reporter=reporter)
    return found


def estimate_files(
    audio: Sequence[Path],
    output: Path,
    options: EstimateOptions | None = None,
    *,
    dry: Files | None = None,
    apply_to: Files | None = None,
    reporter: Reporter = SILENT,
) -> list[EstimatedFile]:
    """:func:`estimate_file` for several recordings; each gets a folder in ``output`` with its name.

    A dry signal belongs to one recording.
    """
    options, dry, apply_to = options or EstimateOptions(), dry or {}, apply_to or {}
    folders = _folders(audio, output)
    if dry and len(audio) > 1:
        raise ValueError(f"--dry belongs to one recording; {len(audio)} are given")
    _check_outputs(folders, dry, apply_to, options.model)
    return [_estimated(path, folder, options, dry, apply_to, reporter) for path, folder in folders.items()]


def model_facts(options: EstimateOptions) -> dict[str, Any]:
    """Name, licence and sources of the model that an estimate uses."""
    return provenance(options.model or shipped_folder(options.task))


def _folders(audio: Sequence[Path], output: Path) -> dict[Path, Path]:
    """The folder of results of each recording."""
    names = [path.stem for path in audio]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two recordings are called {twice!r}: their results would go to one folder")
    folders = {path: output / path.stem if len(audio) > 1 else output for path in audio}
    for folder in folders.values():
        check_can_hold(folder)
    return folders


def _check_outputs(folders: Mapping[Path, Path], dry: Files, apply_to: Files, model: Path | None) -> None:
    reads = {
        "AUDIO": folders,
        "--dry": dry.values(),
        "--apply": apply_to.values(),
        "--model": files_in(model),
    }
    written = [
        file for folder in folders.values() for file in results_in(folder, applied=bool(apply_to)).written
    ]
    check_outputs(reads, {"--output": written})
    check_own(written)


def _estimated(
    path: Path, folder: Path, options: EstimateOptions, dry: Files, apply_to: Files, reporter: Reporter
) -> EstimatedFile:
    """One recording, from file to files."""
    recording = read_recording(path, options.windows)
    own_dry = read_sources(dry, recording) or None
    with reporter.busy(f"analysing {path.name}"):
        estimated = _analysed(recording, own_dry, options)
    fitted = _fitted(estimated, own_dry, recording, options, reporter) if own_dry else None
    applied = _applied(estimated, fitted, own_dry, recording, apply_to, options) if apply_to else None
    found = estimated.starting_at(recording.starts_s).top(options.top)
    with reporter.busy("writing the report"):
        composed = compose(
            found,
            recording.audio,
            recording.sample_rate,
            name=path.name,
            dry=own_dry,
            dry_name=", ".join(file.name for file in dry.values()),
            fitted=fitted and fitted.starting_at(recording.starts_s),
            applied=applied,
            starts_s=recording.starts_s,
            lasts_s=recording.lasts_s,
        )
        return EstimatedFile(found, composed, write(composed, folder))


def _analysed(
    recording: AnalysedRecording, dry: Mapping[str, Tensor] | None, options: EstimateOptions
) -> Estimate:
    return estimate(
        recording.audio,
        recording.sample_rate,
        options.task,
        dry=dry,
        model=options.model,
        windows=options.windows,
        deciding=options.deciding,
    )


def _fitted(
    estimated: Estimate,
    dry: Mapping[str, Tensor],
    recording: AnalysedRecording,
    options: EstimateOptions,
    reporter: Reporter,
) -> Fitted | None:
    """The best candidates refined with the dry signal."""
    if not options.is_refined:
        return None
    task = task_called(options.task)
    with reporter.progress("refining") as report:
        return fit(
            [candidate.graph for candidate in estimated.candidates[:REFINED]],
            dry,
            recording.audio,
            recording.sample_rate,
            cpu_seconds=None if options.renders else options.cpu_seconds,
            renders=options.renders,
            structure=options.structure and not task.fixed_structure,
            seed=options.seed,
            registry=task.refined_with,
            report=lambda spent, cost: report(round(100 * min(spent, 1.0)), 100),
        )


def _applied(
    estimated: Estimate,
    fitted: Fitted | None,
    dry: Mapping[str, Tensor] | None,
    recording: AnalysedRecording,
    apply_to: Files,
    options: EstimateOptions,
) -> tuple[Tensor, Tensor]:
    """The other recording ``[2, T]``, its sources summed, and the graph's output for it."""
    signals, rate = load_together(list(apply_to.values()))
    at_rate = [resample(signal, rate, recording.sample_rate) for signal in signals]
    other = dict(zip(apply_to, at_rate, strict=True))
    graph = fitted.graph if fitted else estimated.graph
    # A refined graph is set for the dry signal's level, an estimated one for the recording's.
    made_for_db = level_db(mixed(dry)) if fitted and dry else estimated.level_db
    wet = apply(graph, other, recording.sample_rate, amount=options.amount, made_for_db=made_for_db)
    return mixed(other), wet


# --- the demo -------------------------------------------------------------------------------------


def estimate_demo(
    output: Path, options: EstimateOptions | None = None, *, reporter: Reporter = SILENT
) -> Iterator[tuple[DemoChain, EstimatedFile]]:
    """Process the embedded voice with each chain of :mod:`unpatch.demo`, and estimate the graph of the take.

    Outputs are checked at once; each chain is analysed when the iterator gets to it.

    Args:
        output: folder of the results of the first chain; the others have a folder in it.
        options: how the takes are analysed.
        reporter: shows the progress.
    """
    options = options or EstimateOptions()
    folders = {chain: output / chain.folder for chain in CHAINS}
    for folder in folders.values():
        check_can_hold(folder)
    written = [file for folder in folders.values() for file in results_in(folder).written]
    check_outputs({"--model": files_in(options.model)}, {"--out": written})
    check_own(written)
    return ((chain, _estimated_demo(chain, folder, options, reporter)) for chain, folder in folders.items())


def _estimated_demo(
    chain: DemoChain, folder: Path, options: EstimateOptions, reporter: Reporter
) -> EstimatedFile:
    dry, wet, sample_rate = processed_voice(chain)
    with reporter.busy(f"analysing the embedded voice with {chain.words}"):
        found = estimate(wet, sample_rate, model=options.model).top(options.top)
        name = f"Demo: a sung phrase with {chain.words}"
        truth = embedded_graph(chain)
        composed = compose(found, wet, sample_rate, name=name, dry=dry, dry_name=VOICE_NAME, truth=truth)
        return EstimatedFile(found, composed, write(composed, folder))
