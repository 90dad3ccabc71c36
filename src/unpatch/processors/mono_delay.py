"""Echo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Role, Tool, processor
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="delay",
    akin="delay",
    lti=True,
    channels="apart",
    tail_s=memory.echo,
    spreads=True,
    roles=(
        Role("delay", 0.5, 0),
        Role("send", 0.3, 0),
    ),
    tools=(Tool("delay", 1.2, rank=5, place=22, like="echo", spreads=True),),
)
def mono_delay(
    input: Audio,
    *,
    sample_rate: float,
    delay_ms: Tensor = knobs.ECHO_DELAY,
    feedback: Tensor = knobs.ECHO_FEEDBACK,
    mix: Tensor = knobs.ECHO_MIX,
    frequency_hz: Tensor = knobs.ECHO_FREQUENCY,
    q: Tensor = knobs.Q,
    stereo_offset: Tensor = knobs.ECHO_OFFSET,
) -> Audio:
    """Repeat the sound, each channel by itself.

    A delay line per channel with a second-order low-pass in the loop whose largest gain is one
    (Zölzer, DAFX, ch. 2).
    """
    settings = dsp.echo.EchoKnobs(delay_ms, feedback, mix, frequency_hz, q, stereo_offset)
    return dsp.echo.mono(input, settings, sample_rate)
