"""Compiled loops of :mod:`unpatch.dsp.masked_noise`, forward and adjoint.

Shapes: B rows of mid and side, M frames, F bins of a frame as pairs ``[..., 2 F]``; ``levels`` and ``falls
[B, 2, F]`` (double) in nepers and nepers per frame; ``noise [2, M, 2 F]``.
"""

import numba
import numpy as np

from unpatch.dsp.compiled import Array, batch_kernel, kernel


@kernel
def _scale(noise: Array, mask: Array, out: Array) -> None:
    for k in range(mask.size):
        factor = out.dtype.type(mask[k])
        out[2 * k], out[2 * k + 1] = factor * noise[2 * k], factor * noise[2 * k + 1]


@kernel
def _fall(mask: Array, ratio: Array) -> None:
    for k in range(mask.size):
        mask[k] *= ratio[k]


@batch_kernel
def run(levels: Array, falls: Array, noise: Array, y: Array) -> None:
    """Frames ``y [B, 2, M, 2 F]``: the noise's, times exp(level - fall frame)."""
    for b in numba.prange(y.shape[0]):
        for c in range(2):
            mask, ratio = np.exp(levels[b, c]), np.exp(-falls[b, c])
            for frame in range(y.shape[2]):
                _scale(noise[c, frame], mask, y[b, c, frame])
                _fall(mask, ratio)


@kernel
def _meet(noise: Array, mask: Array, g: Array, frame: float, to_level: Array, to_fall: Array) -> None:
    for k in range(mask.size):
        met = mask[k] * np.float64(noise[2 * k] * g[2 * k] + noise[2 * k + 1] * g[2 * k + 1])
        to_level[k] += met
        to_fall[k] -= frame * met


@batch_kernel
def run_adjoint(
    levels: Array, falls: Array, noise: Array, g: Array, to_levels: Array, to_falls: Array
) -> None:
    """Gradients from ``g``, that of :func:`run`'s ``y``."""
    for b in numba.prange(g.shape[0]):
        to_levels[b], to_falls[b] = 0, 0
        for c in range(2):
            mask, ratio = np.exp(levels[b, c]), np.exp(-falls[b, c])
            for frame in range(g.shape[2]):
                _meet(noise[c, frame], mask, g[b, c, frame], float(frame), to_levels[b, c], to_falls[b, c])
                _fall(mask, ratio)
