"""Mid/side splitter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import processor

if TYPE_CHECKING:
    from unpatch.declaration import Audio


@processor(family="utility", lti=True, channels="crossed", outlets="mid side")
def midside_split(input: Audio, *, sample_rate: float) -> tuple[Audio, Audio]:
    """Split left/right into mid and side.

    mid = (L + R)/2 and side = (L - R)/2, each carried on both channels, so that the energies of the two
    outlets add up to that of the input (Blumlein, British patent 394325, 1931).
    """
    return dsp.stereo.split(input)
