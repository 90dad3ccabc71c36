"""Contents of a folder: audio, folders, and other files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unpatch.stems.multitrack import StemsError
from unpatch.stems.naming import word_set
from unpatch.storage.outputs import SEARCH_STATE

AUDIO = word_set(".wav .wave .flac .ogg .oga .opus .mp3 .aif .aiff .aifc .w64 .rf64 .caf .au .snd")
"""Endings of what libsndfile reads."""

# Recordings that would be missing if they were passed over.
_UNREADABLE = word_set(".m4a .aac .mp4 .wma .ape .wv .alac .mka .m4b .ac3")
_MUSDB_SUFFIX = ".stem.mp4"


@dataclass(frozen=True)
class Listing:
    """A folder's entries by name, without hidden ones, folders without audio, and results of a search."""

    audio: tuple[Path, ...]
    folders: tuple[Path, ...]
    others: tuple[Path, ...]


def listed(folder: Path) -> Listing:
    """Look into a folder.

    Raises:
        StemsError: where it is none, or holds recordings that cannot be read.
    """
    _check_folder(folder)
    entries = [
        entry for entry in sorted(folder.iterdir(), key=_order) if not entry.name.startswith((".", "__"))
    ]
    files = [entry for entry in entries if entry.is_file()]
    _check_readable(folder, [file for file in files if file.suffix.lower() in _UNREADABLE])
    audio = tuple(file for file in files if file.suffix.lower() in AUDIO)
    folders = tuple(entry for entry in entries if entry.is_dir() and _has_audio(entry))
    return Listing(audio, folders, tuple(file for file in files if file not in set(audio)))


def _order(path: Path) -> tuple[str, str]:
    return path.name.lower(), path.name


def _has_audio(folder: Path) -> bool:
    return not (folder / SEARCH_STATE).exists() and any(
        entry.suffix.lower() in AUDIO | _UNREADABLE and not entry.name.startswith(".")
        for entry in folder.iterdir()
    )


def _check_folder(folder: Path) -> None:
    if folder.name.lower().endswith(_MUSDB_SUFFIX):
        raise StemsError(f"{folder}: .stem.mp4 files cannot be read; MUSDB18-HQ has the same songs as WAV")
    if not folder.exists():
        raise StemsError(f"{folder}: no such folder")
    if not folder.is_dir():
        raise StemsError(f"{folder}: is a file; a folder of stems is expected")


def _check_readable(folder: Path, files: Sequence[Path]) -> None:
    packed = [file for file in files if file.name.lower().endswith(_MUSDB_SUFFIX)]
    if packed:
        _check_folder(packed[0])
    if files:
        raise StemsError(f"{files[0]}: {files[0].suffix} files cannot be read; WAV, FLAC, AIFF, Ogg, MP3 can")
