"""The main job: ``estimate`` and ``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter as Option
from cyclopts.types import NonNegativeFloat, NonNegativeInt, PositiveInt

from unpatch.cli.console import AsJson, Output, note, notes, print_json, say
from unpatch.files import check_can_hold
from unpatch.processors import PROCESSORS

if TYPE_CHECKING:
    from unpatch.estimate import Estimate
    from unpatch.report import Files, Take

Windows = Literal["loudest", "all"]


def estimate(
    audio: Path,
    /,
    *,
    task: str = "singing",
    windows: Windows = "loudest",
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
        unpatch estimate song.flac --windows all --json | jq .graph
        unpatch estimate wet_vocal.wav --beams 1 --temperature 1 --seed 7

    Parameters
    ----------
    audio:
        Any file libsndfile reads, mono or stereo, 8 to 192 kHz, up to an hour.
    task:
        What kind of material it is.
    windows:
        Listen to the loudest 3.6 s (of the loudest half minute, if it lasts longer than two minutes), or to
        windows all over the recording (up to ten minutes).
    dry:
        The recording before processing, of the same length, to re-render and measure distances; the
        estimate does not hear it.
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
    from unpatch.cli.recording import read_dry, read_recording
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.estimate import estimate as run_estimate
    from unpatch.models.decoding import Decoding
    from unpatch.report import compose, write

    configure_cpu()
    check_can_hold(output)
    recording = read_recording(audio, windows)
    own_dry = read_dry(dry, recording) if dry else None
    with notes.status(f"listening to {audio.name}"):
        how = Decoding(beams=beams, temperature=temperature, seed=seed)
        heard = run_estimate(
            recording.audio, recording.sample_rate, task, model=model, windows=windows, decoding=how
        )
        found = heard.starting_at(recording.starts_s)
        take = compose(
            found,
            recording.audio,
            recording.sample_rate,
            name=audio.name,
            dry=own_dry,
            dry_name=dry.name if dry else "",
            starts_s=recording.starts_s,
            lasts_s=recording.lasts_s,
        )
        files = write(take, output)
    if json:
        print_json(_as_json(found, take, files))
        return
    _print_found(found)
    _print_distance(take)
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
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.estimate import estimate as run_estimate
    from unpatch.graph.text import to_text
    from unpatch.report import compose, write

    configure_cpu()
    check_can_hold(output)
    dry, wet, sample_rate = processed_voice()
    truth = embedded_graph()
    with notes.status("listening to the embedded voice"):
        found = run_estimate(wet, sample_rate, model=model)
        name = "Demo: a sung phrase"
        take = compose(found, wet, sample_rate, name=name, dry=dry, dry_name=VOICE_NAME, truth=truth)
        files = write(take, output)
    say(f"The graph that was used\n\n{to_text(truth, PROCESSORS)}\n")
    _print_found(found)
    _print_distance(take)
    _print_files(files)


def _print_found(found: Estimate) -> None:
    from unpatch.graph.text import to_text
    from unpatch.report import certainty

    say(f"The graph that was found ({certainty(found.candidates)})\n\n{to_text(found.graph, PROCESSORS)}\n")


def _print_distance(take: Take) -> None:
    if (apart := take.distance) is not None:
        say(
            f"The re-render against the recording: level {apart.level_db:+.1f} dB, "
            f"third octaves {apart.spectrum_db:.1f} dB, spectrogram {apart.spectrogram_db:.1f} dB apart, "
            f"multi-scale distance {apart.multi_scale:.3f}\n"
        )


def _print_files(files: Files) -> None:
    note(f"graph    {files.graph}\npicture  {files.picture}\naudio    {files.audio}")
    say(f"report   {files.report.resolve()}")


def _as_json(found: Estimate, take: Take, files: Files) -> dict[str, Any]:
    from unpatch.report import shares

    apart = take.distance
    return {
        "graph": found.graph.to_dict(),
        "candidates": [
            {
                "share": share,
                "probability": c.probability,
                "stray_mass": c.stray_mass,
                "graph": c.graph.to_dict(),
            }
            for c, share in zip(found.candidates, shares(found.candidates), strict=True)
        ],
        "windows_s": list(found.windows_s),
        "window_s": found.window_s,
        "distance": None if apart is None else {**vars(apart), "compared_s": take.compared_s},
        "files": {name: str(path) for name, path in vars(files).items()},
    }
