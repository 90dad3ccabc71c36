"""The main job: ``estimate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import AsJson, Output, busy, print_json, print_text, progress, refuse_unused
from unpatch.cli.dry import dry_files
from unpatch.cli.options import Beams, Candidates, Count, Draws, SecondsOrNone, Seed, Share
from unpatch.cli.results import as_json, show
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import check_outputs, files_in
from unpatch.storage.results import check_own

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.blind.models.deciding import Deciding
    from unpatch.cli.recording import Recording
    from unpatch.estimates import Estimate
    from unpatch.pages.estimate import Files, Take
    from unpatch.refining import Fitted

Windows = Literal["loudest", "all"]
Words = Annotated[tuple[str, ...], Option(negative=())]

MASTERING = "mastering"
BEAMS, DRAWS, TOP = 4, 24, 4

# This many of the nearest candidates are refined further.
REFINED = 12


@dataclass(frozen=True)
class Wishes:
    """Options that do not depend on the recording."""

    task: str
    windows: Windows
    deciding: Deciding
    top: int
    model: Path | None
    cpu_seconds: float
    renders: int | None
    structure: bool
    dry: Mapping[str, Path]
    apply: Mapping[str, Path]
    amount: float


def estimate(
    audio: Annotated[list[Path], Option(negative=())],
    /,
    *,
    task: str = "singing",
    windows: Windows = "loudest",
    top: Candidates = TOP,
    dry: Words = (),
    cpu_seconds: SecondsOrNone = 20.0,
    renders: Count | None = None,
    structure: bool = True,
    apply: Words = (),
    amount: Share = 1.0,
    beams: Beams = BEAMS,
    draws: Draws = DRAWS,
    seed: Seed = 0,
    model: Path | None = None,
    output: Output = Path("out/estimate"),
    json: AsJson = False,
) -> None:
    """Find the processing graph behind a recording.

    Prints the graph as a tree and writes graph.json, graph.svg, rerender.wav and report.html.

    **Examples**

        unpatch estimate wet_vocal.wav
        unpatch estimate wet_vocal.wav --dry dry_vocal.wav -o out/vocal
        unpatch estimate wet_drums.wav --task drums --dry KICK=kick.wav --dry SNARE=snare.wav
        unpatch estimate master.wav --task mastering
        unpatch estimate wet_vocal.wav --apply my_take.wav --amount 0.7
        unpatch estimate takes/*.wav -o out/takes
        unpatch estimate song.flac --windows all --json | jq .graph
        unpatch estimate wet_vocal.wav --top 8 --draws 100 --seed 7

    Parameters
    ----------
    audio:
        Any files libsndfile reads, mono or stereo, 8 to 192 kHz, up to an hour each.
    task:
        What kind of material it is: singing, drums, or mastering: a finished master, of which equalizer,
        compressor and clipper are found, every number with an interval.
    windows:
        Analyse the loudest 3.6 s (of the loudest half minute, if it lasts longer than two minutes), or
        windows all over the recording (up to ten minutes).
    top:
        Largest number of different graphs to report.
    dry:
        The recording before processing, of the same length: candidates are ranked by re-rendering, and the
        best is refined. A file, SOURCE=file for each of several sources, or a folder of kick.wav,
        snare.wav, ...
    cpu_seconds:
        With --dry: how long to refine, in seconds of processor time, so that a busy machine finds the same;
        0 keeps the estimated numbers.
    renders:
        Refine for this many renders instead, which gives the same result on every machine.
    structure:
        While refining, change processors too, not only numbers; not of a mastering chain.
    apply:
        Another dry recording to apply the found graph to, given as --dry is; written to applied.wav.
    amount:
        Share of the processed sound in it.
    beams:
        Hypotheses that are followed at once. This and the next do not apply to mastering.
    draws:
        Graphs that are also drawn at random. From them and from the presence of each effect the graph of the
        highest expected F1 of its effects is chosen; with --dry, they are ranked by re-rendering.
    seed:
        Of the draws.
    model:
        Folder of a model in place of the one that comes with the package.
    output:
        Folder for the results; with several recordings each gets a folder in it.
    """
    from unpatch.blind.models.deciding import Deciding
    from unpatch.dsp.cpu import configure_cpu

    configure_cpu()
    if task == MASTERING:
        unused = {"--beams": beams != BEAMS, "--draws": draws != DRAWS}
        refuse_unused("estimate --task mastering", unused)
    folders = _folders(audio, output)
    if dry and len(audio) > 1:
        raise ValueError(f"--dry belongs to one recording; {len(audio)} are given")
    how = Deciding(beams, draws, seed)
    stems, other = dry_files(dry), dry_files(apply)
    _check_outputs(folders, stems, other, model)
    wishes = Wishes(task, windows, how, top, model, cpu_seconds, renders, structure, stems, other, amount)
    results = [_estimated(path, folder, wishes) for path, folder in folders.items()]
    if json:
        results_json = [as_json(*result) | {"model": _model_facts(task, model)} for result in results]
        print_json(results_json[0] if len(results_json) == 1 else results_json)
        return
    for path, result in zip(folders, results, strict=True):
        if len(results) > 1:
            print_text(f"{path}\n")
        show(*result)


def _model_facts(task: str, folder: Path | None) -> dict[str, object]:
    """Name, licence and sources of the model."""
    from unpatch.learning.provenance import provenance
    from unpatch.tasks import shipped_folder

    return provenance(folder or shipped_folder(task))


def _folders(audio: Sequence[Path], output: Path) -> dict[Path, Path]:
    """The folder of results of each recording."""
    names = [path.stem for path in audio]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two recordings are called {twice!r}: their results would go to one folder")
    folders = {path: output / path.stem if len(audio) > 1 else output for path in audio}
    for folder in folders.values():
        check_can_hold(folder)
    return folders


def _check_outputs(
    folders: Mapping[Path, Path], dry: Mapping[str, Path], apply: Mapping[str, Path], model: Path | None
) -> None:
    from unpatch.pages.estimate import results_in

    reads = {"AUDIO": folders, "--dry": dry.values(), "--apply": apply.values(), "--model": files_in(model)}
    written = [file for folder in folders.values() for file in results_in(folder, bool(apply)).written]
    check_outputs(reads, {"--output": written})
    check_own(written)


def _estimated(path: Path, folder: Path, wishes: Wishes) -> tuple[Estimate, Take, Files]:
    """One recording, from file to files."""
    from unpatch.cli.recording import read_recording, read_sources
    from unpatch.estimation import estimate as run_estimate
    from unpatch.pages.estimate import compose, write

    recording = read_recording(path, wishes.windows)
    own_dry = read_sources(wishes.dry, recording) or None
    with busy(f"analysing {path.name}"):
        estimated = run_estimate(
            recording.audio,
            recording.sample_rate,
            wishes.task,
            dry=own_dry,
            model=wishes.model,
            windows=wishes.windows,
            deciding=wishes.deciding,
        )
    fitted = (
        _fitted(estimated, own_dry, recording, wishes)
        if own_dry and (wishes.renders or wishes.cpu_seconds)
        else None
    )
    applied = _applied(estimated, fitted, own_dry, recording, wishes) if wishes.apply else None
    found = estimated.starting_at(recording.starts_s).top(wishes.top)
    with busy("writing the report"):
        take = compose(
            found,
            recording.audio,
            recording.sample_rate,
            name=path.name,
            dry=own_dry,
            dry_name=", ".join(file.name for file in wishes.dry.values()),
            fitted=fitted and fitted.starting_at(recording.starts_s),
            applied=applied,
            starts_s=recording.starts_s,
            lasts_s=recording.lasts_s,
        )
        return found, take, write(take, folder)


def _fitted(estimated: Estimate, dry: Mapping[str, Tensor], recording: Recording, wishes: Wishes) -> Fitted:
    from unpatch.refining import fit
    from unpatch.tasks import task_called

    task = task_called(wishes.task)
    with progress("refining") as report:
        return fit(
            [candidate.graph for candidate in estimated.candidates[:REFINED]],
            dry,
            recording.audio,
            recording.sample_rate,
            cpu_seconds=None if wishes.renders else wishes.cpu_seconds,
            renders=wishes.renders,
            structure=wishes.structure and not task.fixed_structure,
            seed=wishes.deciding.seed,
            registry=task.refined_with,
            report=lambda spent, cost: report(round(100 * min(spent, 1.0)), 100),
        )


def _applied(
    estimated: Estimate,
    fitted: Fitted | None,
    dry: Mapping[str, Tensor] | None,
    recording: Recording,
    wishes: Wishes,
) -> tuple[Tensor, Tensor]:
    """The other recording, and the graph's output for it."""
    from unpatch.audio import level_db, resample
    from unpatch.cli.sound import load_together
    from unpatch.refining.applying import apply
    from unpatch.rendering.named import mixed

    signals, rate = load_together(list(wishes.apply.values()))
    at_rate = [resample(signal, rate, recording.sample_rate) for signal in signals]
    other = dict(zip(wishes.apply, at_rate, strict=True))
    graph = fitted.graph if fitted else estimated.graph
    # A refined graph is set for the dry signal's level, an estimated one for the recording's.
    made_for_db = level_db(mixed(dry)) if fitted and dry else estimated.level_db
    wet = apply(graph, other, recording.sample_rate, amount=wishes.amount, made_for_db=made_for_db)
    return mixed(other), wet
