"""The public API: every name is there, whatever was imported before, and costs nothing until used."""

import doctest
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import unpatch


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_public_name_is_there() -> None:
    for name in unpatch.__all__:
        assert getattr(unpatch, name) is not None


def test_importing_the_package_does_not_import_torch() -> None:
    assert run("import sys, unpatch; print('torch' in sys.modules)") == "False"


def test_an_estimate_waits_for_nothing_that_it_does_not_need() -> None:
    """Slow to load, and used by the generator of drums and by trainings alone."""
    heavy = ("scipy.signal", "lightning", "matplotlib", "networkx")
    loaded = run(f"import sys, unpatch.estimation; print(*(n for n in {heavy} if n in sys.modules))")
    assert loaded == ""


def test_functions_stay_functions_when_their_modules_are_imported_first() -> None:
    code = "import unpatch.rendering, unpatch.drawing, unpatch.estimation; import unpatch as u;"
    assert run(code + "print(*(callable(f) for f in (u.render, u.draw, u.estimate)))") == "True True True"


def test_unknown_names_are_refused() -> None:
    assert not hasattr(unpatch, "remder")


def test_signatures_are_short_enough_to_read() -> None:
    """The registry is the default of many arguments: it must not print itself in full."""
    for name in ("estimate", "render", "generate", "draw"):
        assert len(str(inspect.signature(getattr(unpatch, name)))) < 1_000


FUNCTIONS = [name for name in unpatch.__all__ if inspect.isfunction(getattr(unpatch, name))]
APART = {"generate"}  # of the generator of data, which is documented in its own way
SECTIONS = "Args:", "Returns:", "Raises:", "Example:"


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in APART])
def test_functions_are_documented_in_full(name: str) -> None:
    function = getattr(unpatch, name)
    text = inspect.getdoc(function) or ""
    places = [text.find(section) for section in SECTIONS]
    assert min(places) > 0
    assert places == sorted(places)
    for argument in inspect.signature(function).parameters:
        assert f"\n    {argument}: " in text, argument


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in APART])
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=options)
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(unpatch, name), name, globs={})
    assert example.examples
    assert not runner.run(example).failed


@pytest.mark.parametrize("name", sorted(set(unpatch.__all__) - set(FUNCTIONS)))
def test_types_are_documented(name: str) -> None:
    value = getattr(unpatch, name)
    text = inspect.getdoc(value) or ""
    assert text
    assert not text.startswith(f"{name}("), "the signature that dataclasses write"


def test_the_types_for_checkers_are_those_that_load() -> None:
    """The names that type checkers import are the ones that load at run time."""
    source = inspect.getsource(unpatch)
    for name, home in unpatch._HOMES.items():
        assert f"from unpatch.{home} import" in source, name
