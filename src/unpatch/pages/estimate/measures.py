"""Distances between two takes, in the figures of an engineer: level, spectrum, time.

Shapes: C channel, T time, F frames, K bands.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.audio import level_db
from unpatch.features.pictures import hz_to_mel, mel_bank, mel_to_hz
from unpatch.metrics import spectral_distance

FFT, BANDS = 2048, 128
HOP = FFT // 4
# Levels are shown over this range below the loudest point; what is lower counts as its floor.
RANGE_DB = 80.0
# Third octaves: centres at 1 kHz times powers of 2^(1/3).
THIRDS = range(-13, 14)


@dataclass(frozen=True)
class Distance:
    """Between a reference and a re-render.

    Attributes:
        level_db: how much louder the re-render is (root mean square over everything).
        spectrum_db: mean absolute difference of the third-octave spectra, levels matched.
        spectrogram_db: mean absolute difference of the mel spectrograms, levels matched.
        multi_scale: the spectral distance by which models are measured (0 is equal), levels matched.
    """

    level_db: float
    spectrum_db: float
    spectrogram_db: float
    multi_scale: float


def distance(reference: Tensor, rendered: Tensor, sample_rate: int) -> Distance:
    """Compare ``[2, T]`` with ``[2, T]`` of the same length."""
    matched = match_level(rendered, reference)
    thirds = third_octaves(reference, sample_rate)[1] - third_octaves(matched, sample_rate)[1]
    first, second = spectrograms_db((reference, matched), sample_rate)
    return Distance(
        level_db=level_db(rendered) - level_db(reference),
        spectrum_db=float(thirds.abs().mean()),
        spectrogram_db=float((first - second).abs().mean()),
        multi_scale=float(spectral_distance(matched, reference)),
    )


def match_level(audio: Tensor, reference: Tensor) -> Tensor:
    """``audio`` at the root-mean-square level of ``reference``; silence stays silence."""
    difference = level_db(reference) - level_db(audio)
    return audio * 10 ** (difference / 20) if math.isfinite(difference) else audio


def spectrograms_db(signals: Sequence[Tensor], sample_rate: int) -> list[Tensor]:
    """Mel spectrograms ``[K, F]`` of the channels' mean power, in dB relative to full scale.

    All end at one floor, ``RANGE_DB`` below the loudest point of any, so that they can be subtracted.
    """
    powers = [_power(audio).mean(0) for audio in signals]
    mels = [mel_bank(sample_rate, FFT, BANDS).to(power) @ power for power in powers]
    levels = [10 * torch.log10(mel.clamp_min(1e-20)) for mel in mels]
    floor = max(float(level.max()) for level in levels) - RANGE_DB
    return [level.clamp_min(floor) for level in levels]


def band_centres_hz(sample_rate: int) -> list[float]:
    """Centre frequency of each band of the mel spectrogram."""
    highest = float(hz_to_mel(torch.tensor(sample_rate / 2)))
    centres: list[float] = mel_to_hz(torch.linspace(0, highest, BANDS + 2)[1:-1]).tolist()
    return centres


def third_octaves(audio: Tensor, sample_rate: int) -> tuple[Tensor, Tensor]:
    """Centre frequencies in Hz and the long-term level in each band in dB, both ``[K]``."""
    power = _power(audio).mean((0, 2))
    frequencies = torch.linspace(0, sample_rate / 2, len(power))
    centres = torch.tensor(
        [1000 * 2 ** (n / 3) for n in THIRDS if 1000 * 2 ** ((n + 0.5) / 3) < sample_rate / 2]
    )
    low, high = centres[:, None] * 2 ** (-1 / 6), centres[:, None] * 2 ** (1 / 6)
    # The lowest bands are narrower than a bin: each takes its nearest bin at least.
    nearest = (frequencies[None] - centres[:, None]).abs()
    member = ((frequencies >= low) & (frequencies < high)) | (nearest == nearest.min(1, keepdim=True).values)
    level = 10 * torch.log10((member.to(power) @ power).clamp_min(1e-20))
    return centres, level.clamp_min(float(level.max()) - RANGE_DB)


def _power(audio: Tensor) -> Tensor:
    """``[C, FFT / 2 + 1, F]``."""
    window = torch.hann_window(FFT)
    padded = torch.nn.functional.pad(audio.float(), (0, max(0, FFT - audio.shape[-1])))
    spectrum = torch.stft(padded, FFT, HOP, window=window, pad_mode="constant", return_complex=True)
    return spectrum.abs().square() / window.square().sum()
