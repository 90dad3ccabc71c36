"""The public API: every name is there, whatever was imported before, and costs nothing until used."""

import inspect
import subprocess
import sys

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
