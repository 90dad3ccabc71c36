"""The ordered line of modules: each may import only from its own floor and those below.

Imports are read off the source, so that nothing is hidden inside a function.
"""

import ast
import graphlib
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

import unpatch

PACKAGE = Path(unpatch.__file__).parent

FLOORS: tuple[tuple[str, ...], ...] = (
    ("declaration", "dsp", "storage", "ranges", "execution", "audio", "features"),
    ("processors", "graph"),
    ("rendering", "derive", "demo"),
    ("synth", "metrics", "stems"),
    ("refining", "mixing", "learning", "drawing", "estimates"),
    ("blind", "mastering"),
    ("tasks", "estimation", "pages", "exports"),
    ("jobs",),
    ("cli",),
)
"""Packages and modules by floor, the lowest first."""

MOST_ENTRIES = 31
"""At the top level of the package."""

STRANGERS = {("processors", "graph"), ("graph", "processors")}
"""Packages of one floor that may not import each other."""

LAZY_TORCH = ("declaration", "processors", "graph", "derive", "cli")
"""Packages that must load fast: torch only inside functions or for types."""

FLOOR = {package: floor for floor, packages in enumerate(FLOORS) for package in packages}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Full names of the modules that these statements import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module)
            if node.module == "unpatch":
                yield from (f"unpatch.{alias.name}" for alias in node.names)


def neighbours(path: Path) -> set[str]:
    """Other packages that a file imports from."""
    names = [name.split(".") for name in imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))]
    return {parts[1] for parts in names if parts[0] == "unpatch" and parts[1:2]} & FLOOR.keys() - {
        package_of(path)
    }


def at_load(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements of a module that run when it is imported."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.ClassDef | ast.Try | ast.With):
            yield from ast.walk(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    own = package_of(path)
    assert own in FLOOR, f"{own} is on no floor: add it to FLOORS"
    for other in neighbours(path):
        assert FLOOR[other] <= FLOOR[own], f"{own} must not import {other}"
        assert (own, other) not in STRANGERS, f"{own} and {other} must not import each other"


def test_packages_have_no_circular_imports() -> None:
    known: dict[str, set[str]] = {}
    for path in FILES:
        known.setdefault(package_of(path), set()).update(neighbours(path))
    graphlib.TopologicalSorter(known).prepare()  # raises CycleError, which names the packages


def test_files_have_no_circular_imports() -> None:
    """Of what is imported when a module is loaded; functions may import anything below them."""
    names = {module_name(path): path for path in PACKAGE.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        graph[name] = set(module_imports(ast.parse(path.read_text(encoding="utf-8")), names.keys())) - {name}
    graphlib.TopologicalSorter(graph).prepare()


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_imports(tree: ast.Module, modules: Collection[str]) -> Iterator[str]:
    """Modules that are imported at load, without those that are only for types."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from names & set(modules) or {str(node.module)} & set(modules)
        elif isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & set(modules)


def test_the_top_level_stays_small() -> None:
    assert len([path for path in PACKAGE.iterdir() if path.name != "__pycache__"]) <= MOST_ENTRIES


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if package_of(path) in LAZY_TORCH],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_torch_is_not_loaded_with_what_must_be_fast(path: Path) -> None:
    names = list(imported(at_load(ast.parse(path.read_text(encoding="utf-8")))))
    assert not any(name.split(".")[0] in ("torch", "numba") for name in names)


def test_graph_is_standard_library_only() -> None:
    for path in (path for path in FILES if package_of(path) == "graph"):
        for name in imported(at_load(ast.parse(path.read_text(encoding="utf-8")))):
            assert name.split(".")[0] not in ("numpy", "scipy", "networkx", "torch", "numba"), (
                f"{path}: {name}"
            )
