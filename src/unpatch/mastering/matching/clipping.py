"""How far the clipper goes: it cuts the peaks that stand between the loudness and the ceiling."""

from __future__ import annotations

from unpatch.mastering.matching.ranges import within

MOST_DB = 6.0
"""More would be heard as distortion; the limiter does the rest."""
# What is cut off between samples comes back by so much at most when it is band-limited again.
_MARGIN_DB = 0.3


def clip_gain_db(peak_db: float, gain_db: float, ceiling_db: float, amount: float) -> float | None:
    """Gain in dB into a clipper at full scale, as the processor ``clipper`` has it; None if none is needed.

    Args:
        peak_db: true peak before the clipper.
        gain_db: that follows the clipper.
        ceiling_db: true peak that may come out.
        amount: share of what stands above the ceiling that is clipped.
    """
    over = peak_db + gain_db - ceiling_db
    if over <= 0 or amount == 0:
        return None
    return within("clipper", "gain_db", min(amount * (over + _MARGIN_DB), MOST_DB) - peak_db)
