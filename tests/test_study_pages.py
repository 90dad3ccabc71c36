"""What all studies share: caches of figures, tables and sections of pages, claims."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from unpatch.learning.claims import Claim
from unpatch.storage.documents import DocumentError
from unpatch.storage.figures import FigureCache, write_figures
from unpatch.storage.markdown import Section, table


@dataclass(frozen=True)
class Error:
    mean: float | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Error":
        return cls(**data)


def test_figures_are_measured_once_for_each_key(tmp_path: Path) -> None:
    cache, calls = FigureCache(tmp_path, Error.from_dict), list[int]()

    def measure() -> Error:
        calls.append(1)
        return Error(0.25)

    found = [cache.measured(measure, *key) for key in (("code", 1), ("code", 1), ("code", 2), ("other", 1))]
    assert (found, len(calls)) == ([Error(0.25)] * 4, 3)
    assert len(list(tmp_path.iterdir())) == 3
    assert cache.read("code", 3) is None


def test_without_a_folder_nothing_is_kept() -> None:
    cache = FigureCache(None, Error.from_dict)
    cache.write(Error(0.5), "key")
    assert cache.read("key") is None
    assert cache.measured(lambda: Error(0.5), "key") == Error(0.5)


def test_what_is_not_defined_becomes_null_and_what_is_damaged_is_refused(tmp_path: Path) -> None:
    cache = FigureCache(tmp_path, Error.from_dict)
    cache.write(Error(math.nan), "key")
    assert cache.read("key") == Error(None)
    (path,) = tmp_path.iterdir()
    path.write_text('{"median": 1}')
    with pytest.raises(DocumentError, match=r"remove it, so that it is measured again$"):
        cache.read("key")
    write_figures(tmp_path / "page.json", {"a": [1.5, math.inf]})
    assert json.loads((tmp_path / "page.json").read_text()) == {"a": [1.5, None]}


def test_a_table_has_a_line_for_each_row() -> None:
    assert (
        table(("name", "dB"), [("a", 1.5), ("b", "-")])
        == "| name | dB |\n| --- | --- |\n| a | 1.5 |\n| b | - |"
    )


def test_a_section_replaces_what_is_between_its_marks(tmp_path: Path) -> None:
    section, page = Section("table", "make it"), tmp_path / "page.md"
    section.write("first", page, "Title")
    begin, end = "<!-- table: begin, written by `make it` -->", "<!-- table: end -->"
    assert page.read_text() == f"# Title\n\n{begin}\n\nfirst\n\n{end}\n"
    page.write_text(page.read_text().replace("Title", "Kept") + "after\n")
    section.write("second", page, "Title")
    assert page.read_text() == f"# Kept\n\n{begin}\n\nsecond\n\n{end}\nafter\n"
    for damaged in ("nothing", f"{end}\n{begin}\n", f"{begin}\n{begin}\n{end}\n", f"{begin}\n{end}\n{end}\n"):
        page.write_text(damaged)
        with pytest.raises(ValueError, match="no single pair of lines"):
            section.write("third", page, "Title")
        assert page.read_text() == damaged


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        (Claim("A is less than B", True, "1 against 2"), "- A is less than B: holds (1 against 2)."),
        (Claim("A is less than B", False), "- A is less than B: **does not hold**."),
        (Claim("A", None, "1", "at this budget"), "- A: not known, at this budget (1)."),
    ],
)
def test_a_claim_is_a_line_with_its_verdict(claim: Claim, line: str) -> None:
    assert str(claim) == line
