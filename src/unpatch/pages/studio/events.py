"""Server-sent events: what has changed, to every page that is open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

BEAT_S = 15.0
"""A comment is sent after so much silence, so that a lost connection is noticed."""
MOST_WAITING = 1_000


class Events:
    """Queues of all open pages."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str | None]] = set()

    def send(self, event: str, data: Any) -> None:
        """Send to all; a page that has stopped reading is dropped, and reconnects."""
        text = encode(event, data)
        for waiting in list(self._queues):
            if waiting.qsize() >= MOST_WAITING:
                self._queues.discard(waiting)
            else:
                waiting.put_nowait(text)

    async def stream(self, first: list[tuple[str, Any]]) -> AsyncIterator[str]:
        """The present state, then every change."""
        waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(waiting)
        try:
            for event, data in first:
                yield encode(event, data)
            while waiting in self._queues or not waiting.empty():
                try:
                    text = await asyncio.wait_for(waiting.get(), BEAT_S)
                except TimeoutError:
                    text = ": alive\n\n"
                if text is None:
                    return
                yield text
        finally:
            self._queues.discard(waiting)

    def close(self) -> None:
        """End all streams."""
        for waiting in self._queues:
            waiting.put_nowait(None)
        self._queues.clear()


def encode(event: str, data: Any) -> str:
    """One event as text."""
    return f"event: {event}\ndata: {json.dumps(data, allow_nan=False)}\n\n"
