"""Multitap delay of the published console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, db, processor
from unpatch.processors.published import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="published", lti=True, channels="apart", tail_s=2.01, device="delay", keeps_energy=False)
def published_delay(
    input: Spectrum,
    *,
    sample_rate: float,
    phasor_real: Tensor = amount(-4, 4, 0, size=40, doc="where taps stand: 20 of left, 20 of right"),
    phasor_imaginary: Tensor = amount(-4, 4, 0, size=40, doc="the phasor's imaginary part"),
    colour_db: Tensor = db(-60, 60, 0, size=800, doc="each tap's 20 magnitudes, every 769 Hz from 0"),
    weight: Tensor = knobs.WEIGHT,
) -> Spectrum:
    """Delay by twenty taps for each channel, one in each tenth of a second, all with their own colour.

    A tap is late by the share of its tenth of a second that its phasor has turned backwards; its gradient is
    that of a soft delay, divided by its modulus, and so does not match differences of the output. The energy
    of the response is one (Lee et al., Searching for Music Mixing Graphs, DAFx 2024). At other rates than
    30 kHz times and frequencies stay, and the energy is counted below 15 kHz.
    """
    taps = dsp.multitap.MultitapKnobs(phasor_real, phasor_imaginary, colour_db)
    return dsp.multitap.delay(input, taps, weight, sample_rate)
