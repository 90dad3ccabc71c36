"""Checksums of files and code: what they follow, and what they ignore."""

import os
from pathlib import Path

import pytest

from unpatch.storage import identity
from unpatch.storage.identity import checksum, code_files, code_of, without_docstrings


def names(*modules: str, without: tuple[str, ...] = ()) -> set[str]:
    root = Path(identity.__file__).parents[1]
    return {path.relative_to(root).as_posix() for path in code_files(*modules, without=without)}


def test_comments_and_docstrings_do_not_count() -> None:
    code = without_docstrings('def f(x):\n    """Doubled."""\n    return 2 * x  # twice\n')
    assert code == without_docstrings("def f(x): return 2*x")
    assert code != without_docstrings("def f(x): return 3 * x")


def test_code_is_followed_through_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the top, inside of functions, of a module from its package, and of a name from a package."""
    for name, source in {
        "a.py": "from unpatch.b import f",
        "b.py": "def f():\n    import unpatch.c",
        "c.py": "from unpatch.d import e\nfrom unpatch.g import NUMBER",
        "d/__init__.py": "OTHER = 1",
        "d/e.py": "NUMBER = 30",
        "g/__init__.py": "from unpatch.g.own import NUMBER",
        "g/own.py": "NUMBER = 1",
        "h.py": "NUMBER = 1",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")
    monkeypatch.setattr(identity, "files", lambda package: tmp_path)

    def now(without: tuple[str, ...] = ()) -> str:
        for function in (code_of, identity._read):
            function.cache_clear()
        return code_of("a", without=without)

    first, short = now(), now(("d",))
    assert set(code_files("a")) == {
        tmp_path / name for name in ("a.py", "b.py", "c.py", "d/e.py", "g/__init__.py", "g/own.py")
    }
    (tmp_path / "h.py").write_text("NUMBER = 2", encoding="utf-8")
    assert now() == first
    (tmp_path / "d/e.py").write_text("NUMBER = 15", encoding="utf-8")
    assert now() != first
    assert now(("d",)) == short
    monkeypatch.undo()
    now()


def test_figures_depend_on_features_kernels_processors_and_metrics() -> None:
    blind = names("blind.study.examples", "synth.shards", without=("synth",))
    assert {
        "features/pictures.py",
        "metrics/edit.py",
        "dsp/svf_kernels.py",
        "processors/bell.py",
        "processors/mastering/clipper.py",
        "synth/shards.py",
    } <= blind
    assert "synth/generate.py" not in blind
    mastering = names("mastering.measures")
    assert {
        "mastering/levels.py",
        "mastering/mel.py",
        "mastering/proxy.py",
        "dsp/clip_kernels.py",
    } <= mastering
    assert not {"mastering/training.py", "blind/training.py", "learning/runs.py"} & mastering


def test_the_checksum_of_a_file_is_that_of_its_content_of_now(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert checksum(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    path.write_bytes(b"abd")
    os.utime(path, ns=(1, 1))
    assert checksum(path) != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
