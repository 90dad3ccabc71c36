"""Groups from a file: a flat YAML mapping of each group to its tracks.

::

    drums: [Kick.wav, "Snare*", OH*]
    vocals: LeadVox*.wav
    rest: "*"

A track is identified by the name of its file, with or without the ending, case ignored; ``*``, ``?`` and
``[abc]`` have the meaning of a shell. The first group with a name or pattern that fits takes a
file; a file that fits nowhere is no stem of this song. The same format is that of the
``correspondence.yaml`` that were published for the Mixing Secrets library.
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from unpatch.graph.data import shorten
from unpatch.stems.multitrack import StemsError
from unpatch.storage.documents import read_yaml

FILES = ("groups.yaml", "groups.yml", "correspondence.yaml")
_WILD = frozenset("*?[")


def read_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Group to patterns.

    Raises:
        StemsError: where the file is not such a mapping.
    """
    content = read_yaml(path, StemsError)
    if not isinstance(content, Mapping) or not content:
        raise StemsError(f"{path}: is a mapping of groups to file names, as in 'drums: [kick.wav, snare*]'")
    return {_group(path, group): _patterns(path, group, value) for group, value in content.items()}


def assigned(
    path: Path, groups: Mapping[str, Sequence[str]], files: Sequence[Path], mixes: Iterable[Path] = ()
) -> dict[Path, str]:
    """File to group, in the order of the groups; a mix is a stem only if its full name is listed.

    Raises:
        StemsError: where a name or pattern fits no file, or two groups name the same.
    """
    found: dict[Path, str] = {}
    apart = set(mixes)
    for group, patterns in groups.items():
        for pattern in patterns:
            wild = bool(_WILD & set(pattern))
            fits = [file for file in files if _fits(pattern, file) and not (wild and file in apart)]
            if not fits:
                raise StemsError(f"{path}: {pattern!r} of group {group!r} fits no file; {_offer(files)}")
            for file in fits:
                if not wild and found.get(file, group) != group:
                    raise StemsError(f"{path}: {file.name} is in groups {found[file]!r} and {group!r}")
                found.setdefault(file, group)
    return found


def _group(path: Path, name: str) -> str:
    if not name.strip():
        raise StemsError(f"{path}: a group has no name")
    return name.strip()


def _patterns(path: Path, group: str, item: Any) -> tuple[str, ...]:
    listed = item if isinstance(item, list) else [item]
    if not listed or not all(isinstance(one, str) and one.strip() for one in listed):
        raise StemsError(
            f"{path}: group {shorten(group)} holds {shorten(item)}; a file name or a list of them is expected"
        )
    return tuple(listed)


def _fits(pattern: str, file: Path) -> bool:
    wanted = pattern.strip().lower()
    names = (file.name.lower(), file.stem.lower(), f"{file.parent.name}/{file.name}".lower())
    # A name may hold what would be a pattern elsewhere: "Gtr [L].wav".
    return wanted in names or any(fnmatchcase(name, wanted) for name in names)


def _offer(files: Sequence[Path]) -> str:
    most = 8
    more = f", and {len(files) - most} more" if len(files) > most else ""
    return f"there are {', '.join(file.name for file in files[:most])}{more}"
