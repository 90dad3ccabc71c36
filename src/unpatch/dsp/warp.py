"""Frequencies under the bilinear transform.

An analog filter designed at g = tan(pi * frequency / sample_rate) keeps its corner when the
trapezoidal rule makes it digital. No digital filter has a corner above half the sample rate, so every
filter here follows one rule: up to 0.49 of the sample rate the corner is in place; from there to half the
sample rate the filter fades into what it does far below its corner, and above it does just that. So a
low-pass, a bell, a band-reject and a high shelf leave the signal alone, a low shelf applies its gain to all
of it, a high-pass and a band-pass are silent.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from unpatch.dsp.compiled import kernel

if TYPE_CHECKING:
    from torch import Tensor

# Highest corner, as a share of the sample rate.
HIGHEST = 0.49


def out_of_reach(frequency_hz: Tensor, sample_rate: float) -> Tensor:
    """How far a filter has faded: 0 up to 0.49 of the sample rate, 1 from half of it on."""
    return ((frequency_hz / sample_rate - HIGHEST) / (0.5 - HIGHEST)).clamp(0, 1)


@kernel
def sine_cosine(cycles: float) -> tuple[float, float]:
    """Sine and cosine of ``pi * cycles`` for 0 <= cycles <= 0.5, to 2e-11.

    Taylor series at half the angle, then the double-angle formulas: no branch and no table, so
    that a loop over it is vectorised.
    """
    half = 0.5 * math.pi * cycles
    z = half * half
    sine = half * (1 + z * (-1 / 6 + z * (1 / 120 + z * (-1 / 5040 + z * (1 / 362880 - z * (1 / 39916800))))))
    cosine = 1 + z * (
        -1 / 2 + z * (1 / 24 + z * (-1 / 720 + z * (1 / 40320 + z * (-1 / 3628800 + z / 479001600))))
    )
    return 2 * sine * cosine, cosine * cosine - sine * sine
