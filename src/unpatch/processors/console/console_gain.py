"""Fader and pan of a console strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, db, processor
from unpatch.processors.console import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Bins


@processor(family="console", lti=True, channels="apart", device="gain", keeps_energy=False)
def console_gain(
    input: Bins,
    *,
    sample_rate: float,
    gain_db: Tensor = db(-60, 30, 0, neutral=0, doc="of both channels"),
    pan: Tensor = amount(-1, 1, 0, neutral=0, doc="-1 is left, 1 is right"),
    weight: Tensor = knobs.WEIGHT,
) -> Bins:
    """Set level and place.

    Equal power: gains of sqrt(2) times cosine and sine of (pan + 1) pi/4, unity in the centre, +3 dB at an
    end. Each channel keeps to itself, so a stereo track is balanced, not folded; the power of a mono one
    stays, which separates level and position for an optimiser (Zölzer, DAFX, ch. 5).
    """
    return dsp.matrix.amplify(input, gain_db, pan, weight)
