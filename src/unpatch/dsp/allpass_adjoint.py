"""Compiled loops of the all-pass chain's gradient: the transposed chain, run backwards in time.

A stage's matrix ((p, r), (r, -p)) is symmetric, so the transposed chain has the same stages in
reverse order, and its loop is solved in the same way. Shapes and names as in
:mod:`unpatch.dsp.allpass_kernels`; g is the loss's derivative by the output, later by the input.
"""

import math

import numba
import numpy as np

from unpatch.dsp.allpass_kernels import STAGES, pole
from unpatch.dsp.compiled import Array, batch_kernel, ordered_kernel
from unpatch.dsp.warp import HIGHEST


@ordered_kernel
def _record(x: Array, poles: Array, feedback: Array, states: Array, y: Array) -> None:
    """Run the chain once more, keeping the states ``[T + 1, STAGES]`` and the output."""
    sweep, turn = min(poles.size - 1, 1), min(feedback.size - 1, 1)
    for t in range(x.size):
        p, share = poles[t * sweep], feedback[t * turn]
        r = math.sqrt(1 - p * p)
        held = 0.0
        for i in range(STAGES):
            held = p * held + r * states[t, i]
        u = (x[t] + share * held) / (1 - share * p**STAGES)
        for i in range(STAGES):
            states[t + 1, i] = r * u - p * states[t, i]
            u = p * u + r * states[t, i]
        y[t] = u


@ordered_kernel
def _reverse(
    g: Array, y: Array, poles: Array, feedback: Array, states: Array, d_poles: Array, d_feedback: Array
) -> None:
    """Turn ``g [T]`` in place; add to the derivatives by pole and feedback."""
    after = np.zeros(STAGES)
    sweep, turn = min(poles.size - 1, 1), min(feedback.size - 1, 1)
    for t in range(g.size - 1, -1, -1):
        p, share = poles[t * sweep], feedback[t * turn]
        r = math.sqrt(1 - p * p)
        held = 0.0
        for i in range(STAGES - 1, -1, -1):
            held = p * held + r * after[i]
        d_input = (p**STAGES * g[t] + held) / (1 - share * p**STAGES)
        d_feedback[t * turn] += d_input * y[t]
        d_out, out = g[t] + share * d_input, y[t]
        for i in range(STAGES - 1, -1, -1):
            s, moved = states[t, i], states[t + 1, i]
            into = p * out + r * moved
            by_p, by_r = d_out * into - after[i] * s, d_out * s + after[i] * into
            d_poles[t * sweep] += by_p - by_r * p / r
            d_out, after[i] = p * d_out + r * after[i], r * d_out - p * after[i]
            out = into
        g[t] = d_input


@ordered_kernel
def _row(
    x: Array,
    frequency_hz: Array,
    feedback: Array,
    period: float,
    g: Array,
    d_frequency_hz: Array,
    d_feedback: Array,
) -> None:
    channels, frames = x.shape
    poles, d_poles = np.empty(frequency_hz.size), np.zeros(frequency_hz.size)
    for t in range(frequency_hz.size):
        poles[t] = pole(frequency_hz[t] * period)
    y = np.empty(frames)
    for c in range(channels):
        states = np.zeros((frames + 1, STAGES))
        _record(x[c], poles, feedback, states, y)
        _reverse(g[c], y, poles, feedback, states, d_poles, d_feedback)
    for t in range(frequency_hz.size):
        if frequency_hz[t] * period < HIGHEST:
            d_frequency_hz[t] += d_poles[t] * math.pi * (1 + poles[t] ** 2) * period


@batch_kernel
def pull(
    x: Array,
    frequency_hz: Array,
    feedback: Array,
    sample_rate: float,
    g: Array,
    d_frequency_hz: Array,
    d_feedback: Array,
) -> None:
    """Turn ``g [R, C, T]`` in place from output to input; add to the knobs' derivatives ``[R, N]``."""
    for row in numba.prange(x.shape[0]):
        _row(
            x[row],
            frequency_hz[row],
            feedback[row],
            1 / sample_rate,
            g[row],
            d_frequency_hz[row],
            d_feedback[row],
        )
