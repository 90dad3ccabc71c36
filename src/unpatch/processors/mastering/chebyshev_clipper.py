"""Clipper as a Chebyshev series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import processor
from unpatch.processors.mastering import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="mastering", device="clipper", keeps_energy=False)
def chebyshev_clipper(
    input: Audio,
    *,
    sample_rate: float,
    coefficients: Tensor = knobs.COEFFICIENTS,
) -> Audio:
    """Add Chebyshev polynomials of the signal to it.

    The Chebyshev clipper of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), counted
    from the identity: ``y = x + sum of c[h] (T_h(x) - T_h(0))`` for h from 1 to 24, T_h the polynomials of
    the first kind. So coefficients of 0 are a bypass, and silence stays silent. Beyond full scale what is
    added holds its value. Strong odd coefficients can turn the polarity round: see
    :func:`unpatch.mastering.polarity.polarity_loss`. Memoryless, not oversampled.
    """
    return dsp.polynomial.bend(input, coefficients, dsp.polynomial.CHEBYSHEV)
