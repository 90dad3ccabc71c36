"""Announces that kernels are being compiled, which takes seconds at the first use of each and none later."""

from typing import Any

from numba.core import event

from unpatch.execution.announcements import COMPILING


class FirstUse(event.Listener):
    """Of kernels that stay on disk: compiling the first announces it, loading one does not."""

    def on_start(self, event: Any) -> None:
        if _is_kept(event.data["dispatcher"]):
            COMPILING.make()

    def on_end(self, event: Any) -> None:
        """Required of listeners."""


def _is_kept(dispatcher: Any) -> bool:
    """Not one of numba's own functions, nor of generated source."""
    return dispatcher.py_func.__module__.startswith("unpatch.") and dispatcher._cache.cache_path is not None
