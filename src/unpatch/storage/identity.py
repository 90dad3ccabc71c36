"""What stored results belong to: checksums of files and code, and the comparison before a run continues."""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

LOADED_BY_NAME = ("processors",)
"""Packages that import their modules by name: all of their files count."""


def checksum(path: Path) -> str:
    """SHA-256 of a file; computed again only when its size or time has changed."""
    status = path.stat()
    return _checksum(path, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=256)
def _checksum(path: Path, *stamp: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def code_of(*modules: str, without: tuple[str, ...] = ()) -> str:
    """Checksum of what modules of this package do, with everything in it that they import.

    Comments, docstrings and layout do not count.

    Args:
        modules: dotted names below ``unpatch``.
        without: modules and packages to leave out, unless they are among ``modules``.
    """
    found = hashlib.sha256()
    for path in code_files(*modules, without=without):
        found.update(_read(path).checksum)
    return found.hexdigest()


class _Module(NamedTuple):
    """A file's code, and dotted names below ``unpatch`` that it imports, inside of functions too."""

    checksum: bytes
    imports: tuple[str, ...]


@cache
def _read(path: Path) -> _Module:
    source = path.read_text(encoding="utf-8")
    code = without_docstrings(source).encode()
    return _Module(hashlib.sha256(code).digest(), tuple(_imports(ast.parse(source))))


def code_files(*modules: str, without: tuple[str, ...] = ()) -> list[Path]:
    """The files that :func:`code_of` reads, in order.

    A package's own ``__init__`` counts where a name is imported from it, not where one of its modules is.
    """
    found, left = set[Path](), [path for name in modules for path in _files(name)]
    while left:
        if (path := left.pop()) not in found:
            found.add(path)
            names = [name for name in _read(path).imports if not _is_within(name, without)]
            left += [own for name in names for own in _files(name)]
    return sorted(found)


def _files(module: str) -> Iterator[Path]:
    """The file of a module, or those of a package; none for a name that is neither."""
    root = Path(str(files("unpatch")))
    place = root.joinpath(*module.split("."))
    if module in LOADED_BY_NAME:
        yield from place.rglob("*.py")
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if module and path.is_file():
            yield path


def _imports(tree: ast.Module) -> Iterator[str]:
    """Modules that a module imports; a module of a package counts, the package itself does not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "unpatch":
            package = str(node.module).removeprefix("unpatch").removeprefix(".")
            names = [f"{package}.{alias.name}".removeprefix(".") for alias in node.names]
            modules = [name for name in names if any(_files(name))]
            yield from modules if len(modules) == len(names) else (*modules, package)
        elif isinstance(node, ast.Import):
            yield from (a.name.removeprefix("unpatch.") for a in node.names if a.name.startswith("unpatch."))


def _is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def without_docstrings(source: str) -> str:
    """A module's syntax without docstrings and comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(line: ast.stmt) -> bool:
    return (
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    )


def require_same(path: Path, identity: Mapping[str, Any], stored: Mapping[str, Any], what: str) -> None:
    """Refuse to continue from ``path`` a run with other data, settings or code.

    Args:
        path: of the stored state.
        identity: dotted name to value, of now.
        stored: the same as it was stored.
        what: is continued, as "run".

    Raises:
        ValueError: everything that differs, in one line.
    """
    odd = [name for name in {**identity, **stored} if identity.get(name) != stored.get(name)]
    if odd:
        changes = "; ".join(f"{name} is {identity.get(name)}, was {stored.get(name)}" for name in odd)
        raise ValueError(f"{path}: of another {what}, where {changes}")
