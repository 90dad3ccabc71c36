"""Fourth-order band-pass."""

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
    akin="bandpass",
    lti=True,
    tail_s=memory.equal_sections,
    roles=(
        Role("band cut", 0.4, 1),
        Role("moving filter", 0.8, 5),
        Role("swept filter", 0.05, 3),
    ),
    tools=(uses.BAND,),
)
def bandpass4(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.BAND_PASS,
    q: Tensor = knobs.BAND_Q,
) -> Audio:
    """Keep a band around a frequency: 0 dB at its centre, 12 dB per octave on both sides.

    Two equal topology-preserving state-variable filters in series (Zavalishin, The Art of VA Filter
    Design, ch. 4); stable under audio-rate modulation of its frequency.
    """
    return dsp.svf.bandpass4(input, frequency_hz, q, sample_rate)
