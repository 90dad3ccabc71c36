"""Clipper as a Taylor series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import processor
from unpatch.processors.mastering import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="mastering", device="clipper", keeps_energy=False)
def taylor_clipper(
    input: Audio,
    *,
    sample_rate: float,
    coefficients: Tensor = knobs.COEFFICIENTS,
) -> Audio:
    """Add powers of the signal to it.

    The Taylor clipper of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), counted from
    the identity: ``y = x + sum of c[h] x^h`` for h from 1 to 24. So coefficients of 0 are a bypass, and for
    quiet signals the slope 1 + c[1] is never negative: the polarity stays. The paper's order 0, a constant,
    is left out: silence stays silent. Beyond full scale what is added holds its value. Memoryless, not
    oversampled.
    """
    return dsp.polynomial.bend(input, coefficients, dsp.polynomial.TAYLOR)
