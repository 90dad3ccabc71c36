"""Flanger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Movement, Role, Tool, log_normal, ms, processor, uniform
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="modulation",
    akin="chorus",
    tail_s=memory.moving_delay,
    roles=(Role("modulation effect", 0.25, 1),),
    tools=(Tool("flanger", 0.8, rank=4, place=15, like="modulation", moved="delay_ms", stereo=0.3),),
)
def flanger(
    input: Audio,
    *,
    sample_rate: float,
    delay_ms: Tensor = ms(
        0.5,
        10,
        2.5,
        inlet="mod",
        inlet_required=True,
        doc="delay where the modulation is zero",
        typical=log_normal(2.5, 1.6, 0.8, 7),
        movement=Movement(rate_hz=log_normal(0.35, 2, 0.08, 2), depth=uniform(0.3, 0.9), slow_hz=0.6),
    ),
    feedback: Tensor = knobs.FEEDBACK,
    mix: Tensor = knobs.MIX,
) -> Audio:
    """Add a copy with a short moving delay, so that the notches of a comb sweep.

    A delay line with feedback, read with third-order Lagrange interpolation at a moving delay
    (Smith, Physical Audio Signal Processing; Dattorro, Effect Design Part 2, 1997).
    """
    return dsp.modulated_delay.modulated_delay(input, delay_ms, feedback, mix, sample_rate)
