"""Equalizer of a console strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import db, hz, processor
from unpatch.processors import _memory as memory
from unpatch.processors.console import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(
    family="console", lti=True, tail_s=memory.console_equalizer, device="equalizer", keeps_energy=False
)
def console_equalizer(
    input: Spectrum,
    *,
    sample_rate: float,
    low_cut_hz: Tensor = hz(10, 1_000, 20, neutral=10, doc="corner, 12 dB per octave; off at 10 Hz"),
    low_cut_q: Tensor = knobs.CUT_Q,
    low_shelf_hz: Tensor = hz(30, 500, 120, doc="corner of the low shelf"),
    low_shelf_db: Tensor = db(-24, 24, 0, neutral=0, doc="gain of the low shelf"),
    low_shelf_q: Tensor = knobs.SHELF_Q,
    bell_1_hz: Tensor = hz(50, 500, 150, doc="centre of bell 1"),
    bell_1_db: Tensor = db(-24, 24, 0, neutral=0, doc="gain of bell 1"),
    bell_1_q: Tensor = knobs.BELL_Q,
    bell_2_hz: Tensor = hz(150, 1_500, 500, doc="centre of bell 2"),
    bell_2_db: Tensor = db(-24, 24, 0, neutral=0, doc="gain of bell 2"),
    bell_2_q: Tensor = knobs.BELL_Q,
    bell_3_hz: Tensor = hz(500, 5_000, 1_600, doc="centre of bell 3"),
    bell_3_db: Tensor = db(-24, 24, 0, neutral=0, doc="gain of bell 3"),
    bell_3_q: Tensor = knobs.BELL_Q,
    bell_4_hz: Tensor = hz(1_500, 15_000, 5_000, doc="centre of bell 4"),
    bell_4_db: Tensor = db(-24, 24, 0, neutral=0, doc="gain of bell 4"),
    bell_4_q: Tensor = knobs.BELL_Q,
    high_shelf_hz: Tensor = hz(1_500, 16_000, 8_000, doc="corner of the high shelf"),
    high_shelf_db: Tensor = db(-24, 24, 0, neutral=0, doc="gain of the high shelf"),
    high_shelf_q: Tensor = knobs.SHELF_Q,
    high_cut_hz: Tensor = hz(
        1_000, 24_000, 20_000, neutral=24_000, doc="corner, 12 dB per octave; off at 24 kHz"
    ),
    high_cut_q: Tensor = knobs.CUT_Q,
    weight: Tensor = knobs.WEIGHT,
) -> Spectrum:
    """Shape the spectrum with two cuts, two shelves and four bells.

    Second-order sections of R. Bristow-Johnson's Audio EQ Cookbook in series, evaluated in every bin.
    Within an octave of the frequency at which it is off a cut fades out: at 20 Hz and 16 kHz its corner is in
    place to 0.2 %.
    """
    sections = dsp.sections.Equalizer(
        low_cut=dsp.sections.Cut(low_cut_hz, low_cut_q),
        low_shelf=dsp.sections.Band(low_shelf_hz, low_shelf_db, low_shelf_q),
        bells=(
            dsp.sections.Band(bell_1_hz, bell_1_db, bell_1_q),
            dsp.sections.Band(bell_2_hz, bell_2_db, bell_2_q),
            dsp.sections.Band(bell_3_hz, bell_3_db, bell_3_q),
            dsp.sections.Band(bell_4_hz, bell_4_db, bell_4_q),
        ),
        high_shelf=dsp.sections.Band(high_shelf_hz, high_shelf_db, high_shelf_q),
        high_cut=dsp.sections.Cut(high_cut_hz, high_cut_q),
    )
    return dsp.sections.equalize(input, sections, weight, sample_rate)
