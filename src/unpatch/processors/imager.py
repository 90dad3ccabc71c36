"""Stereo imager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, mixture, processor, steps, uniform

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="utility", lti=True, channels="midside")
def imager(
    input: Audio,
    *,
    sample_rate: float,
    width: Tensor = amount(
        0,
        2,
        1,
        neutral=1,
        doc="gain of the side signal; 0 is mono",
        typical=mixture((0.5, uniform(1.3, 2)), (0.35, uniform(0, 0.7)), (0.15, steps(0))),
    ),
) -> Audio:
    """Narrow or widen the stereo image.

    Scales side = (L - R)/2 and leaves mid = (L + R)/2 (Blumlein's shuffler; Zölzer, DAFX, ch. 5).
    """
    return dsp.stereo.widen(input, width)
