"""Mid/side merger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import processor

if TYPE_CHECKING:
    from unpatch.declaration import Audio


@processor(family="utility", lti=True, channels="crossed")
def midside_merge(mid: Audio, side: Audio, *, sample_rate: float) -> Audio:
    """Merge mid and side into left/right.

    L = mid + side and R = mid - side, channel by channel: the inverse of midside_split
    (Blumlein, British patent 394325, 1931).
    """
    return dsp.stereo.merge(mid, side)
