"""Second-order low-pass."""

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
    akin="lowpass",
    lti=True,
    tail_s=memory.section,
    roles=(
        Role("high cut", 0.6, 0),
        Role("moving filter", 1.0, 0),
        Role("send filter", 0.5, 2),
        Role("return filter", 0.1, 4),
        Role("mid or side", 0.1, 4),
        Role("swept filter", 0.3, 0),
    ),
    tools=(uses.HIGH_CUT,),
)
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
