"""Compiled loops of the reverberation, forward and for its gradients.

The shortest line is far longer than a sample, so the network runs in blocks shorter than it:
everything but the one-pole filters is vectorised along time. Line k belongs to channel k mod C.

Samples are copied in loops: numba compiles an assignment of one array to another with the text of its error
message, which took as long as all of the network (measured: 21 s for :func:`run`, 11 s with loops).

Shapes: B batch, C channel, K line (8), N block, T time. Delays are in samples.
"""

import math
from typing import TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.compiled import Array, Number, batch_kernel, flushed, kernel, ordered_kernel

Places: TypeAlias = NDArray[np.int64]
LINES = 8
LONGEST_BLOCK = 256
# Blocks written before the lines are moved back to the start of their memory.
BLOCKS_BETWEEN_MOVES = 32


@kernel
def _allpass(x: Array, delay: int, g: Number, line: Array) -> None:
    """v[n] = x[n] + g v[n - delay], y[n] = v[n - delay] - g v[n], in place."""
    zero = x.dtype.type(0)
    line[:delay] = 0
    for start in range(0, x.size, delay):
        block = x[start : min(start + delay, x.size)]
        for j in range(block.size):
            late = line[j]
            now = flushed(block[j] + g * late, zero)
            line[j] = now
            block[j] = late - g * now


@batch_kernel
def diffuse(x: Array, delays: Places, g: float) -> None:
    """All-passes in series, in place; x ``[B, C, T]``, delays ``[C, sections]``."""
    for b in numba.prange(x.shape[0]):
        line = np.empty(delays.max(), x.dtype)
        for c in range(x.shape[1]):
            for section in range(delays.shape[1]):
                _allpass(x[b, c], delays[c, section], x.dtype.type(g), line)


@kernel
def _copy(source: Array, target: Array) -> None:
    for j in range(source.size):
        target[j] = source[j]


@kernel
def _longest_and_shortest(delays: Places) -> tuple[int, int]:
    longest = shortest = delays[0]
    for k in range(1, delays.size):
        longest, shortest = max(longest, delays[k]), min(shortest, delays[k])
    return longest, shortest


@kernel
def _leaving(lines: Array, k: int, at: int, delays: Places, count: int) -> Array:
    """What leaves line k during the ``count`` frames before which it was written up to ``at``."""
    return lines[k, at - delays[k] : at - delays[k] + count]


@ordered_kernel
def _absorb4(
    lines: Array,
    k: int,
    at: int,
    delays: Places,
    gain: Array,
    pole: Array,
    state: Array,
    u: Array,
    count: int,
) -> None:
    """u[k, j] = gain[k] line_k[j] + pole[k] u[k, j - 1] in lines k to k + 3, none waiting for another."""
    g0, g1, g2, g3 = gain[k], gain[k + 1], gain[k + 2], gain[k + 3]
    p0, p1, p2, p3 = pole[k], pole[k + 1], pole[k + 2], pole[k + 3]
    s0, s1, s2, s3 = state[k], state[k + 1], state[k + 2], state[k + 3]
    u0, u1, u2, u3 = u[k, :count], u[k + 1, :count], u[k + 2, :count], u[k + 3, :count]
    x0, x1 = _leaving(lines, k, at, delays, count), _leaving(lines, k + 1, at, delays, count)
    x2, x3 = _leaving(lines, k + 2, at, delays, count), _leaving(lines, k + 3, at, delays, count)
    for j in range(count):
        s0, s1 = g0 * x0[j] + p0 * s0, g1 * x1[j] + p1 * s1
        s2, s3 = g2 * x2[j] + p2 * s2, g3 * x3[j] + p3 * s3
        u0[j], u1[j], u2[j], u3[j] = s0, s1, s2, s3
    zero = u.dtype.type(0)
    state[k], state[k + 1] = flushed(s0, zero), flushed(s1, zero)
    state[k + 2], state[k + 3] = flushed(s2, zero), flushed(s3, zero)


@kernel
def _butterfly(a: Array, b: Array) -> None:
    for j in range(a.size):
        above, below = a[j] + b[j], a[j] - b[j]
        a[j], b[j] = above, below


@kernel
def _hadamard(u: Array, count: int) -> None:
    """Multiply ``u [8, :count]`` in place by the Hadamard matrix of +1 and -1."""
    for step in (1, 2, 4):
        for k in range(LINES):
            if not k & step:
                _butterfly(u[k, :count], u[k + step, :count])


