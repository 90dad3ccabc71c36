"""Reverberation as decaying noise in six bands, each with its own decay time and level.

The noise is the same in every call and at every sample rate: lines of equal strength, spaced by the
inverse of its length, with phases that are a hash of their number; they roll off over the last fifth below
half the sample rate. Bands are a factor of 2.5 apart and cross over smoothly, so that equal settings give
back the whole noise. In each band the mean square response is the square of its gain, however long it
decays. Two such noises make mid and side.

Sources: J. A. Moorer, About This Reverberation Business (Computer Music Journal 3(2), 1979): decaying
noise; G. L. Steele, D. Lea, C. H. Flood, Fast Splittable Pseudorandom Number Generators (OOPSLA 2014).

Shapes: B batch, K bands (6), N samples; knobs ``[B or 1, 1, 1]``, those of bands one tensor each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import noise_reverb_kernels as kernels
from unpatch.dsp.compiled import Array
from unpatch.dsp.phasors import rows
from unpatch.dsp.response import Way, respond
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.transform import rfft

TAIL_S = 2.0
"""Length of the impulse response; its last :data:`FADE_S` fade out."""
FADE_S = 0.1
CENTRES_HZ = (100, 250, 630, 1_600, 4_000, 10_000)
CROSSOVERS_HZ = tuple(math.sqrt(a * b) for a, b in pairwise(CENTRES_HZ))
# Half the width of a crossover.
_OVERLAP_OCTAVES = 0.33
_ROLL_OFF = 0.2


class NoiseReverbKnobs(NamedTuple):
    """``decays_ms`` are times for 60 dB; ``width`` goes from 0, mono, to 1, left and right independent."""

    decays_ms: Sequence[Tensor]
    gains_db: Sequence[Tensor]
    width: Tensor


class NoiseReverbRouting(NamedTuple):
    """How the signal enters and leaves; ``crossfeed`` of 1 sends the sum of both channels to both."""

    pre_delay_ms: Tensor
    crossfeed: Tensor
    weight: Tensor


def reverberate(
    signal: Spectrum, knobs: NoiseReverbKnobs, routing: NoiseReverbRouting, sample_rate: float
) -> Spectrum:
    """The signal mixed with its reverberation."""
    response = rfft(impulse_response(knobs, sample_rate, signal.bins.real.dtype), signal.size)
    delay = routing.pre_delay_ms.double() * (sample_rate / 1000)
    return respond(signal, response, Way(routing.weight, delay, routing.crossfeed / 2))


def impulse_response(knobs: NoiseReverbKnobs, sample_rate: float, dtype: torch.dtype) -> Tensor:
    """Of left and right, ``[B or 1, 2, N]``."""
    held = noise(sample_rate, dtype)
    decay_ms, gain_db = (
        torch.cat([knob.double().flatten(1) for knob in rows(*each)], dim=1)
        for each in (knobs.decays_ms, knobs.gains_db)
    )
    rate = math.log(1000) * 1000 / (decay_ms * sample_rate)
    # Sum of the squares of the decay.
    energy = torch.expm1(-2 * rate * held.shape[-1]) / torch.expm1(-2 * rate)
    amplitude = 10 ** (gain_db / 20) * energy.rsqrt()
    angle = knobs.width.double().flatten(1) * (math.pi / 4)
    numbers = torch.stack(rows(amplitude * angle.cos(), amplitude * angle.sin(), rate), dim=1)
    response: Tensor = _Decay.apply(numbers, held)  # type: ignore[no-untyped-call]
    return response


@lru_cache(maxsize=4)
def noise(sample_rate: float, dtype: torch.dtype) -> Tensor:
    """Of mid and side in each band, ``[2, K, N]``; all bands of one together have variance 1."""
    size = round(TAIL_S * sample_rate)
    line = np.arange(size // 2 + 1)
    weights = band_weights(line * (sample_rate / size)) * _rolled_off(line / line[-1])
    spectra = np.stack([np.exp(2j * math.pi * hashed(line, seed)) for seed in (0, 1)])
    spectra[:, 0] = 0
    bands = np.fft.irfft(math.sqrt(size) * spectra[:, None] * weights, size)
    return torch.from_numpy(bands * _fade(size, sample_rate)).to(dtype)


def band_weights(frequency_hz: Array) -> Array:
    """Share of each band, ``[K, F]``; they add up to one."""
    octaves = np.log2(np.maximum(frequency_hz, 1e-3))
    above = [np.clip(0.5 + (octaves - math.log2(hz)) / (2 * _OVERLAP_OCTAVES), 0, 1) for hz in CROSSOVERS_HZ]
    steps = np.stack([np.ones_like(octaves), *(np.sin(a * math.pi / 2) ** 2 for a in above)])
    shares: Array = steps - np.concatenate([steps[1:], np.zeros_like(steps[:1])])
    return shares


def hashed(number: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """A fixed random number in [0, 1) for each integer: the output function of SplitMix64."""
    gamma, first, second = np.uint64(0x9E3779B97F4A7C15), 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
    z = (number.astype(np.uint64) * np.uint64(2) + np.uint64(seed) + np.uint64(1)) * gamma
    z = (z ^ (z >> np.uint64(30))) * np.uint64(first)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(second)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


def _rolled_off(share: Array) -> Array:
    """Fades out over the last fifth below half the sample rate, so that fractions of a sample do not ring."""
    kept: Array = np.sin(np.clip((1 - share) / _ROLL_OFF, 0, 1) * math.pi / 2) ** 2
    return kept


def _fade(size: int, sample_rate: float) -> NDArray[np.float64]:
    left = (size - np.arange(size)) / (FADE_S * sample_rate)
    return np.sin(np.clip(left, 0, 1) * math.pi / 2) ** 2


class _Decay(torch.autograd.Function):
    """Numbers ``[B, 3, K]`` as in the kernels, noise."""

    @staticmethod
    def forward(ctx: Any, numbers: Tensor, held: Tensor) -> Tensor:
        numbers = numbers.contiguous()
        y = held.new_empty(len(numbers), 2, held.shape[-1])
        kernels.run(held.numpy(), numbers.numpy(), y.numpy())
        ctx.save_for_backward(numbers, held)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        numbers, held = ctx.saved_tensors
        to_numbers = torch.empty_like(numbers)
        kernels.run_adjoint(held.numpy(), numbers.numpy(), g.contiguous().numpy(), to_numbers.numpy())
        return to_numbers, None
