"""Whitened cepstra: how much a recording repeats itself after each time, independent of its content.

An echo of gain g after a time t multiplies the spectrum by 1 + g exp(-i w t). In the logarithm of the power
this is a ripple over frequency, and the spectrum of that (the cepstrum) has the value g at t (Bogert, Healy
and Tukey, "The quefrency alanysis of time series for echoes", 1963). The logarithm takes the recording's own
spectrum from it: pitch and timbre are below some 50 ms, and the phrase as a whole has no period.

The ripple is averaged over frequency. Low frequencies count more, by the square root of their wavelength:
echoes are often dark, and of a band-limited recording only noise is left above.

Shapes: E signals, N lags, T samples, K bins.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

EchoSignal = Literal["left", "right", "mid", "side"]

# Lags shown: below are pitch and timbre, above no processor echoes.
FIRST_MS, LAST_MS = 55, 1_000
LAGS = LAST_MS - FIRST_MS + 1
# Cepstral values shown, in dB relative to a perfect repetition. A recording without echo is at -43 dB.
LOWEST_DB, HIGHEST_DB = -50.0, 0.0
# Power below this, relative to the mean over the whole recording, counts as silence.
FLOOR_DB = -80.0
SILENT_POWER = 1e-12
# Below this frequency all count alike.
LOWEST_HZ = 100.0


def echo_pictures(audio: Tensor, signals: Sequence[EchoSignal], sample_rate: int) -> Tensor:
    """Levels ``[..., E, N]`` in [-1, 1] of the repetitions of ``audio [..., 2, T]`` after each millisecond.

    The strongest within a millisecond counts, echoes and their inverse alike.

    Args:
        audio: left and right, longer than a second.
        signals: which of its signals, in this order.
        sample_rate: in Hz.
    """
    left, right = audio.unbind(-2)
    found = {"left": left, "right": right, "mid": (left + right) / 2, "side": (left - right) / 2}
    chosen = torch.stack([found[name] for name in signals], dim=-2)
    reference = audio.square().mean((-2, -1)).clamp_min(SILENT_POWER)
    values = cepstrum(chosen, reference[..., None], sample_rate).abs()
    strongest = values[..., _samples_of_lags(sample_rate)].amax(-1)
    level_db = 20 * torch.log10(strongest.clamp_min(10 ** (LOWEST_DB / 20)))
    return (2 * (level_db - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB) - 1).clamp(-1, 1)


def cepstrum(signals: Tensor, reference: Tensor, sample_rate: int) -> Tensor:
    """Of signals ``[..., T]``, by sample ``[..., 2 T]``; ``reference [...]`` is the recording's power."""
    length = 2 * signals.shape[-1]
    power = torch.fft.rfft(signals, length).abs().square()
    floor = 10 ** (FLOOR_DB / 10) * reference[..., None] * signals.shape[-1]
    log_power = torch.maximum(power, floor).log()
    weights = _weights(log_power.shape[-1], sample_rate).to(signals)
    flat = (log_power - (log_power * weights).mean(-1, keepdim=True)) * weights
    found: Tensor = torch.fft.irfft(flat, length)
    return found


@lru_cache(maxsize=4)
def _weights(bins: int, sample_rate: int) -> Tensor:
    """What each frequency counts ``[K]``, one in the mean."""
    frequency_hz = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64).clamp_min(LOWEST_HZ)
    weights = frequency_hz.rsqrt()
    return (weights / weights.mean()).float()


@lru_cache(maxsize=4)
def _samples_of_lags(sample_rate: int) -> Tensor:
    """Samples within half a millisecond of each lag ``[N, samples]``."""
    step = sample_rate / 1_000
    within = np.arange(-int(step // 2), int(step // 2) + 1)
    centres = np.round(np.arange(FIRST_MS, LAST_MS + 1) * step).astype(np.int64)
    return torch.from_numpy(centres[:, None] + within)
