"""What an installation brings: every import is declared, and the main commands need no extra."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import soundfile

import unpatch
from tests.small_models import debug_model
from unpatch.blind.models import save_pretrained
from unpatch.cli import BAD_INPUT
from unpatch.demo import embedded_voice
from unpatch.execution.extras import EXTRAS
from unpatch.graph.build import chain
from unpatch.processors import PROCESSORS

PACKAGE = Path(unpatch.__file__).parent
PROJECT = tomllib.loads((PACKAGE.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# The command line's parser takes a blocked pydantic for an installed one.
BLOCKED = [module for modules in EXTRAS.values() for module in modules if module != "pydantic"]
WITHOUT = f"import sys; sys.modules.update(dict.fromkeys({BLOCKED}));"
"""What makes the import of an extra's modules fail, as if they were not installed."""


def names(requirements: Sequence[str]) -> set[str]:
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in requirements}


EVERYWHERE = names(PROJECT["dependencies"])


def third_party(path: Path) -> set[str]:
    """Top-level modules that a file imports, but for the standard library and this package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {name.split(".")[0] for name in imports(tree)}
    return found - sys.stdlib_module_names - {"unpatch"}


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def distributions(modules: set[str]) -> set[str]:
    known = packages_distributions()
    return {known[module][0].lower().replace("_", "-") for module in modules}


IMPORTED = {path: third_party(path) for path in PACKAGE.rglob("*.py")}


def test_every_import_is_declared_and_every_declaration_imported() -> None:
    declared = EVERYWHERE.union(*(names(PROJECT["optional-dependencies"][extra]) for extra in EXTRAS))
    # TensorBoard is imported through torch.
    assert distributions(set().union(*IMPORTED.values())) | {"tensorboard"} == declared


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_s_modules_are_those_of_its_declaration(extra: str) -> None:
    assert distributions(set(EXTRAS[extra])) == names(PROJECT["optional-dependencies"][extra])


def test_tests_have_every_extra() -> None:
    (line,) = (line for line in PROJECT["optional-dependencies"]["test"] if line.startswith("unpatch["))
    assert set(line.removeprefix("unpatch[").rstrip("]").split(",")) == set(EXTRAS)


def run_without_extras(*commands: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """Commands in one process; the exit code of each that fails is printed."""
    words = [[str(word) for word in command] for command in commands]
    code = (
        f"{WITHOUT}\nfrom unpatch.cli import main\n"
        f"for words in {words!r}:\n"
        "    try: main(words)\n"
        "    except SystemExit as end:\n"
        "        if end.code: print(end.code)\n"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A voice, the same as stems of a mix, a graph and an untrained model."""
    audio, rate = embedded_voice()
    voice = audio[:, : 4 * rate].expand(2, -1).numpy()
    (tmp_path / "stems").mkdir()
    for name, gain in {
        "voice.wav": 1.0,
        "other.wav": 0.5,
        "stems/Kick.wav": 0.5,
        "stems/Bass.wav": 0.2,
    }.items():
        soundfile.write(tmp_path / name, gain * voice.T, rate)
    patch = chain(PROCESSORS, ("bell", {"gain_db": 9}), "compressor")
    (tmp_path / "graph.json").write_text(patch.to_json(), encoding="utf-8")
    save_pretrained(debug_model(), tmp_path / "model")
    return tmp_path


def test_the_main_commands_need_no_extra(place: Path) -> None:
    graph, voice, model = place / "graph.json", place / "voice.wav", ("--model", place / "model")
    quick = ("--preset", "debug", "--chain", "eg", "--steps", 2, "--rounds", 1)
    done = run_without_extras(
        ("list",),
        ("show", graph),
        ("draw", graph, "-o", place / "patch.png"),
        ("render", graph, voice, "-o", place / "wet.wav"),
        ("export", graph, voice, "-o", place / "song.rpp"),
        ("match", voice, place / "other.wav", "-o", place / "master.wav", "--report", place / "match.html"),
        ("estimate", place / "wet.wav", *model, "--dry", voice, "--renders", 2, "-o", place / "refined"),
        ("demo", place / "wet.wav", *model, "-o", place / "demo"),
        ("search", place / "stems", voice, *quick, "-o", place / "mix"),
    )
    assert done.returncode == 0, done.stderr
    assert "unpatch: " not in done.stderr
    written = ("patch.png", "wet.wav", "song.rpp", "master.wav", "match.html")
    reports = (f"{folder}/report.html" for folder in ("refined", "demo", "mix"))
    assert not [name for name in (*written, *reports) if not (place / name).is_file()]


REFUSED: Sequence[tuple[str, tuple[str, ...]]] = (
    ("train", ("train", "singing_debug_ours", "--data", ".")),
    ("train", ("train", "mastering_small_clipper_mee", "--data", ".")),
    ("train", ("train", "singing_small_direct_long", "--sources", ".")),
    ("synth", ("synth", "singing", "--sources", ".")),
    ("studio", ("studio", "--no-browser")),
    ("mcp", ("mcp",)),
)


def test_a_missing_extra_is_named_in_one_line_with_exit_code_2() -> None:
    done = run_without_extras(*(command for _, command in REFUSED))
    assert done.stdout == f"{BAD_INPUT}\n" * len(REFUSED)
    assert done.stderr.splitlines() == [
        f"unpatch: this needs unpatch[{extra}]: pip install 'unpatch[{extra}]' "
        f"({', '.join(module for module in EXTRAS[extra] if module in BLOCKED)} not found)"
        for extra, _ in REFUSED
    ]


def test_names_of_the_api_are_there_without_an_extra() -> None:
    code = f"{WITHOUT}import unpatch; [getattr(unpatch, name) for name in unpatch.__all__]"
    subprocess.run([sys.executable, "-c", code], check=True)
