"""Stereo low-frequency oscillator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Between, Role, amount, mixture, processor, steps, uniform
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Control


@processor(family="control", outlets="lfo", spreads=True, roles=(Role("control", 0.25, 1),))
def stereo_lfo(
    *,
    sample_rate: float,
    frames: range,
    frequency_hz: Tensor = knobs.LFO_FREQUENCY,
    phase: Tensor = knobs.PHASE,
    stereo_offset: Tensor = amount(
        0,
        1,
        0.25,
        unit="cycle",
        doc="lead of the right channel",
        typical=mixture((0.6, steps(0.25, 0.5)), (0.4, uniform(0.08, 0.92))),
        varied=Between(0.1, 0.9),
    ),
) -> Control:
    """Two sines in [-1, 1], one for each channel, ``[B, 2, T]``.

    sin 2 pi (f t + phase), the right channel ahead by ``stereo_offset`` cycles
    (Lee et al., Blind Estimation of Audio Processing Graph, ICASSP 2023, table 1).
    """
    return dsp.oscillator.stereo_sine(frequency_hz, phase, stereo_offset, frames, sample_rate)
