"""Programs run as processes of their own: what they take from start to end, or killed on the way."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"
)
# ``ru_maxrss`` of a child that has ended includes its parent's memory when it was started; this does not.
_LAST = "import atexit, sys; atexit.register(lambda: sys.stderr.write(open('/proc/self/status').read())); "


class Taken(NamedTuple):
    """Wall clock and processor time in s, and peak of resident memory in MB, of a process."""

    wall_s: float
    processor_s: float
    peak_mb: float


def run(code: str, *arguments: str) -> Taken:
    """Run Python code on one thread.

    Raises:
        SystemExit: if it ends with another status than 0.
    """
    started = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-c", _LAST + code, *arguments]
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            command, env=os.environ | THREADS, stdout=subprocess.DEVNULL, stderr=errors
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - started
        errors.seek(0)
        written = errors.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[4:])} ended with status {process.returncode}: {written}")
    highest = re.search(r"^VmHWM:\s+(\d+) kB$", written, re.MULTILINE)
    assert highest is not None
    return Taken(wall_s, usage.ru_utime + usage.ru_stime, int(highest[1]) / 1024)


def run_or_kill(command: Sequence[str], log: Path, after_s: float | None = None) -> bool:
    """Run a command on one thread, its output appended to a log; whether SIGKILL ended it ``after_s`` s.

    Raises:
        SystemExit: if it ends by itself with another status than 0.
    """
    with (
        log.open("a") as output,
        subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | THREADS) as process,
    ):
        try:
            code = process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
    if code:
        raise SystemExit(f"{' '.join(command)}: ended with {code}; see {log}")
    return False
