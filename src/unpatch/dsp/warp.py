"""Frequencies as the bilinear transform sees them, for compiled loops.

An analog filter designed at g = tan(pi * frequency / sample_rate) keeps its corner when the
trapezoidal rule makes it digital.
"""

import math

from unpatch.dsp.compiled import kernel

# Highest corner, as a share of the sample rate.
HIGHEST = 0.49


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
