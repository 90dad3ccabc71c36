"""Gain and panning of the published console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import db, processor
from unpatch.processors.published import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Bins


@processor(family="published", lti=True, channels="apart", device="gain", keeps_energy=False)
def published_gain(
    input: Bins,
    *,
    sample_rate: float,
    left_db: Tensor = db(-80, 40, 0, neutral=0, doc="gain of the left channel"),
    right_db: Tensor = db(-80, 40, 0, neutral=0, doc="gain of the right channel"),
    weight: Tensor = knobs.WEIGHT,
) -> Bins:
    """Set a gain for each channel.

    As published (Lee et al., Searching for Music Mixing Graphs, DAFx 2024).
    """
    return dsp.matrix.balance(input, 10 ** (left_db / 20), 10 ** (right_db / 20), weight)
