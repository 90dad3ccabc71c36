"""Audio for the sources of a graph: a file for each, a folder of tracks, or TRACK=file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from unpatch.audio import AudioError
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.graph.data import Graph
from unpatch.jobs.blocks import record_files
from unpatch.rendering.tape import Tape, TapeStore
from unpatch.stems import load_multitrack
from unpatch.stems.layout import planned


def dry_sources(
    path: Path, graph: Graph, given: Sequence[str], store: TapeStore, reporter: Reporter = SILENT
) -> tuple[list[Tape], int]:
    """Stereo signals in the order of the graph's sources, and their rate in Hz; ``path`` names the graph."""
    if names := named_sources(graph):
        return record_tracks(names, given, store, reporter)
    if len(given) != len(graph.sources):
        raise ValueError(f"{path}: has {len(graph.sources)} source(s), got {len(given)} audio file(s)")
    return record_files([Path(word) for word in given], store)


def named_sources(graph: Graph) -> tuple[str, ...]:
    """Names of the sources in their order; none where they have no names, or there is only one source."""
    names = tuple(graph.nodes[source].name for source in graph.sources)
    return tuple(filter(None, names)) if len(names) > 1 and None not in names else ()


def track_files(names: Sequence[str], given: Sequence[str]) -> list[Path]:
    """Files for the tracks of a graph by name, or for sources without names."""
    if names and len(given) == 1 and Path(given[0]).is_dir():
        return [track.path for track in planned(Path(given[0])).tracks if _track(track.name, names) in names]
    return [_pair(word, names)[1] for word in given] if names else [Path(word) for word in given]


def record_tracks(
    names: Sequence[str], given: Sequence[str], store: TapeStore, reporter: Reporter = SILENT
) -> tuple[list[Tape], int]:
    """Stereo signals in the order of the names, and their rate in Hz.

    Refuses tracks that are missing or given twice; files of no track are skipped with a note.
    """
    if len(given) == 1 and Path(given[0]).is_dir():
        loaded = load_multitrack(given[0])
        stems = {_track(stem.name, names): stem.audio for stem in loaded.stems}
        left = [stem.name for stem in loaded.stems if _track(stem.name, names) not in names]
        if left:
            reporter.note(f"of no track in the graph, left out: {', '.join(left)}")
        _check_there(names, list(stems), given[0])
        signals = (stems.pop(name).expand(2, -1) for name in names)
        return [store.record(iter([audio]), audio.shape[-1]) for audio in signals], loaded.sample_rate
    files = dict(_pairs(names, given))
    _check_there(names, list(files), "the files")
    return record_files([files[name] for name in names], store)


def _pairs(names: Sequence[str], given: Sequence[str]) -> Iterator[tuple[str, Path]]:
    seen: dict[str, Path] = {}
    for word in given:
        name, path = _pair(word, names)
        if name not in names:
            raise AudioError(f"{word}: the graph has no track {name!r}; its tracks are {', '.join(names)}")
        if name in seen:
            raise AudioError(f"{path}: there is a file for {name!r} already: {seen[name]}")
        seen[name] = path
        yield name, path


def _pair(word: str, names: Sequence[str]) -> tuple[str, Path]:
    """``TRACK=file``, or a file with the name of a track."""
    name, equals, path = word.partition("=")
    if equals and not Path(word).exists():
        return _track(name, names), Path(path)
    return _track(Path(word).stem, names), Path(word)


def _track(name: str, names: Sequence[str]) -> str:
    """The track of this name, whatever its case; the name itself if there is none."""
    if name in names:
        return name
    alike = [track for track in names if track.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else name


def _check_there(names: Sequence[str], there: Sequence[str], where: str) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        what = "track" if len(missing) == 1 else "tracks"
        raise AudioError(f"{where}: no file for the {what} {', '.join(missing)}; give TRACK=file for each")
