"""A record of losses, so that an interrupted round continues where it was.

An algorithm is a pure function of its losses. Given the same ones again it makes the same
decisions, up to the point where it needs a new one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from unpatch.mixing.pruning.objective import Gone, Objective


@dataclass
class Journaled:
    """An objective that replays recorded losses first.

    Attributes:
        record: the losses so far, in order; grows.
        note: called after new evaluations, with their number and how many there are by then.
    """

    objective: Objective
    record: list[float]
    note: Callable[[int, int], None] = lambda new, total: None
    _replayed: int = field(init=False, default=0)

    def losses(self, gone: Gone, trials: Sequence[Gone], limit: float = math.inf) -> list[float]:
        end = self._replayed + len(trials)
        if end > len(self.record):
            self.record[self._replayed :] = self.objective.losses(gone, trials, limit)
            self.note(len(trials), len(self.record))
        self._replayed, found = end, self.record[self._replayed : end]
        return found
