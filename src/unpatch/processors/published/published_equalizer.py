"""Equalizer of the published console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import db, processor
from unpatch.processors.published import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="published", lti=True, tail_s=0.04, lead_s=0.04, device="equalizer", keeps_energy=False)
def published_equalizer(
    input: Spectrum,
    *,
    sample_rate: float,
    magnitude_db: Tensor = db(-60, 60, 0, size=1_024, neutral=0, doc="every 14.66 Hz from 0 to 15 kHz"),
    weight: Tensor = knobs.WEIGHT,
) -> Spectrum:
    """Shape the spectrum with a zero-phase filter.

    1024 magnitudes, an inverse transform and a Hann window give a filter of 2047 taps at 30 kHz (Lee et al.,
    Searching for Music Mixing Graphs, DAFx 2024). At other rates it is as long in seconds and the magnitudes
    stay at their frequencies; the last one holds above 15 kHz.
    """
    return dsp.zero_phase.equalize(input, magnitude_db, weight, sample_rate)
