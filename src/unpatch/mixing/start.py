"""The start of a search: stems, their mix and their alignment become a console with its first numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from unpatch.execution.reporting import SILENT, Reporter
from unpatch.graph.data import Graph
from unpatch.mixing.aligned import evaluator_of
from unpatch.mixing.console import ALIGNMENT, console
from unpatch.mixing.initialisation import closed_form, first_weights
from unpatch.mixing.inputs import song_of
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SearchSettings
from unpatch.mixing.start_file import load_start, save_start
from unpatch.processors import KINDS
from unpatch.stems import Alignment, Alignments, Multitrack, Stem, StemsError, align

LEAST_DELAY = 0.25
"""Stems within this many samples of their place need no alignment."""
DELAY = KINDS[ALIGNMENT].parameters["delay_ms"]


@dataclass(frozen=True, eq=False)
class Start:
    """What a search starts from.

    Attributes:
        multitrack: stems and mix, with stems far from their place moved by whole samples.
        song: the same as input of the search.
        console: with its first numbers.
        alignments: of the stems as they were given; None if they were not measured.
    """

    multitrack: Multitrack
    song: StemsAndMix
    console: Graph
    alignments: Alignments | None


def prepare_start(
    given: Multitrack,
    settings: SearchSettings,
    *,
    alignment: bool = True,
    anyway: bool = False,
    folder: Path | None = None,
    reporter: Reporter = SILENT,
) -> Start:
    """The start of a search; of one that is resumed from a folder's checkpoint, as it is stored there.

    Args:
        given: stems with their mix.
        settings: of the search.
        alignment: whether to measure where each stem is in the mix.
        anyway: accept a mix that seems unrelated to the stems.
        folder: of checkpoints.
        reporter: shows the progress.

    Raises:
        StemsError: the mix is unrelated to the stems.
        ValueError: what the folder holds is damaged.
    """
    if folder and (stored := load_start(folder)):
        graph, alignments = stored
        multitrack = placed(given, alignments)
        return Start(multitrack, song_of(multitrack, settings), graph, alignments)
    alignments = _measured(given, anyway=anyway, reporter=reporter) if alignment else None
    multitrack = placed(given, alignments)
    song = song_of(multitrack, settings)
    with reporter.busy("finding gains in closed form"):
        graph = first_console(multitrack, song, alignments, settings)
    if folder:
        graph = save_start(folder, graph, alignments)
    return Start(multitrack, song, graph, alignments)


def _measured(given: Multitrack, *, anyway: bool, reporter: Reporter) -> Alignments:
    """Alignments of the stems in the mix; refuses a mix of another song."""
    with reporter.progress("comparing stems with the mix") as report:
        found = align(given, report=report)
    reporter.note(found.text())
    check_related(found, anyway=anyway)
    return found


def first_console(
    multitrack: Multitrack, song: StemsAndMix, alignments: Alignments | None, settings: SearchSettings
) -> Graph:
    """A console with its first numbers; delays and inverted polarities are corrected in it."""
    wanted = settings.console
    rate = multitrack.sample_rate
    moved = {stem.name: stem for stem in (alignments.stems if alignments else ()) if _is_off(stem, rate)}
    graph = console(
        {stem.name: stem.group for stem in multitrack.stems},
        wanted.chain,
        strip=wanted.strip,
        master=wanted.master,
        lone=wanted.lone,
        aligned=tuple(moved),
    )
    graph = first_weights(_moved(graph, moved, rate))
    if settings.closed_form:
        graph = closed_form(graph, evaluator_of(graph, song, settings))
    return graph


def check_related(alignments: Alignments, *, anyway: bool) -> None:
    """Refuse a mix that is another song's, unless ``anyway``."""
    if not (alignments.related or anyway):
        raise StemsError(f"{alignments.remarks[0].removesuffix('.')}; --anyway searches all the same")


def placed(multitrack: Multitrack, alignments: Alignments | None) -> Multitrack:
    """With stems that are further away than a console's alignment reaches moved by whole samples."""
    if alignments is None:
        return multitrack
    far = {a.name: _whole(a, multitrack.sample_rate) for a in alignments.stems if a.found}
    far = {name: samples for name, samples in far.items() if samples}
    stems = tuple(_later(stem, far.get(stem.name, 0)) for stem in multitrack.stems)
    notices = tuple(
        f"{name}: moved by {samples:+,} samples to where it is in the mix" for name, samples in far.items()
    )
    return replace(multitrack, stems=stems, notices=(*multitrack.notices, *notices))


def _whole(stem: Alignment, sample_rate: int) -> int:
    """Shift of a stem itself in samples: 0 within the range of an alignment in the console."""
    return 0 if 1000 * stem.delay_samples / sample_rate in DELAY else round(stem.delay_samples)


def _later(stem: Stem, samples: int) -> Stem:
    if not samples:
        return stem
    frames = stem.audio.shape[-1]
    if stem.tape is not None:
        tape = stem.tape.later(samples, frames)
        return replace(stem, audio=tape.audio(), tape=tape)
    return replace(stem, audio=stem.segment(-samples, frames))


def _is_off(stem: Alignment, sample_rate: int) -> bool:
    left = stem.delay_samples - _whole(stem, sample_rate)
    return stem.found and (abs(left) >= LEAST_DELAY or stem.inverted)


def _moved(graph: Graph, stems: Mapping[str, Alignment], sample_rate: int) -> Graph:
    """Delays and polarities as measured."""
    for source in graph.sources:
        if (stem := stems.get(graph.nodes[source].name or "")) is not None:
            left = stem.delay_samples - _whole(stem, sample_rate)
            knobs = {"delay_ms": 1000 * left / sample_rate, "polarity": -1.0 if stem.inverted else 1.0}
            graph = graph.with_parameters(graph.edges_from(source)[0].target, knobs)
    return graph
