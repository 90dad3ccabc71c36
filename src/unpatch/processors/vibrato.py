"""Vibrato."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import (
    Between,
    Movement,
    Role,
    Tool,
    amount,
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
    roles=(Role("modulation effect", 0.2, 3),),
    tools=(Tool("vibrato", 0.6, rank=4, place=17, like="modulation", moved="delay_ms", stereo=0.1),),
)
def vibrato(
    input: Audio,
    *,
    sample_rate: float,
    delay_ms: Tensor = ms(
        1,
        10,
        4,
        inlet="mod",
        inlet_required=True,
        doc="delay where the modulation is zero",
        typical=log_normal(3, 1.5, 1.5, 8),
        movement=Movement(rate_hz=log_normal(5.2, 1.25, 2.5, 8), depth=uniform(0.08, 0.4), slow_hz=5.2),
    ),
    feedback: Tensor = usually(knobs.FEEDBACK, mixture((0.9, steps(0)), (0.1, uniform(0, 0.3)))),
    mix: Tensor = amount(
        0,
        1,
        1,
        neutral=0,
        doc="0 is dry, 1 is wet",
        typical=mixture((0.85, steps(1)), (0.15, uniform(0.6, 1))),
        varied=Between(0.3, 1),
    ),
) -> Audio:
    """Bend the pitch: the sound itself passes a moving delay.

    A delay line with feedback, read with third-order Lagrange interpolation at a moving delay
    (Smith, Physical Audio Signal Processing; Dattorro, Effect Design Part 2, 1997).
    """
    return dsp.modulated_delay.modulated_delay(input, delay_ms, feedback, mix, sample_rate)
