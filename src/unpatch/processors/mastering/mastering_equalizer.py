"""Parametric equalizer of a mastering chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import hz, processor
from unpatch.processors.mastering import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="mastering", lti=True, tail_s=1.2, device="equalizer", keeps_energy=False)
def mastering_equalizer(
    input: Spectrum,
    *,
    sample_rate: float,
    low_shelf_hz: Tensor = hz(30, 160, 70, doc="corner of the low shelf"),
    low_shelf_db: Tensor = knobs.BAND_GAIN,
    low_shelf_q: Tensor = knobs.BAND_Q,
    peak_1_hz: Tensor = hz(100, 2_000, 450, doc="centre of peak 1"),
    peak_1_db: Tensor = knobs.BAND_GAIN,
    peak_1_q: Tensor = knobs.BAND_Q,
    peak_2_hz: Tensor = hz(500, 6_000, 1_700, doc="centre of peak 2"),
    peak_2_db: Tensor = knobs.BAND_GAIN,
    peak_2_q: Tensor = knobs.BAND_Q,
    peak_3_hz: Tensor = hz(2_000, 16_000, 5_700, doc="centre of peak 3"),
    peak_3_db: Tensor = knobs.BAND_GAIN,
    peak_3_q: Tensor = knobs.BAND_Q,
    high_shelf_hz: Tensor = hz(5_000, 20_000, 10_000, doc="corner of the high shelf"),
    high_shelf_db: Tensor = knobs.BAND_GAIN,
    high_shelf_q: Tensor = knobs.BAND_Q,
) -> Spectrum:
    """Shape the spectrum with two shelves and three peaks.

    The synthesis equalizer of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024):
    second-order sections of R. Bristow-Johnson's Audio EQ Cookbook in series, here one response and one
    transform for all of them.
    """
    sections = dsp.sections
    bands = (
        sections.low_shelf(sections.Band(low_shelf_hz, low_shelf_db, low_shelf_q), sample_rate),
        sections.bell(sections.Band(peak_1_hz, peak_1_db, peak_1_q), sample_rate),
        sections.bell(sections.Band(peak_2_hz, peak_2_db, peak_2_q), sample_rate),
        sections.bell(sections.Band(peak_3_hz, peak_3_db, peak_3_q), sample_rate),
        sections.high_shelf(sections.Band(high_shelf_hz, high_shelf_db, high_shelf_q), sample_rate),
    )
    return sections.cascade(input, bands)
