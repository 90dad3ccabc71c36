"""The published reverberation: two fixed noises whose short-time spectra are masked, for mid and side.

Frames last 12.8 ms, every 6.4 ms (384 and 192 samples at 30 kHz). In each of their 193 frequencies, 78.125 Hz
apart, the mask starts at a level and falls by as much from frame to frame. The two masked noises are mid and
side of a response of 2 s; it is scaled to an energy of 1, the mean of both channels, and each channel
of the signal meets its own.

At other rates frames last as long to the nearest sample, levels and decays are interpolated along frequency
and held above 15 kHz, the energy is counted below it, and the noise is the same sound up to there,
with lines of the same strength above it.

Source: Lee et al., Searching for Music Mixing Graphs: A Pruning Approach (DAFx 2024), and ``grafx`` 0.6.

Shapes: B batch, K values (193), M frames, F bins of a frame, N samples; knobs ``[B or 1, 1, K]``.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import masked_noise_kernels as kernels
from unpatch.dsp.multitap import counted_bins
from unpatch.dsp.noise_reverb import hashed
from unpatch.dsp.phasors import reals, rows
from unpatch.dsp.response import Way, respond
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.transform import rfft
from unpatch.dsp.zero_phase import interpolated

VALUES, HOP_S, LENGTH_S = 193, 0.0064, 2.0
_SPACING_HZ = 78.125
_LENGTH = 60_000
_NEPERS_PER_DB = math.log(10) / 20


class MaskedNoiseKnobs(NamedTuple):
    """Levels of the first frame and times of decay by 60 dB, of mid and side."""

    mid_db: Tensor
    side_db: Tensor
    mid_decay_ms: Tensor
    side_decay_ms: Tensor


def reverberate(signal: Spectrum, knobs: MaskedNoiseKnobs, weight: Tensor, sample_rate: float) -> Spectrum:
    """The signal mixed by ``weight`` with its reverberation."""
    response = rfft(impulse_response(knobs, sample_rate), signal.size)
    return respond(signal, response, Way(weight, level_bins=counted_bins(signal, sample_rate)))


def impulse_response(knobs: MaskedNoiseKnobs, sample_rate: float) -> Tensor:
    """Of left and right, before its energy is scaled, ``[B or 1, 2, N]``."""
    mid_db, side_db, mid_ms, side_ms = (knob.double() for knob in rows(*knobs))
    level = torch.cat([mid_db, side_db], dim=1) * _NEPERS_PER_DB
    fall = math.log(1000) * 1000 / torch.cat([mid_ms, side_ms], dim=1)
    hop = _hop(sample_rate)
    position = torch.arange(hop + 1, dtype=torch.float64) * (sample_rate / (2 * hop) / _SPACING_HZ)
    level, fall = interpolated(level, position), interpolated(fall, position) * (hop / sample_rate)
    frames = framed_noise(sample_rate, knobs.mid_db.dtype)
    spectra: Tensor = _Mask.apply(level, fall, frames)  # type: ignore[no-untyped-call]
    mid, side = _joined(spectra, sample_rate).unbind(1)
    return torch.stack([mid + side, mid - side], dim=1)


class _Mask(torch.autograd.Function):
    """Levels and falls ``[B, 2, F]``, frames of noise ``[2, M, F]``."""

    @staticmethod
    def forward(ctx: Any, level: Tensor, fall: Tensor, frames: Tensor) -> Tensor:
        level, fall = level.contiguous(), fall.contiguous()
        spectra = frames.new_empty(len(level), *frames.shape)
        kernels.run(level.numpy(), fall.numpy(), reals(frames), reals(spectra))
        ctx.save_for_backward(level, fall, frames)
        return spectra

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor, None]:
        level, fall, frames = ctx.saved_tensors
        to_level, to_fall = torch.empty_like(level), torch.empty_like(fall)
        into = (to_level.numpy(), to_fall.numpy())
        kernels.run_adjoint(level.numpy(), fall.numpy(), reals(frames), reals(g), *into)
        return to_level, to_fall, None


def _hop(sample_rate: float) -> int:
    return round(HOP_S * sample_rate)


def _joined(spectra: Tensor, sample_rate: float) -> Tensor:
    """Frames ``[B, 2, M, F]`` overlapped and added, ``[B, 2, N]``.

    With frames at every half of their length each stretch is the sum of two halves.
    """
    hop, length = _hop(sample_rate), round(LENGTH_S * sample_rate)
    window = torch.hann_window(2 * hop, dtype=torch.float64)
    frames = torch.fft.irfft(spectra, 2 * hop)
    rising, falling = window[:hop], window[hop:]
    both = rising**2 + falling**2
    ends, starts = (falling / both).to(frames), (rising / both).to(frames)
    inner = frames[..., :-1, hop:] * ends + frames[..., 1:, :hop] * starts
    # At the published rate the response ends where the window is still above one half.
    last = frames[..., -1:, hop:] / falling.clamp(min=0.5).to(frames)
    return torch.cat([inner, last], dim=-2).flatten(-2)[..., :length]


@lru_cache(maxsize=4)
def framed_noise(sample_rate: float, dtype: torch.dtype) -> Tensor:
    """Short-time spectra of the noises, ``[2, M, F]``, complex."""
    hop = _hop(sample_rate)
    window = torch.hann_window(2 * hop, dtype=torch.float64)
    spectra = torch.stft(
        torch.from_numpy(noises(sample_rate)), 2 * hop, hop, window=window, return_complex=True
    )
    return spectra.transpose(1, 2).contiguous().to(torch.promote_types(dtype, torch.complex32))


def noises(sample_rate: float) -> NDArray[np.float64]:
    """Of mid and side, ``[2, N]``: the published ones at 30 kHz, uniform in [-1, 1)."""
    published = 2 * np.random.RandomState(0).uniform(size=(2, _LENGTH)) - 1
    length = round(LENGTH_S * sample_rate)
    if length == _LENGTH:
        return published
    known, line = np.fft.rfft(published), np.arange(length // 2 + 1)
    strength = math.sqrt(_LENGTH / 3)
    lines = np.stack([strength * np.exp(2j * math.pi * hashed(line, seed)) for seed in (2, 3)])
    shared = min(len(line), _LENGTH // 2)
    lines[:, :shared] = known[:, :shared]
    return np.fft.irfft(lines * (length / _LENGTH), length)
