"""A-weighting: how loud a tone sounds, by its frequency (curve of IEC 61672-1; 1 at 1 kHz)."""

import numpy as np

from unpatch.dsp.compiled import Array

_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
_AT_1_KHZ_DB = 1.9997


def a_weighting(frequencies_hz: Array) -> Array:
    """The curve as amplitude."""
    f2 = np.square(frequencies_hz)
    a, b, c, d = (pole**2 for pole in _POLES_HZ)
    shape = d * f2**2 / ((f2 + a) * np.sqrt((f2 + b) * (f2 + c)) * (f2 + d))
    return np.asarray(10 ** (_AT_1_KHZ_DB / 20) * shape)
