"""The clipper that cuts the highest samples as those of a reference are cut.

Shapes: T time.
"""

from __future__ import annotations

import numpy as np

from unpatch.dsp import clip_kernels
from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.ranges import within

# So many quantiles of the tail lie below what counts as a peak.
_BODY = 1
HARDNESS = 2.0
# Less is left alone; more would be distortion.
_LEAST_DB, _MOST_DB = 0.5, 6.0


class Clipper:
    """The processor ``clipper`` without offset, on audio that comes in pieces."""

    def __init__(self, gain_db: float, hardness: float) -> None:
        soft, hard = max(1 - hardness, 0.0), max(hardness - 1, 0.0)
        self._shape = np.array([[10 ** (gain_db / 20), 0.0, soft, 1 - soft - hard, hard]], np.float32)

    def push(self, x: Array) -> Array:
        """``[2, T]``."""
        y = np.empty((1, *x.shape), np.float32)
        clip_kernels.clip(np.ascontiguousarray(x)[None], self._shape, y)
        line: Array = y[0]
        return line


def matched(excess_db: float, peak_db: float, amount: float) -> float | None:
    """Gain in dB into a hard clipper that takes ``amount`` of ``excess_db`` off peaks of ``peak_db``."""
    cut = min(amount * excess_db, _MOST_DB)
    if cut < _LEAST_DB * min(amount, 1.0) or amount == 0:
        return None
    return within("clipper", "gain_db", cut - peak_db)


def excess(own_tail_db: Array, wanted_tail_db: Array) -> float:
    """By how much the highest samples rise more above the mean than they should, in dB."""
    return float((own_tail_db - wanted_tail_db)[_BODY:].mean())
