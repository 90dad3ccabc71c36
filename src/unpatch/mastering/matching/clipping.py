"""Depth of the clipper: it cuts the peaks between the loudness and the ceiling."""

from __future__ import annotations

from unpatch.mastering.matching.ranges import within

MOST_DB = 6.0
"""More would be audible as distortion; the limiter does the rest. It also takes the .3 dB at most that come
back when what was cut off between samples is band-limited again: a clipper that is set lower by that leaves
more that no filter explains, and true peaks further below the ceiling (bench/speed/match)."""


def clip_gain_db(peak_db: float, gain_db: float, ceiling_db: float, amount: float) -> float | None:
    """Gain in dB into a clipper at full scale, as the processor ``clipper`` has it; None if none is needed.

    Args:
        peak_db: true peak before the clipper.
        gain_db: that follows the clipper.
        ceiling_db: true peak of the output.
        amount: share of the peaks above the ceiling that is clipped.
    """
    over = peak_db + gain_db - ceiling_db
    if over <= 0 or amount == 0:
        return None
    return within("clipper", "gain_db", min(amount * over, MOST_DB) - peak_db)
