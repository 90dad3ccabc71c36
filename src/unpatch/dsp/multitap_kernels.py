"""Compiled loops of :mod:`unpatch.dsp.multitap`.

Shapes: B rows, M taps (those of left, then those of right), L coefficients of a tap's filter, N samples of a
tap's stretch, K bins of its transform as pairs ``[..., 2 K]``; responses ``[B, 2, M / 2 * N]``.
"""

from typing import Any, TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.compiled import Array, batch_kernel, kernel

Places: TypeAlias = NDArray[np.int64]


@kernel
def _stretch(response: Array, tap: int, frames: int) -> Any:
    """The part of ``response [2, M / 2 * N]`` that belongs to a tap."""
    each = response.shape[1] // frames
    start = tap % each * frames
    return response[tap // each, start : start + frames]


@batch_kernel
def place(places: Places, filters: Array, frames: int, response: Array) -> None:
    """Put each filter's centre at its place; what reaches out of the stretch is lost."""
    for b in numba.prange(len(response)):
        response[b] = 0
        for tap in range(places.shape[1]):
            out, first = _stretch(response[b], tap, frames), places[b, tap] - filters.shape[2] // 2
            for j in range(max(0, -first), min(filters.shape[2], frames - first)):
                out[first + j] = filters[b, tap, j]


@batch_kernel
def filters_adjoint(places: Places, frames: int, g: Array, to_filters: Array) -> None:
    """Gradient to the filters from ``g``, that to :func:`place`'s response."""
    for b in numba.prange(len(g)):
        to_filters[b] = 0
        for tap in range(places.shape[1]):
            grad, first = _stretch(g[b], tap, frames), places[b, tap] - to_filters.shape[2] // 2
            for j in range(max(0, -first), min(to_filters.shape[2], frames - first)):
                to_filters[b, tap, j] = grad[first + j]


@kernel
def _add(factor: Any, source: Array, out: Array) -> None:
    for t in range(out.size):
        out[t] += factor * source[t]


@batch_kernel
def strokes_adjoint(filters: Array, frames: int, g: Array, flows: Array) -> None:
    """What the response would gain from an impulse at each sample of each tap's stretch, ``[B, M, N]``."""
    for b in numba.prange(len(g)):
        flows[b] = 0
        for tap in range(filters.shape[1]):
            grad, out, half = _stretch(g[b], tap, frames), flows[b, tap], filters.shape[2] // 2
            for j in range(filters.shape[2]):
                shift = j - half
                if abs(shift) < frames:
                    low, high = max(0, -shift), min(frames, frames - shift)
                    _add(filters[b, tap, j], grad[low + shift : high + shift], out[low:high])


@batch_kernel
def phasors_adjoint(phasors: Array, bins: Array, frames: int, to_phasors: Array) -> None:
    """Gradient to the phasor z of each tap, whose soft response is the inverse transform of z^k.

    Args:
        phasors: real and imaginary part, ``[B, M, 2]``.
        bins: transform of the gradient to the response, ``[B, M, 2 K]``.
        frames: N.
        to_phasors: written, ``[B, M, 2]``.
    """
    last = bins.shape[2] // 2 - 1
    for b in numba.prange(len(bins)):
        for tap in range(bins.shape[1]):
            re, im = phasors[b, tap]
            sum_re = sum_im = 0.0
            for k in range(last, 0, -1):
                times = k if 2 * k == frames else 2 * k
                sum_re, sum_im = (
                    sum_re * re + sum_im * im + times * bins[b, tap, 2 * k],
                    sum_im * re - sum_re * im + times * bins[b, tap, 2 * k + 1],
                )
            to_phasors[b, tap, 0], to_phasors[b, tap, 1] = sum_re / frames, sum_im / frames
