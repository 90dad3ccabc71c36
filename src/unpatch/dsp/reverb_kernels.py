"""Compiled loops of the reverberation.

The shortest line is far longer than a sample, so the network runs in blocks shorter than it:
everything but the one-pole filters is vectorised along time.

Shapes: B batch, C channel, K line (8), N block, T time. Delays are in samples.
"""

import numpy as np
from numba import prange

from unpatch.dsp.compiled import batch_kernel, kernel

LINES = 8
LONGEST_BLOCK = 256
# Blocks written before the lines are moved back to the start of their memory.
BLOCKS_BETWEEN_MOVES = 32
# Signal below this is silence.
SILENCE = 1e-25


@kernel
def _allpass(x, delay, g, line):  # type: ignore[no-untyped-def]
    """y[n] = v[n - delay] - g v[n], v[n] = x[n] + g v[n - delay], in place; ``line [delay]``."""
    line[:delay] = 0
    silence = x.dtype.type(SILENCE)
    for start in range(0, x.size, delay):
        count = min(delay, x.size - start)
        block = x[start : start + count]
        for j in range(count):
            late = line[j]
            now = block[j] + g * late
            line[j] = now if abs(now) > silence else x.dtype.type(0)
            block[j] = late - g * now


@batch_kernel
def diffuse(x, delays, g):  # type: ignore[no-untyped-def]
    """All-passes in series, in place; x ``[B, C, T]``, delays ``[C, sections]``."""
    for b in prange(x.shape[0]):
        line = np.empty(delays.max(), x.dtype)
        for c in range(x.shape[1]):
            for section in range(delays.shape[1]):
                _allpass(x[b, c], delays[c, section], x.dtype.type(g), line)


@kernel
def _absorb(lines, at, delays, gain, pole, state, u):  # type: ignore[no-untyped-def]
    """u[k, j] = gain[k] line_k(at + j - delay_k) + pole[k] u[k, j - 1]."""
    for k in range(LINES):
        u[k] = lines[k, at - delays[k] : at - delays[k] + u.shape[1]]
    for j in range(u.shape[1]):
        for k in range(LINES):
            state[k] = gain[k] * u[k, j] + pole[k] * state[k]
            u[k, j] = state[k]


@kernel
def _hadamard(u, scale):  # type: ignore[no-untyped-def]
    """Multiply ``u [8, N]`` by the Hadamard matrix times ``scale``, in place."""
    for j in range(u.shape[1]):
        a0, a1, a2, a3 = u[0, j] + u[1, j], u[0, j] - u[1, j], u[2, j] + u[3, j], u[2, j] - u[3, j]
        a4, a5, a6, a7 = u[4, j] + u[5, j], u[4, j] - u[5, j], u[6, j] + u[7, j], u[6, j] - u[7, j]
        b0, b1, b2, b3 = a0 + a2, a1 + a3, a0 - a2, a1 - a3
        b4, b5, b6, b7 = a4 + a6, a5 + a7, a4 - a6, a5 - a7
        u[0, j], u[1, j], u[2, j], u[3, j] = (
            scale * (b0 + b4),
            scale * (b1 + b5),
            scale * (b2 + b6),
            scale * (b3 + b7),
        )
        u[4, j], u[5, j], u[6, j], u[7, j] = (
            scale * (b0 - b4),
            scale * (b1 - b5),
            scale * (b2 - b6),
            scale * (b3 - b7),
        )


@kernel
def _collect(u, out_of, y):  # type: ignore[no-untyped-def]
    """y[c] = sum over lines of out_of[c, k] u[k]; y ``[C, N]``."""
    for c in range(y.shape[0]):
        w = out_of[c]
        for j in range(y.shape[1]):
            near = (w[0] * u[0, j] + w[1] * u[1, j]) + (w[2] * u[2, j] + w[3] * u[3, j])
            far = (w[4] * u[4, j] + w[5] * u[5, j]) + (w[6] * u[6, j] + w[7] * u[7, j])
            y[c, j] = near + far


@kernel
def _write(x, u, into, lines):  # type: ignore[no-untyped-def]
    """lines = into^T x + u for one block; x ``[C, N]``, u and lines ``[K, N]``."""
    silence = x.dtype.type(SILENCE)
    for k in range(LINES):
        for j in range(u.shape[1]):
            v = u[k, j]
            for c in range(x.shape[0]):
                v += into[c, k] * x[c, j]
            lines[k, j] = v if abs(v) > silence else x.dtype.type(0)


@kernel
def _row(x, gain, pole, delays, into, out_of, y):  # type: ignore[no-untyped-def]
    longest, block = delays.max(), min(delays.min(), LONGEST_BLOCK)
    lines = np.zeros((LINES, longest + BLOCKS_BETWEEN_MOVES * block), x.dtype)
    memory, state = np.empty((LINES, block), x.dtype), np.zeros(LINES, x.dtype)
    scale, at = x.dtype.type(np.sqrt(1 / LINES)), longest
    for start in range(0, x.shape[1], block):
        count = min(block, x.shape[1] - start)
        if at + count > lines.shape[1]:
            lines[:, :longest] = lines[:, at - longest : at].copy()
            at = longest
        u = memory[:, :count]
        _absorb(lines, at, delays, gain, pole, state, u)
        _collect(u, out_of, y[:, start : start + count])
        _hadamard(u, scale)
        _write(x[:, start : start + count], u, into, lines[:, at : at + count])
        at += count


@batch_kernel
def run(x, gain, pole, delays, into, out_of, y):  # type: ignore[no-untyped-def]
    """x, y ``[B, C, T]``; gain, pole ``[B, K]``; delays ``[K]``; into ``[C, K]``; out_of ``[B, C, K]``."""
    for b in prange(x.shape[0]):
        _row(x[b], gain[b], pole[b], delays, into, out_of[b], y[b])
