"""What an export holds, what it cannot hold, and how far its sound is from ours."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Report:
    """The report of an export, in the file and on the command line.

    Attributes:
        lost: what the format cannot hold, or holds in another way; one line each.
        residual_db: energy of the difference to our render over that of our render, if it could be measured.
        measured: how the residual was measured, or why not.
        files: what was written, the export itself first.
    """

    title: str
    lost: tuple[str, ...] = ()
    residual_db: float | None = None
    measured: str = ""
    files: tuple[Path, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "format": self.title,
            "lost": list(self.lost),
            "residual_db": self.residual_db,
            "measured": self.measured,
            "files": [str(path) for path in self.files],
        }

    def lines(self) -> list[str]:
        """As text, for people."""
        held = "everything in the graph is held" if not self.lost else "not held, or not as in unpatch:"
        return [
            f"{self.title}, written by unpatch",
            held,
            *(f"- {line}" for line in self.lost),
            f"residual: {self._residual()}",
        ]

    def _residual(self) -> str:
        if self.residual_db is None:
            return f"not measured; {self.measured}"
        level = "none" if self.residual_db == -math.inf else f"{self.residual_db:.1f} dB re our render"
        return f"{level}; {self.measured}"
