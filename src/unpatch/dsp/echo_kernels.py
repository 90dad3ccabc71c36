"""Compiled loops of the echo, forward and for its gradients.

The shortest delay is far longer than a sample, so the loop runs in blocks shorter than it: reading
and writing the lines is vectorised along time, and only the filter goes sample by sample.

Shapes: B batch, N block, T time; both channels always. Delays are in samples; filters are rows
b0 b1 b2 a1 a2. Coefficients and states are float64.
"""

import numba
import numpy as np

from unpatch.dsp.compiled import Array, Number, batch_kernel, flushed, kernel, ordered_kernel
from unpatch.dsp.modulated_delay_kernels import NEIGHBOURS, SHORTEST, lagrange, lagrange_slope

LONGEST_BLOCK = 512
# Blocks written before the lines are moved back to the start of their memory.
BLOCKS_BETWEEN_MOVES = 16


@kernel
def _split(delay: float) -> tuple[int, float]:
    """Whole part and fraction of a delay, which is held to the shortest; NaN stays, as the fraction."""
    whole = int(delay) if delay >= SHORTEST else SHORTEST
    return whole, 0.0 if delay < SHORTEST else delay - whole


@kernel
def _read(line: Array, whole: int, weights: Array, out: Array) -> None:
    """The block ``out`` that leaves a line, of which ``line`` ends where the block starts."""
    kind = line.dtype.type
    c0, c1, c2, c3 = kind(weights[0]), kind(weights[1]), kind(weights[2]), kind(weights[3])
    far = line[line.size - whole - 2 :]
    for j in range(out.size):
        out[j] = (c0 * far[j + 3] + c1 * far[j + 2]) + (c2 * far[j + 1] + c3 * far[j])


@ordered_kernel
def _filter(left: Array, right: Array, f: Array, state: Array) -> None:
    """Both channels of a block, in place, side by side so that neither waits for the other.

    Transposed direct form II, with the output put into the states' equations: the path from one
    sample to the next is a single multiply-add.
    """
    b0, a1, a2 = f[0], f[3], f[4]
    b1, b2 = f[1] - a1 * b0, f[2] - a2 * b0
    p1, p2, q1, q2 = state[0, 0], state[0, 1], state[1, 0], state[1, 1]
    for j in range(left.size):
        x, y = np.float64(left[j]), np.float64(right[j])
        left[j], right[j] = b0 * x + p1, b0 * y + q1
        p1, p2 = (b1 * x + p2) - a1 * p1, b2 * x - a2 * p1
        q1, q2 = (b1 * y + q2) - a1 * q1, b2 * y - a2 * q1
    state[0, 0], state[0, 1] = flushed(p1, 0.0), flushed(p2, 0.0)
    state[1, 0], state[1, 1] = flushed(q1, 0.0), flushed(q2, 0.0)


@kernel
def _feed(x: Array, wet: Array, feedback: Number, line: Array) -> None:
    """line = x + feedback * wet, for one channel of a block."""
    zero = x.dtype.type(0)
    for j in range(x.size):
        line[j] = flushed(x[j] + feedback * wet[j], zero)


@kernel
def _row(x: Array, delays: Array, feedback: Number, f: Array, crossed: bool, wet: Array) -> None:
    whole = np.array([_split(d)[0] for d in delays])
    weights = np.array([lagrange(_split(d)[1], 1.0) for d in delays])
    behind, block = whole.max() + NEIGHBOURS, min(whole.min() - 1, LONGEST_BLOCK)
    lines = np.zeros((2, behind + BLOCKS_BETWEEN_MOVES * block), x.dtype)
    state, at = np.zeros((2, 2)), behind
    for start in range(0, x.shape[1], block):
        stop = min(start + block, x.shape[1])
        if at + block > lines.shape[1]:
            lines[:, :behind] = lines[:, at - behind : at].copy()
            at = behind
        for c in range(2):
            _read(lines[c, :at], whole[c], weights[c], wet[c, start:stop])
        _filter(wet[0, start:stop], wet[1, start:stop], f, state)
        for c in range(2):
            origin = wet[1 - c if crossed else c, start:stop]
            _feed(x[c, start:stop], origin, feedback, lines[c, at : at + stop - start])
        at += stop - start


