"""Start of a search: stems, their mix and their alignment become a console with its first numbers.

Shapes: C channels (1 or 2), T samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from unpatch.audio import AudioLike, as_rate, as_stereo
from unpatch.graph.data import Graph
from unpatch.mixing.aligned import evaluator_of
from unpatch.mixing.beginning import closed_form, first_weights
from unpatch.mixing.console import ALIGNMENT, console
from unpatch.mixing.found import Found, Report
from unpatch.mixing.segments import Song
from unpatch.mixing.settings import SearchSettings, laptop
from unpatch.mixing.whole import searched
from unpatch.processors import KINDS
from unpatch.stems import Alignment, Alignments, Multitrack, Stem, StemsError, align

LEAST_DELAY = 0.25
"""Stems within this many samples of their place need no alignment."""
DELAY = KINDS[ALIGNMENT].parameters["delay_ms"]

Stems: TypeAlias = "Multitrack | Mapping[str, AudioLike] | Sequence[Stem | AudioLike]"
"""Stems of a search."""


def search(
    stems: Stems,
    mix: AudioLike | None = None,
    sample_rate: float | None = None,
    *,
    groups: Mapping[str, str] | None = None,
    tolerance: float | None = None,
    settings: SearchSettings | None = None,
    alignment: bool = True,
    anyway: bool = False,
    folder: Path | None = None,
    report: Report = lambda progress: None,
) -> Found:
    """Find the mixing graph behind a mix: fit a whole console, then remove unneeded processors.

    Lee et al., "Searching for music mixing graphs: a pruning approach", DAFx 2024. The result plays stems
    with ``unpatch.render(found.graph, stems, sample_rate)``.

    Args:
        stems: dry tracks, equally long: a result of :func:`unpatch.stems.load_multitrack`, or name to audio
            ``[C, T]``, or stacked audio, named ``track 1``, ``track 2``, ...
        mix: ``[C, T]``, as long as the stems; that of the multitrack if left out.
        sample_rate: of stems and mix in Hz; that of the multitrack if left out.
        groups: name of track to name of subgroup; others stay where the multitrack has them, or else all are
            in one.
        tolerance: by how much the loss may rise over the lowest when processors go; that of the settings if
            left out.
        settings: see :mod:`unpatch.mixing.settings`; those of a laptop if left out.
        alignment: whether to measure where each stem is in the mix, and to start with delays and
            polarities accordingly.
        anyway: search even if the mix seems unrelated to the stems.
        folder: of checkpoints; one of the same search is continued.
        report: called with the progress.

    Raises:
        StemsError: where there is no mix, shapes or names do not fit, something is silent throughout, or the
            mix is unrelated to the stems.
        ValueError: where the folder holds another search.
    """
    settings = settings or laptop()
    if tolerance is not None:
        settings = replace(settings, prune=replace(settings.prune, tolerance=tolerance))
    given = gathered(stems, mix, sample_rate, groups)
    alignments = align(given) if alignment else None
    if alignments is not None:
        check_related(alignments, anyway)
    multitrack = placed(given, alignments)
    song = song_of(multitrack, settings)
    graph = begun(multitrack, song, alignments, settings)
    found = searched(graph, song, settings, folder=folder, report=report)
    return replace(found, notices=multitrack.notices)


def gathered(
    stems: Stems,
    mix: AudioLike | None,
    sample_rate: float | None,
    groups: Mapping[str, str] | None,
) -> Multitrack:
    """One multitrack with a mix, from any of the inputs."""
    if not isinstance(stems, Multitrack):
        if sample_rate is None:
            raise StemsError("stems without a sample rate: give it in Hz")
        stems = Multitrack(tuple(_stems(stems)), None, as_rate(sample_rate))
    elif sample_rate not in (None, stems.sample_rate):
        raise StemsError(f"the stems are at {stems.sample_rate} Hz, not at {sample_rate}")
    if mix is not None:
        stems = replace(stems, mix=as_stereo(mix, "the mix"), mix_frames=0)
    if stems.mix is None:
        raise StemsError("stems without a mix: there is nothing to search for")
    return _grouped(stems, groups or {})


def song_of(multitrack: Multitrack, settings: SearchSettings) -> Song:
    """As input of a search: stems are read in place."""
    if multitrack.mix is None:
        raise StemsError("stems without a mix: there is nothing to search for")
    return Song(multitrack.stems, multitrack.mix, multitrack.sample_rate, settings.segments)


def begun(
    multitrack: Multitrack, song: Song, alignments: Alignments | None, settings: SearchSettings
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


def check_related(alignments: Alignments, anyway: bool) -> None:
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


def _stems(given: Mapping[str, AudioLike] | Sequence[Stem | AudioLike]) -> Iterator[Stem]:
    if isinstance(given, Mapping):
        named: Iterable[tuple[str, Stem | AudioLike]] = given.items()
    else:
        named = ((f"track {number}", each) for number, each in enumerate(given, 1))
    for name, each in named:
        yield each if isinstance(each, Stem) else _stem(name, each)


def _stem(name: str, audio: AudioLike) -> Stem:
    return Stem(name, "all", as_stereo(audio, name))


def _grouped(multitrack: Multitrack, groups: Mapping[str, str]) -> Multitrack:
    for name in groups:
        if all(stem.name != name for stem in multitrack.stems):
            known = ", ".join(stem.name for stem in multitrack.stems)
            raise StemsError(f"groups name a track {name!r}; there are {known}")
    stems = tuple(replace(stem, group=groups.get(stem.name, stem.group)) for stem in multitrack.stems)
    return replace(multitrack, stems=stems)
