"""Compiled loops of the all-pass chain.

Shapes: R rows, C channels (1 or 2), T time, N is 1 (steady) or T (moving). A row has two knobs
``[R, N]``: frequency_hz and feedback.

A stage is a rotation: with pole p and r = sqrt(1 - p²) it takes its input y and state s to
``p y + r s`` and ``r y - p s``. Six of them take the chain's input u to ``p⁶ u + held``, where ``held``
depends on the states alone, and u is the input plus feedback times that output.
"""

import math
from typing import TypeAlias

import numba
import numpy as np

from unpatch.dsp.compiled import SILENCE, Array, batch_kernel, kernel, ordered_kernel
from unpatch.dsp.warp import HIGHEST, sine_cosine

STAGES = 6
State: TypeAlias = tuple[float, float, float, float, float, float]
# Frames handled at once: coefficients stay in the first-level cache, in one flat buffer that the compiler
# can vectorise over.
CHUNK = 256


@kernel
def pole(cycles: float) -> float:
    """(g - 1) / (g + 1) with g = tan(pi * cycles)."""
    sine, cosine = sine_cosine(min(cycles, HIGHEST))
    return (sine - cosine) / (sine + cosine)


@kernel
def _design(held: Array, count: int, period: float, out: Array) -> None:
    """From both knobs ``[2 * CHUNK]``: p, r, and the weights of input and states in u, ``[4 * CHUNK]``."""
    for t in range(count):
        p, feedback = pole(held[t] * period), held[CHUNK + t]
        r, p2 = math.sqrt(1 - p * p), p * p
        direct = 1 / (1 - feedback * (p2 * p2 * p2))
        out[t], out[CHUNK + t] = p, r
        out[2 * CHUNK + t], out[3 * CHUNK + t] = direct, feedback * direct * r


@ordered_kernel
def _stage(y: float, s: float, p: float, r: float) -> tuple[float, float]:
    return p * y + r * s, r * y - p * s


@ordered_kernel
def _frame(x: float, state: State, p: float, r: float, direct: float, around: float) -> tuple[float, State]:
    """One frame of one channel: solve the loop, then turn every stage. Returns output and states."""
    s0, s1, s2, s3, s4, s5 = state
    p2 = p * p
    y = direct * x + around * ((s5 + p * s4) + p2 * ((s3 + p * s2) + p2 * (s1 + p * s0)))
    y, s0 = _stage(y, s0, p, r)
    y, s1 = _stage(y, s1, p, r)
    y, s2 = _stage(y, s2, p, r)
    y, s3 = _stage(y, s3, p, r)
    y, s4 = _stage(y, s4, p, r)
    y, s5 = _stage(y, s5, p, r)
    return y, (s0, s1, s2, s3, s4, s5)


@ordered_kernel
def _chunk(x: Array, y: Array, coefficients: Array, states: Array) -> None:
    """Both channels side by side; a mono row runs as two equal channels."""
    last = x.shape[0] - 1
    a0, a1, a2, a3, a4, a5 = states[0]
    b0, b1, b2, b3, b4, b5 = states[last]
    left, right = (a0, a1, a2, a3, a4, a5), (b0, b1, b2, b3, b4, b5)
    poles, complements = coefficients[:CHUNK], coefficients[CHUNK : 2 * CHUNK]
    direct, around = coefficients[2 * CHUNK : 3 * CHUNK], coefficients[3 * CHUNK :]
    for t in range(x.shape[1]):
        u, left = _frame(x[0, t], left, poles[t], complements[t], direct[t], around[t])
        v, right = _frame(x[last, t], right, poles[t], complements[t], direct[t], around[t])
        y[0, t], y[last, t] = u, v
    for i in range(STAGES):
        states[0, i], states[last, i] = left[i], right[i]


@kernel
def _hold(knob: Array, start: int, count: int, held: Array) -> None:
    """Bring a knob's next frames to ``held``, whether it moves or not."""
    if knob.size > 1:
        held[:count] = knob[start : start + count]
    else:
        held[:count] = knob[0]


@kernel
def _silence(states: Array) -> None:
    for i in range(states.size):
        if abs(states.flat[i]) < SILENCE:
            states.flat[i] = 0.0


@kernel
def _row(x: Array, frequency_hz: Array, feedback: Array, period: float, y: Array) -> None:
    channels, frames = x.shape
    states = np.zeros((channels, STAGES))
    held, coefficients = np.empty(2 * CHUNK), np.empty(4 * CHUNK)
    for start in range(0, frames, CHUNK):
        count = min(CHUNK, frames - start)
        if start == 0 or frequency_hz.size > 1 or feedback.size > 1:
            _hold(frequency_hz, start, count, held)
            _hold(feedback, start, count, held[CHUNK:])
            _design(held, count, period, coefficients)
        stop = start + count
        _chunk(x[:, start:stop], y[:, start:stop], coefficients, states)
        _silence(states)


@batch_kernel
def run(x: Array, frequency_hz: Array, feedback: Array, sample_rate: float, y: Array) -> None:
    """Run ``x [R, C, T]`` through the chain into ``y``."""
    for row in numba.prange(x.shape[0]):
        _row(x[row], frequency_hz[row], feedback[row], 1 / sample_rate, y[row])