@batch_kernel
def run(crossed: bool, x: Array, delays: Array, feedback: Array, filters: Array, wet: Array) -> None:
    """x, wet ``[B, 2, T]``; delays ``[B, 2]``; feedback ``[B, 1]``; filters ``[B, 5]``."""
    for b in numba.prange(x.shape[0]):
        _row(x[b], delays[b], x.dtype.type(feedback[b, 0]), filters[b], crossed, wet[b])


@kernel
def _delay_gradient(line: Array, delay: float, f: Array, g: Array) -> float:
    """Of a channel; ``line`` enters the delay, ``g`` is the gradient at what leaves the filter."""
    if delay < SHORTEST:
        return 0.0
    whole, fraction = _split(delay)
    d0, d1, d2, d3 = lagrange_slope(fraction, 1.0)
    total = s1 = s2 = 0.0
    for t in range(max(0, whole - 1), line.size):
        far = t - whole
        u = d0 * line[far + 1] + (d1 * line[far] if far >= 0 else 0.0)
        u += (d2 * line[far - 1] if far >= 1 else 0.0) + (d3 * line[far - 2] if far >= 2 else 0.0)
        y = f[0] * u + s1
        s1, s2 = f[1] * u - f[3] * y + s2, f[2] * u - f[4] * y
        total += g[t] * y
    return total


@kernel
def _filter_gradient(u: Array, y: Array, f: Array, g: Array, out: Array) -> None:
    """Add a channel's gradients of the coefficients; ``u`` enters the filter, ``y`` leaves it.

    An output depends on b_k through u delayed by k and on a_k through -y delayed by k, both sent
    through the filter's poles.
    """
    p1 = p2 = q1 = q2 = 0.0
    for t in range(u.size):
        p, q = u[t] - f[3] * p1 - f[4] * p2, y[t] - f[3] * q1 - f[4] * q2
        out[0] += g[t] * p
        out[1] += g[t] * p1
        out[2] += g[t] * p2
        out[3] -= g[t] * q1
        out[4] -= g[t] * q2
        p1, p2, q1, q2 = p, p1, q, q1


@kernel
def _delayed(line: Array, delay: float, u: Array) -> None:
    """Read a whole line at once: what enters the filter."""
    whole, fraction = _split(delay)
    padded = np.zeros(line.size + whole + NEIGHBOURS)
    padded[whole + NEIGHBOURS :] = line
    c0, c1, c2, c3 = lagrange(fraction, 1.0)
    for t in range(line.size):
        u[t] = c0 * padded[t + 4] + c1 * padded[t + 3] + c2 * padded[t + 2] + c3 * padded[t + 1]


@batch_kernel
def gradients(
    crossed: bool,
    x: Array,
    delays: Array,
    feedback: Array,
    filters: Array,
    wet: Array,
    g: Array,
    back: Array,
    g_delays: Array,
    g_feedback: Array,
    g_filters: Array,
) -> None:
    """Gradients of the numbers.

    Args:
        crossed, x, delays, feedback, filters, wet: of :func:`run`.
        g: gradient at ``wet``.
        back: :func:`run` of ``g`` against the time: the gradient at what enters the lines.
        g_delays, g_feedback, g_filters: added to.
    """
    frames = x.shape[2]
    for b in numba.prange(x.shape[0]):
        line, u, error = np.empty(frames), np.empty(frames), np.empty(frames)
        for c in range(2):
            origin = 1 - c if crossed else c
            for t in range(frames):
                line[t] = x[b, c, t] + feedback[b, 0] * wet[b, origin, t]
                error[t] = g[b, c, t] + feedback[b, 0] * back[b, origin, t]
                g_feedback[b, 0] += back[b, c, t] * wet[b, origin, t]
            _delayed(line, delays[b, c], u)
            _filter_gradient(u, wet[b, c], filters[b], error, g_filters[b])
            g_delays[b, c] += _delay_gradient(line, delays[b, c], filters[b], error)
