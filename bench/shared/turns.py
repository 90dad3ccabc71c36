"""Contestants take turns: each in a process of its own, with settings of its own, and one at a time works."""

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

Works: TypeAlias = Mapping[str, Callable[[], object]]
"""Works of an implementation, by name."""
STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Turn:
    """One piece of work: seconds of wall clock and of processor time, and the most memory held so far, in MB
    beyond what was held before any work."""

    wall_s: float
    processor_s: float
    peak_mb: float


@dataclass(frozen=True)
class Summary:
    """Medians of times, and the peak of memory, over some turns."""

    wall_s: float
    processor_s: float
    peak_mb: float

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> "Summary":
        wall, processor = (
            statistics.median(getattr(turn, name) for turn in turns) for name in ("wall_s", "processor_s")
        )
        return cls(wall, processor, max(turn.peak_mb for turn in turns))


def in_turns(
    contestants: Mapping[str, Callable[[], Works]], rows: Mapping[str, tuple[str, str]], runs: int
) -> dict[str, Summary]:
    """Medians after one round that is not counted.

    Args:
        contestants: name to what makes its works, in its own process; must be picklable.
        rows: name of a row to an implementation and its work.
        runs: rounds that count.
    """
    turns: dict[str, list[Turn]] = {row: [] for row in rows}
    with ExitStack() as stack:
        request = {name: stack.enter_context(_process(make)) for name, make in contestants.items()}
        for _ in range(runs + 1):
            for row, (name, work) in rows.items():
                turns[row].append(request[name](work))
    return {row: Summary.of(taken[1:]) for row, taken in turns.items()}


def use_threads(threads: int) -> None:
    """Of processes that start from now on."""
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), str(threads))


@contextmanager
def _process(make: Callable[[], Works]) -> Iterator[Callable[[str], Turn]]:
    """A contestant's process, as a function from a work's name to what it took."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, make), daemon=True)
    process.start()
    there.close()

    def request(work: str) -> Turn:
        here.send(work)
        reply = here.recv()
        assert isinstance(reply, Turn)
        return reply

    try:
        here.recv()  # it is ready
        yield request
    finally:
        here.close()  # it ends
        process.join()


def _serve(connection: Connection, make: Callable[[], Works]) -> None:
    works = make()
    rest_mb = _memory_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets the peak
    connection.send(None)
    while True:
        try:
            work = works[connection.recv()]
        except EOFError:
            return
        wall, processor = time.perf_counter(), time.process_time()
        work()
        taken = time.perf_counter() - wall, time.process_time() - processor
        connection.send(Turn(*taken, _memory_mb("VmHWM") - rest_mb))


def _memory_mb(name: str) -> float:
    """Memory of this process: ``VmRSS`` held now, ``VmHWM`` at the peak."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", STATUS.read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