@kernel
def _collect(u: Array, weights: Array, start: int, stop: int, y: Array) -> None:
    """y[c, start:stop] = weighted sum of the channel's lines."""
    y[:, start:stop] = 0
    for k in range(LINES):
        line, channel = u[k], y[k % y.shape[0], start:stop]
        for j in range(channel.size):
            channel[j] += weights[k] * line[j]


@kernel
def _feed(x: Array, weight: Number, u: Array, scale: Number, line: Array) -> None:
    """One line's next block: its channel and what comes back from the network."""
    zero = x.dtype.type(0)
    for j in range(x.size):
        line[j] = flushed(weight * x[j] + scale * u[j], zero)


@kernel
def _row(
    x: Array,
    gain: Array,
    pole: Array,
    delays: Places,
    into: Array,
    out_of: Array,
    history: Array,
    y: Array,
) -> None:
    longest, shortest = _longest_and_shortest(delays)
    block = min(shortest, LONGEST_BLOCK)
    lines = np.zeros((LINES, longest + BLOCKS_BETWEEN_MOVES * block), x.dtype)
    u, state = np.empty((LINES, block), x.dtype), np.zeros(LINES, x.dtype)
    scale, at = x.dtype.type(math.sqrt(1 / LINES)), longest
    for start in range(0, x.shape[1], block):
        stop = min(start + block, x.shape[1])
        count = stop - start
        if at + count > lines.shape[1]:
            for k in range(
                LINES
            ):  # onto earlier places, in order: no sample is overwritten before it is read
                _copy(lines[k, at - longest : at], lines[k, :longest])
            at = longest
        for k in (0, 4):
            _absorb4(lines, k, at, delays, gain, pole, state, u, count)
        for k in range(history.shape[0]):
            _copy(u[k, :count], history[k, start:stop])
        _collect(u, out_of, start, stop, y)
        _hadamard(u, count)
        for k in range(LINES):
            _feed(x[k % x.shape[0], start:stop], into[k], u[k], scale, lines[k, at : at + count])
        at += count


@batch_kernel
def run(
    x: Array,
    gain: Array,
    pole: Array,
    delays: Places,
    into: Array,
    out_of: Array,
    history: Array,
    y: Array,
) -> None:
    """The network.

    Args:
        x: signal ``[B, C, T]``.
        gain, pole: of each line's one-pole filter, ``[B, K]``.
        delays: of the lines, ``[K]``.
        into, out_of: weights between the channels and their lines, ``[B, K]``.
        history: written, what leaves the filters, ``[B, K, T]``; or empty, ``[B, 0, T]``.
        y: written, ``[B, C, T]``.
    """
    for b in numba.prange(x.shape[0]):
        _row(x[b], gain[b], pole[b], delays, into[b], out_of[b], history[b], y[b])


@kernel
def _pole_gradient(u: Array, error: Array, pole: float) -> float:
    """<error, du/dpole> of a line; the output's derivative goes once more through the pole."""
    total = slope = 0.0
    for t in range(1, u.size):
        slope = u[t - 1] + pole * slope
        total += error[t] * slope
    return total


@kernel
def _dot(a: Array, b: Array) -> float:
    total = 0.0
    for t in range(a.size):
        total += np.float64(a[t]) * b[t]
    return total


@kernel
def _errors(back: Array, weights: Array, g: Array, error: Array) -> None:
    """Gradients ``[K, T]`` at what leaves the filters: from the output and from the way around."""
    error[:] = back
    _hadamard(error, error.shape[1])
    for k in range(LINES):
        channel, scale = g[k % g.shape[0]], error.dtype.type(math.sqrt(1 / LINES))
        for t in range(channel.size):
            error[k, t] = scale * error[k, t] + weights[k] * channel[t]


@batch_kernel
def gradients(
    gain: Array,
    pole: Array,
    out_of: Array,
    history: Array,
    back: Array,
    g: Array,
    g_gain: Array,
    g_pole: Array,
    g_out_of: Array,
) -> None:
    """Gradients of the numbers.

    Args:
        gain, pole, out_of, history: of :func:`run`.
        back: history of :func:`run` against the time, fed by ``g`` through ``out_of``: the gradients
            at what enters the lines.
        g: gradient at the output ``[B, C, T]``.
        g_gain, g_pole, g_out_of: written, ``[B, K]``.
    """
    for b in numba.prange(g.shape[0]):
        error = np.empty_like(back[b])
        _errors(back[b], out_of[b], g[b], error)
        for k in range(LINES):
            u = history[b, k]
            g_gain[b, k] = _dot(error[k], u) / gain[b, k]
            g_pole[b, k] = _pole_gradient(u, error[k], pole[b, k])
            g_out_of[b, k] = _dot(u, g[b, k % g.shape[1]])
