"""Graphic equalizer of a mastering chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import db, processor

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="mastering", lti=True, tail_s=0.3, device="equalizer", keeps_energy=False)
def graphic_equalizer(
    input: Spectrum,
    *,
    sample_rate: float,
    gain_db: Tensor = db(-15, 15, 0, size=10, neutral=0, doc="of the bands at 31.25, 62.5, ... 16000 Hz"),
) -> Spectrum:
    """Shape the spectrum with ten peaks an octave apart, each two octaves wide.

    The graphic equalizer of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), with
    peaks of R. Bristow-Johnson's Audio EQ Cookbook (Q = 2/3). Neighbours overlap.
    """
    return dsp.sections.cascade(input, dsp.sections.graphic(gain_db, sample_rate))
