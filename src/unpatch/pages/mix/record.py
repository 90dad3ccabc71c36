"""The progress of a search, kept beside its checkpoints, so that the picture is complete after a break."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from unpatch.mixing.results import SearchMoment, by_letter
from unpatch.pages.mix.grid import Row, rows_of
from unpatch.storage.files import finite, write_aside

if TYPE_CHECKING:
    from unpatch.mixing.results import SearchProgress

FILE = "told.json"


@dataclass
class Record:
    """Attributes:
    console: strips of the full console, once it is known.
    now: strips as they are.
    moments: one for each update.
    seconds: spent so far.
    """

    console: Sequence[Row] = ()
    now: Sequence[Row] = ()
    moments: list[SearchMoment] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, progress: SearchProgress, seconds: float) -> None:
        """Record an update; earlier updates from the same point on are dropped."""
        self.seconds = seconds
        if progress.graph is not None:
            self.now = rows_of(progress.graph)
            self.console = self.console or self.now
            left = by_letter(progress.graph)
        else:
            left = dict(self.moments[-1].processors) if self.moments else {}
        self._forget(progress)
        if math.isfinite(progress.loss) or progress.graph is not None:
            self.moments.append(SearchMoment(progress.stage, progress.step, seconds, progress.loss, left))

    def _forget(self, progress: SearchProgress) -> None:
        stages = [moment.stage for moment in self.moments]
        if progress.stage in stages:
            first = stages.index(progress.stage)
            later = (i for i, m in enumerate(self.moments) if i >= first and not self._is_before(m, progress))
            del self.moments[next(later, len(self.moments)) :]

    @staticmethod
    def _is_before(moment: SearchMoment, progress: SearchProgress) -> bool:
        return moment.stage == progress.stage and moment.step < max(progress.step, 1)

    def save(self, folder: Path) -> None:
        plain = {**asdict(self), "moments": [moment.to_dict() for moment in self.moments]}
        write_aside(folder / FILE, json.dumps(finite(plain)).encode())

    @classmethod
    def load(cls, folder: Path) -> Record:
        """The saved record; an unreadable one is replaced, since the search does not depend on it."""
        try:
            data = json.loads((folder / FILE).read_bytes())
            moments = [
                SearchMoment(**{**moment, "loss": _number(moment["loss"])}) for moment in data["moments"]
            ]
            console, now = ([Row(*row) for row in data[name]] for name in ("console", "now"))
            return cls(console, now, moments, float(data["seconds"]))
        except (OSError, ValueError, LookupError, TypeError):
            return cls()


def _number(value: float | None) -> float:
    return math.nan if value is None else value
