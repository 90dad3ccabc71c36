"""Second-order band-reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Between, Role, Tool, processor, usually
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="filter",
    lti=True,
    tail_s=memory.section,
    roles=(
        Role("equaliser band", 0.15, 3),
        Role("moving filter", 0.7, 6),
        Role("swept filter", 0.06, 6),
    ),
    tools=(Tool("notch", 0.5, rank=1.5, place=7, again=0.3),),
)
def bandreject2(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.NOTCH,
    q: Tensor = usually(knobs.BAND_Q, varied=Between(0.5, 2)),
) -> Audio:
    """Cut a band around a frequency: zero at its centre, ``frequency_hz / q`` wide at -3 dB.

    Topology-preserving state-variable filter (Zavalishin, The Art of VA Filter Design, ch. 4);
    stable under audio-rate modulation of its frequency.
    """
    return dsp.svf.bandreject(input, frequency_hz, q, sample_rate)
