"""Work spread over processes that end with this one, however it ends.

Workers are started fresh (``spawn``), never forked: a fork copies locks that other threads hold, and numba's
thread pool ends a forked child. Each worker waits in a separate thread for the end of a pipe, which comes
when this process closes the pipe or is gone, even by SIGKILL; then it exits at once.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(
    function: Callable[[Job], Result], jobs: Sequence[Job], count: int, begin: Callable[[], None]
) -> Generator[tuple[Job, Future[Result]], None, None]:
    """Yield each job with its future once that is done, in the order in which they end.

    When the caller stops iterating, the workers end at once; unfinished jobs are lost.

    Args:
        function: what a worker does; as its jobs and results it must be picklable.
        jobs: what to do.
        count: processes.
        begin: called once in each.
    """
    with _pool(count, begin) as pool:
        with _interrupts_held():
            waiting = {pool.submit(function, job): job for job in jobs}
        yield from ((waiting[done], done) for done in as_completed(waiting))


class Crew:
    """Workers that take jobs one after another, in the order in which they are given."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def give(self, function: Callable[[Job], Result], job: Job) -> Future[Result]:
        """A job to do; function, job and result must be picklable."""
        with _interrupts_held():  # the first jobs start the processes
            return self._pool.submit(function, job)


@contextmanager
def crew(count: int, begin: Callable[[], None]) -> Iterator[Crew]:
    """Some processes, for as long as the block lasts; jobs that are not done then are lost.

    Args:
        count: processes.
        begin: called once in each.
    """
    with _pool(count, begin, hurried=True) as pool:
        yield Crew(pool)


@contextmanager
def _pool(count: int, begin: Callable[[], None], *, hurried: bool = False) -> Iterator[ProcessPoolExecutor]:
    """Processes; at the end of the block they finish their jobs, unless that is ``hurried`` or fails."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    with (
        ours,
        theirs,
        ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(theirs, begin)) as pool,
    ):
        try:
            yield pool
        except BaseException:
            hurried = True
            raise
        finally:
            if hurried:
                ours.close()  # else workers that are busy would keep the pool waiting
                pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Defer Ctrl-C while processes start; they inherit that, and print no traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(pipe: Connection, begin: Callable[[], None]) -> None:
    """First call in a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with, args=(pipe,), daemon=True).start()
    begin()


def _exit_with(pipe: Connection) -> None:
    """Nothing is ever sent: the pipe has something to read when its other end is closed."""
    pipe.poll(None)
    os._exit(1)
