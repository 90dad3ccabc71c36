"""Mono reverberation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Role, Tool, amount, mixture, processor, steps, uniform
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="reverb",
    akin="reverb",
    lti=True,
    channels="crossed",
    tail_s=memory.reverb,
    spreads=True,
    roles=(
        Role("reverb", 0.4, 0),
        Role("send", 0.15, 2),
    ),
    tools=(Tool("mono room", 0.7, rank=6, place=24, like="room"),),
)
def mono_reverb(
    input: Audio,
    *,
    sample_rate: float,
    size: Tensor = knobs.REVERB_SIZE,
    damping: Tensor = knobs.REVERB_DAMPING,
    width: Tensor = amount(
        0,
        1,
        0,
        doc="0 is mono; above, complementary combs spread the reverberation",
        typical=mixture((0.5, steps(0)), (0.5, uniform(0, 1))),
    ),
    mix: Tensor = knobs.ROOM_MIX,
) -> Audio:
    """Reverberate the mono sum in mono.

    Feedback-delay network of eight lines with absorption by line length (Jot, Chaigne 1991), after
    all-pass diffusers (Schroeder 1962).
    """
    return dsp.reverb.mono(input, dsp.reverb.ReverbKnobs(size, damping, width, mix), sample_rate)
