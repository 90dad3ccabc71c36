"""Time that a search has taken, and an estimate of the rest."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

RECENT = 0.05
"""Weight of the newest duration in the running mean."""


@dataclass
class SearchClock:
    """Seconds so far, and running means of what steps and trials take.

    Attributes:
        before_s: spent before a break.
    """

    before_s: float = 0.0
    step_s: float = math.nan
    trial_s: float = math.nan
    _begun: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return self.before_s + time.monotonic() - self._begun

    def restart(self) -> None:
        """What comes next is measured from now."""
        self._last = time.monotonic()

    def stepped(self) -> None:
        self.step_s = self._mean(self.step_s, 1)

    def tried(self, trials: int) -> None:
        self.trial_s = self._mean(self.trial_s, trials)

    def left_s(self, steps: int, trials: int) -> float:
        """For these numbers of steps and trials; trials that have never been timed count as steps."""
        trial_s = self.step_s if math.isnan(self.trial_s) else self.trial_s
        return steps * self.step_s + trials * trial_s

    def _mean(self, before: float, count: int) -> float:
        now = time.monotonic()
        each, self._last = (now - self._last) / max(1, count), now
        return each if math.isnan(before) else (1 - RECENT) * before + RECENT * each
