"""Bell of an equaliser."""

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
    tail_s=memory.bell,
    roles=(
        Role("equaliser band", 0.4, 0),
        Role("moving filter", 0.8, 7),
        Role("return filter", 0.3, 0),
        Role("mid or side", 0.3, 0),
        Role("swept filter", 0.06, 7),
    ),
    tools=(Tool("bell", 1.7, rank=1.5, place=6, again=0.4),),
)
def bell(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.BELL,
    q: Tensor = knobs.EQ_Q,
    gain_db: Tensor = usually(
        knobs.EQ_GAIN, both_signs(measured("MixologyDB", 0.9, 2, 3, 5.2, 12.1, low=0.5, high=18))
    ),
) -> Audio:
    """Boost or cut around a frequency.

    Topology-preserving state-variable filter (Zavalishin, The Art of VA Filter Design, ch. 4) with the
    band gains of Simper (Solving the continuous SVF equations, 2013). Exact bypass at 0 dB; a cut is the
    inverse of the boost.
    """
    return dsp.svf.bell(input, frequency_hz, q, gain_db, sample_rate)
