"""The ordered line of modules: each may import only from its own floor and those below.

Imports are read off the source, so that nothing is hidden inside a function.
"""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import unpatch

PACKAGE = Path(unpatch.__file__).parent

FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "spec",
        "dsp",
        "legible",
        "yaml_loader",
        "documents",
        "outputs",
        "files",
        "identity",
        "results",
        "ranges",
        "drafts",
        "archives",
        "audio",
        "fetch",
        "muon",
        "interrupts",
        "logbook",
        "workers",
    ),
    ("processors", "graph"),
    ("parameters", "render", "derive"),
    (
        "synth",
        "vocabulary",
        "tokens",
        "corpus",
        "stream",
        "grammar",
        "features",
        "echoes",
        "variation",
        "models",
        "losses",
        "metrics",
        "stems",
    ),
    (
        "runs",
        "average",
        "validation",
        "train",
        "begun",
        "session",
        "trunk",
        "card",
        "branch",
        "evaluate",
        "presets",
        "search",
        "draw",
        "exports",
        "fit",
        "apply",
        "estimate",
        "demo",
        "report",
        "gallery",
        "mix_report",
        "match_report",
        "mastering",
    ),
    ("cli",),
)
"""Rooms by floor, the lowest first."""

STRANGERS = {("processors", "graph"), ("graph", "processors")}
"""Rooms of one floor that do not know each other."""

LAZY_TORCH = ("spec", "processors", "graph", "derive", "cli")
"""Rooms that must load fast: torch only inside functions or for types."""

ROOM_FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")


def room(path: Path) -> str:
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
    """Other rooms that a file knows."""
    names = [name.split(".") for name in imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))]
    return {parts[1] for parts in names if parts[0] == "unpatch" and parts[1:2]} & ROOM_FLOOR.keys() - {
        room(path)
    }


def at_load(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements of a module that run when it is imported."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.ClassDef | ast.Try | ast.With):
            yield from ast.walk(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    own = room(path)
    assert own in ROOM_FLOOR, f"{own} has no floor yet: say where it stands"
    for other in neighbours(path):
        assert ROOM_FLOOR[other] <= ROOM_FLOOR[own], f"{own} must not know {other}"
        assert (own, other) not in STRANGERS, f"{own} and {other} do not know each other"


def test_rooms_of_one_floor_stand_in_a_line() -> None:
    known: dict[str, set[str]] = {}
    for path in FILES:
        known.setdefault(room(path), set()).update(neighbours(path))
    graphlib.TopologicalSorter(known).prepare()  # raises CycleError, which names the rooms


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room(path) in LAZY_TORCH],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_torch_is_not_loaded_with_what_must_be_fast(path: Path) -> None:
    names = list(imported(at_load(ast.parse(path.read_text(encoding="utf-8")))))
    assert not any(name.split(".")[0] in ("torch", "numba") for name in names)


def test_graph_is_standard_library_only() -> None:
    for path in (path for path in FILES if room(path) == "graph"):
        for name in imported(at_load(ast.parse(path.read_text(encoding="utf-8")))):
            assert name.split(".")[0] not in ("numpy", "scipy", "networkx", "torch", "numba"), (
                f"{path}: {name}"
            )
