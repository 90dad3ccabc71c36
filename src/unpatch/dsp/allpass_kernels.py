"""Compiled loop of the all-pass chain.

Shapes: R rows, C channels (1 or 2), T time, N is 1 (steady) or T (moving).

One section with pole a (1 at 0 Hz, -1 at half the sample rate) and state s does
``y = a * x + (1 - a) * s`` and ``s' = (1 + a) * x - a * s``.
"""

import numba
import numpy as np

from unpatch.dsp.compiled import batch_kernel, kernel
from unpatch.dsp.svf_kernels import HIGHEST, SILENCE, at, sine_cosine

STAGES = 6


@kernel
def pole(cycles):  # type: ignore[no-untyped-def]
    """(g - 1) / (g + 1) with g = tan(pi * cycles)."""
    sine, cosine = sine_cosine(min(cycles, HIGHEST))
    return (sine - cosine) / (sine + cosine)


@kernel
def _frame(x, a, feedback, state):  # type: ignore[no-untyped-def]
    """One channel, one frame: solve the loop, then move the states."""
    held = 0.0
    for i in range(STAGES):
        held = a * held + (1 - a) * state[i]
    a2 = a * a
    y = (x + feedback * held) / (1 - feedback * a2 * a2 * a2)
    for i in range(STAGES):
        s = state[i]
        state[i] = (1 + a) * y - a * s
        y = a * y + (1 - a) * s
    return y


@kernel
def _row(x, frequency_hz, feedback, sample_rate, y):  # type: ignore[no-untyped-def]
    channels, frames = x.shape
    state = np.zeros((channels, STAGES))
    a = pole(frequency_hz[0] / sample_rate)
    for t in range(frames):
        if frequency_hz.size > 1:
            a = pole(frequency_hz[t] / sample_rate)
        for c in range(channels):
            y[c, t] = _frame(x[c, t], a, at(feedback, t), state[c])
        for i in range(state.size):
            if abs(state.flat[i]) < SILENCE:
                state.flat[i] = 0.0


@batch_kernel
def run(x, frequency_hz, feedback, sample_rate, y):  # type: ignore[no-untyped-def]
    """Run ``x [R, C, T]`` through the chain into ``y``; knobs are ``[R, N]``."""
    for row in numba.prange(x.shape[0]):
        _row(x[row], frequency_hz[row], feedback[row], sample_rate, y[row])
