"""Jobs of tools: in threads, one at a time, with progress, cancellation and errors in one line."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, from_thread, to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from unpatch.execution.reporting import OnProgress, Reporter
from unpatch.storage.files import finite
from unpatch.storage.legible import legible, one_line

if TYPE_CHECKING:
    from unpatch.mixing.results import SearchProgress

Result = TypeVar("Result")
EVERY_S = 0.5
"""Between two reports of the same stage."""


class CallProgress:
    """Sends what a job reports to the client, from the job's thread.

    A job whose call the client has cancelled ends at its next report, as by Ctrl-C.
    """

    def __init__(self, context: Context[Any, Any]) -> None:
        self._context = context
        self._stages, self._stage, self._value, self._sent_s = 0, "", 0.0, -math.inf

    def at(self, stage: str, share: float = 0.0, words: str = "") -> None:
        """Report a stage and the share of it that is done."""
        try:
            from_thread.check_cancelled()
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        now = time.monotonic()
        if stage != self._stage:
            self._stages, self._stage = self._stages + 1, stage
        elif now - self._sent_s < EVERY_S:
            return
        # Values must rise: stages count as whole numbers, the last one of them by its share.
        self._value = max(math.nextafter(self._value, math.inf), self._stages - 1 + 0.999 * min(share, 1.0))
        self._sent_s = now
        message = legible(f"{stage}, {words}" if words else stage)
        from_thread.run(self._context.report_progress, self._value, None, message)

    def reporter(self, notes: list[str]) -> Reporter:
        """For a function of :mod:`unpatch.jobs`; its notes are collected."""

        def note(line: str) -> None:
            notes.append(line)

        return Reporter(note, self._busy, self._progress)

    @contextmanager
    def search(self) -> Iterator[Callable[[SearchProgress], None]]:
        """For a search."""

        def report(state: SearchProgress) -> None:
            loss = f"loss {state.loss:.4f}, " if math.isfinite(state.loss) else ""
            words = f"{loss}{state.processors} processors"
            self.at(state.stage, state.step / max(state.steps, 1), words)

        yield report

    @contextmanager
    def _busy(self, text: str) -> Iterator[None]:
        self.at(text)
        yield

    @contextmanager
    def _progress(self, text: str) -> Iterator[OnProgress]:
        yield lambda done, total: self.at(text, done / total if total else 0.0)


class Runner:
    """Runs jobs one after another; each takes all the processor that it can get."""

    def __init__(self) -> None:
        self._one = CapacityLimiter(1)

    async def run(
        self, job: Callable[[CallProgress], dict[str, Any]], context: Context[Any, Any]
    ) -> dict[str, Any]:
        """The job's result as plain data; a figure that is not defined (NaN) is null.

        Raises:
            ToolError: bad input or a fault of the system, in one line.
        """
        progress = CallProgress(context)
        try:
            return await to_thread.run_sync(_job, job, progress, limiter=self._one)
        except MemoryError:
            raise ToolError("there is not enough memory for this") from None
        except (ValueError, OSError) as error:
            raise ToolError(legible(one_line(error))) from error


def _job(job: Callable[[CallProgress], dict[str, Any]], progress: CallProgress) -> dict[str, Any]:
    from unpatch.dsp.cpu import configure_cpu

    configure_cpu()
    try:
        found: dict[str, Any] = finite(job(progress))
    except KeyboardInterrupt:
        return {}  # the call was cancelled, and its result is not sent
    return found
