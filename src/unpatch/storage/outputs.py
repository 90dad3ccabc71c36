"""One rule before any work: no output is an input, and no two outputs are one file.

Files that exist are compared by device and inode, so that symbolic links, hard links and bind mounts do not
matter; files that do not exist yet by the folder that does and the rest of their resolved path, as the file
system there compares names.
"""

import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

Paths: TypeAlias = Path | Iterable[Path] | None
SEARCH_STATE = Path("search", "state.json")
"""Where a search keeps its state in its folder of results; such a folder holds no stems."""


class FileIdentity(NamedTuple):
    """Equal for paths that lead to one file: the nearest path that exists, and the names below it."""

    device: int
    inode: int
    missing: tuple[str, ...]

    @property
    def above(self) -> Iterator["FileIdentity"]:
        """Identities of what would have to be folders."""
        return (self._replace(missing=self.missing[:count]) for count in range(len(self.missing)))

    @property
    def folded(self) -> "FileIdentity":
        """The same for all names that some file system takes for one."""
        names = (unicodedata.normalize("NFC", name).casefold() for name in self.missing)
        return self._replace(missing=tuple(names))


class OutputError(ValueError):
    """Which output would replace what, in one line."""


def check_outputs(reads: Mapping[str, Paths], writes: Mapping[str, Paths], into: Iterable[Path] = ()) -> None:
    """Refuse outputs that would replace an input or one another.

    Args:
        reads: name of an argument or option to the files that are read for it. A folder that is read as a
            whole may be among them.
        writes: name of an option to the files that will be written for it.
        into: folders of results; none of them may be a folder that is read.

    Raises:
        OutputError: which file, what it is, and what to do.
    """
    inputs = {place_of(path): (name, path) for name, path in _each(reads)}
    outputs = list(_each(writes))
    for option, path in outputs:
        if found := inputs.get(place_of(path)):
            raise OutputError(f"{path}: {_is_input(found, path)} and would be replaced; change {option}")
    for folder in into:
        if found := inputs.get(place_of(folder)):
            raise OutputError(f"{folder}: {_is_input(found, folder)}; results need a folder of their own")
    check_distinct(outputs)


def check_distinct(outputs: Sequence[tuple[str, Path]]) -> None:
    """Refuse two outputs, each with the name of its option, of which one would replace or hide the other."""
    seen: dict[FileIdentity, tuple[str, Path]] = {}
    for option, path in outputs:
        place = place_of(path)
        if (other := seen.get(place.folded)) is None:
            seen[place.folded] = option, path
        elif _is_one(place, path, other[1]):
            options = " or ".join(dict.fromkeys((other[0], option)))
            raise OutputError(f"{path}: two results would be written to this file; change {options}")
    for option, path in outputs:
        for above in place_of(path).above:
            if found := seen.get(above.folded):
                raise OutputError(f"{path}: is below {found[1]}, which is a file; change {option}")


def files_in(folder: Path | None) -> list[Path]:
    """Files directly in a folder, sorted; none if the folder does not exist."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file())


def place_of(path: Path) -> FileIdentity:
    """Where a path leads to, through links, whether there is a file or not."""
    there, missing = Path(os.path.realpath(path)), list[str]()
    while not there.exists():
        missing.insert(0, there.name)
        there = there.parent
    found = there.stat()
    return FileIdentity(found.st_dev, found.st_ino, tuple(missing))


def takes_for_one(folder: Path, first: str, second: str) -> bool:
    """Whether the file system at an existing folder takes two names for one, tried out there."""
    with tempfile.TemporaryDirectory(prefix=".unpatch-", dir=folder) as place:
        (Path(place) / first).touch()
        return (Path(place) / second).exists()


def _is_one(place: FileIdentity, path: Path, other: Path) -> bool:
    """Whether two paths whose folded places are equal lead to one file."""
    pairs = zip(place.missing, place_of(other).missing, strict=True)
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    there = next(parent for parent in Path(os.path.realpath(path)).parents if parent.exists())
    return all(takes_for_one(there, *pair) for pair in differing)


def _each(given: Mapping[str, Paths]) -> Iterator[tuple[str, Path]]:
    for name, paths in given.items():
        for path in (paths,) if isinstance(paths, Path) else paths or ():
            yield name, path


def _is_input(found: tuple[str, Path], path: Path) -> str:
    name, own = found
    return f"is an input ({name})" if own == path else f"is an input ({name}, {own})"
