"""Termination signals are deferred during a critical section."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Within the block of this object, Ctrl-C and SIGTERM come between the blocks of :meth:`held`.

    They then act as before; SIGTERM without a handler raises KeyboardInterrupt
    as Ctrl-C does, so that the caller can clean up. Outside of the main thread nothing changes.
    """

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._waiting: list[int] = []
        self._is_held = False

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._come) for number in ENDING}
        return self

    def __exit__(self, *fault: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What runs within is not interrupted; a signal that came takes effect at the end."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        while self._waiting:
            self._act(self._waiting.pop(0), None)

    def _come(self, number: int, frame: FrameType | None) -> None:
        if self._is_held:
            self._waiting.append(number)
        else:
            self._act(number, frame)

    def _act(self, number: int, frame: FrameType | None) -> None:
        before = self._before[number]
        if callable(before):
            before(number, frame)
        elif before != signal.SIG_IGN:
            raise KeyboardInterrupt
