"""A worker process: takes one job after another from a pipe, and ends with the server."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from unpatch.pages.studio.faults import line_of

EVERY_S = 0.2
"""Between two reports of the same stage."""


@dataclass(frozen=True)
class Order:
    """What a worker gets: a task's job, or a region to render at once (task ``live``)."""

    key: str
    task: str
    request: Mapping[str, Any]
    folder: str = ""
    files: Mapping[str, str] | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """What a worker sends: kind is ``progress``, ``done`` or ``failed``."""

    key: str
    kind: str
    data: Any


def main(pipe: Connection, *, prepares: bool) -> None:
    """Work until the pipe is closed.

    Args:
        pipe: to the server.
        prepares: whether to load what renders need before the first order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, orders), daemon=True).start()
    _begin(prepares=prepares)
    lock = threading.Lock()
    while True:
        order = orders.get()
        message = _done(order, pipe, lock)
        _send(pipe, lock, message)


def _receive(pipe: Connection, orders: queue.SimpleQueue[Order]) -> None:
    """The end of the pipe is the end of the process, also in the middle of a job."""
    while True:
        try:
            orders.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)


def _begin(*, prepares: bool) -> None:
    from unpatch.dsp.cpu import configure_cpu

    configure_cpu()
    if prepares:
        import unpatch.pages.mix.loudness
        import unpatch.rendering  # noqa: F401


def _send(pipe: Connection, lock: threading.Lock, message: Message) -> None:
    with lock:
        pipe.send(message)


def _done(order: Order, pipe: Connection, lock: threading.Lock) -> Message:
    try:
        return Message(order.key, "done", _result(order, pipe, lock))
    except (ValueError, OSError) as error:
        return Message(order.key, "failed", _without_folder(line_of(error), order.folder))
    except MemoryError:
        return Message(order.key, "failed", "there is not enough memory for this")
    except Exception as error:
        import traceback

        traceback.print_exc()
        return Message(order.key, "failed", f"a fault in unpatch, please report it: {line_of(error)}")


def _result(order: Order, pipe: Connection, lock: threading.Lock) -> Any:
    from unpatch.pages.studio.tasks import TASKS
    from unpatch.pages.studio.tasks.playing import live
    from unpatch.pages.studio.tasks.task import Work
    from unpatch.storage.files import finite

    if order.task == "live":
        return live(dict(order.request), _signals())
    last: tuple[str, float] = ("", 0.0)

    def report(stage: str, share: float | None, figures: Mapping[str, Any]) -> None:
        nonlocal last
        now = time.monotonic()
        if stage == last[0] and now - last[1] < EVERY_S and "graph" not in figures:
            return
        last = stage, now
        state = finite({"stage": stage, "share": share, **figures})
        _send(pipe, lock, Message(order.key, "progress", state))

    work = Work(
        order.request,
        Path(order.folder),
        {key: Path(path) for key, path in (order.files or {}).items()},
        tuple(map(Path, order.sources)),
        report,
    )
    return finite(TASKS[order.task].run(work))


_KEPT: list[Any] = []


def _signals() -> Any:
    """Decoded signals, for as long as the process lives."""
    from unpatch.pages.studio.tasks.playing import Signals

    if not _KEPT:
        _KEPT.append(Signals())
    return _KEPT[0]


def _without_folder(line: str, folder: str) -> str:
    """A message names files as they were uploaded, not where they lie."""
    for part in (f"{folder}/inputs/", f"{folder}/stems/", f"{folder}/"):
        line = line.replace(part, "") if folder else line
    return line
