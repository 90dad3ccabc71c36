"""The example of CONTRIBUTING in a copy of the project: everything takes it up, and no test is edited."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Tests for all kinds that cost little: those of the new kind are picked by its name.
ALL_KINDS = re.compile(r"parametrize\([^\n]*\b(KINDS|EVERYDAY|DRAFTS|SOUNDING|TOOLS|with_\w+)\b|every_kind")
# Tests about the whole set of kinds.
WHOLE = [
    "test_processors_contract.py::test_the_folder_holds_the_kinds_of_the_task",
    "test_engineer.py::test_every_kind_occurs_in_company",
    "test_engineer.py::test_every_kind_that_can_stands_alone",
    "test_engineer.py::test_no_single_effect_is_more_than_a_tenth_of_the_singles",
    "test_exports.py::test_every_kind_without_a_transform_has_a_circuit",
    "test_typical.py::test_all_claims_are_checked",
    "test_docs.py",
]


def example() -> tuple[str, str]:
    """Path and text of the file that CONTRIBUTING shows."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(r"`(src/unpatch/processors/\S+\.py)`.*?```python\n(.*?)```", text, re.DOTALL)
    assert found
    return found.group(1), found.group(2)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the example in it, and its page of processors made anew, as CONTRIBUTING asks."""
    folder = tmp_path_factory.mktemp("project")
    left_out = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("src", "tests", "docs", "bench"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("pyproject.toml", "CONTRIBUTING.md", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    path, code = example()
    assert not (folder / path).exists()
    (folder / path).write_text(code, encoding="utf-8")
    page = run(folder, "-m", "unpatch.derive")
    (folder / "docs" / "processors.md").write_text(page, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str) -> str:
    """What Python in the copy prints; a test fails with all of it if it does."""
    inside = {"PYTHONPATH": str(folder / "src"), "ADDED_KIND": kind(), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **inside},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def kind() -> str:
    return Path(example()[0]).stem


def test_it_is_listed_documented_generated_trained_on_and_exported(copy: Path) -> None:
    assert " passed" in run(copy, "-m", "pytest", "-p", "no:cacheprovider", "tests/added_kind.py")


def test_tests_for_all_kinds_pass_on_it(copy: Path) -> None:
    files = [path for path in (copy / "tests").glob("test_*.py") if path.name != Path(__file__).name]
    names = sorted(f"tests/{path.name}" for path in files if ALL_KINDS.search(path.read_text("utf-8")))
    assert "tests/test_processors_contract.py" in names
    said = run(copy, "-m", "pytest", "-p", "no:cacheprovider", "-k", kind(), *names)
    (passed,) = re.findall(r"(\d+) passed", said)
    assert int(passed) > 30


def test_tests_about_all_kinds_together_pass_with_it(copy: Path) -> None:
    said = run(copy, "-m", "pytest", "-p", "no:cacheprovider", *(f"tests/{name}" for name in WHOLE))
    assert " passed" in said and "skipped" not in said
