"""Estimate of the delay between dry signal and recording.

Shapes: T samples.
"""

import torch
from torch import Tensor

# Converters and plug-ins delay by tens of milliseconds at most.
MOST_DELAY_S = 0.05
# The correlation must exceed the other lags by this multiple of their root mean square.
CLEAR = 8.0


def delay_of(dry: Tensor, wet: Tensor, sample_rate: float) -> int:
    """Delay of ``wet [2, T]`` after ``dry [2, T]`` in samples; 0 without a clear peak.

    Cross-correlation with the phase transform, which measures time, not spectrum: filters and levels leave
    its peak in place (Knapp and Carter, IEEE Trans. ASSP 24(4), 1976). An effect may delay as well; so
    the result is a proposal that a rendering has to confirm.
    """
    reach = round(MOST_DELAY_S * sample_rate)
    size = dry.shape[-1] + reach
    cross = torch.fft.rfft(wet.mean(0), size) * torch.fft.rfft(dry.mean(0), size).conj()
    lags = torch.fft.irfft(cross / cross.abs().clamp_min(1e-12), size)
    near = torch.cat([lags[-reach:], lags[: reach + 1]])
    peak = int(near.argmax())
    is_clear = float(near[peak]) > CLEAR * float(near.square().mean().sqrt())
    return peak - reach if is_clear else 0


def delayed(audio: Tensor, samples: int) -> Tensor:
    """``audio [..., T]`` delayed by a number of samples, or advanced, at the same length."""
    frames = audio.shape[-1]
    if samples >= 0:
        return torch.nn.functional.pad(audio, (samples, 0))[..., :frames]
    return torch.nn.functional.pad(audio[..., -samples:], (0, -samples))
