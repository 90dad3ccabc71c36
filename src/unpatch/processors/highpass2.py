"""Second-order high-pass."""

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
    tail_s=memory.section,
    roles=(
        Role("low cut", 0.6, 0),
        Role("moving filter", 0.7, 2),
        Role("send filter", 0.5, 0),
        Role("return filter", 0.15, 3),
        Role("mid or side", 0.15, 3),
        Role("swept filter", 0.08, 4),
    ),
    tools=(uses.LOW_CUT,),
)
def highpass2(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.LOW_CUT,
    q: Tensor = knobs.Q,
) -> Audio:
    """Remove frequencies below the cutoff, 12 dB per octave.

    Topology-preserving state-variable filter (Zavalishin, The Art of VA Filter Design, ch. 4);
    stable under audio-rate modulation of its frequency.
    """
    return dsp.svf.highpass(input, frequency_hz, q, sample_rate)
