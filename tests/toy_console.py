"""A mixing console with strips that are quick to compute and easy to check, and songs of noise for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from unpatch.declaration import amount, db, hz, processor
from unpatch.dsp.spectrum import Spectrum
from unpatch.processors import CONSOLE, PROCESSORS

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio

RATE = 8_000


@processor(family="console", lti=True, tail_s=0.05, device="equalizer")
def console_equalizer(
    input: Spectrum,
    *,
    sample_rate: float,
    gain_db: Tensor = db(-24, 24, 0),
    frequency_hz: Tensor = hz(100, 3_000, 500),
    weight: Tensor = amount(0, 1, 1, neutral=0),
) -> Spectrum:
    """A shelf without phase."""
    rise = torch.sigmoid((input.frequencies_hz(sample_rate) / frequency_hz).clamp_min(1e-6).log() * 4)
    response = 10 ** (gain_db * rise / 20)
    return Spectrum(input.bins * (1 + weight * (response - 1)), input.size)


@processor(family="console", device="compressor")
def console_compressor(
    input: Audio,
    *,
    sample_rate: float,
    drive: Tensor = amount(0, 4, 1, neutral=0),
    weight: Tensor = amount(0, 1, 1, neutral=0),
) -> Audio:
    """Louder parts are bent down."""
    return input + weight * (input / (1 + drive * input.abs()) - input)


@processor(family="console", lti=True, tail_s=0.2, device="reverb")
def console_reverb(
    input: Spectrum,
    *,
    sample_rate: float,
    delay_ms: Tensor = amount(1, 100, 30, unit="ms"),
    weight: Tensor = amount(0, 1, 0.5, neutral=0),
) -> Spectrum:
    """One echo."""
    angle = -2 * torch.pi * input.frequencies_hz(sample_rate) * delay_ms / 1000
    echo = 1 + torch.polar(torch.ones_like(angle), angle)
    return Spectrum(input.bins * (1 + weight * (echo - 1)), input.size)


TOYS = {
    "mix": PROCESSORS["mix"],
    "console_gain": CONSOLE["console_gain"],
    **{p.kind: p for p in (console_equalizer, console_compressor, console_reverb)},
}
"""A registry that has the strip ``ecgr``."""


def noises(tracks: int, seconds: float, seed: int = 0) -> Tensor:
    """Stereo noises that swell at different times, ``[K, 2, T]``."""
    generator = torch.Generator().manual_seed(seed)
    frames = round(seconds * RATE)
    audio = 0.1 * torch.randn(tracks, 2, frames, generator=generator)
    time = torch.arange(frames) / RATE
    rates = 0.5 + torch.rand(tracks, 1, 1, generator=generator)
    return audio * (1 + torch.sin(2 * torch.pi * rates * time)) / 2
