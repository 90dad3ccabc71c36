"""Pitch shifter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Away, Tool, amount, both_signs, mixture, processor, steps, uniform

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio, Stream


def _stream(*, sample_rate: float, semitone: float) -> Stream:
    return dsp.pitch.Shifter(semitone, sample_rate)


_WHOLE = both_signs(steps(*range(1, 13)))


@processor(
    family="pitch",
    no_gradient=("input", "semitone"),
    stream=_stream,
    tools=(Tool("transposition", 1.1, rank=2.5, place=10, like="pitch"),),
)
def pitchshift(
    input: Audio,
    *,
    sample_rate: float,
    semitone: Tensor = amount(
        -24,
        24,
        0,
        unit="semitone",
        neutral=0,
        doc="12 is an octave",
        typical=mixture(
            (0.35, _WHOLE), (0.35, both_signs(steps(2, 3, 4, 5, 7, 12))), (0.3, both_signs(uniform(0.5, 12)))
        ),
        varied=Away(0, 1, 24),
    ),
) -> Audio:
    """Raise or lower the pitch; the duration stays.

    Phase vocoder with identity phase locking (Laroche, Dolson 1999), then resampling. Its frames of 46 ms are
    stretched with the sound: a click is up to 24 ms early where it is shifted up, up to 47 ms early an
    octave down, up to 93 ms two octaves down.
    """
    return dsp.pitch.shift(input, semitone, sample_rate)
