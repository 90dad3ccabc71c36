"""Mutation testing: change one operator or number of the code at a time and see whether a test fails.

Mutants come from Cosmic Ray (https://cosmic-ray.readthedocs.io); of each area a sample is drawn by a seed.
A mutant runs in a copy of the repository, in a forked process with a limit on processor time, against the
tests of its area until one fails. Compiled kernels that contain the mutated file are recompiled.

Results are kept in a folder, one file per mutant: a run that was stopped continues. ``--retry`` runs the
survivors again, with the tests as they are now, and the table shows the rate before and after.

    python -m bench.studies.mutation --count 40
    python -m bench.studies.mutation --retry
"""

import argparse
import ast
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from bench.shared.folders import RESULTS, ROOT
from bench.shared.peers import check_installed
from bench.studies.mutation.areas import AREAS, EQUIVALENT, PACKAGE
from bench.studies.mutation.mutants import Mutant, Spot, every, sample
from unpatch.storage import markdown
from unpatch.storage.files import write_aside

PAGE = RESULTS / "mutation.md"

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

ABOUT = f"""\
Of each area a sample of mutants (operators and numbers changed one at a time, by Cosmic Ray), each
run against the tests of its area: `python -m bench.studies.mutation --count 40`, `--retry` after new
tests, `--table`.
A mutant that is not noticed within {PROCESSOR_S} s of processor time counts as killed."""


COLUMNS = (
    "area", "possible", "drawn", "no change", "killed at first", "killed now", "rate at first", "rate now",
)  # fmt: skip


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


def require_control(area: str, mutant: Mutant) -> None:
    """A mutant's tests must pass while nothing is changed; else every mutant would count as killed."""
    tests, source = (
        AREAS[area].tests_of(Path(mutant.path)),
        (ROOT / PACKAGE / mutant.path).read_text(encoding="utf-8"),
    )
    if outcome(mutant.path, source, tests) != SURVIVED:
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
        found = outcome(mutant.path, mutant.source, tests)
        record = {"name": mutant.name, **asdict(mutant)}
        del record["source"]
        write_aside(path, json.dumps({**record, "outcomes": [*earlier, found]}, indent=1).encode())
        print(f"{area:9} {found:9} {mutant.path} {mutant.place}: {mutant.after}", flush=True)

    def of(self, area: str) -> list[dict[str, Any]]:
        """Everything kept of an area, by file and line."""
        found = [json.loads(path.read_bytes()) for path in (self.folder / area).glob("*.json")]
        return sorted(found, key=lambda own: (own["path"], own["place"], own["before"], own["after"]))


def draw(kept: Outcomes, areas: Sequence[str], count: int, seed: int) -> None:
    """Test a sample of each area; what has an outcome keeps it."""
    for area in areas:
        _test_all(
            kept, area, [m for m in sample(AREAS[area], count, seed) if not kept.path(area, m).exists()]
        )


def retry(kept: Outcomes, areas: Sequence[str]) -> None:
    """Test the survivors again, but those that no test can notice."""
    for area in areas:
        alive = {own["name"]: own for own in kept.of(area) if is_alive(own) and not reason_for(own)}
        places = {(own["path"], own["place"]) for own in alive.values()}
        spots = (spot for spot in every(AREAS[area]) if (spot.short_path, spot.place) in places)
        mutants = {own.name: own for own in map(Spot.mutant, spots)}
        _test_all(kept, area, [mutants[name] for name in alive if name in mutants])


def _test_all(kept: Outcomes, area: str, mutants: Sequence[Mutant]) -> None:
    for i, mutant in enumerate(mutants):
        if not i:
            require_control(area, mutant)
        kept.add(area, mutant)


def is_alive(own: Mapping[str, Any], place: int = -1) -> bool:
    """Whether a mutant survived at first (0) or at last (-1)."""
    return bool(own["outcomes"][place] == SURVIVED)


def reason_for(own: Mapping[str, Any]) -> str:
    """Why no test can notice a mutant; empty if one could."""
    return EQUIVALENT.get((own["path"], own["after"]), "")


def table(kept: Outcomes, areas: Sequence[str]) -> str:
    """Rates before and after, and the survivors."""
    rows, survivors = [], []
    for area in areas:
        found = kept.of(area)
        same = sum(bool(reason_for(own)) for own in found)
        killed = [sum(not is_alive(own, place) for own in found) for place in (0, -1)]
        rates = [f"{100 * own / (len(found) - same):.0f} %" if len(found) > same else "-" for own in killed]
        rows.append((area, len(every(AREAS[area])), len(found), same, *killed, *rates))
        survivors += [own for own in found if is_alive(own, 0)]
    return markdown.page(
        "Mutation testing",
        ABOUT,
        markdown.table(COLUMNS, rows),
        "Survived at first:",
        "\n".join(map(_line, survivors)),
    )


def _line(own: Mapping[str, Any]) -> str:
    """A survivor, and what has become of it."""
    fate = reason_for(own) or ("still survives" if is_alive(own) else "killed by a new test")
    return f"- `{own['path']}`, {own['place'] or 'module'}: `{own['before']}` → `{own['after']}`: {fate}."


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
        write_aside(PAGE, table(kept, options.areas).encode())
    elif options.retry:
        retry(kept, options.areas)
    else:
        draw(kept, options.areas, options.count, options.seed)


if __name__ == "__main__":
    main()
