"""Low shelf of an equaliser."""

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
    tail_s=memory.low_shelf,
    roles=(
        Role("equaliser band", 0.2, 1),
        Role("moving filter", 0.5, 8),
        Role("return filter", 0.2, 1),
        Role("mid or side", 0.2, 1),
    ),
    tools=(Tool("low shelf", 1.2, rank=1.5, place=4, again=0.2),),
)
def lowshelf(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.LOW_SHELF,
    q: Tensor = knobs.SHELF_Q,
    gain_db: Tensor = usually(
        knobs.EQ_GAIN, both_signs(measured("DiffVox", 0.339, 1.95, 4.2, 7.31, 13.8, low=0.2, high=18))
    ),
) -> Audio:
    """Boost or cut frequencies below a corner; half the decibels at the corner.

    Topology-preserving state-variable filter (Zavalishin, The Art of VA Filter Design, ch. 4) with the
    band gains of Simper (Solving the continuous SVF equations, 2013). Exact bypass at 0 dB; a cut is the
    inverse of the boost.
    """
    return dsp.svf.lowshelf(input, frequency_hz, q, gain_db, sample_rate)
