"""Bit crusher."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Coarseness, Role, Tool, amount, processor, uniform

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio

# A bit more halves the step.
DB_PER_BIT = 20 * math.log10(2)


@processor(
    family="nonlinear",
    no_gradient=("input", "bit"),
    roles=(
        Role("drive", 0.35, 1),
        Role("parallel effect", 0.2, 1),
        Role("effect in a band", 0.1, 3),
    ),
    tools=(Tool("bit crusher", 0.8, rank=3, place=12, like="drive"),),
)
def bitcrush(
    input: Audio,
    *,
    sample_rate: float,
    bit: Tensor = amount(
        2,
        16,
        8,
        unit="bit",
        follows_level=-1 / DB_PER_BIT,
        doc="word length; fractions give steps in between",
        typical=uniform(2, 6.5),
        varied=Coarseness(),
    ),
) -> Audio:
    """Quantise the amplitude.

    A mid-tread staircase with 2^bit steps between -1 and 1, continued beyond full scale; its slope is
    zero almost everywhere, so no gradient is offered (Zölzer, DAFX, second edition, 2011).
    """
    return dsp.drive.quantise(input, bit)
