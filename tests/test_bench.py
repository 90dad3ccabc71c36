"""Benchmarks: what happens where the packages that they compare with are not installed."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

BENCH = Path(__file__).parent.parent / "bench"
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
    "bench_chain": "pedalboard",
    "bench_compressor": "torchcomp",
    "bench_console": "grafx",
    "bench_match": "matchering",
    "bench_mix_loss": "auraloss",
    "check_exports": "cyfaust",
    "check_pedalboard": "pedalboard",
    "check_whole": "pedalboard",
    "foreign_mixes": "pedalboard",
    "known_mixes": "pedalboard",
    "mutation": "cosmic_ray",
}

WITHOUT_PEERS = """
import runpy, sys
sys.path[:0] = [{bench!r}, {root!r}]
sys.modules |= dict.fromkeys({peers}, None)
for name in {scripts}:
    sys.argv = [name]
    try:
        runpy.run_path(f"{bench}/{{name}}.py", run_name="__main__")
    except SystemExit as ended:
        print(name, ended.code, file=sys.stderr)
"""


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
    files = sorted(BENCH.glob("*.py"))
    known = {
        *sys.stdlib_module_names,
        *installed(),
        *(path.stem for path in BENCH.iterdir()),
        "unpatch",
        "tests",
    }
    assert "numpy" in known
    for path in files:
        names = imported(path)
        assert names - known <= PEERS, path.name
        assert "peers" in names or not names & PEERS or path.name == "peer_console.py", path.name


def test_every_script_that_needs_a_peer_says_so_in_one_line() -> None:
    code = WITHOUT_PEERS.format(
        bench=str(BENCH), root=str(BENCH.parent), peers=sorted(PEERS), scripts=list(NEEDS)
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = iter(done.stderr.splitlines())
    for script, name in NEEDS.items():
        assert next(lines).startswith(f"{name} is not installed: pip install ")
        assert next(lines) == f"{script} 2"
    assert not done.stdout
