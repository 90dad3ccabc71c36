"""Stereo reverberation."""

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
        Role("reverb", 0.6, 1),
        Role("send", 0.35, 3),
    ),
    tools=(Tool("stereo room", 1.0, rank=6, place=25, like="room", spreads=True),),
)
def stereo_reverb(
    input: Audio,
    *,
    sample_rate: float,
    size: Tensor = knobs.REVERB_SIZE,
    damping: Tensor = knobs.REVERB_DAMPING,
    width: Tensor = amount(
        0,
        1,
        1,
        doc="gain of the side signal of the reverberation",
        typical=mixture((0.5, steps(1)), (0.5, uniform(0.3, 1))),
    ),
    mix: Tensor = knobs.ROOM_MIX,
) -> Audio:
    """Put the sound into a stereo room.

    Feedback-delay network of eight lines with absorption by line length (Jot, Chaigne 1991), after
    all-pass diffusers (Schroeder 1962).
    """
    return dsp.reverb.stereo(input, dsp.reverb.ReverbKnobs(size, damping, width, mix), sample_rate)
