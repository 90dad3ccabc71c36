"""``search``: stems and their mix in, the mixing graph behind it out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.beginning import kept
from unpatch.cli.console import AsJson, Output, busy, note, print_json, progress, resumable
from unpatch.cli.mixing import as_json, facts_of, following, in_words, read_stems, show_files
from unpatch.cli.options import CountOrNone, Rounds, Seed, Tolerance
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import SEARCH_STATE, check_outputs
from unpatch.storage.results import check_own, claim

if TYPE_CHECKING:
    from unpatch.graph.data import Graph
    from unpatch.mixing.settings import SearchSettings
    from unpatch.pages.mix import Live, Mixdown
    from unpatch.stems import Alignments, Multitrack

Preset = Literal["laptop", "paper", "debug"]
Console = Literal["ours", "published"]
Method = Literal["ours", "bf", "dw", "hybrid"]
Loss = Literal["published", "standard", "ours"]

KEPT = SEARCH_STATE.parent.name
"""Folder within the output folder for the checkpoints of a search."""


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
        How processors are taken out: ours, or as published bf (brute force), dw (dry/wet) or hybrid.
    tolerance:
        By how much the loss may rise over the lowest when processors go; more is sparser. It is in units of
        the chosen loss.
    loss:
        What is measured: published, the paper's; standard, the same with spectral convergence relative to
        the target; ours, which also weights every track, so that quiet and rare ones are not lost, and
        takes longer. Published unless the preset has another.
    console:
        Processors of the strips; see `unpatch list --set console`.
    chain:
        Letters of the processors of each strip, in this order: e equalizer, c compressor, n gate, s imager,
        g gain and pan, d delay, r reverb.
    master:
        Put a strip behind the sum of all groups, too.
    align:
        Measure where each stem is in the mix, and start with the delays and polarities found.
    anyway:
        Search even if the mix seems unrelated to the stems.
    steps:
        Steps of the fit of the full console.
    rounds:
        Rounds of pruning, each followed by more steps of fitting.
    seed:
        Seed of all random numbers.
    output:
        Folder for the results and the checkpoints of a search.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.mixing.entrance import begun, placed, song_of
    from unpatch.mixing.settings import PRESETS, with_published_strips
    from unpatch.pages.mix import write

    configure_cpu()
    check_can_hold(output)
    settings = PRESETS[preset]()
    if console == "published":
        settings = with_published_strips(settings)
    settings = _with(settings, method, tolerance, loss, console, chain, master, steps, rounds, seed)
    _check_outputs(stems, mix, groups, output)
    loaded = read_stems(stems, mix, groups)
    live = _live(settings, output, mix.name if mix else stems.resolve().name)

    def make() -> tuple[Graph, Alignments | None]:
        alignments = _aligned(loaded, anyway) if align else None
        moved = placed(loaded, alignments)
        with busy("finding gains in closed form"):
            return begun(moved, song_of(moved, settings), alignments, settings), alignments

    begin, alignments = kept(live.kept, make)
    take = _found(placed(loaded, alignments), begin, alignments, settings, live)
    with busy("writing the report"):
        files = write(take, output)
    live.finished(take.found, files.report.name)
    if json:
        print_json(as_json(take, files, alignments))
        return
    in_words(take)
    show_files(files)


def _check_outputs(stems: Path, mix: Path | None, groups: Path | None, output: Path) -> None:
    from unpatch.pages.mix import results_in
    from unpatch.pages.mix.live import PAGE
    from unpatch.stems.layout import planned

    plan = planned(stems, mix, groups)
    files = [track.path for track in plan.tracks]
    results = results_in(output)
    check_outputs(
        {"STEMS": [stems, *files, *(file.parent for file in files)], "MIX": plan.mix, "--groups": groups},
        {"--output": [*results.written, output / PAGE]},
        into=[output, results.responses, output / KEPT],
    )
    check_own([*results.written, results.responses / "index.json"])
    claim([output / PAGE])


def _with(
    settings: SearchSettings,
    method: Method | None,
    tolerance: float | None,
    loss: Loss | None,
    console: Console | None,
    chain: str | None,
    master: bool | None,
    steps: int | None,
    rounds: int | None,
    seed: int,
) -> SearchSettings:
    """A preset with the user's changes."""
    from unpatch.mixing.loss_settings import LOSSES

    def chosen(**wishes: object) -> dict[str, object]:
        return {name: wish for name, wish in wishes.items() if wish is not None}

    return replace(
        settings,
        console=replace(settings.console, **chosen(strip=console, chain=chain, master=master)),  # type: ignore[arg-type]
        prune=replace(settings.prune, **chosen(method=method, tolerance=tolerance, rounds=rounds)),  # type: ignore[arg-type]
        fit=replace(settings.fit, **chosen(steps=steps)),  # type: ignore[arg-type]
        loss=LOSSES[loss]() if loss else settings.loss,
        seed=seed,
    )


def _aligned(loaded: Multitrack, anyway: bool) -> Alignments:
    """Alignments of the stems in the mix; refuses a mix of another song."""
    from unpatch.mixing.entrance import check_related
    from unpatch.stems import align as run_align

    with progress("comparing stems with the mix") as report:
        found = run_align(loaded, report=report)
    note(found.text())
    check_related(found, anyway)
    return found


def _live(settings: SearchSettings, output: Path, name: str) -> Live:
    from unpatch.pages.mix import Live

    steps = settings.fit.steps + settings.prune.rounds * settings.fit.refit_steps
    live = Live(output, output / KEPT, name, steps)
    note(f"live picture  {live.path.resolve()}")
    return live


def _found(
    loaded: Multitrack,
    begin: Graph,
    alignments: Alignments | None,
    settings: SearchSettings,
    live: Live,
) -> Mixdown:
    """Search, or resume a search, and measure the result."""
    from unpatch.mixing.aligned import evaluator_of
    from unpatch.mixing.entrance import song_of
    from unpatch.mixing.whole import searched
    from unpatch.pages.mix import compose

    song = song_of(loaded, settings)
    evaluator = evaluator_of(begin, song, settings)
    try:
        with resumable(), following(live) as report:
            found = searched(begin, song, settings, folder=live.kept, evaluator=evaluator, report=report)
    except KeyboardInterrupt:
        live.stopped()
        raise
    with busy("mixing the whole song and measuring"):
        return compose(
            found,
            evaluator,
            loaded.tracks,
            name=live.name,
            alignments=alignments,
            notes=loaded.notices,
            facts=facts_of(settings, loaded),
        )
