"""A folder of stems and their mix in; the mixing graph behind it and a report out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from unpatch import __version__
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.mixing.aligned import evaluator_of
from unpatch.mixing.loss_settings import name_of
from unpatch.mixing.results import SearchProgress, by_letter
from unpatch.mixing.resumable import run_search
from unpatch.mixing.settings import SearchSettings, laptop
from unpatch.mixing.start import Start, prepare_start
from unpatch.pages.mix import Live, Mixdown, SearchFiles, compose, results_in, write
from unpatch.pages.mix.live import PAGE
from unpatch.pages.mix.losses import SHOWN
from unpatch.stems import Alignments, Multitrack, StemsError, load_multitrack
from unpatch.stems.layout import planned
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import SEARCH_STATE, check_outputs
from unpatch.storage.results import check_own, claim

KEPT = SEARCH_STATE.parent.name
"""Folder within the output folder for the checkpoints of a search."""

Watch: TypeAlias = Callable[[], AbstractContextManager[Callable[[SearchProgress], None]]]
"""Opens a display of a search; what the context gives takes the progress."""


@dataclass(frozen=True)
class SearchedFolder:
    """A search's result, what was written, and where the stems are in the mix."""

    mixdown: Mixdown
    files: SearchFiles
    alignments: Alignments | None

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        mixdown, found = self.mixdown, self.mixdown.found
        return {
            "graph": found.graph.to_dict(),
            "loss": found.loss,
            "loss_console": found.loss_console,
            "processors": by_letter(found.graph),
            "processors_console": by_letter(found.console),
            "pruning_ratio": found.pruning_ratio,
            "tolerance": found.tolerance,
            "seconds": found.seconds,
            "losses": {
                name: {
                    "searched_by": losses.sought,
                    **{
                        by: {**asdict(parts), "total": parts.total}
                        for by, parts in zip(SHOWN, losses.parts, strict=True)
                    },
                }
                for name, losses in mixdown.losses.items()
            },
            "loudness": {name: asdict(loud) for name, loud in mixdown.loudness.items()},
            "history": [moment.to_dict() for moment in found.history],
            "alignments": self.alignments.data() if self.alignments else None,
            "notices": list(mixdown.notes),
            "facts": dict(mixdown.facts),
            "files": {name: str(path) for name, path in vars(self.files).items()},
        }


def search_folder(
    stems: Path,
    output: Path,
    *,
    mix: Path | None = None,
    groups: Path | None = None,
    settings: SearchSettings | None = None,
    alignment: bool = True,
    anyway: bool = False,
    watch: Watch = lambda: nullcontext(lambda progress: None),
    reporter: Reporter = SILENT,
) -> SearchedFolder:
    """Find the mixing graph behind a mix, from a folder of its stems; resumes a search that was interrupted.

    Writes graph.json, graph.svg, mix.wav, responses, console.json and report.html, and live.html during the
    search.

    Args:
        stems: folder of the stems.
        output: folder of the results and of the checkpoints.
        mix: file of the mix; found in the folder of stems by its name if left out.
        groups: YAML file of group to names of tracks.
        settings: of the search; those of a laptop if left out.
        alignment: whether to measure where each stem is in the mix.
        anyway: search even if the mix seems unrelated to the stems.
        watch: opens a display of the search.
        reporter: shows the progress of everything before and after it.

    Raises:
        ValueError: stems or a mix that cannot be used, a checkpoint of another search, or outputs that would
            replace an input or a file that is not a result.
    """
    settings = settings or laptop()
    check_can_hold(output)
    _check_outputs(stems, mix, groups, output)
    loaded = read_stems(stems, mix, groups, reporter)
    live = _live(settings, output, mix.name if mix else stems.resolve().name, reporter)
    start = prepare_start(
        loaded, settings, alignment=alignment, anyway=anyway, folder=live.kept, reporter=reporter
    )
    mixdown = _mixdown(start, settings, live, watch, reporter)
    with reporter.busy("writing the report"):
        files = write(mixdown, output)
    live.finished(mixdown.found, files.report.name)
    return SearchedFolder(mixdown, files, start.alignments)


def read_stems(stems: Path, mix: Path | None, groups: Path | None, reporter: Reporter = SILENT) -> Multitrack:
    """Stems with their mix.

    Raises:
        StemsError: there is no mix.
    """
    with reporter.progress("reading stems") as report:
        loaded = load_multitrack(stems, mix, groups=groups, report=report)
    if loaded.mix is None:
        raise StemsError(f"{stems}: holds no file that is called a mix; name it behind the folder")
    for notice in loaded.notices:
        reporter.note(notice)
    for group, names in loaded.groups.items():
        reporter.note(f"{group}: {', '.join(names)}")
    return loaded


def _check_outputs(stems: Path, mix: Path | None, groups: Path | None, output: Path) -> None:
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


def _live(settings: SearchSettings, output: Path, name: str, reporter: Reporter) -> Live:
    steps = settings.fit.steps + settings.prune.rounds * settings.fit.refit_steps
    live = Live(output, output / KEPT, name, steps)
    reporter.note(f"live picture  {live.path.resolve()}")
    return live


def _mixdown(start: Start, settings: SearchSettings, live: Live, watch: Watch, reporter: Reporter) -> Mixdown:
    """Search, or resume a search, and measure the result."""
    evaluator = evaluator_of(start.console, start.song, settings)

    def report(progress: SearchProgress) -> None:
        live.update(progress)
        shown(progress)

    try:
        with watch() as shown:
            found = run_search(
                start.console, start.song, settings, folder=live.kept, evaluator=evaluator, report=report
            )
    except KeyboardInterrupt:
        live.stopped()
        raise
    with reporter.busy("mixing the whole song and measuring"):
        return compose(
            found,
            evaluator,
            start.multitrack.tracks,
            name=live.name,
            alignments=start.alignments,
            notes=start.multitrack.notices,
            facts=facts_of(settings, start.multitrack),
        )


def facts_of(settings: SearchSettings, stems: Multitrack) -> dict[str, str]:
    """Settings of a search as the report shows them."""
    console, fit, prune = settings.console, settings.fit, settings.prune
    groups = "; ".join(f"{group}: {', '.join(names)}" for group, names in stems.groups.items())
    return {
        "settings": f"{settings.name}, method {prune.method}, tolerance {prune.tolerance:g} "
        f"in the {name_of(settings.loss)} loss",
        "console": f"strips {console.strip}, {console.chain or 'no processors'}"
        + (", with a master strip" if console.master else ""),
        "groups": groups,
        "steps": f"{fit.steps}, then {prune.rounds} times pruning and {fit.refit_steps}",
        "seed": str(settings.seed),
        "made by": f"unpatch {__version__}",
    }
