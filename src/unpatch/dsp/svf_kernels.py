"""Compiled loops of the state-variable filter.

Shapes: R rows, C channels (1 or 2), T time, N is 1 (steady) or T (moving).
"""

import math

import numba
import numpy as np

from unpatch.dsp.compiled import batch_kernel, kernel

# Highest corner, as a share of the sample rate.
HIGHEST = 0.49
# Frames between two visits of the same section: coefficients and signal stay in the first-level cache.
CHUNK = 256
# States below this are silence.
SILENCE = 1e-25


@kernel
def sine_cosine(cycles):  # type: ignore[no-untyped-def]
    """sin and cos of ``pi * cycles`` for 0 <= cycles <= 0.5, to about 1e-11.

    Taylor series at half the angle, then the double-angle formulas: branch-free, so that a loop
    over it is vectorised.
    """
    half = 0.5 * math.pi * cycles
    z = half * half
    s = half * (1 + z * (-1 / 6 + z * (1 / 120 + z * (-1 / 5040 + z * (1 / 362880 - z * (1 / 39916800))))))
    c = 1 + z * (
        -1 / 2 + z * (1 / 24 + z * (-1 / 720 + z * (1 / 40320 + z * (-1 / 3628800 + z / 479001600))))
    )
    return 2 * s * c, c * c - s * s


@kernel
def design(cycles, damping, scale, high, band, low):  # type: ignore[no-untyped-def]
    """Coefficients of one section: three of the recursion, three of the output.

    With g = scale * tan(pi * cycles) these are a = (1, g, g²) / (1 + g * (g + damping)).
    """
    sine, c = sine_cosine(min(cycles, HIGHEST))
    s = scale * sine
    d = 1 / (c * c + s * (s + damping * c))
    return c * c * d, s * c * d, s * s * d, high, damping * (band - high), low - high


@kernel
def at(knob, t):  # type: ignore[no-untyped-def]
    """A knob at a time, whether it moves or not."""
    return knob[t if knob.size > 1 else 0]


@kernel
def _design_chunk(  # type: ignore[no-untyped-def]
    frequency_hz, damping, scale, high, band, low, period, spread, start, stop, out
):
    for t in range(start, stop):
        i = t - start
        out[0, i], out[1, i], out[2, i], out[3, i], out[4, i], out[5, i] = design(
            at(frequency_hz, t) * period,
            at(damping, t) * spread,
            at(scale, t),
            at(high, t),
            at(band, t),
            at(low, t),
        )


@kernel
def _section(x, y, coefficients, state, start, stop):  # type: ignore[no-untyped-def]
    """One section over one chunk, two channels side by side (a mono row meets itself)."""
    left, right = 0, x.shape[0] - 1
    l1, l2, r1, r2 = state
    moving = coefficients.shape[1] > 1
    a1, a2, a3, m0, m1, m2 = coefficients[:, 0]
    for t in range(start, stop):
        if moving:
            a1, a2, a3, m0, m1, m2 = coefficients[:, t - start]
        u, v = x[left, t], x[right, t]
        band_l = a1 * l1 + a2 * (u - l2)
        band_r = a1 * r1 + a2 * (v - r2)
        low_l = l2 + a2 * l1 + a3 * (u - l2)
        low_r = r2 + a2 * r1 + a3 * (v - r2)
        l1, l2 = 2 * band_l - l1, 2 * low_l - l2
        r1, r2 = 2 * band_r - r1, 2 * low_r - r2
        y[left, t] = m0 * u + m1 * band_l + m2 * low_l
        y[right, t] = m0 * v + m1 * band_r + m2 * low_r
    state[:] = l1, l2, r1, r2


@kernel
def _row(  # type: ignore[no-untyped-def]
    x, frequency_hz, damping, scale, high, band, low, sample_rate, sections, y
):
    frames = x.shape[1]
    moving = max(frequency_hz.size, damping.size, scale.size, high.size, band.size, low.size) > 1
    states = np.zeros((len(sections), 4))
    coefficients = np.empty((len(sections), 6, CHUNK if moving else 1))
    for start in range(0, frames, CHUNK):
        stop = min(start + CHUNK, frames)
        for i in range(len(sections)):
            if moving or start == 0:
                last = stop if moving else 1
                _design_chunk(
                    frequency_hz, damping, scale, high, band, low,
                    1 / sample_rate, sections[i], start, last, coefficients[i],
                )  # fmt: skip
            _section(y if i else x, y, coefficients[i], states[i], start, stop)
        for i in range(states.size):
            if abs(states.flat[i]) < SILENCE:
                states.flat[i] = 0.0


@batch_kernel
def run(  # type: ignore[no-untyped-def]
    x, frequency_hz, damping, scale, high, band, low, sample_rate, sections, y
):
    """Filter ``x [R, C, T]`` into ``y``; knobs are ``[R, N]``, ``sections`` a tuple of damping factors."""
    for row in numba.prange(x.shape[0]):
        _row(
            x[row], frequency_hz[row], damping[row], scale[row], high[row], band[row], low[row],
            sample_rate, sections, y[row],
        )  # fmt: skip
