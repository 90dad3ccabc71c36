"""What ``search`` reads, and its progress and results."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.cli.console import note, notes, print_text, progress

if TYPE_CHECKING:
    from unpatch.mixing.found import Progress
    from unpatch.mixing.settings import SearchSettings
    from unpatch.pages.mix import Files, Live, Mixdown
    from unpatch.stems import Alignments, Multitrack


def read_stems(stems: Path, mix: Path | None, groups: Path | None) -> Multitrack:
    """Stems with their mix; refuses to continue without a mix."""
    from unpatch.stems import StemsError, load_multitrack

    with progress("reading stems") as report:
        loaded = load_multitrack(stems, mix, groups=groups, report=report)
    if loaded.mix is None:
        raise StemsError(f"{stems}: holds no file that is called a mix; name it behind the folder")
    for notice in loaded.notices:
        note(notice)
    for group, names in loaded.groups.items():
        note(f"{group}: {', '.join(names)}")
    return loaded


# --- progress -------------------------------------------------------------------------------------


@contextmanager
def following(live: Live) -> Iterator[Callable[[Progress], None]]:
    """Show a search: a bar on a terminal, else a line for each stage; and the live picture."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[standing]}"))
    with Bars(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bars:
        task = bars.add_task("beginning", total=None, standing="")
        last = ""

        def report(state: Progress) -> None:
            nonlocal last
            live.update(state)
            bars.update(
                task,
                description=state.stage,
                completed=state.step,
                total=max(state.steps, 1),
                standing=standing(state),
            )
            if not notes.is_terminal and state.stage != last:
                note(f"{time.strftime('%H:%M:%S')}  {state.stage}  {standing(state)}")
            last = state.stage

        yield report


def standing(state: Progress) -> str:
    """``loss 0.412, 56 processors, 12 min left``."""
    from unpatch.pages.mix import duration

    parts = [f"{state.step}/{state.steps}"] if state.steps else []
    if math.isfinite(state.loss):
        parts.append(f"loss {state.loss:.4f}")
    parts.append(f"{state.processors} processors")
    if math.isfinite(state.seconds_left):
        parts.append(f"{duration(state.seconds_left)} left")
    return ", ".join(parts)


# --- results --------------------------------------------------------------------------------------


def facts_of(settings: SearchSettings, loaded: Multitrack) -> dict[str, str]:
    """The final report as text."""
    from unpatch import __version__
    from unpatch.mixing.loss_settings import name_of

    console, fit, prune = settings.console, settings.fit, settings.prune
    groups = "; ".join(f"{group}: {', '.join(names)}" for group, names in loaded.groups.items())
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


def in_words(take: Mixdown) -> None:
    """The result, in a few lines."""
    from unpatch.graph.text import quantity
    from unpatch.mixing.found import by_letter
    from unpatch.pages.mix import duration
    from unpatch.pages.mix.mixdown import MIX, RECREATION
    from unpatch.pages.mix.strips import type_name

    found = take.found
    before, after = by_letter(found.console), by_letter(found.graph)
    types = ", ".join(f"{type_name(mark)} {after[mark]}/{count}" for mark, count in before.items() if count)
    print_text(
        f"{sum(after.values())} of {sum(before.values())} processors are left ({types})\n"
        f"loss {found.loss:.4f}; that of the full console {found.loss_console:.4f}; "
        f"{duration(found.seconds)}"
    )
    apart = take.loudness[RECREATION].lufs - take.loudness[MIX].lufs
    if math.isfinite(apart):
        print_text(f"the re-creation's loudness is {quantity(apart, 'dB')} relative to the mix")


def show_files(files: Files) -> None:
    """The files, and how to use them."""
    note(f"graph      {files.graph}\npicture    {files.picture}\nmix        {files.audio}")
    note(f"responses  {files.responses}")
    note(f"next       unpatch render {files.graph} OTHER_STEMS/ -o other_mix.wav")
    print_text(f"report     {files.report.resolve()}")


def as_json(take: Mixdown, files: Files, alignments: Alignments | None) -> dict[str, Any]:
    """For programs."""
    from dataclasses import asdict

    from unpatch.mixing.found import by_letter
    from unpatch.pages.mix.losses import SHOWN

    found = take.found
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
            for name, losses in take.losses.items()
        },
        "loudness": {name: asdict(loud) for name, loud in take.loudness.items()},
        "history": [moment.to_dict() for moment in found.history],
        "alignments": alignments.data() if alignments else None,
        "notices": list(take.notes),
        "facts": dict(take.facts),
        "files": {name: str(path) for name, path in vars(files).items()},
    }
