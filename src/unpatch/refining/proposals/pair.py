"""A signal before and after processing, and the spectra by which the two are compared.

Shapes: T samples, F frames, K bins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from torch import Tensor

Floats: TypeAlias = NDArray[np.floating[Any]]

TINY = 1e-12
# Below this many dB under the loudest frame the dry signal counts as silent.
RANGE_DB = 50.0
# Regularisation of an impulse response: shares of the largest and of the mean power that are added.
OF_LARGEST, OF_MEAN = 1e-4, 1e-3
LEAD_S = 0.01


@dataclass(frozen=True)
class Pair:
    """Both signals ``[2, T]``, at equal energies, since the level of a file is arbitrary.

    Attributes:
        dry: before.
        wet: after.
        sample_rate: in Hz.
    """

    dry: Floats
    wet: Floats
    sample_rate: float

    @classmethod
    def of(cls, dry: Tensor, wet: Tensor, sample_rate: float) -> Pair:
        before, after = (np.asarray(audio.detach().numpy(), dtype=np.float64) for audio in (dry, wet))
        level = np.sqrt((before**2).mean() / max((after**2).mean(), TINY))
        return cls(before, after * level, sample_rate)

    @cached_property
    def is_silent(self) -> bool:
        """Whether either signal is silent."""
        return bool(min((self.dry**2).mean(), (self.wet**2).mean()) < TINY)

    @cached_property
    def mono(self) -> tuple[Floats, Floats]:
        """Means of both channels ``[T]``."""
        return self.dry.mean(0), self.wet.mean(0)

    @cached_property
    def impulse_responses(self) -> Floats:
        """Impulse response from dry to wet signal, left and right ``[2, T]``; time 0 is at :attr:`lead`.

        The wet spectrum divided by the dry one, regularised where the dry one has little (a Wiener
        deconvolution). Gaps in the spectra spread every peak to both sides, the direct sound's too.
        """
        size = next_fast_len(2 * self.dry.shape[-1], real=True)
        dry, wet = rfft(self.dry, size), rfft(self.wet, size)
        power = np.abs(dry) ** 2
        added = OF_LARGEST * power.max(-1, keepdims=True) + OF_MEAN * power.mean(-1, keepdims=True)
        whole = irfft(wet * dry.conj() / (power + added), size)
        found: Floats = np.roll(whole, self.lead, axis=-1)[:, : self.dry.shape[-1]]
        return found

    @property
    def lead(self) -> int:
        """Samples of an impulse response before time 0."""
        return round(LEAD_S * self.sample_rate)

    def powers(self, block_s: float) -> tuple[Floats, Floats]:
        """Mean squares of dry and wet in blocks without overlap ``[2, F]``."""
        block = max(1, round(block_s * self.sample_rate))
        return block_powers(self.dry, block), block_powers(self.wet, block)

    def sounding(self, block_s: float) -> NDArray[np.bool_]:
        """Blocks ``[F]`` in which the dry signal is not silent."""
        power = self.powers(block_s)[0].sum(0)
        return np.asarray(power > power.max() * 10 ** (-RANGE_DB / 10))

    def frames(self, size: int, hop: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Windowed spectra ``[2, F, K]`` of dry and wet."""
        return spectra(self.dry, size, hop), spectra(self.wet, size, hop)


def block_powers(audio: Floats, block: int) -> Floats:
    """Mean squares ``[C, F]`` of blocks of ``[C, T]``."""
    frames = audio.shape[-1] // block
    found: Floats = (audio[:, : frames * block].reshape(len(audio), frames, block) ** 2).mean(-1)
    return found


def spectra(audio: Floats, size: int, hop: int) -> NDArray[Any]:
    """``[C, F, K]``: Hann windows, the signal padded to one frame at least."""
    padded = np.pad(audio, ((0, 0), (0, max(0, size - audio.shape[-1]))))
    framed = np.lib.stride_tricks.sliding_window_view(padded, size, axis=-1)[:, ::hop]
    found: NDArray[Any] = rfft(framed * np.hanning(size))
    return found


def decibels(power: Any) -> Any:
    """Of powers."""
    return 10 * np.log10(np.maximum(power, TINY))
