"""How close a mixing graph that was found is to the one that was played.

A place is a track or group and a type of processor, such as (``vox``, ``g``): a strip of a console has each
type once at most.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str, str]
POINTS_HZ = (40.0, 16_000.0, 128)
"""From, to, and how many, evenly over octaves: where equalizers are compared."""


@dataclass(frozen=True)
class Score:
    """Of one mix.

    Attributes:
        true: places that were played, kept ones that were found, and how many are both.
        parameter_error: mean distance of knobs in unit range over the processors that are in both, those
            of equalizers left out; NaN where there are none.
        equalizer_db: root mean square distance of their curves over octaves from 40 Hz to 16 kHz.
        by_letter: type to the same three counts.
    """

    true: int
    found: int
    both: int
    parameter_error: float
    equalizer_db: float
    by_letter: Mapping[str, tuple[int, int, int]]

    @property
    def precision(self) -> float:
        return self.both / self.found if self.found else math.nan

    @property
    def recall(self) -> float:
        return self.both / self.true if self.true else math.nan

    @property
    def f1(self) -> float:
        return f1(self.true, self.found, self.both)


def f1(true: int, found: int, both: int) -> float:
    return 2 * both / (true + found) if true + found else math.nan
