"""Renders for the ear: one process that keeps decoded signals, and responds within a fraction of a second."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.lane import Lane
from unpatch.pages.studio.shelf import new_identity
from unpatch.pages.studio.worker import Message, Order

LONGEST_S = 60.0
"""Of a render; more would keep others waiting."""
MOST_WAITING = 20


class RegionPlayer:
    """Regions are rendered one after another."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, asyncio.Future[tuple[dict[str, Any], bytes]]] = {}
        self._lane = Lane(self._follow, prepares=True)

    def start(self) -> None:
        """Start the process, so that the first render does not wait for it."""
        self._lane.start()

    def close(self) -> None:
        self._lane.end()

    @property
    def pid(self) -> int | None:
        return self._lane.pid

    async def render(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Figures and a WAV file."""
        if len(self._waiting) >= MOST_WAITING:
            raise RequestError("too many renders at once", HTTPStatus.TOO_MANY_REQUESTS)
        key = new_identity()
        future: asyncio.Future[tuple[dict[str, Any], bytes]] = self._loop.create_future()
        self._waiting[key] = future
        try:
            await asyncio.to_thread(self._lane.give, Order(key, "live", request))
            return await future
        finally:
            del self._waiting[key]

    def _follow(self, message: Message | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._receive, message)

    def _receive(self, message: Message | None) -> None:
        if message is None:
            gone = RequestError("the render process was ended; try again", HTTPStatus.SERVICE_UNAVAILABLE)
            for each in self._waiting.values():
                if not each.done():
                    each.set_exception(gone)
            return
        future = self._waiting.get(message.key)
        if future is None or future.done():
            return
        if message.kind == "done":
            future.set_result(message.data)
        else:
            future.set_exception(RequestError(message.data, HTTPStatus.UNPROCESSABLE_ENTITY))
