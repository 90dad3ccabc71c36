"""The command ``search``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, AsJson, Output, print_json
from unpatch.cli.options import CountOrNone, Rounds, Seed, Tolerance
from unpatch.cli.search_text import show, watch

Preset = Literal["laptop", "paper", "debug"]
Console = Literal["ours", "published"]
Method = Literal["ours", "bf", "dw", "hybrid"]
Loss = Literal["published", "standard", "ours"]


def search(
    stems: Path,
    mix: Path | None = None,
    /,
    *,
    groups: Path | None = None,
    preset: Preset = "laptop",
    method: Method | None = None,
    tolerance: Tolerance | None = None,
    loss: Loss | None = None,
    console: Console | None = None,
    chain: str | None = None,
    master: bool | None = None,
    align: bool = True,
    anyway: Annotated[bool, Option(negative=())] = False,
    steps: CountOrNone | None = None,
    rounds: Rounds | None = None,
    seed: Seed = 0,
    output: Output = Path("out/search"),
    json: AsJson = False,
) -> None:
    """Find the mixing graph behind a mix, from its stems.

    Fits a whole mixing console by gradient, then takes out unneeded processors. Shows the progress, also in
    live.html of the output folder. Stop it with Ctrl-C at any time: the same command continues where it was.
    Writes graph.json, graph.svg, mix.wav (the re-creation), responses/ (impulse responses of what is linear
    in each strip), console.json (the full fitted console) and report.html.

    **Examples**

        unpatch search stems/ mix.wav -o out/song
        unpatch search stems/ mix.wav --groups groups.yaml --master -o out/song
        unpatch search MusicDelta_Rock/ -o out/rock
        unpatch search stems/ mix.wav --tolerance 0.1 --steps 600 -o out/sparser
        unpatch search stems/ mix.wav --preset paper --method hybrid -o out/paper
        unpatch render out/song/graph.json other_stems/ -o other_mix.wav

    Parameters
    ----------
    stems:
        Folder of dry tracks: any WAV, FLAC, AIFF or Ogg files, or a song of MedleyDB, Cambridge-MT or
        MUSDB18-HQ.
    mix:
        The mix of them; found in the folder by its name if left out.
    groups:
        YAML file of group to names of tracks; without one, from metadata or names.
    preset:
        laptop is ours, for two CPU cores; paper has every setting as published and takes days; debug finds
        little in seconds.
    method:
        How processors are taken out: ours, or as published bf (brute force), dw (dry/wet) or hybrid. Ours
        unless the preset has another.
    tolerance:
        By how much the loss may rise over the lowest when processors are taken out, in units of the chosen
        loss: more is sparser; 0.01 if left out.
    loss:
        What is measured: published, the paper's; standard, the same with spectral convergence relative to
        the target; ours, which also weights every track, so that quiet and rare ones are not lost, and
        takes longer. Published unless the preset has another.
    console:
        Processors of the strips; see `unpatch list --set console`.
    chain:
        Letters of the processors of each strip, in this order: e equalizer, c compressor, n gate, s imager,
        g gain and pan, d delay, r reverb; all of them if left out.
    master:
        Put a strip behind the sum of all groups, too.
    align:
        Measure where each stem is in the mix, and start with the delays and polarities found.
    anyway:
        Search even if the mix seems unrelated to the stems.
    steps:
        Steps of the fit of the full console; 1,200 with the preset laptop, 6,000 with paper.
    rounds:
        Rounds of pruning, each followed by more steps of fitting; 6 with the preset laptop, 12 with paper.
    seed:
        Seed of all random numbers.
    output:
        Folder for the results and the checkpoints of a search.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.searching import search_folder
    from unpatch.mixing.settings import customised

    configure_cpu()
    prune = {"method": method, "tolerance": tolerance, "rounds": rounds}
    console_ = {"strip": console, "chain": chain, "master": master}
    settings = customised(preset, console=console_, prune=prune, fit={"steps": steps}, loss=loss, seed=seed)
    found = search_folder(
        stems,
        output,
        mix=mix,
        groups=groups,
        settings=settings,
        alignment=align,
        anyway=anyway,
        watch=watch,
        reporter=TERMINAL,
    )
    if json:
        print_json(found.to_dict())
    else:
        show(found)
