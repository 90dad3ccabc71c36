"""Two-way crossover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import processor
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="filter", lti=True, outlets="low high", tail_s=memory.crossover)
def crossover(
    input: Audio,
    *,
    sample_rate: float,
    frequency_hz: Tensor = knobs.CROSSOVER,
) -> tuple[Audio, Audio]:
    """Split into the bands below and above a frequency, 24 dB per octave, both -6 dB there.

    Fourth-order bands (Linkwitz, Active Crossover Networks, 1976) from topology-preserving
    state-variable filters; low and high add up to an all-pass, whose magnitude is flat.
    """
    return dsp.svf.crossover(input, frequency_hz, sample_rate)
