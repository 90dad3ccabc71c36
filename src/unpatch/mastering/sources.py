"""Music to be mastered: whole tracks, in folders or packages, and which of them are kept from training.

A folder may be MUSDB18-HQ, packages as ``unpatch data fetch mastering`` unpacks them, or anything else that
holds recordings. Tracks are split as wholes: no clip of a track that is trained on is tested on.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from unpatch.audio import AudioError
from unpatch.storage.archives import ENDINGS, UNPACKED, unpacked

Split = Literal["train", "val", "test", "unseen"]
SPLITS: tuple[Split, ...] = ("train", "val", "test", "unseen")

SEEN = ("wesnoth-1.16-music", "warzone2100-music", "nexuiz-music", "singularity-music")
"""Packages of which most tracks are trained on."""
UNSEEN = ("hyperrogue-music", "marsshooter-data")
"""Packages that are never used for training."""

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif")
# One track in this many goes to validation, another to the test.
HELD_OUT = 8
# What is smaller is a jingle or a sound effect.
SMALLEST_BYTES = 400_000


@dataclass(frozen=True)
class Track:
    """A recording, the collection it is from, and its split."""

    path: Path
    collection: str
    split: Split

    @property
    def name(self) -> str:
        return f"{self.collection}/{self.path.stem}"


def tracks_of(cache: Path, unseen: Iterable[Path] = ()) -> list[Track]:
    """Tracks of the fetched packages in a cache, and of other folders that are never used for training."""
    found = [track for name in SEEN for track in split_tracks(cache / name, cache)]
    for folder in (*(cache / name for name in UNSEEN), *unseen):
        found += [Track(path, folder.name, "unseen") for path in recordings_in(folder, cache)]
    return found


def tracks_from(roots: Iterable[Path], unseen: Iterable[Path], cache: Path) -> list[Track]:
    """Tracks of the user's folders; archives in them are unpacked into a cache."""
    found: list[Track] = []
    for root in roots:
        found += musdb_tracks(root) if is_musdb(root) else split_tracks(root, cache)
    for folder in unseen:
        found += [Track(path, folder.name, "unseen") for path in recordings_in(folder, cache)]
    return found


def musdb_tracks(root: Path) -> list[Track]:
    """Mixtures of MUSDB18-HQ: its test half is the test; of its training half one of eight validates."""
    test = [Track(path, path.parent.name, "test") for path in _mixtures(root / "test")]
    train = [
        Track(path, path.parent.name, split)
        for path, split in _held_out(_mixtures(root / "train"), {0: "val"}).items()
    ]
    return train + test


def _mixtures(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*/mixture.wav"))
    if not found:
        raise AudioError(f"{folder}: holds no SONG/mixture.wav; MUSDB18-HQ is wanted, with WAV files")
    return found


def is_musdb(folder: Path) -> bool:
    """Whether a folder has the two halves of MUSDB18."""
    return (folder / "train").is_dir() and (folder / "test").is_dir()


def split_tracks(folder: Path, cache: Path) -> list[Track]:
    """Recordings of a folder: one of eight validates, one is for the test, the rest for training."""
    split = _held_out(recordings_in(folder, cache), {0: "val", 1: "test"})
    return [Track(path, folder.name, own) for path, own in split.items()]


def _held_out(paths: Iterable[Path], held: Mapping[int, Split]) -> dict[Path, Split]:
    """Path to split, drawn by name so that it is the same everywhere."""
    shuffled = sorted(paths, key=lambda path: zlib.crc32(str(path.parent.name + path.name).encode()))
    return {path: held.get(place % HELD_OUT, "train") for place, path in enumerate(shuffled)}


def recordings_in(folder: Path, cache: Path) -> list[Path]:
    """Music in a folder, by name; what is packed there (.pk3, .zip) is unpacked into a cache."""
    if not folder.is_dir():
        raise AudioError(f"{folder}: no such folder; `unpatch data fetch mastering` makes it")
    there = [path for path in sorted(folder.rglob("*")) if not _is_aside(path.relative_to(folder))]
    files = [path for path in there if path.suffix.lower() in SUFFIXES]
    packed = [unpacked(path, cache, SUFFIXES) for path in there if path.suffix.lower() in ENDINGS]
    every = [*files, *(path for paths in packed for path in paths)]
    found = [path for path in every if path.stat().st_size >= SMALLEST_BYTES]
    if not found:
        raise AudioError(f"{folder}: holds no recording of {SMALLEST_BYTES} bytes or more")
    return found


def _is_aside(path: Path) -> bool:
    """Hidden, put beside a recording by macOS, or unpacked beside its archive, as earlier versions did."""
    return any(part.startswith((".", "__MACOSX")) or part.endswith(UNPACKED) for part in path.parts)
