"""The main job: ``estimate`` and ``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter as Option
from cyclopts.types import NonNegativeFloat, NonNegativeInt, PositiveInt

from unpatch.cli.console import AsJson, Output, note, notes, print_json, say

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.estimate import Candidate, Estimate
    from unpatch.graph.data import Graph
    from unpatch.report import Files, Take

# The report and the re-render hold at most this much of a long recording.
EXCERPT_S = 60
Windows = Literal["loudest", "all"]


def estimate(
    audio: Path,
    /,
    *,
    task: str = "singing",
    window: Windows = "loudest",
    dry: Path | None = None,
    beams: PositiveInt = 4,
    temperature: NonNegativeFloat = 0.0,
    seed: NonNegativeInt = 0,
    model: Path | None = None,
    output: Output = Path("out/estimate"),
    json: AsJson = False,
) -> None:
    """Find the processing graph behind a recording.

    Prints the graph as a tree and writes graph.json, graph.svg, rerender.wav and report.html.

    **Examples**

        unpatch estimate wet_vocal.wav
        unpatch estimate wet_vocal.wav --dry dry_vocal.wav -o out/vocal
        unpatch estimate song.flac --window all --json | jq .graph
        unpatch estimate wet_vocal.wav --beams 1 --temperature 1 --seed 7

    Parameters
    ----------
    audio:
        Any file libsndfile reads, mono or stereo, 8 to 192 kHz, up to an hour.
    task:
        What kind of material it is.
    window:
        Listen to the loudest 3.6 s, or to windows all over the recording.
    dry:
        The recording before processing, to re-render and measure distances; the estimate does not hear it.
    beams:
        Hypotheses that are followed at once.
    temperature:
        0 takes the most probable graph; above, graphs are drawn.
    seed:
        Of the draws.
    model:
        Folder of a model in place of the one that comes with the package.
    output:
        Folder for the results.
    """
    from unpatch.audio import check_lasts, check_sounds, load

    wet, sample_rate = load(audio)
    check_lasts(wet, sample_rate, str(audio))
    check_sounds(wet, str(audio))
    source = _dry_signal(dry, sample_rate)
    with notes.status(f"listening to {audio.name}"):
        found = _listen(
            wet,
            sample_rate,
            task=task,
            window=window,
            model=model,
            beams=beams,
            temperature=temperature,
            seed=seed,
        )
        take = _take(audio.name, found, wet, sample_rate, source)
        files = _write(take, output)
    if json:
        print_json(_as_json(found, files))
        return
    _print_found(found)
    _print_files(files)


def demo(
    audio: Annotated[Path | None, Option(help="Your own recording, in place of the embedded voice.")] = None,
    /,
    *,
    model: Path | None = None,
    output: Annotated[Path, Option(name=["--out", "--output", "-o"])] = Path("out/demo"),
) -> None:
    """Run the main job on a real voice: process it, find the graph, and set truth beside estimate.

    With a recording of your own, the graph is found in that; it is re-rendered with the embedded voice.

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
        estimate(audio, model=model, output=output)
        return
    from unpatch.demo import VOICE_NAME, embedded_graph, processed_voice
    from unpatch.graph.text import to_text

    dry, wet, sample_rate = processed_voice()
    truth = embedded_graph()
    with notes.status("listening to the embedded voice"):
        found = _listen(wet, sample_rate, model=model)
        take = _take("Demo: a sung phrase", found, wet, sample_rate, (dry, VOICE_NAME, True), truth=truth)
        files = _write(take, output)
    say(f"The graph that was used\n\n{to_text(truth)}\n")
    _print_found(found)
    _print_files(files)


Source = tuple["Tensor", str, bool]


def _dry_signal(path: Path | None, sample_rate: int) -> Source:
    """What to re-render: audio, its name, and whether it is the recording's own dry signal."""
    from unpatch.audio import load, resample
    from unpatch.demo import VOICE_NAME, embedded_voice

    audio, rate = load(path) if path else embedded_voice()
    return resample(audio, rate, sample_rate), path.name if path else VOICE_NAME, path is not None


def _listen(
    wet: Tensor,
    sample_rate: int,
    *,
    task: str = "singing",
    window: Windows = "loudest",
    model: Path | None = None,
    beams: int = 4,
    temperature: float = 0.0,
    seed: int = 0,
) -> Estimate:
    from unpatch.estimate import estimate as run_estimate
    from unpatch.models.decoding import Decoding

    how = Decoding(beams=beams, temperature=temperature, seed=seed)
    return run_estimate(wet, sample_rate, task, model=model, windows=window, decoding=how)


def _take(
    name: str, found: Estimate, wet: Tensor, sample_rate: int, source: Source, *, truth: Graph | None = None
) -> Take:
    """Re-render the found graph, on an excerpt where the recording is long."""
    from unpatch.render import render
    from unpatch.report import Take

    dry, dry_name, has_own_dry = source
    frames = EXCERPT_S * sample_rate
    start = max(0, min(round(found.windows_s[0] * sample_rate), wet.shape[-1] - frames))
    reference = wet[:, start : start + frames]
    played = dry[:, start : start + frames] if has_own_dry else dry[:, :frames]
    return Take(
        name=name,
        found=found.graph,
        reference=reference,
        rendered=render(found.graph, played, sample_rate),
        dry=played,
        sample_rate=sample_rate,
        dry_name=dry_name,
        has_own_dry=has_own_dry,
        truth=truth,
        facts=_facts(found, dry_name, reference, wet, sample_rate),
    )


def _facts(found: Estimate, dry_name: str, shown: Tensor, wet: Tensor, sample_rate: int) -> dict[str, str]:
    from unpatch import __version__

    heard = ", ".join(f"{start:.1f} to {start + found.window_s:.1f} s" for start in found.windows_s)
    facts = {
        "heard": heard,
        "re-rendered": dry_name,
        **_alternatives(found),
        "made by": f"unpatch {__version__}",
    }
    if shown.shape[-1] < wet.shape[-1]:
        facts["excerpt"] = f"{EXCERPT_S} s of {wet.shape[-1] / sample_rate:.0f} s are shown"
    return facts


def _alternatives(found: Estimate) -> dict[str, str]:
    """The candidates and their probabilities."""
    return {f"candidate {i}": _describe(candidate) for i, candidate in enumerate(found.candidates, 1)}


def _describe(candidate: Candidate) -> str:
    from unpatch.graph.order import topological_order

    nodes = [candidate.graph.nodes[i] for i in topological_order(candidate.graph)]
    kinds = ", ".join(node.kind for node in nodes if node.is_processor) or "no processor"
    return f"{candidate.probability:.1%}: {kinds}"


def _write(take: Take, folder: Path) -> Files:
    from unpatch.report import write

    return write(take, folder)


def _print_found(found: Estimate) -> None:
    from unpatch.graph.text import to_text

    probability = found.candidates[0].probability
    say(f"The graph that was found (probability {probability:.1%})\n\n{to_text(found.graph)}\n")


def _print_files(files: Files) -> None:
    note(f"graph    {files.graph}\npicture  {files.picture}\naudio    {files.audio}")
    say(f"report   {files.report.resolve()}")


def _as_json(found: Estimate, files: Files) -> dict[str, Any]:
    return {
        "graph": found.graph.to_dict(),
        "candidates": [
            {"probability": c.probability, "stray_mass": c.stray_mass, "graph": c.graph.to_dict()}
            for c in found.candidates
        ],
        "windows_s": list(found.windows_s),
        "window_s": found.window_s,
        "files": {name: str(path) for name, path in vars(files).items()},
    }
