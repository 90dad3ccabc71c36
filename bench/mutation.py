"""Mutation testing: change one operator or number of the code at a time and see whether a test fails.

Mutants come from Cosmic Ray (https://cosmic-ray.readthedocs.io); of each area a sample is drawn by a seed.
A mutant runs in a copy of the repository, in a forked process with a limit on processor time, against the
tests of its area until one fails. Compiled kernels that contain the mutated file are compiled anew.

Results are kept in a folder, one file per mutant: a run that was stopped continues. ``--retry`` runs the
survivors again, with the tests as they are now, and the table shows the rate before and after.

    python bench/mutation.py --count 40
    python bench/mutation.py --retry
"""

import argparse
import ast
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from peers import check_installed, installed
from unpatch.files import write_aside

ROOT = Path(__file__).parents[1]
PACKAGE = Path("src/unpatch")
TABLE = ROOT / "bench" / "results" / "mutation.md"

SWAPS = [
    "Add_Sub",
    "Sub_Add",
    "Mul_Div",
    "Div_Mul",
    "FloorDiv_Mul",
    "Mod_Add",
    "Pow_Mul",
    "BitAnd_BitOr",
    "BitOr_BitAnd",
]
COMPARISONS = [
    "Lt_LtE",
    "LtE_Lt",
    "Gt_GtE",
    "GtE_Gt",
    "Lt_GtE",
    "LtE_Gt",
    "Gt_LtE",
    "GtE_Lt",
    "Eq_NotEq",
    "NotEq_Eq",
    "Is_IsNot",
    "IsNot_Is",
]
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{name}" for name in SWAPS),
    *(f"core/ReplaceComparisonOperator_{name}" for name in COMPARISONS),
    "core/NumberReplacer",
    "core/AddNot",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ZeroIterationForLoop",
)
"""Those that leave the code valid. Bit operations on floats and the like fail at once and would only
raise the rate."""

SURVIVED, KILLED, TIMED_OUT = "survived", "killed", "timed out"
PROCESSOR_S = 300
"""A mutant that takes longer counts as killed: no test of the areas takes half of it."""
MEMORY_BYTES = 8 << 30

PRELOADED = (
    "parso",
    "torch",
    "numba",
    "scipy.signal",
    "networkx",
    "pytest",
    "soundfile",
    "soxr",
)
"""Loaded once, before processes are forked."""

HEAD = f"""# Mutation testing

Of each area a sample of mutants (operators and numbers changed one at a time, by Cosmic Ray), each
run against the tests of its area: `python bench/mutation.py --count 40`, `--retry` after new
tests, `--table`.
A mutant that is not noticed within {PROCESSOR_S} s of processor time counts as killed."""


@dataclass(frozen=True)
class Area:
    """Some files, and the tests that are to notice when they change.

    Attributes:
        files: patterns below the package.
        tests: names of test files by the beginning of a module's name, "" for the others.
    """

    files: tuple[str, ...]
    tests: Mapping[str, tuple[str, ...]]

    def tests_of(self, path: Path) -> tuple[str, ...]:
        """Test files for a module; the longest beginning counts."""
        best = max((start for start in self.tests if path.stem.startswith(start)), key=len)
        return tuple(f"tests/test_{name}.py" for name in self.tests[best])


