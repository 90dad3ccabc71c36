"""Commands run quickly: each in a fork of a process that has loaded the program already.

The parent never plays audio nor starts a thread, so that a child inherits nothing but modules. A child has a
limit of processor time, which a busy machine does not use up, and a longer one of wall clock.
"""

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.checks.robustness.verdict import Ended

CPU_S = 60
WALL_FACTOR = 6
MEMORY = 16 * 2**30


@dataclass(frozen=True)
class Case:
    """A command line.

    Attributes:
        name: what is odd about it.
        words: of the command, without the program's name.
    """

    name: str
    words: tuple[str, ...]


def preload() -> None:
    """Load what commands load, so that forks need not."""
    import numba  # noqa: F401
    import soundfile  # noqa: F401
    import soxr  # noqa: F401
    import torch

    torch.set_num_threads(1)


def run(case: Case, folder: Path) -> Ended:
    """Run a command in a folder."""
    from unpatch.cli import main

    return fork(lambda: main(case.words), folder)


def fork(work: Callable[[], None], folder: Path, cpu_s: int = CPU_S) -> Ended:
    """Do something in a child, in a folder, within limits."""
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if not child:
            _in_child(work, folder, cpu_s, errors)
        status = _waited(child, WALL_FACTOR * cpu_s)
        errors.seek(0)
        text = errors.read().decode(errors="replace")
    if os.WIFSIGNALED(status):
        return Ended(0, os.WTERMSIG(status), text)
    return Ended(os.WEXITSTATUS(status), 0, text)


def _waited(child: int, seconds: float) -> int:
    """The child's status; it and what it started are ended when time is up."""
    stop = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > stop:
            os.killpg(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(0.01)


def _in_child(work: Callable[[], None], folder: Path, cpu_s: int, errors: IO[bytes]) -> None:
    """Never returns."""
    status = 1
    try:
        os.setsid()
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _redirect(errors)
        status = _status(work)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _status(work: Callable[[], None]) -> int:
    try:
        work()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _redirect(errors: IO[bytes]) -> None:
    """Standard input is empty, output goes nowhere, errors into a file: as in a script."""
    from unpatch.cli.console import notes, out

    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 (a descriptor is wanted)
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    out.file, notes.file = sys.stdout, sys.stderr


def shortened(words: Sequence[str]) -> str:
    """A command line for a table, on one line."""
    from unpatch.storage.legible import legible

    return legible(" ".join(words))[:200]
