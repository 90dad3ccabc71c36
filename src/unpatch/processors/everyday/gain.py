"""Overall gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Movement, Tool, db, log_normal, processor, steps, uniform

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="utility",
    lti=True,
    tools=(Tool("moving level", 0.8, rank=4, place=18, like="place", moved="gain_db", stereo=0.15),),
)
def gain(
    input: Audio,
    *,
    sample_rate: float,
    gain_db: Tensor = db(
        -24,
        24,
        0,
        neutral=0,
        inlet="gain",
        inlet_expected=True,
        doc="of both channels",
        typical=steps(0),
        movement=Movement(rate_hz=log_normal(4.5, 1.6, 1, 10), depth=uniform(0.1, 0.45)),
    ),
) -> Audio:
    """Change the level.

    Moved by an oscillator it is a tremolo, by an envelope with a negative depth it ducks. A static
    gain is undone by the energy rule (Zölzer, DAFX, second edition, 2011, ch. 3 and 4).
    """
    return dsp.stereo.amplify(input, gain_db)
