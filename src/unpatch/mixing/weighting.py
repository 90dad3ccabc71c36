"""A-weighting: how loud a tone sounds, by its frequency.

Curve of IEC 61672-1; 1 at 1 kHz.
"""

import math
from typing import Literal, get_args

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.dsp.weighting import a_weighting

Weighting = Literal["published", "exact", "flat"]
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)

# Length and grid of the published filter; the length is that at 30 kHz.
_TAPS, _RATE, _POINTS = 101, 30_000, 512


def weights(frequencies_hz: Array, sample_rate: float, weighting: Weighting) -> Array:
    """Amplitude at each frequency.

    ``"exact"`` is the curve. ``"published"`` is the magnitude response of the filter of Wright and Välimäki
    (arXiv:1911.08922) as in auraloss: the bilinear transform of the curve, fitted by least squares with 101
    taps at 30 kHz (3.4 ms at any rate), too short to follow it at low frequencies. ``"flat"`` is 1.
    """
    if weighting == "flat":
        return np.ones_like(frequencies_hz)
    if weighting == "exact":
        return a_weighting(frequencies_hz)
    from scipy.signal import freqz

    response = freqz(published_filter(sample_rate), worN=frequencies_hz, fs=sample_rate)[1]
    return np.asarray(np.abs(response))


def published_filter(sample_rate: float) -> Array:
    """Taps of the published filter; linear phase."""
    from scipy.signal import firls

    taps = 2 * round((_TAPS - 1) / 2 * sample_rate / _RATE) + 1
    grid_hz = np.arange(_POINTS) * (sample_rate / 2 / _POINTS)
    warped_hz = sample_rate / math.pi * np.tan(math.pi * grid_hz / sample_rate)
    return np.asarray(firls(taps, grid_hz, a_weighting(warped_hz), fs=sample_rate))
