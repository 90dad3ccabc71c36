"""Stereo imager of the published console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import db, processor
from unpatch.processors.published import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Bins


@processor(family="published", lti=True, channels="midside", device="imager", keeps_energy=False)
def published_imager(
    input: Bins,
    *,
    sample_rate: float,
    side_db: Tensor = db(-60, 60, 0, neutral=0, doc="gain of the side signal"),
    weight: Tensor = knobs.WEIGHT,
) -> Bins:
    """Narrow or widen the stereo image with a gain on the side signal.

    As published (Lee et al., Searching for Music Mixing Graphs, DAFx 2024).
    """
    return dsp.matrix.widen(input, 10 ** (side_db / 20), weight)
