"""MedleyDB: metadata names the raw recordings of each processed stem, which are its group.

Bittner et al., MedleyDB: A Multitrack Dataset for Annotation-Intensive MIR Research, ISMIR 2014. Of
``SONG_METADATA.yaml`` are read ``mix_filename``, ``raw_dir``, and of each stem ``instrument`` and ``raw``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unpatch.stems.multitrack import StemsError
from unpatch.stems.track import MultitrackFiles, TrackFile
from unpatch.storage.documents import read_yaml

_ENDING = "_METADATA.yaml"


def metadata_of(folder: Path) -> Path | None:
    """The file of metadata, if it is a song of MedleyDB."""
    return next(iter(sorted(folder.glob(f"*{_ENDING}"))), None)


def medley_tracks(folder: Path, metadata: Path, mix: Path | None = None) -> MultitrackFiles:
    """Raw recordings, grouped by the stems that were made of them.

    Raises:
        StemsError: where metadata is incomplete or a recording missing.
    """
    fields = read_yaml(metadata, StemsError)
    stems = _mapping(metadata, "", fields, "stems")
    raw = folder / str(fields.get("raw_dir") or metadata.name.replace(_ENDING, "_RAW"))
    groups = _groups({name: _instrument(_checked(metadata, name, stem)) for name, stem in stems.items()})
    tracks = tuple(
        track for name, stem in stems.items() for track in _tracks(metadata, raw, name, stem, groups[name])
    )
    if not tracks:
        raise StemsError(f"{metadata}: names no raw recordings")
    return MultitrackFiles(tracks, mix or _mix(folder, metadata, fields))


def _tracks(metadata: Path, raw: Path, name: str, stem: Mapping[str, Any], group: str) -> Iterator[TrackFile]:
    for number, take in _mapping(metadata, name, stem, "raw").items():
        file = raw / str(_checked(metadata, f"{name} {number}", take).get("filename"))
        if not file.is_file():
            raise StemsError(f"{metadata}: {name} {number} is {file}, which is not there")
        yield TrackFile(file, f"{_instrument(take)} {name}.{number}", group)


def _mix(folder: Path, metadata: Path, fields: Mapping[str, Any]) -> Path | None:
    file = folder / str(fields.get("mix_filename") or metadata.name.replace(_ENDING, "_MIX.wav"))
    return file if file.is_file() else None


def _mapping(metadata: Path, where: str, fields: Any, key: str) -> Mapping[str, Any]:
    found = fields.get(key) if isinstance(fields, Mapping) else None
    if not isinstance(found, Mapping):
        raise StemsError(f"{metadata}: {' '.join((where, key)).strip()!r} is missing or no mapping")
    return found


def _checked(metadata: Path, where: str, fields: Any) -> Mapping[str, Any]:
    if not isinstance(fields, Mapping):
        raise StemsError(f"{metadata}: {where!r} is no mapping")
    return fields


def _instrument(fields: Mapping[str, Any]) -> str:
    found = fields.get("instrument") or "track"
    return " and ".join(map(str, found)) if isinstance(found, list) else str(found)


def _groups(instruments: Mapping[str, str]) -> dict[str, str]:
    """Stem to a unique name."""
    times = Counter(instruments.values())
    return {
        name: instrument if times[instrument] == 1 else f"{instrument} {name}"
        for name, instrument in instruments.items()
    }
