"""What bench/checks/interruptions counts: a check that finds nothing must be able to find something."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.checks.interruptions import running
from bench.checks.interruptions.running import Ended, run

Script = Callable[[str], None]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Put Python code in the program's place."""

    def put(code: str) -> None:
        monkeypatch.setattr(running, "UNPATCH", (sys.executable, "-c", code))
        monkeypatch.setattr(running, "ENDING_S", 0.3)

    return put


CLEAN = """
import signal, sys, time
def end(number, frame):
    sys.stderr.write("unpatch: terminated\\n")
    sys.exit(143)
signal.signal(signal.SIGTERM, end)
while time.process_time() < 30:
    pass
"""


def test_a_clean_end_is_one(script: Script) -> None:
    script(CLEAN)
    ended = run([], signal.SIGTERM, 0.3)
    assert (str(ended), ended.sent, ended.is_as(143)) == ("143, 1 line", True, True)
    assert not ended.is_as(130)
    assert run([], signal.SIGKILL, 0.3).is_as(-9)


def test_a_run_that_has_ended_before_its_signal_is_known(script: Script) -> None:
    script("pass")
    ended = run([], signal.SIGTERM, 20.0)
    assert (ended.sent, ended.code) == (False, 0)


@pytest.mark.parametrize("said", [
    "Traceback (most recent call last):", "OSError: [Errno 28] No space left on device",
    "Exception in thread Thread-1:", "resource_tracker: There appear to be 1 leaked semaphore",
])  # fmt: skip
def test_stray_lines_are_faults(said: str) -> None:
    ended = Ended(2, ("step 3  loss 0.5", said, "unpatch: /x: No space left on device"), 0, 1.0)
    assert str(ended) == "2, 1 line, 1 stray lines"
    assert not ended.is_as(2)
    assert Ended(2, ended.stderr[::2], 0, 1.0).is_as(2)
    assert Ended(-9, (said,), 0, 1.0).is_as(-9) == said.startswith("resource_tracker")


def test_two_lines_and_lost_files_are_faults() -> None:
    line = "unpatch: no"
    assert not Ended(2, (line, line), 0, 1.0).is_as(2)
    assert not Ended(2, (line,), 0, 1.0, changed=1).is_as(2)
    assert not Ended(0, (line,), 0, 1.0).is_as(0)


def test_processes_that_are_left_are_counted_and_ended(script: Script, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    script(
        "import subprocess, sys; from pathlib import Path; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], "
        f"stderr=subprocess.DEVNULL); Path({str(mark)!r}).write_text(str(child.pid))"
    )
    ended = run([])
    assert (ended.left, ended.is_as(0)) == (1, False)
    assert is_gone(Path(f"/proc/{mark.read_text()}/stat"))


def is_gone(stat: Path, within_s: float = 10.0) -> bool:
    """Whether a process ends, or has ended and only waits for its parent."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
