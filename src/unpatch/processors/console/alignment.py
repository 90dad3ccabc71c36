"""Alignment of a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, processor

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="console", lti=True, tail_s=0.1, lead_s=0.1, keeps_energy=False)
def alignment(
    input: Spectrum,
    *,
    sample_rate: float,
    delay_ms: Tensor = amount(-100, 100, 0, unit="ms", neutral=0, doc="negative values make it earlier"),
    polarity: Tensor = amount(-1, 1, 1, neutral=1, doc="1 as it is, -1 turned over; gains between them"),
) -> Spectrum:
    """Move a track in time by any fraction of a sample, and turn its polarity.

    The delay is a phase in proportion to frequency, the ideal fractional delay of Laakso et al., Splitting
    the Unit Delay (IEEE Signal Processing Magazine 13(1), 1996).
    """
    return dsp.alignment.align(input, delay_ms, polarity, sample_rate)
