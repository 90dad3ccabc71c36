"""Chorus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import (
    Movement,
    Role,
    Tool,
    log_normal,
    mixture,
    ms,
    processor,
    steps,
    uniform,
    usually,
)
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="modulation",
    akin="chorus",
    tail_s=memory.moving_delay,
    roles=(Role("modulation effect", 0.3, 0),),
    tools=(Tool("chorus", 0.9, rank=4, place=14, like="modulation", moved="delay_ms", stereo=0.4),),
)
def chorus(
    input: Audio,
    *,
    sample_rate: float,
    delay_ms: Tensor = ms(
        5,
        40,
        15,
        inlet="mod",
        inlet_required=True,
        doc="delay where the modulation is zero",
        typical=log_normal(14, 1.4, 7, 30),
        movement=Movement(rate_hz=log_normal(0.8, 1.8, 0.15, 4), depth=uniform(0.1, 0.4), slow_hz=0.8),
    ),
    feedback: Tensor = usually(knobs.FEEDBACK, mixture((0.6, steps(0)), (0.4, uniform(0, 0.4)))),
    mix: Tensor = knobs.MIX,
) -> Audio:
    """Add a copy with a moving delay of tens of milliseconds.

    A delay line with feedback, read with third-order Lagrange interpolation at a moving delay
    (Smith, Physical Audio Signal Processing; Dattorro, Effect Design Part 2, 1997).
    """
    return dsp.modulated_delay.modulated_delay(input, delay_ms, feedback, mix, sample_rate)
