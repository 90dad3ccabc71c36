"""Second-order low-pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import processor
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="filter", akin="lowpass", lti=True, tail_s=memory.section)
def lowpass2(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.HIGH_CUT,
    q: Tensor = knobs.Q,
) -> Audio:
    """Remove frequencies above the cutoff, 12 dB per octave.

    Topology-preserving state-variable filter (Zavalishin, The Art of VA Filter Design, ch. 4);
    stable under audio-rate modulation of its frequency.
    """
    return dsp.svf.lowpass(input, frequency_hz, q, sample_rate)
