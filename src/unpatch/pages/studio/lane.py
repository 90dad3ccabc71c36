"""A worker process as the server sees it."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from typing import TypeAlias

from unpatch.pages.studio.worker import Message, Order, main

Receive: TypeAlias = Callable[[Message | None], None]
"""Takes each message, and None when the process is gone."""


class Lane:
    """One process at a time, started when it is first needed and again after it was ended."""

    def __init__(self, receive: Receive, *, prepares: bool = False) -> None:
        self._receive, self._prepares = receive, prepares
        self._process: multiprocessing.process.BaseProcess | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process, unless it is there."""
        if self._process is not None and self._process.is_alive():
            return
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=main, args=(theirs,), kwargs={"prepares": self._prepares}, daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        threading.Thread(target=self._follow, args=(process, ours), daemon=True).start()

    def give(self, order: Order) -> None:
        """Send an order; a process that has just ended reports its end instead."""
        self.start()
        try:
            with self._lock:
                self._pipe.send(order)
        except OSError:
            self.end()

    def end(self) -> None:
        """End the process at once; the end is reported."""
        if self._process is not None:
            self._process.kill()

    def _follow(self, process: multiprocessing.process.BaseProcess, pipe: object) -> None:
        while True:
            try:
                message = pipe.recv()  # type: ignore[attr-defined]
            except (EOFError, OSError):
                break
            self._receive(message)
        process.join()
        if self._process is process:
            self._process = None
            self._receive(None)
