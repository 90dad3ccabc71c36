"""Compiled loops of the mix loss.

Shapes: T samples, N frames, F bins, P = 2 for real and imaginary part, M bands; the four signals are
left, right, mid and side.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.compiled import Array, Number, kernel

Places = NDArray[np.int64]


class Bands(NamedTuple):
    """What turns a spectrum into mel magnitudes: weight of each bin ``[F]``, lowest magnitude, and a bank."""

    weight: Array
    floor: Number
    corners: Places
    rise: Array
    fall: Array


@kernel
def _magnitudes(left: Array, right: Array, bands: Bands, out: Array) -> None:
    """Weighted magnitudes ``out [4, F]`` of bins ``[F, P]``, none below the floor; NaN stays."""
    weight, lowest = bands.weight, bands.floor * bands.floor
    for k in range(out.shape[1]):
        w = weight[k]
        a, b, c, d = w * left[k, 0], w * left[k, 1], w * right[k, 0], w * right[k, 1]
        p, q = a * a + b * b, c * c + d * d
        m = (a + c) * (a + c) + (b + d) * (b + d)
        s = (a - c) * (a - c) + (b - d) * (b - d)
        out[0, k] = math.sqrt(lowest if p < lowest else p)
        out[1, k] = math.sqrt(lowest if q < lowest else q)
        out[2, k] = math.sqrt(lowest if m < lowest else m)
        out[3, k] = math.sqrt(lowest if s < lowest else s)


@kernel
def _banded(x: Array, bands: Bands, out: Array) -> None:
    """Sums ``out [4, M]`` of magnitudes ``x [4, F]``: between two corners one band rises and one falls."""
    corners, rise, fall = bands.corners, bands.rise, bands.fall
    zero = x.dtype.type(0)
    u0 = u1 = u2 = u3 = zero
    for j in range(out.shape[1] + 1):
        f0 = f1 = f2 = f3 = r0 = r1 = r2 = r3 = zero
        for k in range(corners[j], corners[j + 1]):
            down, up = fall[k], rise[k]
            f0, r0 = f0 + down * x[0, k], r0 + up * x[0, k]
            f1, r1 = f1 + down * x[1, k], r1 + up * x[1, k]
            f2, r2 = f2 + down * x[2, k], r2 + up * x[2, k]
            f3, r3 = f3 + down * x[3, k], r3 + up * x[3, k]
        if j > 0:
            out[0, j - 1], out[1, j - 1] = u0 + f0, u1 + f1
            out[2, j - 1], out[3, j - 1] = u2 + f2, u3 + f3
        u0, u1, u2, u3 = r0, r1, r2, r3


@kernel
def mels(spectra: Array, bands: Bands, out: Array) -> None:
    """Mel magnitudes ``out [4, N, M]`` of the left and right spectra ``[2, N, F, P]``."""
    magnitudes = np.empty((4, bands.corners[-1]), spectra.dtype)
    for n in range(spectra.shape[1]):
        _magnitudes(spectra[0, n], spectra[1, n], bands, magnitudes)
        _banded(magnitudes, bands, out[:, n])


@kernel
def _spread(slopes: Array, bands: Bands, out: Array) -> None:
    """Transpose of :func:`_banded`."""
    corners, rise, fall = bands.corners, bands.rise, bands.fall
    for s in range(4):
        below = slopes.dtype.type(0)
        for j in range(slopes.shape[1] + 1):
            above = slopes[s, j] if j < slopes.shape[1] else slopes.dtype.type(0)
            for k in range(corners[j], corners[j + 1]):
                out[s, k] = below * fall[k] + above * rise[k]
            below = above


@kernel
def _pull(left: Array, right: Array, bands: Bands, g: Array) -> None:
    """Transpose of :func:`_magnitudes` at ``left`` and ``right``, which become half the slopes."""
    zero, half = left.dtype.type(0), left.dtype.type(0.5)
    weight, lowest = bands.weight, bands.floor * bands.floor
    for k in range(g.shape[1]):
        w = weight[k]
        a, b, c, d = w * left[k, 0], w * left[k, 1], w * right[k, 0], w * right[k, 1]
        p, q = a * a + b * b, c * c + d * d
        m = (a + c) * (a + c) + (b + d) * (b + d)
        s = (a - c) * (a - c) + (b - d) * (b - d)
        p = zero if p < lowest else half * w * g[0, k] / math.sqrt(p)
        q = zero if q < lowest else half * w * g[1, k] / math.sqrt(q)
        m = zero if m < lowest else half * w * g[2, k] / math.sqrt(m)
        s = zero if s < lowest else half * w * g[3, k] / math.sqrt(s)
        left[k, 0], left[k, 1] = p * a + m * (a + c) + s * (a - c), p * b + m * (b + d) + s * (b - d)
        right[k, 0], right[k, 1] = q * c + m * (a + c) - s * (a - c), q * d + m * (b + d) - s * (b - d)


@kernel
def mels_adjoint(spectra: Array, bands: Bands, slopes: Array) -> None:
    """Turn spectra in place into half the slopes by their parts, given those by the mels ``[4, N, M]``.

    Half, because an inverse transform of half a spectrum counts each bin twice. It does not count the first
    and the last one twice, but these carry no weight in any band.
    """
    high = bands.corners[-1]
    gains = np.empty((4, high), spectra.dtype)
    for n in range(spectra.shape[1]):
        _spread(slopes[:, n], bands, gains)
        _pull(spectra[0, n], spectra[1, n], bands, gains)
        spectra[:, n, high:] = 0


@kernel
def overlap_add(frames: Array, window: Array, hop: int, places: Places, out: Array) -> None:
    """Add windowed frames ``[2, N, size]`` where they were cut from, to ``out [2, T]``.

    ``places`` says which sample stands at each place of the padded signal.
    """
    for c in range(2):
        padded = np.zeros(places.size, frames.dtype)
        for n in range(frames.shape[1]):
            row = padded[n * hop : n * hop + window.size]
            for i in range(window.size):
                row[i] += window[i] * frames[c, n, i]
        for i in range(places.size):
            out[c, places[i]] += padded[i]


@kernel
def compare(x: Array, logs: Array, y: Array, y_logs: Array, weight: Array, sums: Array) -> None:
    """Sums over ``[N, M]`` of each signal: ``sums [4, 4]``, the last axis being

    |log x - log y|, the same by ``weight [N, M]``, (x - y)^2, and x^2.
    """
    for s in range(4):
        for n in range(x.shape[1]):
            a = b = c = d = x.dtype.type(0)
            for m in range(x.shape[2]):
                away = abs(logs[s, n, m] - y_logs[s, n, m])
                error = x[s, n, m] - y[s, n, m]
                a, b = a + away, b + weight[n, m] * away
                c, d = c + error * error, d + x[s, n, m] * x[s, n, m]
            sums[s, 0] += a
            sums[s, 1] += b
            sums[s, 2] += c
            sums[s, 3] += d


@kernel
def slopes(x: Array, logs: Array, y: Array, y_logs: Array, weight: Array, factors: Array, out: Array) -> None:
    """Slopes ``out [4, N, M]`` of the loss by ``x``; ``out`` may be ``logs``.

    ``factors [4, 4]``: of each signal those of |log x - log y|, the same by ``weight``, x - y, and x.
    """
    for s in range(4):
        plain, weighed, error, size = factors[s]
        for n in range(x.shape[1]):
            for m in range(x.shape[2]):
                away = logs[s, n, m] - y_logs[s, n, m]
                one = x.dtype.type(1) if away > 0 else x.dtype.type(-1)
                sign = x.dtype.type(0) if away == 0 else one
                logarithmic = sign * (plain + weighed * weight[n, m]) / x[s, n, m]
                out[s, n, m] = logarithmic + error * (x[s, n, m] - y[s, n, m]) + size * x[s, n, m]
