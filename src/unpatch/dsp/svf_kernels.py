"""Compiled loops of the state-variable filter.

Shapes: R rows, C channels (1 or 2), T time, N is 1 (steady) or T (moving). A row has six knobs
``[R, N]`` in the order frequency_hz, damping, scale, high, band, low; see :mod:`unpatch.dsp.svf`.

While nothing moves, the filter runs as the biquad it is equal to (one multiplication from state to
state); otherwise as a state-variable filter with fresh coefficients at every frame.
"""

import numba
import numpy as np

from unpatch.dsp.compiled import SILENCE, Array, batch_kernel, kernel, ordered_kernel
from unpatch.dsp.warp import HIGHEST, sine_cosine

# Frames handled at once: signal and coefficients stay in the first-level cache. Buffers of several
# rows of CHUNK are flat, because the compiler vectorises only arrays that it can prove distinct.
CHUNK = 256
KNOBS = 6
STATES = 8
_FREQUENCY, _DAMPING, _SCALE, _HIGH, _BAND, _LOW = (i * CHUNK for i in range(KNOBS))


@kernel
def integrator_gains(cycles: float, damping: float, scale: float) -> tuple[float, float, float]:
    """(1, g, g²) / (1 + g * (g + damping)) with g = scale * tan(pi * cycles)."""
    sine, c = sine_cosine(min(cycles, HIGHEST))
    s = scale * sine
    d = 1 / (c * c + s * (s + damping * c))
    return c * c * d, s * c * d, s * s * d


@kernel
def _biquad(held: Array, period: float, spread: float, out: Array) -> None:
    """Direct form of a steady section: ``high * x`` plus a biquad, exact bypass at equal weights."""
    k, high = held[_DAMPING] * spread, held[_HIGH]
    a1, a2, a3 = integrator_gains(held[_FREQUENCY] * period, k, held[_SCALE])
    odd, even = k * (held[_BAND] - high) * a2, (held[_LOW] - high) * a3
    out[0], out[1], out[2], out[3] = high, even + odd, 2 * even, even - odd
    out[4], out[5] = 2 * (a3 - a1), a1 - k * a2 + a3


@ordered_kernel
def _steady(work: Array, count: int, coefficients: Array, state: Array) -> None:
    """Filter both channels of ``work [2, CHUNK]`` in place."""
    through, b0, b1, b2, a1, a2 = coefficients[:KNOBS]
    x1, x2, d1, d2, u1, u2, e1, e2 = state
    left, right = work[0], work[1]
    for t in range(count):
        x, u = left[t], right[t]
        d = (b0 * x + b1 * x1 + b2 * x2 - a2 * d2) - a1 * d1
        e = (b0 * u + b1 * u1 + b2 * u2 - a2 * e2) - a1 * e1
        x2, x1, d2, d1 = x1, x, d1, d
        u2, u1, e2, e1 = u1, u, e1, e
        left[t] = through * x + d
        right[t] = through * u + e
    state[:] = x1, x2, d1, d2, u1, u2, e1, e2


@kernel
def _design(held: Array, count: int, period: float, spread: float, out: Array) -> None:
    """State-space coefficients of a moving section, ``[6 * CHUNK]``, from its knobs."""
    for t in range(count):
        k, high = held[_DAMPING + t] * spread, held[_HIGH + t]
        a1, a2, a3 = integrator_gains(held[_FREQUENCY + t] * period, k, held[_SCALE + t])
        odd, even = k * (held[_BAND + t] - high), held[_LOW + t] - high
        through = odd * a2 + even * a3
        out[t] = 2 * a1 - 1
        out[CHUNK + t] = 2 * a2
        out[2 * CHUNK + t] = 2 * a3
        out[3 * CHUNK + t] = high + through
        out[4 * CHUNK + t] = odd * a1 + even * a2
        out[5 * CHUNK + t] = even - through


@ordered_kernel
def _moving(work: Array, count: int, coefficients: Array, state: Array) -> None:
    """Filter both channels of ``work [2, CHUNK]`` in place."""
    left, right = work[0], work[1]
    l1, l2, r1, r2 = state[:4]
    for t in range(count):
        p, b1, b2 = coefficients[t], coefficients[CHUNK + t], coefficients[2 * CHUNK + t]
        n0, n1, n2 = coefficients[3 * CHUNK + t], coefficients[4 * CHUNK + t], coefficients[5 * CHUNK + t]
        x, u = left[t], right[t]
        left[t] = n0 * x + n1 * l1 + n2 * l2
        right[t] = n0 * u + n1 * r1 + n2 * r2
        l1, l2 = p * l1 + b1 * (x - l2), (l2 + b1 * l1) + b2 * (x - l2)
        r1, r2 = p * r1 + b1 * (u - r2), (r2 + b1 * r1) + b2 * (u - r2)
    state[:4] = l1, l2, r1, r2


@kernel
def _hold(knobs: tuple[Array, ...], row: int, start: int, count: int, held: Array) -> None:
    """Bring the knobs' next frames to ``held [6 * CHUNK]``; static ones are there already."""
    for i in range(KNOBS):
        if knobs[i].shape[1] > 1:
            held[i * CHUNK : i * CHUNK + count] = knobs[i][row, start : start + count]
        elif start == 0:
            held[i * CHUNK : (i + 1) * CHUNK] = knobs[i][row, 0]


@kernel
def width(knobs: tuple[Array, ...]) -> int:
    """T where any knob moves, else 1."""
    widest = 1
    for i in range(KNOBS):
        widest = max(widest, knobs[i].shape[1])
    return widest


@kernel
def _silence(state: Array) -> None:
    for i in range(state.size):
        if abs(state[i]) < SILENCE:
            state[i] = 0.0


@kernel
def _row(x: Array, knobs: tuple[Array, ...], row: int, period: float, sections: Array, y: Array) -> None:
    """One row, chunk by chunk; a mono row runs as two equal channels."""
    channels, frames = x.shape
    moving = width(knobs) > 1
    held, work = np.empty(KNOBS * CHUNK), np.empty((2, CHUNK))
    coefficients = np.empty((len(sections), KNOBS * CHUNK))
    states = np.zeros((len(sections), STATES))
    for start in range(0, frames, CHUNK):
        count = min(CHUNK, frames - start)
        work[0, :count] = x[0, start : start + count]
        work[1, :count] = x[channels - 1, start : start + count]
        if moving or start == 0:
            _hold(knobs, row, start, count, held)
        for i in range(len(sections)):
            if moving:
                _design(held, count, period, sections[i], coefficients[i])
                _moving(work, count, coefficients[i], states[i])
            else:
                if start == 0:
                    _biquad(held, period, sections[i], coefficients[i])
                _steady(work, count, coefficients[i], states[i])
            _silence(states[i])
        for c in range(channels):
            y[c, start : start + count] = work[c, :count]


@batch_kernel
def run(x: Array, knobs: tuple[Array, ...], sample_rate: float, sections: Array, y: Array) -> None:
    """Filter ``x [R, C, T]`` into ``y``; ``sections`` are factors on the damping, one for each section."""
    for row in numba.prange(x.shape[0]):
        _row(x[row], knobs, row, 1 / sample_rate, sections, y[row])
