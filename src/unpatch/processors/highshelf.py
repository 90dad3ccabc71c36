"""High shelf of an equaliser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Role, Tool, both_signs, measured, processor, usually
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="equalizer",
    lti=True,
    tail_s=memory.high_shelf,
    roles=(
        Role("equaliser band", 0.25, 2),
        Role("moving filter", 0.5, 9),
        Role("return filter", 0.25, 2),
        Role("mid or side", 0.25, 2),
    ),
    tools=(Tool("high shelf", 1.5, rank=1.5, place=5, again=0.2),),
)
def highshelf(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.HIGH_SHELF,
    q: Tensor = knobs.SHELF_Q,
    gain_db: Tensor = usually(
        knobs.EQ_GAIN,
        both_signs(measured("MixologyDB", 1.1, 2.1, 3.4, 5.9, 12, low=0.5, high=18), positive=0.6),
    ),
) -> Audio:
    """Boost or cut frequencies above a corner; half the decibels at the corner.

    Topology-preserving state-variable filter (Zavalishin, The Art of VA Filter Design, ch. 4) with the
    band gains of Simper (Solving the continuous SVF equations, 2013). Exact bypass at 0 dB; a cut is the
    inverse of the boost.
    """
    return dsp.svf.highshelf(input, frequency_hz, q, gain_db, sample_rate)
