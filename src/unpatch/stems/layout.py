"""From a folder to a plan of what to load: which files are stems, in which groups, and which is the mix.

Known are MedleyDB (Bittner et al., MedleyDB: A Multitrack Dataset, ISMIR 2014), the Mixing Secrets library of
cambridge-mt.com with or without a file of groups, MUSDB18-HQ (Rafii et al., 2019), and any folder of stems.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from unpatch.stems.groups import FILES, assigned, read_groups
from unpatch.stems.listing import Listing, listed
from unpatch.stems.medley import medley_tracks, metadata_of
from unpatch.stems.mixes import is_mix, mix_among
from unpatch.stems.multitrack import StemsError
from unpatch.stems.naming import group_of
from unpatch.stems.track import MultitrackFiles, TrackFile

_MUSDB = frozenset({"drums", "bass", "other", "vocals"})


def planned(folder: Path, mix: Path | None = None, groups: Path | None = None) -> MultitrackFiles:
    """Look into a folder and decide.

    Args:
        folder: with stems in it, or with one folder of stems in it, or with a folder for each group.
        mix: if it is not in the folder, or not the only one that is called a mix.
        groups: a file as :mod:`unpatch.stems.groups` describes; else one in the folder, else metadata, else
            the names of the files.

    Raises:
        StemsError: where no stems are found, or it is not clear which file is the mix.
    """
    top = listed(folder)
    metadata = metadata_of(folder)
    if metadata is not None and groups is None:
        return medley_tracks(folder, metadata, mix)
    _check_metadata(folder, top)
    inner = _inner(top, mix)
    files = [file for place in inner for file in place.audio]
    mixes = [file for file in [*top.audio, *files] if is_mix(file)]
    found = mix or mix_among(dict.fromkeys([*top.audio, *files]))
    stems = [file for file in files if not _same(file, found)]
    groups = groups or _groups_file(folder, top, inner)
    if groups is None:
        tracks = _by_name([file for file in stems if file not in mixes], foldered=len(inner) > 1)
    else:
        chosen = assigned(groups, read_groups(groups), stems, mixes)
        tracks = [(file, group) for file, group in chosen.items()]
    if not tracks:
        raise StemsError(f"{folder}: holds no stems; audio files besides the mix are expected")
    notices = _notices(top, inner, [file for file in files if not _same(file, found)], tracks)
    return MultitrackFiles(_with_unique_names(tracks), found, notices)


def _inner(top: Listing, mix: Path | None) -> list[Listing]:
    """The folders of stems: the folder itself, else the folders in it."""
    if any(not is_mix(file) and not _same(file, mix) for file in top.audio) or not top.folders:
        return [top]
    return [listed(folder) for folder in top.folders]


def _groups_file(folder: Path, top: Listing, inner: Sequence[Listing]) -> Path | None:
    places = [*top.others, *(file for place in inner for file in place.others)]
    return next((file for name in FILES for file in places if file.name.lower() == name), None)


def _by_name(stems: Sequence[Path], *, foldered: bool) -> list[tuple[Path, str]]:
    if {file.stem.lower() for file in stems} <= _MUSDB:
        return [(file, file.stem.lower()) for file in stems]
    return [(file, file.parent.name if foldered else group_of(file.stem)) for file in stems]


def _with_unique_names(tracks: Sequence[tuple[Path, str]]) -> tuple[TrackFile, ...]:
    """Tracks called after their files; by folder or ending, too, where that is not enough."""
    stems = Counter(file.stem for file, _ in tracks)
    names = [file.stem if stems[file.stem] == 1 else f"{file.parent.name}/{file.name}" for file, _ in tracks]
    return tuple(TrackFile(file, name, group) for name, (file, group) in zip(names, tracks, strict=True))


def _notices(
    top: Listing, inner: Sequence[Listing], files: Sequence[Path], tracks: Sequence[tuple[Path, str]]
) -> tuple[str, ...]:
    taken = {file for file, _ in tracks}
    left = [file for file in files if file not in taken]
    others = [
        file
        for place in dict.fromkeys([top, *inner])
        for file in place.others
        if file.suffix.lower() not in (".yaml", ".yml")
    ]
    apart = [folder for folder in top.folders if top in inner]
    chosen = [
        ("no audio, ignored", others),
        ("besides stems there are folders with audio, ignored", apart),
        ("other mixes, no stems", [file for file in left if is_mix(file)]),
        ("in no group, left out", [file for file in left if not is_mix(file)]),
    ]
    return tuple(f"{what}: {', '.join(path.name for path in paths)}" for what, paths in chosen if paths)


def _check_metadata(folder: Path, top: Listing) -> None:
    """MedleyDB holds every sound twice: raw and processed."""
    endings = {place.name.rsplit("_", 1)[-1] for place in top.folders}
    if {"RAW", "STEMS"} <= endings:
        raise StemsError(f"{folder}: has RAW and STEMS as MedleyDB has, but no file *_METADATA.yaml")


def _same(file: Path, other: Path | None) -> bool:
    return other is not None and other.exists() and file.samefile(other)
