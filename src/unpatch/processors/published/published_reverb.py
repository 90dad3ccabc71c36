"""Reverberation of the published console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import db, ms, processor
from unpatch.processors.published import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


# Defaults are what the published parametrisation has at zero: decay by ln(2)/8 nepers every 6.4 ms.
@processor(family="published", lti=True, channels="apart", tail_s=2.01, device="reverb", keeps_energy=False)
def published_reverb(
    input: Spectrum,
    *,
    sample_rate: float,
    mid_db: Tensor = db(-60, 60, 0, size=193, doc="level of mid, every 78.125 Hz from 0 to 15 kHz"),
    side_db: Tensor = db(-60, 60, 0, size=193, doc="level of side"),
    mid_decay_ms: Tensor = ms(10, 60_000, 510, size=193, doc="time in which mid decays by 60 dB"),
    side_decay_ms: Tensor = ms(10, 60_000, 510, size=193, doc="time in which side decays by 60 dB"),
    weight: Tensor = knobs.WEIGHT,
) -> Spectrum:
    """Add a room: two fixed noises under a mask over time and frequency, as mid and side.

    The energy of the response is one, and it ends after 2 s (Lee et al., Searching for Music Mixing Graphs,
    DAFx 2024). At other rates than 30 kHz times and frequencies stay, and the energy is counted below 15 kHz.
    """
    room = dsp.masked_noise.MaskedNoiseKnobs(mid_db, side_db, mid_decay_ms, side_decay_ms)
    return dsp.masked_noise.reverberate(input, room, weight, sample_rate)
