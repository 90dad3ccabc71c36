"""Stereo imager of a console strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, processor
from unpatch.processors.console import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Bins


@processor(family="console", lti=True, channels="midside", device="imager", keeps_energy=False)
def console_imager(
    input: Bins,
    *,
    sample_rate: float,
    width: Tensor = amount(0, 2, 1, neutral=1, doc="gain of the side signal; 0 is mono"),
    weight: Tensor = knobs.WEIGHT,
) -> Bins:
    """Narrow or widen the stereo image.

    Scales side = (L - R)/2 and leaves mid = (L + R)/2 (Blumlein's shuffler; Zölzer, DAFX, ch. 5).
    """
    return dsp.matrix.widen(input, width, weight)