DSP: Mapping[str, tuple[str, ...]] = {
    "": ("processors_contract",),
    "alignment": ("consoles", "console_processors"),
    "allpass": ("phaser", "filter_gradients"),
    "clip": ("mastering_processors", "mastering_dynamics"),
    "drive": ("drive",),
    "dry_wet": ("delays", "console_reverb", "consoles"),
    "dynamics": ("dynamics",),
    "echo": ("delays",),
    "energy_dynamics": ("console_processors", "consoles"),
    "fastmath": ("dynamics", "drive"),
    "layout": ("delays", "filters", "phaser"),
    "limiter": ("match",),
    "loudness": ("match",),
    "masked_noise": ("console_reverb",),
    "matrix": ("consoles", "console_processors"),
    "modulated_delay": ("delays",),
    "multitap": ("consoles", "console_processors", "console_reverb"),
    "noise_reverb": ("console_reverb",),
    "oscillator": ("control",),
    "phasors": ("console_processors", "console_reverb"),
    "pitch": ("pitchshift",),
    "polynomial": ("mastering_processors", "mastering_dynamics"),
    "repeats": ("consoles", "console_processors"),
    "response": ("console_processors", "console_reverb"),
    "reverb": ("reverb",),
    "sections": ("mastering_processors", "filters"),
    "spectrum": ("spectra",),
    "stereo": ("utility",),
    "streamed_dynamics": ("match", "mastering_dynamics"),
    "svf": ("filters", "filter_gradients"),
    "transform": ("consoles", "console_processors"),
    "true_peak": ("match",),
    "warp": ("delays", "filters"),
    "weighting": ("mix_loss",),
    "zero_phase": ("console_processors", "consoles"),
}

GRAPH: Mapping[str, tuple[str, ...]] = {
    "": ("graph", "tokens"),
    "canonical": ("graph", "canonical"),
    "labelling": ("graph", "canonical"),
    "regions": ("graph", "canonical"),
    "serial": ("graph", "canonical"),
    "simplify": ("graph", "canonical"),
    "text": ("graph", "draw"),
}

AREAS: Mapping[str, Area] = {
    "features": Area(("features.py",), {"": ("features", "golden")}),
    "metrics": Area(("metrics/*.py",), {"": ("metrics",)}),
    "graph": Area(("graph/*.py",), GRAPH),
    "loss": Area(("search/loss*.py",), {"": ("mix_loss",)}),
    "dsp": Area(("dsp/*.py",), DSP),
}


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        path: of the file, below the package.
        place: function or class that holds it.
        before: the line.
        after: the line, changed.
        source: the whole file, changed.
    """

    path: str
    place: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """The same as long as the line and what holds it stay."""
        told = "\n".join((self.path, self.place, self.before, self.after))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Spot:
    """Where an operator can change a file: its occurrence of that number, in a line of a definition."""

    path: Path
    operator: str
    number: int
    row: int
    place: str

    @property
    def short_path(self) -> str:
        return self.path.relative_to(ROOT / PACKAGE).as_posix()

    def mutant(self) -> Mutant:
        operator = _cosmic_ray()[1].get_operator(self.operator)()
        source = self.path.read_text(encoding="utf-8")
        changed = import_module("cosmic_ray.mutating").mutate_code(source, operator, self.number)
        lines = zip(source.splitlines(), changed.splitlines(), strict=False)
        before, after = next((pair for pair in lines if pair[0] != pair[1]), ("", ""))
        return Mutant(self.short_path, self.place, before.strip(), after.strip(), changed)


def spots_of(path: Path) -> Iterator[Spot]:
    """All of a file."""
    parso, plugins = _cosmic_ray()
    source = path.read_text(encoding="utf-8")
    nodes, skipped = list(_nodes(parso.parse(source))), _not_executed(source)
    for name in OPERATORS:
        operator = plugins.get_operator(name)()
        places = [(node, at[0]) for node in nodes for at in operator.mutation_positions(node)]
        for number, (node, at) in enumerate(places):
            if not any(first <= at < last for first, last in skipped):
                yield Spot(path, name, number, at[0], _definition(node))


def _cosmic_ray() -> tuple[Any, Any]:
    """``parso`` comes first: the imports of Cosmic Ray are circular with some of its versions."""
    return installed("parso"), installed("cosmic_ray.plugins")


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _nodes(child)


def _definition(node: Any) -> str:
    names = []
    while node is not None:
        if node.type in ("funcdef", "classdef"):
            names.append(node.name.value)
        node = node.parent
    return ".".join(reversed(names))


def _not_executed(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Spans (row, column) of annotations, aliases of types and decorators."""
    skipped: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign):
            alias = getattr(node.annotation, "id", "") == "TypeAlias"
            skipped += [node.annotation, node.value if alias else None]
        elif isinstance(node, ast.FunctionDef):
            arguments = (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs)
            skipped += [node.returns, *(own.annotation for own in arguments), *node.decorator_list]
    return [
        ((own.lineno, own.col_offset), (own.end_lineno or 0, own.end_col_offset or 0))
        for own in skipped
        if own is not None
    ]


