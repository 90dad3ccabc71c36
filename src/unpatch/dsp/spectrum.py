"""Signals as spectra: what linear processors in series share, so that a chain costs one transform each way.

Shapes: B batch, C channel, T time, F = size // 2 + 1 bins.
"""

from dataclasses import dataclass

import torch
from scipy.fft import next_fast_len
from torch import Tensor

from unpatch.dsp.transform import rfft


def fast_size(frames: int) -> int:
    """The shortest even length from ``frames`` on whose transform is fast: small prime factors only.

    A bad length costs up to ten times as much.
    """
    return 2 * int(next_fast_len((frames + 1) // 2, real=True))


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A real signal's half of its discrete Fourier transform.

    Products with a response are circular: ``size`` leaves room for what rings on behind the signal.

    Attributes:
        bins: complex ``[B, 2, F]``.
        size: length of the transform in samples; even.
    """

    bins: Tensor
    size: int

    @classmethod
    def of(cls, audio: Tensor, size: int) -> "Spectrum":
        """The spectrum of ``[B, 2, T]``, padded with zeros to ``size``."""
        if size % 2 or size < audio.shape[-1]:
            raise ValueError(
                f"a transform of {audio.shape[-1]} samples has an even size from there on, got {size}"
            )
        return cls(rfft(audio, size), size)

    def samples(self, frames: int) -> Tensor:
        """Its first ``frames`` samples ``[B, 2, T]``."""
        samples: Tensor = torch.fft.irfft(self.bins, self.size)
        return samples[..., :frames]

    def frequencies_hz(self, sample_rate: float) -> Tensor:
        """The frequency of each bin, ``[F]`` in the precision of the bins."""
        steps = torch.arange(self.bins.shape[-1], dtype=self.bins.real.dtype, device=self.bins.device)
        frequencies: Tensor = steps * (sample_rate / self.size)
        return frequencies
