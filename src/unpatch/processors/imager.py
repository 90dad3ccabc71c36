"""Stereo imager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Away, Tool, amount, mixture, processor, steps, uniform

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="utility",
    lti=True,
    channels="midside",
    tools=(Tool("width", 1.5, rank=8, place=29, needs_stereo=True),),
)
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
        varied=Away(1, 0.4, 1),
    ),
) -> Audio:
    """Narrow or widen the stereo image.

    Scales side = (L - R)/2 and leaves mid = (L + R)/2 (Blumlein's shuffler; Zölzer, DAFX, ch. 5).
    """
    return dsp.stereo.widen(input, width)
