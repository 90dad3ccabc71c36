"""A record of losses, so that a round that was cut off goes on where it was.

An algorithm is a pure function of the losses it hears. Given the same ones again it makes the same
decisions, up to the point where it has to hear something new.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from unpatch.search.pruning.objective import Gone, Objective


@dataclass
class Journaled:
    """An objective that answers from a record first.

    Attributes:
        heard: the losses so far, in order; grows.
        note: called after new evaluations, with their number and how many there are by then.
    """

    objective: Objective
    heard: list[float]
    note: Callable[[int, int], None] = lambda new, total: None
    _told: int = field(init=False, default=0)

    def losses(self, gone: Gone, trials: Sequence[Gone], limit: float = math.inf) -> list[float]:
        end = self._told + len(trials)
        if end > len(self.heard):
            self.heard[self._told :] = self.objective.losses(gone, trials, limit)
            self.note(len(trials), len(self.heard))
        self._told, found = end, self.heard[self._told : end]
        return found
