"""The mix loss by the textbook: slow, in double precision, differentiable by torch.

Nothing of this shares code with the package: frames are cut in a loop, the transform is a matrix, bands are
the triangles of the formula, the ear's curve is the transfer function of its poles.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import scipy.signal
import torch
from numpy.typing import NDArray
from torch import Tensor

REFERENCE_RATE = 30_000
POLES_HZ = (20.598997, 20.598997, 107.65265, 737.86223, 12194.217, 12194.217)


def a_weighting(frequency_hz: float) -> float:
    """|H(2 pi i f)| of the analogue filter: four zeros at 0, six poles; 1.9997 dB make it 1 at 1 kHz."""
    s = 2j * math.pi * frequency_hz
    response = (2 * math.pi * POLES_HZ[-1]) ** 2 * s**4
    for pole in POLES_HZ:
        response /= s + 2 * math.pi * pole
    return abs(response) * 10 ** (1.9997 / 20)


def published_filter(sample_rate: int, taps: int = 101) -> NDArray[np.float64]:
    """As auraloss designs it."""
    zeros = [(2 * math.pi * POLES_HZ[-1]) ** 2 * 10 ** (1.9997 / 20), 0, 0, 0, 0]
    poles = np.poly([-2 * math.pi * pole for pole in POLES_HZ])
    digital = scipy.signal.bilinear(zeros, poles, fs=sample_rate)
    grid, response = scipy.signal.freqz(*digital, worN=512, fs=sample_rate)
    designed: NDArray[np.float64] = scipy.signal.firls(taps, grid, abs(response), fs=sample_rate)
    return designed


def loudness(size: int, sample_rate: int, weighting: str) -> Tensor:
    """Weight of each bin ``[F]``."""
    bins_hz = [k * sample_rate / size for k in range(size // 2 + 1)]
    if weighting == "flat":
        return torch.ones(len(bins_hz), dtype=torch.float64)
    if weighting == "exact":
        return torch.tensor([a_weighting(f) for f in bins_hz], dtype=torch.float64)
    taps = published_filter(sample_rate)
    turns = np.outer(bins_hz, np.arange(len(taps))) * (-2j * math.pi / sample_rate)
    return torch.from_numpy(abs(np.exp(turns) @ taps))


def slaney_mel(frequency_hz: float) -> float:
    if frequency_hz <= 1000:
        return 3 * frequency_hz / 200
    return 15 + 27 * math.log(frequency_hz / 1000) / math.log(6.4)


def slaney_hz(mel: float) -> float:
    return 200 * mel / 3 if mel <= 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def triangles(size: int, sample_rate: int, bands: int, highest_hz: float) -> Tensor:
    """Bands ``[M, F]`` of area 1 over Hz; those that end above half the rate are left out."""
    corners = [slaney_hz(slaney_mel(highest_hz) * i / (bands + 1)) for i in range(bands + 2)]
    bins_hz = np.arange(size // 2 + 1) * sample_rate / size
    rows = []
    for low, centre, high in zip(corners[:-2], corners[1:-1], corners[2:], strict=True):
        if high <= sample_rate / 2 + 1e-6:
            inside = np.minimum((bins_hz - low) / (centre - low), (high - bins_hz) / (high - centre))
            rows.append(2 / (high - low) * np.maximum(0, inside))
    return torch.from_numpy(np.array(rows))


@cache
def waves(size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the discrete Fourier transform, ``[F, size]`` each."""
    bins, samples = torch.arange(size // 2 + 1), torch.arange(size)
    angles = 2 * math.pi / size * (torch.outer(bins, samples) % size).double()
    return angles.cos(), angles.sin()


def spectrogram(signal: Tensor, size: int) -> Tensor:
    """Magnitudes ``[N, F]`` of ``[T]``: Hann's window, frames centred on fourths of it, mirrored ends."""
    margin = size // 2
    mirrored = torch.cat([signal[1 : margin + 1].flip(0), signal, signal[-margin - 1 : -1].flip(0)])
    window = (math.pi / size * torch.arange(size, dtype=torch.float64)).sin() ** 2
    cosines, sines = waves(size)
    rows = []
    for start in range(0, len(signal) + 1, size // 4):
        frame = window * mirrored[start : start + size]
        rows.append(((cosines @ frame) ** 2 + (sines @ frame) ** 2 + 1e-300).sqrt())
    return torch.stack(rows)


def four(audio: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Left, right, mid and side of ``[2, T]``."""
    left, right = audio
    return left, right, left + right, left - right


Picture = Callable[[Tensor], Tensor]


def picture(
    size: int, sample_rate: int, weighting: str, bands: int, highest_hz: float, floor: float
) -> Picture:
    """What takes ``[T]`` to mel magnitudes ``[N, M]``."""
    weight = loudness(size, sample_rate, weighting) * REFERENCE_RATE / sample_rate
    bank = triangles(size, sample_rate, bands, highest_hz)
    return lambda signal: (spectrogram(signal, size) * weight).clamp_min(floor) @ bank.T


def logarithmic(x: Tensor, y: Tensor, weight: Tensor | float = 1.0) -> Tensor:
    return (weight * (x.log() - y.log()).abs()).mean()


def convergence(x: Tensor, y: Tensor, divisor: Tensor) -> Tensor:
    return (x - y).square().sum().sqrt() / divisor


def loss(found: Tensor, sought: Tensor, pictures: list[Picture], normalisation: str) -> Tensor:
    """Mean over resolutions and over left, right, mid and side."""
    terms = []
    for take in pictures:
        targets = [take(signal) for signal in four(sought)]
        silence = take(torch.zeros_like(sought[0])).norm()
        loudest = max(y.norm() for y in targets)
        for x, y in zip(map(take, four(found)), targets, strict=True):
            divisor = {
                "published": x.square().sum().sqrt(),
                "standard": y.norm(),
                "guarded": max(y.norm(), 0.1 * loudest, 10 * silence),
            }[normalisation]
            terms.append(logarithmic(x, y) + convergence(x, y, divisor))
    return torch.stack(terms).mean()