def every(area: Area) -> list[Spot]:
    """All of an area's files."""
    paths = sorted({path for pattern in area.files for path in (ROOT / PACKAGE).glob(pattern)})
    return [spot for path in paths for spot in spots_of(path)]


def sample(area: Area, count: int, seed: int) -> list[Mutant]:
    """Mutants drawn from an area's files; what changes nothing is no mutant."""
    found = every(area)
    drawn = (spot.mutant() for spot in random.Random(seed).sample(found, len(found)))
    return list(islice((mutant for mutant in drawn if mutant.before != mutant.after), count))


def outcome(path: str, source: str, tests: Sequence[str]) -> str:
    """Run tests in a copy of the repository in which a file of the package has another source."""
    (ROOT / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutant-", dir=ROOT / "out") as folder:
        root = Path(folder)
        _copy(root, _holders(path))
        (root / PACKAGE / path).unlink()
        (root / PACKAGE / path).write_text(source, encoding="utf-8")
        process = os.fork()
        if not process:
            _test(root, tests)
        _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return TIMED_OUT if os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGXCPU) else KILLED
    outcomes = {0: SURVIVED, 1: KILLED, 2: KILLED}  # pytest: all passed, some failed, import failed
    if (code := os.WEXITSTATUS(status)) not in outcomes:
        raise RuntimeError(f"pytest ended with status {code} on {path}")
    return outcomes[code]


@cache
def require_control(tests: tuple[str, ...]) -> None:
    """The tests must pass while nothing is changed; else every mutant would count as killed."""
    if (
        outcome("__init__.py", (ROOT / PACKAGE / "__init__.py").read_text(encoding="utf-8"), tests)
        != SURVIVED
    ):
        raise RuntimeError(f"{' '.join(tests)} fail without any mutant")


def _copy(root: Path, stale: frozenset[str]) -> None:
    """What tests need, as hard links; of compiled kernels those that do not hold the mutated file."""

    def ignored(folder: str, names: list[str]) -> list[str]:
        compiled = [name for name in names if name.endswith((".nbi", ".nbc"))]
        return [name for name in compiled if name.split(".", 1)[0] in stale]

    shutil.copytree(ROOT / PACKAGE, root / PACKAGE, ignore=ignored, copy_function=os.link)
    shutil.copytree(ROOT / "tests", root / "tests", copy_function=os.link)
    for name in (
        "docs",
        "bench",
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Makefile",
    ):
        (root / name).symlink_to(ROOT / name)


