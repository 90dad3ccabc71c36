"""The smallest run of bench/checks/robustness: damaged graphs, files and command lines end well."""

from pathlib import Path

import pytest

from bench.checks.robustness import formats, graphs
from bench.checks.robustness.command_lines import RIGHT, cases, commands
from bench.checks.robustness.ledger import digested, lost, stamped
from bench.checks.robustness.runner import fork
from bench.checks.robustness.verdict import FAULTS, Ended, Tally


def test_damaged_graphs_are_read_or_refused() -> None:
    tally = graphs.torture(150, 1, rendered=0)
    assert (tally.total, tally.faults) == (150, {})
    assert tally.counts["worked"] > 20


@pytest.mark.parametrize("name", formats.FORMATS)
def test_damaged_files_are_read_or_refused_by_name(name: str) -> None:
    tally = formats.torture(name, 12, 1)
    assert (tally.total, tally.faults) == (12, {})


def test_every_command_has_its_command_lines(tmp_path: Path) -> None:
    assert {path for path, _ in commands()} == set(RIGHT)
    found = cases(tmp_path)
    assert len(found) > 400
    assert {case.words[0] for case in found if case.words} >= {path[0] for path in RIGHT}


def test_verdicts() -> None:
    """A check that finds nothing must be able to find something."""
    trace = "Traceback (most recent call last):\n  File\nKeyError: 1\n"
    assert Ended(1, 0, trace).verdict == "traceback"
    assert Ended(0, 11, "").verdict == "crash"
    assert Ended(0, 24, "").verdict == "hang"
    assert Ended(2, 0, "unpatch: no\n").verdict == "refused"
    assert Ended(2, 0, "unpatch: no\nand more\n").verdict == "unclear"
    assert Ended(2, 0, "").verdict == "unclear"
    assert Ended(3, 0, "").verdict == "odd status"
    tally = Tally()
    tally.add("a", "crash", "somewhere")
    assert Tally.from_dict(tally.to_dict()) == tally
    assert tally.of(FAULTS) == 1


def test_a_child_that_fails_crashes_or_never_ends_is_told_apart(tmp_path: Path) -> None:
    def fail() -> None:
        raise KeyError("x")

    def forever() -> None:
        while True:
            pass

    assert fork(fail, tmp_path).verdict == "traceback"
    assert fork(lambda: None, tmp_path).verdict == "worked"
    assert fork(forever, tmp_path, cpu_s=1).verdict == "hang"


def test_what_is_lost_or_changed_is_named(tmp_path: Path) -> None:
    for name in ("kept", "gone", "changed"):
        (tmp_path / name).write_text(name)
    before = stamped(tmp_path), digested(tmp_path)
    assert lost(before[0], stamped(tmp_path)) == []
    (tmp_path / "gone").unlink()
    (tmp_path / "changed").write_text("CHANGED")
    assert sorted(lost(before[0], stamped(tmp_path))) == ["changed", "gone"]
    assert sorted(lost(before[1], digested(tmp_path))) == ["changed", "gone"]
