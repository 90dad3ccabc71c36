"""Constant-Q transform by one Fourier transform of the whole clip.

A coefficient is the product of the sound with a Hann window of Q cycles of a complex tone, centred on a
frame (Brown, Calculation of a constant Q spectral transform, JASA 89(1), 1991). In the frequency domain that
is a product with the spectrum of the windowed tone, a bump as wide as the window is short; taking only every
hop-th sample of the result is folding that spectrum, so that each bin costs an inverse transform of as many
points as there are frames (Velasco, Holighaus, Dörfler and Grill, Constructing an invertible constant-Q
transform with non-stationary Gabor frames, DAFx 2011). The clip is taken to go round.

Shapes: B batch, T samples, K bins, F frames.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

# Lobes of a Hann window's spectrum that are kept on either side; the next ones are 60 dB below.
LOBES = 8
FLOOR = 1e-5
# Frames are rounded up to a multiple of this, so that transforms have small factors.
ROUND_FRAMES = 32


@dataclass(frozen=True)
class CqtSettings:
    """Bins from ``low_hz`` upwards."""

    rate_hz: int = 44_100
    low_hz: float = 32.7
    bins: int = 113
    per_octave: int = 12
    hop: int = 512

    @property
    def quality(self) -> float:
        """Centre frequency over bandwidth."""
        return 1 / (2 ** (1 / self.per_octave) - 1)

    def frames(self, samples: int) -> int:
        """F of a clip."""
        return -(-samples // (self.hop * ROUND_FRAMES)) * ROUND_FRAMES

    def frequencies_hz(self) -> list[float]:
        return [self.low_hz * 2 ** (k / self.per_octave) for k in range(self.bins)]


class Cqt(nn.Module):
    """Magnitudes of clips of one length.

    Args:
        settings: of the bins.
        samples: T.
    """

    def __init__(self, settings: CqtSettings, samples: int) -> None:
        super().__init__()
        self.settings = settings
        self.frames = settings.frames(samples)
        self.size = self.frames * settings.hop
        self.starts: list[int] = []
        for k, frequency_hz in enumerate(settings.frequencies_hz()):
            start, bump = self._bump(frequency_hz)
            self.starts.append(start)
            self.register_buffer(f"bump_{k}", bump, persistent=False)

    def _bump(self, frequency_hz: float) -> tuple[int, Tensor]:
        """First bin of a kernel's spectrum, and its values; window of sum 1 centred on 0."""
        settings = self.settings
        length_s = settings.quality / frequency_hz
        reach_hz = LOBES / length_s
        step_hz = settings.rate_hz / self.size
        start = math.ceil((frequency_hz - reach_hz) / step_hz)
        stop = math.floor((frequency_hz + reach_hz) / step_hz) + 1
        apart = (torch.arange(start, stop, dtype=torch.float64) * step_hz - frequency_hz) * length_s
        hann = torch.sinc(apart) + (torch.sinc(apart - 1) + torch.sinc(apart + 1)) / 2
        return start, hann.float()

    def forward(self, audio: Tensor) -> Tensor:
        """Magnitudes ``[B, K, F]`` of ``[B, T]``; a sine of amplitude 1 has 1/2 in its bin."""
        spectrum = torch.fft.rfft(audio, self.size)
        whole = torch.cat((spectrum, spectrum[:, 1:-1].conj().flip(-1)), -1)
        folded = [
            self._folded(whole, start, getattr(self, f"bump_{k}")) for k, start in enumerate(self.starts)
        ]
        coefficients: Tensor = torch.fft.ifft(torch.stack(folded, 1), norm="forward") / self.size
        return coefficients.abs()

    def _folded(self, whole: Tensor, start: int, bump: Tensor) -> Tensor:
        """One bin's spectrum after taking every hop-th sample, ``[B, F]``."""
        stop = start + len(bump)
        lead = start % self.frames
        if start < 0 or stop > self.size:
            places = torch.arange(start, stop, device=whole.device) % self.size
            part = whole[:, places] * bump
        else:
            part = whole[:, start:stop] * bump
        trail = -(lead + len(bump)) % self.frames
        padded = torch.nn.functional.pad(part, (lead, trail))
        return padded.reshape(len(padded), -1, self.frames).sum(1)

    def log(self, audio: Tensor) -> Tensor:
        """Natural logarithm of the magnitudes ``[B, K, F]``, not below that of :data:`FLOOR`."""
        magnitudes: Tensor = self(audio)
        return magnitudes.clamp_min(FLOOR).log()
