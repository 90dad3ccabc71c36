"""Mono low-frequency oscillator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Role, processor
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Control


@processor(family="control", outlets="lfo", roles=(Role("control", 0.5, 0),))
def mono_lfo(
    *,
    sample_rate: float,
    frames: range,
    frequency_hz: Tensor = knobs.LFO_FREQUENCY,
    phase: Tensor = knobs.PHASE,
) -> Control:
    """Sine in [-1, 1] that modulates both channels alike, ``[B, 1, T]``.

    sin 2 pi (f t + phase). One channel has no offset to itself, so that the paper's ``stereo_offset``
    is a knob of stereo_lfo alone (Lee et al., Blind Estimation of Audio Processing Graph, ICASSP 2023).
    """
    return dsp.oscillator.sine(frequency_hz, phase, frames, sample_rate)
