"""Benchmarks, checks and studies: all are listed, each is named as it is, and absent peers are reported."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

from unpatch.execution.extras import EXTRAS

ROOT = Path(__file__).parent.parent
BENCH = ROOT / "bench"
SUBJECTS = ("speed", "checks", "studies")
PEERS = {
    "auraloss",
    "cosmic_ray",
    "cyfaust",
    "grafx",
    "matchering",
    "parso",
    "pedalboard",
    "pytest",
    "torchcomp",
}
NEEDS = {
    "speed.chain": "pedalboard",
    "speed.compressor": "torchcomp",
    "speed.console": "grafx",
    "speed.match": "matchering",
    "speed.mix_loss": "auraloss",
    "checks.exports": "cyfaust",
    "checks.outside": "pedalboard",
    "checks.whole_song": "pedalboard",
    "studies.foreign_mixes": "pedalboard",
    "studies.known_mixes": "pedalboard",
    "studies.mutation": "cosmic_ray",
}

WITHOUT_PEERS = """
import runpy, sys
sys.path.insert(0, {root!r})
sys.modules |= dict.fromkeys({peers}, None)
for name in {scripts}:
    sys.argv = [name]
    try:
        runpy.run_module(f"bench.{{name}}", run_name="__main__")
    except SystemExit as ended:
        print(name, ended.code, file=sys.stderr)
"""
GUARD = 'if __name__ == "__main__":\n    main()\n'
NAMES = re.compile(r"\bbench(?:/[\w./-]*\w|(?:\.(?:shared|speed|checks|studies)\b)(?:\.\w+)*)")
"""A path below the folder, or a module."""
TEXTS = ("*.md", "*.py", "*.toml", "*.yml", "Makefile", "run")


def scripts() -> dict[str, Path]:
    """Module to the file that runs: every module and every package of the three folders."""
    found = {}
    for path in (path for subject in SUBJECTS for path in (BENCH / subject).iterdir()):
        if not path.name.startswith("__"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name] = path / "__main__.py" if path.is_dir() else path
    return found


def texts() -> Iterator[Path]:
    """Files that name scripts; this one names some that are not there."""
    places = [ROOT / name for name in ("src", "tests", "bench", "docs", ".github", ".ci")]
    found = [path for pattern in TEXTS for place in places for path in place.rglob(pattern)]
    found += [path for pattern in TEXTS for path in ROOT.glob(pattern)]
    return (path for path in found if path != Path(__file__))


def is_there(name: str, source: Path) -> bool:
    """Whether a path or module exists; scripts may name pages that they have not written yet."""
    if name.startswith("bench/results/") and source.is_relative_to(BENCH):
        return True
    path = ROOT / name if "/" in name else ROOT.joinpath(*name.split("."))
    return path.exists() or ("/" not in name and path.with_suffix(".py").exists())


def imported(path: Path) -> set[str]:
    """Packages that a file imports, by name or with a helper."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module)):
                found.add(module)
            case ast.Call(
                func=ast.Name(id="import_module" | "installed" | "check_installed"),
                args=[ast.Constant(str(name))],
            ):
                found.add(name)
    return {name.partition(".")[0] for name in found}


def installed() -> set[str]:
    """Packages that come with unpatch itself."""
    wanted = {re.split(r"[^\w.-]", need)[0] for need in requires("unpatch") or () if "extra ==" not in need}
    return {package for package, homes in packages_distributions().items() if wanted & set(homes)}


def test_nothing_is_imported_that_is_not_installed_or_a_known_peer() -> None:
    files = sorted(BENCH.rglob("*.py"))
    known = {
        *sys.stdlib_module_names,
        *installed(),
        *(module for modules in EXTRAS.values() for module in modules),
        "unpatch",
        "tests",
        "bench",
    }
    assert "numpy" in known
    for path in files:
        names = imported(path)
        assert names - known <= PEERS, path
        reports = "from bench.shared.peers import" in path.read_text(encoding="utf-8")
        assert reports or not names & PEERS or path.name == "peer.py", path


def test_every_script_that_needs_a_peer_says_so_in_one_line() -> None:
    code = WITHOUT_PEERS.format(root=str(ROOT), peers=sorted(PEERS), scripts=list(NEEDS))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = iter(done.stderr.splitlines())
    for script, name in NEEDS.items():
        assert next(lines).startswith(f"{name} is not installed: pip install ")
        assert next(lines) == f"{script} 2"
    assert not done.stdout


def test_every_script_runs_as_a_module() -> None:
    for name, path in scripts().items():
        assert path.exists(), f"{name} has no __main__.py"
        assert path.read_text(encoding="utf-8").endswith(GUARD), f"{name} is no script"
        assert f"python -m {name}" in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")


def test_the_readme_lists_every_script_once() -> None:
    text = (BENCH / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `(bench\.\w+\.\w+)` \|", text, re.MULTILINE)) == sorted(scripts())
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (BENCH / link).exists(), link


def test_what_is_named_of_bench_exists() -> None:
    named = [(path, name) for path in texts() for name in NAMES.findall(path.read_text(encoding="utf-8"))]
    assert len(named) > 100
    assert [pair for pair in named if not is_there(pair[1], pair[0])] == []


@pytest.mark.parametrize("name", ["bench/bench_chain.py", "bench.checks.pedalboard", "bench/speed/none"])
def test_a_wrong_name_is_noticed(name: str) -> None:
    assert NAMES.findall(f"see `{name}`, please") == [name]
    assert not is_there(name, ROOT / "README.md")


def test_tables_are_written_by_the_one_writer() -> None:
    for path in BENCH.rglob("*.py"):
        assert not re.search(r"\|\s*:?-{3}", path.read_text(encoding="utf-8")), path
