"""Workers end with whoever started them: finished, failed, interrupted, terminated or killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = """
import os, sys, time
from contextlib import closing
from pathlib import Path
from unpatch.execution.workers import spread

def work(job):
    (Path(sys.argv[1]) / f"{job}.{os.getpid()}").touch()
    time.sleep(float(sys.argv[2]))
    if job == "bad":
        raise ValueError("a bad job")
    return job

def begin():
    pass

if __name__ == "__main__":
    try:
        with closing(spread(work, sys.argv[3:], 2, begin)) as ended:
            print(sorted(done.result() for job, done in ended))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the script in a process group of its own; what is left of that is killed in the end."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "jobs").mkdir()
    started: list[subprocess.Popen[str]] = []

    def begun(seconds: float, *jobs: str) -> "subprocess.Popen[str]":
        words = [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "jobs"), str(seconds), *jobs]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(words, text=True, start_new_session=True, **pipes))  # type: ignore[call-overload]
        return started[-1]

    yield begun
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def workers_of(folder: Path, count: int) -> set[int]:
    """Processes that have begun to work, once there are so many."""
    until(lambda: len(list((folder / "jobs").iterdir())) >= count)
    return {int(path.suffix[1:]) for path in (folder / "jobs").iterdir()}


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether there is such a process that has not ended; one that nobody has waited for counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_every_job_is_done(start: Start) -> None:
    told, said = start(0, *"abcde").communicate()
    assert (told, said) == ("['a', 'b', 'c', 'd', 'e']\n", "")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_a_process_that_is_killed(how: signal.Signals, start: Start, tmp_path: Path) -> None:
    process = start(600, *"abcde")
    pids = workers_of(tmp_path, 2)
    process.send_signal(how)
    process.wait()
    until(lambda: not any(map(runs, pids)))


def test_an_interrupt_ends_workers_without_a_word_of_theirs(start: Start, tmp_path: Path) -> None:
    process = start(600, *"abcde")
    pids = workers_of(tmp_path, 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    told, said = process.communicate()
    assert (process.returncode, told, said) == (130, "", "interrupted\n")
    assert not any(map(runs, pids))


def test_a_job_that_fails_ends_the_others(start: Start) -> None:
    process = start(0.2, "bad", *map(str, range(99)))
    told, said = process.communicate()
    assert (process.returncode, told, said) == (2, "", "a bad job\n")


# --- commands -------------------------------------------------------------------------------------

COMMAND = """
import sys, time
from unpatch.cli import main

def list_kinds_slowly(*args, **options):
    print("begun", flush=True)
    time.sleep(600)

import unpatch.derive
unpatch.derive.catalogue = list_kinds_slowly
main(["list", "--json"])
"""


@pytest.mark.parametrize(
    ("how", "code", "line"),
    [(signal.SIGINT, 130, "unpatch: interrupted\n"), (signal.SIGTERM, 143, "unpatch: terminated\n")],
)
def test_a_command_that_is_stopped_says_so_in_one_line(how: signal.Signals, code: int, line: str) -> None:
    words = [sys.executable, "-c", COMMAND]
    with subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(how)
        assert process.communicate()[1] == line
    assert process.returncode == code
