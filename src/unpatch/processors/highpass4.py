"""Fourth-order high-pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Role, processor
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs
from unpatch.processors import _uses as uses

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="filter",
    akin="highpass",
    lti=True,
    tail_s=memory.butterworth_sections,
    roles=(
        Role("low cut", 0.4, 1),
        Role("moving filter", 0.7, 3),
        Role("send filter", 0.5, 1),
        Role("swept filter", 0.05, 5),
    ),
    tools=(uses.LOW_CUT,),
)
def highpass4(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.LOW_CUT,
    q: Tensor = knobs.Q,
) -> Audio:
    """Remove frequencies below the cutoff, 24 dB per octave.

    Two topology-preserving state-variable filters in series, their dampings in the ratio of a
    Butterworth filter's, so that ``q`` 0.7071 is -3 dB at the frequency (Zavalishin, The Art of VA
    Filter Design, ch. 4); stable under audio-rate modulation of its frequency.
    """
    return dsp.svf.highpass4(input, frequency_hz, q, sample_rate)
