"""Delay of a console strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Between, amount, hz, ms, processor
from unpatch.processors.console import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="console", lti=True, channels="apart", tail_s=2.1, device="delay", keeps_energy=False)
def console_delay(
    input: Spectrum,
    *,
    sample_rate: float,
    delay_ms: Tensor = ms(20, 1_000, 250, doc="time between repeats"),
    feedback: Tensor = amount(
        0, 0.9, 0.3, doc="each repeat's share of the one before", varied=Between(0, 0.8)
    ),
    lowpass_hz: Tensor = hz(500, 20_000, 6_000, doc="corner of the low-pass that every repeat goes through"),
    highpass_hz: Tensor = hz(20, 2_000, 100, doc="corner of the high-pass that every repeat goes through"),
    stereo_offset: Tensor = amount(
        -1, 1, 0, unit="octave", doc="the right delay is 2^offset times the left one, their mean stays"
    ),
    weight: Tensor = knobs.WEIGHT,
) -> Spectrum:
    """Repeat the signal, each time quieter and with more colour.

    Wet is the repeats alone, which end 2 s after the sound. A feedback comb filter with first-order filters
    in its loop (Zölzer, DAFX, ch. 2), evaluated in every bin as a finite geometric sum; delays may be any
    fraction of a sample.
    """
    loop = dsp.repeats.DelayLoopKnobs(delay_ms, feedback, lowpass_hz, highpass_hz, stereo_offset)
    return dsp.repeats.repeat(input, loop, weight, sample_rate)
