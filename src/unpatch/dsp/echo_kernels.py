"""Compiled loops of the echo.

The shortest delay is far longer than a sample, so the loop runs in blocks shorter than it: reading
and writing the lines is vectorised, and only the filter goes sample by sample.

Shapes: B batch, T time. Delays are in samples.
"""

import math

import numpy as np
from numba import prange

from unpatch.dsp.compiled import batch_kernel, kernel
from unpatch.dsp.modulated_delay_kernels import FAR_TAPS, SHORTEST, lagrange

LONGEST_BLOCK = 512
# Filter states below this are silence.
SILENCE = 1e-25


@kernel
def read(line, start, frames, delay, out):  # type: ignore[no-untyped-def]
    """out[j] = line(start + j - delay), interpolated."""
    whole = math.floor(delay)
    c = lagrange(delay - whole)
    c0, c1, c2, c3 = (
        line.dtype.type(c[0]),
        line.dtype.type(c[1]),
        line.dtype.type(c[2]),
        line.dtype.type(c[3]),
    )
    near = line[start - whole - FAR_TAPS : start - whole + frames + 1]
    for j in range(frames):
        out[j] = c0 * near[j + 3] + c1 * near[j + 2] + c2 * near[j + 1] + c3 * near[j]


@kernel
def _biquad(u, frames, f, state):  # type: ignore[no-untyped-def]
    """Filter a block in place; transposed direct form II with the shortest path between states."""
    b0, b1, b2, a1, a2 = f[0], f[1] - f[3] * f[0], f[2] - f[4] * f[0], f[3], f[4]
    s1, s2 = state[0], state[1]
    for j in range(frames):
        x = np.float64(u[j])
        u[j] = b0 * x + s1
        s1, s2 = (b1 * x + s2) - a1 * s1, b2 * x - a2 * s1
    state[0] = s1 if abs(s1) > SILENCE else 0.0
    state[1] = s2 if abs(s2) > SILENCE else 0.0


@kernel
def _feed(x, wet, start, frames, feedback, crossed, line):  # type: ignore[no-untyped-def]
    """Write a block of both lines, from ``start`` of the input."""
    stop, behind = start + frames, line.shape[1] - x.shape[1]
    left, right = line[0, start + behind : stop + behind], line[1, start + behind : stop + behind]
    x0, x1 = x[0, start:stop], x[1, start:stop]
    half = x.dtype.type(0.5)
    for j in range(frames):
        if crossed:
            left[j] = half * (x0[j] + x1[j]) + feedback * wet[1, j]
            right[j] = feedback * wet[0, j]
        else:
            left[j] = x0[j] + feedback * wet[0, j]
            right[j] = x1[j] + feedback * wet[1, j]


@kernel
def _row(x, delays, feedback, mix, filters, crossed, y):  # type: ignore[no-untyped-def]
    frames = x.shape[1]
    first, second = max(delays[0], SHORTEST), max(delays[1], SHORTEST)
    behind = int(max(first, second)) + FAR_TAPS + 1
    block = min(int(min(first, second)) - 1, LONGEST_BLOCK)
    line = np.zeros((2, frames + behind), x.dtype)
    wet = np.empty((2, block), x.dtype)
    state = np.zeros((2, 2))
    for start in range(0, frames, block):
        count = min(block, frames - start)
        for c in range(2):
            read(line[c], start + behind, count, second if c else first, wet[c])
            _biquad(wet[c], count, filters, state[c])
            for j in range(count):
                y[c, start + j] = x[c, start + j] + mix * (wet[c, j] - x[c, start + j])
        _feed(x, wet, start, count, feedback, crossed, line)


@batch_kernel
def run(x, delays, feedback, mix, filters, crossed, y):  # type: ignore[no-untyped-def]
    """x, y ``[B, 2, T]``; delays ``[B, 2]``; feedback, mix ``[B, 1]``; filters ``[B, 5]``."""
    for b in prange(x.shape[0]):
        kind = x.dtype.type
        _row(x[b], delays[b], kind(feedback[b, 0]), kind(mix[b, 0]), filters[b], crossed, y[b])
