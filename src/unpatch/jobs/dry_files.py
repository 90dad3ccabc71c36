"""Dry signals by source: a file, a file per source, or a folder of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from unpatch.audio import AudioError
from unpatch.graph.data import SOURCES


def dry_files(given: Sequence[str]) -> dict[str, Path]:
    """Source kind to file.

    A word is a file, ``SOURCE=file``, or a folder in which files are called by their sources.

    Raises:
        AudioError: an unknown source, one that is given twice, or a folder without such a file.
    """
    found: dict[str, Path] = {}
    for name, path in (pair for word in given for pair in _pairs(word)):
        if name in found:
            raise AudioError(f"{path}: there is a dry signal of {name!r} already: {found[name]}")
        found[name] = path
    return found


def _pairs(word: str) -> Iterable[tuple[str, Path]]:
    name, equals, path = word.partition("=")
    if equals and name.lower() in SOURCES:
        return [(name.lower(), Path(path))]
    if equals and not Path(word).exists():
        raise AudioError(f"{word}: there is no source {name!r}; sources are {', '.join(SOURCES)}")
    return list(_stems(Path(word))) if Path(word).is_dir() else [(SOURCES[0], Path(word))]


def _stems(folder: Path) -> Iterator[tuple[str, Path]]:
    """Audio files of a folder whose names are those of sources."""
    from unpatch.synth.sources import SUFFIXES

    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
    stems = [(path.stem.lower(), path) for path in files if path.stem.lower() in SOURCES]
    if not stems:
        wanted = ", ".join(f"{source}.wav" for source in SOURCES)
        raise AudioError(f"{folder}: holds no audio file called like a source ({wanted}, ...)")
    yield from stems
