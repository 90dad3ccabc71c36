"""The command ``estimate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, AsJson, Output, print_json, refuse_unused
from unpatch.cli.estimate_text import show_all
from unpatch.cli.options import Beams, Candidates, Count, Draws, SecondsOrNone, Seed, Share
from unpatch.jobs.options import BEAMS, DRAWS, TOP, EstimateOptions, Windows

Words = Annotated[tuple[str, ...], Option(negative=())]

MASTERING = "mastering"


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
        With --dry: refine for this many renders instead, which gives the same result on every machine.
    structure:
        With --dry: change processors too, not only numbers; a mastering chain keeps its processors.
    apply:
        Another dry recording to apply the found graph to, given as --dry is; written to applied.wav.
    amount:
        With --apply: share of the processed sound in applied.wav, from 0 to 1.
    beams:
        Hypotheses that the beam search follows at once. --beams and --draws do not apply to mastering.
    draws:
        Graphs that are also drawn at random. From them and from the presence of each effect the graph of the
        highest expected F1 of its effects is chosen; with --dry, they are ranked by re-rendering.
    seed:
        Seed of the draws and, with --dry, of the refinement.
    model:
        Folder of a model in place of the one that comes with the package.
    output:
        Folder for the results; with several recordings each gets a folder in it.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.dry_files import dry_files
    from unpatch.jobs.estimating import estimate_files, model_facts

    configure_cpu()
    if task == MASTERING:
        refuse_unused("estimate --task mastering", {"--beams": beams != BEAMS, "--draws": draws != DRAWS})
    options = EstimateOptions(
        task, windows, beams, draws, seed, top, model, cpu_seconds, renders, structure, amount
    )
    found = estimate_files(
        audio, output, options, dry=dry_files(dry), apply_to=dry_files(apply), reporter=TERMINAL
    )
    if json:
        results = [each.to_dict() | {"model": model_facts(options)} for each in found]
        print_json(results if len(results) > 1 else results[0])
    else:
        show_all(audio, found)
