"""Low-pass filters of the anchors of listening tests.

Shapes: T samples.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

ATTENUATION_DB = 60.0
STOP = 8 / 7
"""Start of the stop band over the end of the pass band."""


def low_passed(audio: Tensor, hz: float, sample_rate: float) -> Tensor:
    """``[C, T]`` without what is above a frequency, without delay.

    Recommendation ITU-R BS.1534-3, section 5.1, for 3.5 kHz: a ripple of at most 0.1 dB up to it, attenuation
    by 25 dB at 4 kHz and by 50 dB at 4.5 kHz. Here 50 dB are reached at 4 kHz, and the same is scaled to
    other frequencies.

    Raises:
        ValueError: the sample rate is too low for the filter.
    """
    from scipy.signal import fftconvolve

    taps = response(hz, sample_rate)
    made = fftconvolve(audio.double().numpy(), taps[None], mode="full", axes=-1)
    start = len(taps) // 2
    return torch.from_numpy(made[:, start : start + audio.shape[-1]]).to(audio.dtype)


def response(hz: float, sample_rate: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The filter's symmetric impulse response, by a Kaiser window."""
    from scipy.signal import firwin, kaiser_beta, kaiserord

    if STOP * hz >= sample_rate / 2:
        raise ValueError(
            f"an anchor of {hz / 1000:g} kHz needs a sample rate above {2 * STOP * hz:.0f} Hz, "
            f"got {sample_rate:g}"
        )
    width = (STOP - 1) * hz
    count, _ = kaiserord(ATTENUATION_DB, width / (sample_rate / 2))
    window = ("kaiser", kaiser_beta(ATTENUATION_DB))
    taps: np.ndarray[tuple[int], np.dtype[np.float64]] = firwin(
        count | 1, hz + width / 2, window=window, fs=sample_rate
    )
    return taps
