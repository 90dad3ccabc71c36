"""Distances between two sounds.

Shapes: T samples.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

# Scales of the spectral distance and how many frames cover a sample, after Engel et al. 2020 (DDSP).
FFT_SIZES = (2048, 1024, 512, 256, 128, 64)
OVERLAP = 4
# Magnitudes below this share of the target's own root mean square count as silence.
FLOOR = 1e-2
# Level assumed for a silent target.
SILENT = 1e-9


class _Scale(NamedTuple):
    """A target's magnitudes ``[2, frames, bins]`` at one scale, their floor, sum and logarithms."""

    fft: int
    hop: int
    magnitudes: Tensor
    floor: Tensor
    total: Tensor
    logarithms: Tensor


class Target:
    """A target sound ``[2, T]``: its spectra are computed once.

    Both sounds are scaled by the gain that brings the target to a root mean square of 1. At each scale, with
    magnitudes Y of the target and X of the other, over both channels::

        1/2 sum |Y - X| / sum Y  +  1/2 mean |log10(Y + f) - log10(X + f)|,   f = FLOOR rms(Y)

    and the scales are averaged. Equal signals are at 0; against silence the first term is 1/2.

    Args:
        audio: the sound.
        sizes: of the transforms; fewer are quicker, for a search.
        overlap: frames that cover a sample.
    """

    def __init__(self, audio: Tensor, sizes: Sequence[int] = FFT_SIZES, overlap: int = OVERLAP) -> None:
        self._level = audio.square().mean().sqrt().clamp_min(SILENT)
        self._scales = [_scale(audio / self._level, fft, fft // overlap) for fft in sizes]

    def distance(self, found: Tensor) -> Tensor:
        """Multi-scale spectral distance of ``[2, T]`` from the target, a scalar."""
        scaled = found / self._level
        return torch.stack([_at_scale(scaled, scale) for scale in self._scales]).mean()


def spectral_distance(found: Tensor, target: Tensor) -> Tensor:
    """Distances ``[...]`` of sounds ``[..., 2, T]`` from as many targets; see :class:`Target`.

    One by one: spectra of one example stay in the cache, those of a batch do not.
    """
    pairs = zip(found.reshape(-1, *found.shape[-2:]), target.reshape(-1, *target.shape[-2:]), strict=True)
    return torch.stack([Target(y).distance(x) for x, y in pairs]).reshape(found.shape[:-2])


def _scale(audio: Tensor, fft: int, hop: int) -> _Scale:
    magnitudes = _magnitudes(audio, fft, hop)
    floor = FLOOR * magnitudes.square().mean().sqrt().clamp_min(SILENT)
    total = magnitudes.sum().clamp_min(SILENT)
    return _Scale(fft, hop, magnitudes, floor, total, (magnitudes + floor).log10())


def _at_scale(found: Tensor, target: _Scale) -> Tensor:
    magnitudes = _magnitudes(found, target.fft, target.hop)
    linear = (target.magnitudes - magnitudes).abs().sum() / target.total
    logarithmic = (target.logarithms - (magnitudes + target.floor).log10()).abs().mean()
    return (linear + logarithmic) / 2


def _magnitudes(audio: Tensor, fft: int, hop: int) -> Tensor:
    """``[2, frames, bins]``; frames are centred. Silence keeps a finite gradient."""
    padded = torch.nn.functional.pad(audio, (fft // 2, fft // 2))
    window = torch.hann_window(fft, dtype=audio.dtype, device=audio.device)
    spectra = torch.fft.rfft(padded.unfold(-1, fft, hop) * window)
    magnitudes: Tensor = (spectra.real.square() + spectra.imag.square() + SILENT**2).sqrt()
    return magnitudes
