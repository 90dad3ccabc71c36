"""A command in a session of its own: run to its end, or ended by a signal while it works."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

UNPATCH = (sys.executable, "-c", "from unpatch.cli import main; main()")
TICKS = os.sysconf("SC_CLK_TCK")
MODULES = (
    "unpatch.cli.app",
    "unpatch.estimation",
    "unpatch.refining",
    "unpatch.pages.mix",
    "unpatch.blind.training",
)
"""What commands load, all together."""
ENDING_S = 20.0
"""How long processes may take to end that were started by one that has ended."""
STRAY = re.compile(r"Traceback|^\w*(Error|Exception|Warning)\b|resource_tracker|Exception in thread|killed")


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
        code: exit code; that of a signal which ends a process is negative.
        stderr: lines on stderr.
        left: processes that it had started and that did not end.
        seconds: of processor time that it and what it started took.
        sent: the signal was sent while the command ran.
        changed: files that were there before and are lost or changed.
    """

    code: int
    stderr: tuple[str, ...]
    left: int
    seconds: float
    sent: bool = False
    changed: int = 0

    @property
    def blamed(self) -> list[str]:
        return [line for line in self.stderr if line.startswith("unpatch: ")]

    @property
    def strays(self) -> list[str]:
        """Lines that are no notes; after SIGKILL Python's cleanup process writes some."""
        is_killed = self.code == -signal.SIGKILL
        return [
            line
            for line in self.stderr
            if STRAY.search(line) and not (is_killed and "resource_tracker" in line)
        ]

    def __str__(self) -> str:
        lines = len(self.blamed)
        counts = {"processes left": self.left, "files lost": self.changed, "stray lines": len(self.strays)}
        faults = [f"{count} {what}" for what, count in counts.items() if count]
        return ", ".join([str(self.code), f"{lines} line" + ("" if lines == 1 else "s"), *faults])

    def is_as(self, code: int) -> bool:
        """Whether it ended with this code, with one line where possible, and left nothing."""
        lines = 0 if code in (0, -signal.SIGKILL) else 1
        return (self.code, len(self.blamed)) == (code, lines) and not (
            self.left or self.changed or self.strays
        )


def run(words: Sequence[str], how: signal.Signals | None = None, after_s: float = 0.0) -> Ended:
    """Run a command and, if requested, send it a signal once it has taken this much processor time.

    Wall clock would not do: how much work is done by then hangs on what else the machine does.
    """
    begun, sent = _time_of_ended(), False
    with subprocess.Popen(
        [*UNPATCH, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        if how is not None:
            while process.poll() is None and _time_of(process.pid) < after_s:
                time.sleep(0.05)
            if sent := process.poll() is None:
                _send(process, how)
        stderr = process.communicate()[1].splitlines()
        left = still_running(process.pid)
    return Ended(process.returncode, tuple(stderr), left, _time_of_ended() - begun, sent)


def _time_of_ended() -> float:
    """Processor time in seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _time_of(session: int) -> float:
    """Processor time in seconds of a session: what runs, and what that has waited for."""
    return sum(sum(map(int, fields[11:15])) for _, fields in _processes_of(session)) / TICKS


def loading() -> float:
    """Processor time in seconds that the modules of the commands take to load."""
    begun = _time_of_ended()
    subprocess.run([sys.executable, "-c", f"import {', '.join(MODULES)}"], check=True)
    return _time_of_ended() - begun


def _send(process: "subprocess.Popen[str]", how: signal.Signals) -> None:
    if how is signal.SIGINT:  # a terminal sends it to all
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)


def still_running(session: int) -> int:
    """How many processes of a session do not end; they are killed."""
    end = time.monotonic() + ENDING_S
    while (pids := [pid for pid, _ in _processes_of(session)]) and time.monotonic() < end:
        time.sleep(0.1)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return len(pids)


def _processes_of(session: int) -> Iterator[tuple[int, list[str]]]:
    """Numbers of processes and the fields behind their names in proc(5)."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session and fields[0] != "Z":
            yield int(status.parent.name), fields