def _holders(path: str) -> frozenset[str]:
    """Names of the modules that import a file, directly or not, and its own."""
    importers: dict[str, set[str]] = {}
    for own in (ROOT / PACKAGE).rglob("*.py"):
        for node in ast.walk(ast.parse(own.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("unpatch."):
                importers.setdefault(str(node.module).rsplit(".", 1)[-1], set()).add(own.stem)
    found, todo = set[str](), [Path(path).stem]
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo += importers.get(name, ())
    return frozenset(found)


def _test(root: Path, tests: Sequence[str]) -> NoReturn:
    """In the forked process: run pytest in this folder and end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir(root)
    os.environ["PYTHONPATH"] = str(root / "src")
    sys.path[:0] = [str(root / "src"), str(root)]
    for name in [name for name in sys.modules if name.split(".")[0] in ("unpatch", "bench", "tests")]:
        del sys.modules[name]
    os._exit(import_module("pytest").main(["-x", "-q", "-p", "no:cacheprovider", *tests]))


@dataclass(frozen=True)
class Outcomes:
    """What is kept of mutants: a file each, below the folder of their area."""

    folder: Path

    def path(self, area: str, mutant: Mutant) -> Path:
        return self.folder / area / f"{mutant.name}.json"

    def add(self, area: str, mutant: Mutant) -> None:
        """Test a mutant and append the outcome to the earlier ones."""
        path = self.path(area, mutant)
        earlier = json.loads(path.read_bytes())["outcomes"] if path.exists() else []
        tests = AREAS[area].tests_of(Path(mutant.path))
        require_control(tests)
        found = outcome(mutant.path, mutant.source, tests)
        told = {"name": mutant.name, **asdict(mutant)}
        del told["source"]
        write_aside(path, json.dumps({**told, "outcomes": [*earlier, found]}, indent=1).encode())
        print(f"{area:9} {found:9} {mutant.path} {mutant.place}: {mutant.after}", flush=True)

    def of(self, area: str) -> list[dict[str, Any]]:
        """Everything kept of an area, by file and line."""
        found = [json.loads(path.read_bytes()) for path in (self.folder / area).glob("*.json")]
        return sorted(found, key=lambda own: (own["path"], own["place"], own["before"], own["after"]))


def draw(kept: Outcomes, areas: Sequence[str], count: int, seed: int) -> None:
    """Test a sample of each area; what has an outcome keeps it."""
    for area in areas:
        for mutant in sample(AREAS[area], count, seed):
            if not kept.path(area, mutant).exists():
                kept.add(area, mutant)


def retry(kept: Outcomes, areas: Sequence[str]) -> None:
    """Test the survivors again."""
    for area in areas:
        alive = {own["name"]: own for own in kept.of(area) if own["outcomes"][-1] == SURVIVED}
        places = {(own["path"], own["place"]) for own in alive.values()}
        spots = (spot for spot in every(AREAS[area]) if (spot.short_path, spot.place) in places)
        for mutant in {own.name: own for own in map(Spot.mutant, spots)}.values():
            if mutant.name in alive:
                kept.add(area, mutant)


def table(kept: Outcomes, areas: Sequence[str]) -> str:
    """Rates before and after, and the survivors."""
    lines = [
        "| area | mutants | drawn | killed at first | killed now | rate at first | rate now |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    survivors = []
    for area in areas:
        found = kept.of(area)
        alive = [sum(own["outcomes"][place] == SURVIVED for own in found) for place in (0, -1)]
        killed = [len(found) - own for own in alive]
        rates = [f"{100 * own / len(found):.0f} %" for own in killed]
        cells = (area, len(every(AREAS[area])), len(found), *killed, *rates)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
        survivors += [own for own in found if own["outcomes"][-1] == SURVIVED]
    told = [
        f"- `{own['path']}`, {own['place'] or 'module'}: `{own['before']}` → `{own['after']}`"
        for own in survivors
    ]
    return "\n".join([*lines, "", "Survivors:", "", *told])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--areas", nargs="*", choices=AREAS, default=list(AREAS))
    parser.add_argument("--count", type=int, default=40, help="mutants of each area")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--retry", action="store_true", help="test the survivors again")
    parser.add_argument("--kept", type=Path, default=ROOT / "out" / "mutation")
    parser.add_argument("--table", action="store_true", help="write the table")
    options = parser.parse_args()
    check_installed("cosmic_ray")
    for name in PRELOADED:
        import_module(name)
    kept = Outcomes(options.kept)
    if options.table:
        write_aside(TABLE, f"{HEAD}\n\n{table(kept, options.areas)}\n".encode())
    elif options.retry:
        retry(kept, options.areas)
    else:
        draw(kept, options.areas, options.count, options.seed)


if __name__ == "__main__":
    main()
