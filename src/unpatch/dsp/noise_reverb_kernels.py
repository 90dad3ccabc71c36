"""Compiled loops of :mod:`unpatch.dsp.noise_reverb`, forward and adjoint.

Shapes: B rows, K bands, N samples; ``noise [2, K, N]`` is that of mid and side; ``numbers [B, 3, K]``
(double): amplitudes of mid and of side, nepers of decay per sample.
"""

import math

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel

BLOCK = 256


@kernel
def _decays(rates: Array, dtype_like: Array) -> Array:
    """exp(-rate j) for each band and j below BLOCK."""
    table = np.empty((rates.size, BLOCK), dtype_like.dtype)
    for k in range(rates.size):
        for j in range(BLOCK):
            table[k, j] = math.exp(-rates[k] * j)
    return table


@kernel
def _add(noise: Array, decay: Array, amplitude: float, out: Array) -> None:
    factor = out.dtype.type(amplitude)
    for j in range(out.size):
        out[j] += factor * decay[j] * noise[j]


@kernel
def _row(noise: Array, numbers: Array, y: Array) -> None:
    table = _decays(numbers[2], y)
    mid, side = np.empty(BLOCK, y.dtype), np.empty(BLOCK, y.dtype)
    for start in range(0, y.shape[1], BLOCK):
        stop = min(start + BLOCK, y.shape[1])
        m, s = mid[: stop - start], side[: stop - start]
        m[:], s[:] = 0, 0
        for k in range(numbers.shape[1]):
            level = math.exp(-numbers[2, k] * start)
            _add(noise[0, k, start:stop], table[k], numbers[0, k] * level, m)
            _add(noise[1, k, start:stop], table[k], numbers[1, k] * level, s)
        left, right = y[0, start:stop], y[1, start:stop]
        for j in range(m.size):
            left[j], right[j] = m[j] + s[j], m[j] - s[j]


@batch_kernel
def run(noise: Array, numbers: Array, y: Array) -> None:
    """Impulse responses ``y [B, 2, N]``."""
    for b in numba.prange(y.shape[0]):
        _row(noise, numbers[b], y[b])


@kernel
def _meet(noise: Array, decay: Array, grad: Array) -> tuple[float, float]:
    """<decaying noise, gradient>, and the same times j."""
    total, ramp = noise.dtype.type(0), noise.dtype.type(0)
    for j in range(noise.size):
        met = decay[j] * noise[j] * grad[j]
        total += met
        ramp += noise.dtype.type(j) * met
    return np.float64(total), np.float64(ramp)


@kernel
def _row_adjoint(noise: Array, numbers: Array, g: Array, to_numbers: Array) -> None:
    table = _decays(numbers[2], g)
    sums = np.empty((2, BLOCK), g.dtype)
    for start in range(0, g.shape[1], BLOCK):
        stop = min(start + BLOCK, g.shape[1])
        left, right = g[0, start:stop], g[1, start:stop]
        mid, side = sums[0, : stop - start], sums[1, : stop - start]
        for j in range(mid.size):
            mid[j], side[j] = left[j] + right[j], left[j] - right[j]
        for k in range(numbers.shape[1]):
            level = math.exp(-numbers[2, k] * start)
            for c in range(2):
                total, ramp = _meet(noise[c, k, start:stop], table[k], sums[c, : stop - start])
                to_numbers[c, k] += level * total
                to_numbers[2, k] -= numbers[c, k] * level * (start * total + ramp)


@batch_kernel
def run_adjoint(noise: Array, numbers: Array, g: Array, to_numbers: Array) -> None:
    """Gradients to the numbers from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(g.shape[0]):
        to_numbers[b] = 0
        _row_adjoint(noise, numbers[b], g[b], to_numbers[b])
