"""From stereo sound to mel magnitudes of left, right, mid and side, and back for gradients.

One transform per channel: mid and side are the sum and the difference of the spectra of left and right.

Shapes: T samples, N frames, F bins, M bands; the four signals are L, R, M = L + R, S = L - R.
"""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from unpatch.dsp.compiled import Array
from unpatch.mixing import mel_kernels as kernels
from unpatch.mixing.mel_bank import REFERENCE_RATE, Bank
from unpatch.mixing.weighting import Weighting, weights


class MelTransform:
    """Mel magnitudes of stereo sound of one length at one resolution.

    Frames are centred on multiples of the hop and the sound is mirrored at its ends. The window is Hann's.
    Magnitudes are weighted by the ear's curve and raised to the floor, bin by bin, and then summed into
    bands. They are scaled to what the transform of the same sound at 30 kHz gives, where a sine of
    amplitude 1 has a quarter of the transform's length.

    Args:
        bank: the bands.
        frames: T, at least 1.
        sample_rate: in Hz.
        weighting: of magnitudes by frequency.
        floor: lowest magnitude of a bin.
        dtype: float32 or float64.
    """

    def __init__(
        self,
        bank: Bank,
        frames: int,
        sample_rate: float,
        *,
        weighting: Weighting,
        floor: float,
        dtype: torch.dtype,
    ) -> None:
        self.bank, self.frames = bank, frames
        self._window = torch.hann_window(bank.size, dtype=dtype)
        self._places = mirrored(frames, bank.size // 2)
        bins_hz = np.arange(bank.size // 2 + 1) * (sample_rate / bank.size)
        loudness = weights(bins_hz, sample_rate, weighting) * (REFERENCE_RATE / sample_rate)
        weight, rise, fall, lowest = (_like(a, dtype) for a in (loudness, bank.rise, bank.fall, [floor]))
        self.bands = kernels.Bands(weight, lowest[0], bank.corners, rise, fall)

    @property
    def shape(self) -> tuple[int, int]:
        """``(N, M)`` of a picture."""
        return 1 + self.frames // self.bank.hop, self.bank.bands

    @property
    def silence(self) -> Tensor:
        """What silence has in each band ``[M]``."""
        return self.mels(torch.fft.rfft(torch.zeros(2, 1, self.bank.size, dtype=self._window.dtype)))[0, 0]

    def spectra(self, audio: Tensor) -> Tensor:
        """Complex ``[2, N, F]`` of ``[2, T]``."""
        spectra: Tensor = torch.fft.rfft(self.frames_of(audio))
        return spectra

    def frames_of(self, audio: Tensor) -> Tensor:
        """Windowed, ``[2, N, size]``."""
        padded = audio.index_select(-1, self._places)
        return padded.unfold(-1, self.bank.size, self.bank.hop) * self._window

    def mels(self, spectra: Tensor) -> Tensor:
        """Mel magnitudes ``[4, N, M]``."""
        out = torch.empty(4, spectra.shape[1], self.bank.bands, dtype=spectra.real.dtype)
        kernels.mels(torch.view_as_real(spectra).numpy(), self.bands, out.numpy())
        return out

    def add_slopes(self, spectra: Tensor, slopes: Tensor, out: Tensor) -> None:
        """Add to ``out [2, T]`` the slopes by the samples, given those by the mels ``[4, N, M]``.

        Spectra are overwritten.
        """
        kernels.mels_adjoint(torch.view_as_real(spectra).numpy(), self.bands, slopes.numpy())
        self.overlap_add(torch.fft.irfft(spectra, self.bank.size, norm="forward"), out)

    def overlap_add(self, frames: Tensor, out: Tensor) -> None:
        """Transpose of :meth:`frames_of`; adds to ``out [2, T]``."""
        window, places = self._window.numpy(), self._places.numpy()
        kernels.overlap_add(frames.numpy(), window, self.bank.hop, places, out.numpy())


def mirrored(frames: int, margin: int) -> Tensor:
    """Index of the sample at each place of a sound with ``margin`` mirrored samples at both ends.

    The end samples occur once; a sound shorter than the margin is mirrored again and again.
    """
    period = max(1, 2 * (frames - 1))
    places = torch.arange(-margin, frames + margin) % period
    return torch.minimum(places, period - places)


def _like(values: ArrayLike, dtype: torch.dtype) -> Array:
    cast: Array = torch.tensor(values, dtype=dtype).numpy()
    return cast
