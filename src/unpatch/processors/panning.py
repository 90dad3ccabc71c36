"""Panning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.spec import amount, processor

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.spec import Audio


@processor(family="utility", lti=True, channels="apart")
def panning(
    input: Audio,
    *,
    sample_rate: float,
    pan: Tensor = amount(-1, 1, 0, neutral=0, inlet="pan", doc="-1 is left, 1 is right"),
) -> Audio:
    """Place the sound between left and right.

    Equal power: the two gains are sqrt(2) times cosine and sine of (pan + 1) pi/4, unity in the centre
    (Zölzer, DAFX, ch. 5).
    """
    return dsp.stereo.pan(input, pan)
