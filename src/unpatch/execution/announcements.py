"""Lines about work that happens once in a process and takes seconds."""

from collections.abc import Callable


class Announcement:
    """A line that is reported at the first call of :meth:`make`, if a program has set ``report``."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.report: Callable[[str], None] | None = None
        self._is_made = False

    def make(self) -> None:
        if self.report is not None and not self._is_made:
            self._is_made = True
            self.report(self.line)


COMPILING = Announcement("compiling audio kernels for this machine, once; later runs have them")
"""Made by :mod:`unpatch.dsp.first_use`, at the first kernel that is not on disk yet."""
