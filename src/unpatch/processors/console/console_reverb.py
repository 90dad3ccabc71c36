"""Reverberation of a console strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import amount, db, ms, processor
from unpatch.processors.console import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Spectrum


@processor(family="console", lti=True, channels="crossed", tail_s=2.3, device="reverb", keeps_energy=False)
def console_reverb(
    input: Spectrum,
    *,
    sample_rate: float,
    pre_delay_ms: Tensor = ms(1, 200, 15, doc="time before the reverberation begins"),
    decay_100hz_ms: Tensor = ms(50, 4_000, 1_000, doc="time to decay by 60 dB around 100 Hz"),
    decay_250hz_ms: Tensor = ms(50, 4_000, 1_000, doc="time to decay by 60 dB around 250 Hz"),
    decay_630hz_ms: Tensor = ms(50, 4_000, 900, doc="time to decay by 60 dB around 630 Hz"),
    decay_1600hz_ms: Tensor = ms(50, 4_000, 800, doc="time to decay by 60 dB around 1600 Hz"),
    decay_4000hz_ms: Tensor = ms(50, 4_000, 600, doc="time to decay by 60 dB around 4000 Hz"),
    decay_10000hz_ms: Tensor = ms(50, 4_000, 400, doc="time to decay by 60 dB around 10000 Hz"),
    gain_100hz_db: Tensor = db(-60, 12, 0, doc="level around 100 Hz"),
    gain_250hz_db: Tensor = db(-60, 12, 0, doc="level around 250 Hz"),
    gain_630hz_db: Tensor = db(-60, 12, 0, doc="level around 630 Hz"),
    gain_1600hz_db: Tensor = db(-60, 12, 0, doc="level around 1600 Hz"),
    gain_4000hz_db: Tensor = db(-60, 12, 0, doc="level around 4000 Hz"),
    gain_10000hz_db: Tensor = db(-60, 12, 0, doc="level around 10000 Hz"),
    width: Tensor = amount(0, 1, 1, doc="0 is mono, 1 has left and right independent"),
    crossfeed: Tensor = amount(0, 1, 0.5, doc="0 keeps the channels apart, 1 sends their sum to both"),
    weight: Tensor = knobs.WEIGHT,
) -> Spectrum:
    """Add a room: noise that decays in six bands, each with its own time and level.

    In each band the energy of the response is the square of its gain, at any decay; bands meet at 158,
    397, 1004, 2530 and 6325 Hz. The response ends after 2 s, its last tenth of a second fading out. The noise
    is fixed and the same at every sample rate (after Moorer, About This Reverberation Business, Computer
    Music Journal 3(2), 1979).
    """
    decays = (
        decay_100hz_ms,
        decay_250hz_ms,
        decay_630hz_ms,
        decay_1600hz_ms,
        decay_4000hz_ms,
        decay_10000hz_ms,
    )
    gains = (
        gain_100hz_db,
        gain_250hz_db,
        gain_630hz_db,
        gain_1600hz_db,
        gain_4000hz_db,
        gain_10000hz_db,
    )
    room = dsp.noise_reverb.NoiseReverbKnobs(decays, gains, width)
    routing = dsp.noise_reverb.NoiseReverbRouting(pre_delay_ms, crossfeed, weight)
    return dsp.noise_reverb.reverberate(input, room, routing, sample_rate)
