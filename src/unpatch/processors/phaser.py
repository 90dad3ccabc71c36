"""Phaser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Movement, Role, Tool, WhereEnergyIs, hz, log_normal, processor, uniform
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="modulation",
    tail_s=memory.phaser,
    roles=(Role("modulation effect", 0.25, 2),),
    tools=(Tool("phaser", 0.9, rank=4, place=16, like="modulation", moved="frequency_hz", stereo=0.3),),
)
def phaser(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = hz(
        50,
        12_000,
        800,
        inlet="mod",
        inlet_required=True,
        doc="centre; four octaves per unit of mod",
        typical=log_normal(900, 1.6, 300, 2_500),
        movement=Movement(rate_hz=log_normal(0.5, 2, 0.1, 4), depth=uniform(0.12, 0.35)),
        varied=WhereEnergyIs(),
    ),
    feedback: Tensor = knobs.FEEDBACK,
    mix: Tensor = knobs.MIX,
) -> Audio:
    """Notches that move with the modulation: dry signal plus six swept all-pass sections.

    One-pole all-passes (Zavalishin, The Art of VA Filter Design, ch. 10) as a normalised lattice (Gray
    and Markel, 1975), which keeps energy under any modulation; the feedback loop holds no delay and is
    solved at every frame. Each section turns the phase by 90° at the frequency, so the notches of an
    equal mix are where six of them turn it by 180°, 540° and 900°.
    """
    wet = dsp.allpass.allpass_chain(input, frequency_hz, feedback, sample_rate)
    return input.lerp(wet, mix)
