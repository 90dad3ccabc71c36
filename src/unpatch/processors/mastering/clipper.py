"""Clipper of a mastering chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, db, processor

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="mastering", device="clipper", keeps_energy=False)
def clipper(
    input: Audio,
    *,
    sample_rate: float,
    gain_db: Tensor = db(-10, 20, 0, follows_level=-1, doc="gain into the clipper, taken back behind it"),
    offset: Tensor = amount(0, 1, 0, doc="added before the clipper: even harmonics"),
    hardness: Tensor = amount(0, 2, 1, doc="0 is a tanh, 1 a cubic, 2 a hard clipper, blends in between"),
) -> Audio:
    """Clip, with a knee from soft to hard.

    Equations (1) to (4) of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), with the
    cubic that they meant: x - 4 x^3 / 27 up to |x| = 3/2, then sign(x). What the gain adds is taken back, and
    so is what the offset makes of silence. Memoryless and not oversampled: harmonics above half the sample
    rate fold back, as in the paper.
    """
    return dsp.clip.clip(input, gain_db, offset, hardness)
