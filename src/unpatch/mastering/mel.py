"""The study's distance of sounds: difference of the levels of mel bands, both sounds at one level.

After auraloss' MelSTFTLoss, as Peladeau and Peeters use it: Hann window of 4096 samples, hop 1024, 128 bands
of Slaney's scale, natural logarithm of magnitudes, mean absolute difference, after either sound was divided
by its root mean square.

Shapes: B batch, T samples, N frames, F bins, M bands.
"""

import numpy as np
import torch
from torch import Tensor, nn

from unpatch.mixing.mel_bank import corners_hz

FFT, HOP, BANDS = 4_096, 1_024, 128
FLOOR = 1e-8
TINY = 1e-8


def at_one_level(audio: Tensor) -> Tensor:
    """``[B, T]`` with a root mean square of 1; silence stays silent."""
    return audio / audio.square().mean(-1, keepdim=True).sqrt().clamp_min(TINY)


def slaney_bank(fft: int, bands: int, rate: int) -> Tensor:
    """Triangles of area 1 over frequency in Hz, ``[F, M]``."""
    bins_hz = np.arange(fft // 2 + 1) * (rate / fft)
    corners = corners_hz(bands, rate / 2, rate)
    low, centre, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rise, fall = (bins_hz - low) / (centre - low), (high - bins_hz) / (high - centre)
    triangles = np.maximum(0, np.minimum(rise, fall)) * 2 / (high - low)
    return torch.from_numpy(triangles.T.astype(np.float32).copy())


class MelDistance(nn.Module):
    """Of each example."""

    def __init__(self, rate: int = 44_100, fft: int = FFT, hop: int = HOP, bands: int = BANDS) -> None:
        super().__init__()
        self.fft, self.hop = fft, hop
        self.register_buffer("window", torch.hann_window(fft), persistent=False)
        self.register_buffer("bank", slaney_bank(fft, bands, rate), persistent=False)

    def picture(self, audio: Tensor) -> Tensor:
        """Log-magnitudes ``[B, N, M]`` of ``[B, T]`` at one level."""
        spectra = torch.stft(
            at_one_level(audio), self.fft, self.hop, window=self.get_buffer("window"), return_complex=True
        )
        power = spectra.real.square() + spectra.imag.square()
        magnitudes = power.clamp_min(FLOOR).sqrt()
        return (magnitudes.transpose(1, 2) @ self.get_buffer("bank")).clamp_min(FLOOR).log()

    def forward(self, found: Tensor, true: Tensor) -> Tensor:
        """``[B]`` of two ``[B, T]``."""
        return (self.picture(found) - self.picture(true)).abs().mean((1, 2))
