"""Does the dry signal start where the recording does?

Shapes: T samples.
"""

import torch
from torch import Tensor

# Converters and plug-ins delay by tens of milliseconds at most.
MOST_DELAY_S = 0.05
# The correlation must stand out from the other lags by so many times their root mean square.
CLEAR = 8.0


def delay_of(dry: Tensor, wet: Tensor, sample_rate: float) -> int:
    """By how many samples ``wet [2, T]`` comes after ``dry [2, T]``; 0 where no lag stands out.

    Cross-correlation with the phase transform, which hears when, not what: filters and levels do not move
    its peak (Knapp and Carter, IEEE Trans. ASSP 24(4), 1976). An effect may delay as well; so what is found
    here is a proposal that a rendering has to confirm.
    """
    reach = round(MOST_DELAY_S * sample_rate)
    size = dry.shape[-1] + reach
    cross = torch.fft.rfft(wet.mean(0), size) * torch.fft.rfft(dry.mean(0), size).conj()
    lags = torch.fft.irfft(cross / cross.abs().clamp_min(1e-12), size)
    near = torch.cat([lags[-reach:], lags[: reach + 1]])
    peak = int(near.argmax())
    stands_out = float(near[peak]) > CLEAR * float(near.square().mean().sqrt())
    return peak - reach if stands_out else 0


def delayed(audio: Tensor, samples: int) -> Tensor:
    """``audio [..., T]`` later by so many samples, or earlier, and as long as it was."""
    frames = audio.shape[-1]
    if samples >= 0:
        return torch.nn.functional.pad(audio, (samples, 0))[..., :frames]
    return torch.nn.functional.pad(audio[..., -samples:], (0, -samples))
