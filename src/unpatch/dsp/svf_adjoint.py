"""Compiled loops of the state-variable filter's gradient: its adjoint, run backwards in time.

Shapes and names as in :mod:`unpatch.dsp.svf_kernels`. Each section is run once more to keep its states,
then transposed. A section's six coefficients are a1, a2, a3 of its integrators and the weights m0, m1,
m2 of input, band and low in its output; with input x, states s1, s2 and e = x - s2::

    band = a1 s1 + a2 e          s1' = 2 band - s1
    low = s2 + a2 s1 + a3 e      s2' = 2 low - s2          y = m0 x + m1 band + m2 low
"""

import math

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel, ordered_kernel
from unpatch.dsp.svf_kernels import KNOBS, integrator_gains, width
from unpatch.dsp.warp import HIGHEST, sine_cosine


@kernel
def _read(knobs: tuple[Array, ...], row: int, t: int, out: Array) -> None:
    for i in range(KNOBS):
        out[i] = knobs[i][row, t if knobs[i].shape[1] > 1 else 0]


@kernel
def _design(knobs: tuple[Array, ...], row: int, period: float, spread: float, out: Array) -> None:
    """Coefficients ``out [6, N]`` of one section."""
    knob = np.empty(KNOBS)
    for t in range(out.shape[1]):
        _read(knobs, row, t, knob)
        k, high = knob[1] * spread, knob[3]
        out[0, t], out[1, t], out[2, t] = integrator_gains(knob[0] * period, k, knob[2])
        out[3, t], out[4, t], out[5, t] = high, k * (knob[4] - high), knob[5] - high


@ordered_kernel
def _record(x: Array, c: Array, states: Array, y: Array) -> None:
    """Run one section, keeping its states ``[2, T]``."""
    s1 = s2 = 0.0
    step = min(c.shape[1] - 1, 1)
    for t in range(x.size):
        n = t * step
        states[0, t], states[1, t] = s1, s2
        e = x[t] - s2
        band = c[0, n] * s1 + c[1, n] * e
        low = s2 + c[1, n] * s1 + c[2, n] * e
        y[t] = c[3, n] * x[t] + c[4, n] * band + c[5, n] * low
        s1, s2 = 2 * band - s1, 2 * low - s2


@ordered_kernel
def _reverse(x: Array, c: Array, states: Array, g: Array, dc: Array) -> None:
    """Turn ``g [T]`` in place from output to input; add to the coefficients' derivatives."""
    after1 = after2 = 0.0
    step = min(c.shape[1] - 1, 1)
    for t in range(x.size - 1, -1, -1):
        n = t * step
        a1, a2, a3, m0, m1, m2 = c[:, n]
        s1, s2 = states[0, t], states[1, t]
        e = x[t] - s2
        d_band, d_low = m1 * g[t] + 2 * after1, m2 * g[t] + 2 * after2
        dc[0, n] += d_band * s1
        dc[1, n] += d_band * e + d_low * s1
        dc[2, n] += d_low * e
        dc[3, n] += g[t] * x[t]
        dc[4, n] += g[t] * (a1 * s1 + a2 * e)
        dc[5, n] += g[t] * (s2 + a2 * s1 + a3 * e)
        d_e = a2 * d_band + a3 * d_low
        g[t] = m0 * g[t] + d_e
        after1, after2 = a1 * d_band + a2 * d_low - after1, d_low - d_e - after2


@kernel
def _knob_derivatives(knob: Array, dc: Array, period: float, spread: float, out: Array) -> None:
    """From the coefficients' derivatives at one frame to the knobs', in the knobs' order."""
    frequency_hz, damping, scale, high, band, _ = knob
    sine, cosine = sine_cosine(min(frequency_hz * period, HIGHEST))
    tangent, k = sine / cosine, damping * spread
    g = scale * tangent
    a1 = 1 / (1 + g * (g + k))
    by_a1 = -(dc[0] + dc[1] * g + dc[2] * g * g) * a1 * a1
    by_g = a1 * (dc[1] + 2 * g * dc[2]) + by_a1 * (2 * g + k)
    by_k = by_a1 * g + dc[4] * (band - high)
    inside = frequency_hz * period < HIGHEST
    out[0] = by_g * scale * math.pi * (1 + tangent * tangent) * period if inside else 0.0
    out[1], out[2] = by_k * spread, by_g * tangent
    out[3], out[4], out[5] = dc[3] - k * dc[4] - dc[5], k * dc[4], dc[5]


@kernel
def _spread_derivatives(
    knobs: tuple[Array, ...], row: int, period: float, spread: float, dc: Array, by_knobs: tuple[Array, ...]
) -> None:
    """Add one section's share to the knobs' derivatives."""
    knob, out = np.empty(KNOBS), np.empty(KNOBS)
    for t in range(dc.shape[1]):
        _read(knobs, row, t, knob)
        _knob_derivatives(knob, dc[:, t], period, spread, out)
        for i in range(KNOBS):
            by_knobs[i][row, t if knobs[i].shape[1] > 1 else 0] += out[i]


@kernel
def _row(
    x: Array,
    knobs: tuple[Array, ...],
    row: int,
    period: float,
    sections: Array,
    g: Array,
    by_knobs: tuple[Array, ...],
) -> None:
    channels, frames = x.shape
    if frames == 0:  # knobs that move have no value then
        return
    count, frames_moving = len(sections), width(knobs)
    c, dc = np.empty((count, KNOBS, frames_moving)), np.zeros((count, KNOBS, frames_moving))
    signals, states = np.empty((count + 1, frames)), np.empty((count, 2, frames))
    for i in range(count):
        _design(knobs, row, period, sections[i], c[i])
    for channel in range(channels):
        signals[0] = x[channel]
        for i in range(count):
            _record(signals[i], c[i], states[i], signals[i + 1])
        for i in range(count - 1, -1, -1):
            _reverse(signals[i], c[i], states[i], g[channel], dc[i])
    for i in range(count):
        _spread_derivatives(knobs, row, period, sections[i], dc[i], by_knobs)


@batch_kernel
def pull(
    x: Array,
    knobs: tuple[Array, ...],
    sample_rate: float,
    sections: Array,
    g: Array,
    by_knobs: tuple[Array, ...],
) -> None:
    """Turn ``g [R, C, T]`` in place from output to input; add to the knobs' derivatives ``[R, N]``."""
    for row in numba.prange(x.shape[0]):
        _row(x[row], knobs, row, 1 / sample_rate, sections, g[row], by_knobs)
