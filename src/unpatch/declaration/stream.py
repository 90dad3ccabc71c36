"""Processing piece by piece, for kinds that carry a state from the start of a signal to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor


class Stream(Protocol):
    """A processor at work on one signal; in all, as many samples come out as went in."""

    def push(self, x: Tensor) -> Tensor:
        """Take the next samples ``[C, n]``; returns those that are ready ``[C, m]``."""

    def flush(self) -> Tensor:
        """The rest ``[C, m]``, after the last samples were given."""


Streaming: TypeAlias = "Callable[..., Stream]"
"""Starts a stream; called with the settings as numbers and ``sample_rate`` in Hz, all by keyword."""
