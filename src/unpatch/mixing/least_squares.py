"""Gains, pans and equalizers in closed form, from dry tracks and their mix.

Where a mix is nearly a sum, least squares on the samples find each track's gain on each side
exactly. Behind equalizers, reverbs and compressors, samples no longer match and gains from
them are too low; then powers still add up: those of the mix in bands and frames are sums of those of the
tracks times squared gains, which are found by non-negative least squares.

Shapes: K tracks, T samples, N frames, M bands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import nnls
from torch import Tensor

FRAME_S = 0.2
FRAMES = 600
"""At most this many frames are used, evenly spread."""
LOWEST_HZ, BANDS_PER_OCTAVE = 40.0, 2
RIDGE = 1e-6
"""Of least squares on samples, relative to the mean power of a track."""
EXPLAINED = 0.9
"""Share of a mix's energy from which on gains by least squares on samples are accepted."""
REGULARISATION = 0.3
"""Regularisation of a band's gain towards that of all bands: as this share of the data."""
LOWEST_DB, HIGHEST_DB = -60.0, 40.0

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TrackGains:
    """Gains of tracks.

    Attributes:
        gains_db: on each side ``[K, 2]``.
        curves_db: per track and band, relative to that, ``[K, M]``; zeros where it is not known.
        bands_hz: centres of the bands ``[M]``.
    """

    gains_db: Tensor
    curves_db: Tensor
    bands_hz: Tensor


def from_samples(stems: Tensor, mix: Tensor, sample_rate: int) -> TrackGains:
    """Gains by least squares on samples ``stems [K, 2, T]`` and ``mix [2, T]``; a negative one is silence."""
    gains = [_regressed(stems[:, side], mix[side], sample_rate) for side in (0, 1)]
    centres = _centres(sample_rate)
    return TrackGains(
        _decibels(np.stack(gains, 1)), torch.zeros(len(stems), len(centres)), torch.from_numpy(centres)
    )


def from_powers(stems: Tensor, mix: Tensor, sample_rate: int) -> TrackGains:
    """Gains and curves by non-negative least squares on powers in bands and frames."""
    whole = _powers(mix[None], sample_rate)[0]
    each = _powers(stems, sample_rate)
    squared = np.stack([_shares(each[:, s], whole[s]) for s in (0, 1)], 1)
    both, mid = each.sum(1), whole.sum(0)
    common = _shares(both, mid)
    bands = np.stack([_held(both[..., m], mid[..., m], common) for m in range(mid.shape[-1])], 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        curves = 10 * np.log10(bands / common[:, None])
    curves = np.nan_to_num(curves.clip(-24, 24), nan=0.0)
    return TrackGains(
        _decibels(np.sqrt(squared)), torch.from_numpy(curves), torch.from_numpy(_centres(sample_rate))
    )


def gains_in(passages: Iterable[tuple[Tensor, Tensor]], sample_rate: int) -> Tensor:
    """Gains ``[K, 2]`` as factors: from samples where they explain the mix, else from powers.

    Args:
        passages: stems ``[K, 2, T]`` and mix ``[2, T]`` of each; one at a time is in memory.
        sample_rate: in Hz.
    """
    each, whole, normals = [], [], []
    for stems, mix in passages:
        each.append(_powers(stems, sample_rate))
        whole.append(_powers(mix[None], sample_rate)[0])
        normals.append([_normal(stems[:, side], mix[side], sample_rate) for side in (0, 1)])
    tracks, sought = np.concatenate(each, -2), np.concatenate(whole, -2)
    gains = []
    for side in (0, 1):
        gram = np.sum([one[side][0] for one in normals], 0)
        cross = np.sum([one[side][1] for one in normals], 0)
        energy = sum(one[side][2] for one in normals)
        found = _solved(gram, cross)
        explained = 2 * found @ cross - found @ gram @ found
        by_powers = explained < EXPLAINED * energy
        gains.append(np.sqrt(_shares(tracks[:, side], sought[side])) if by_powers else found.clip(min=0))
    return torch.from_numpy(np.stack(gains, 1)).float()


def _regressed(stems: Tensor, mix: Tensor, sample_rate: int) -> Array:
    """Gains ``[K]`` of ``stems [K, T]``."""
    gram, cross, _ = _normal(stems, mix, sample_rate)
    return _solved(gram, cross)


def _normal(stems: Tensor, mix: Tensor, sample_rate: int) -> tuple[Array, Array, float]:
    """Products of ``stems [K, T]`` with each other and with the mix, and its energy; a second at a time."""
    tracks, energy = len(stems), 0.0
    gram, cross = np.zeros((tracks, tracks)), np.zeros(tracks)
    for begin in range(0, mix.shape[-1], sample_rate):
        piece, sought = stems[:, begin : begin + sample_rate], mix[begin : begin + sample_rate]
        gram += (piece @ piece.T).double().numpy()
        cross += (piece @ sought).double().numpy()
        energy += float(sought @ sought)
    return gram, cross, energy


def _solved(gram: Array, cross: Array) -> Array:
    ridge = RIDGE * gram.trace() / len(gram) + 1e-12
    return np.linalg.solve(gram + ridge * np.eye(len(gram)), cross)


def _powers(audio: Tensor, sample_rate: int) -> Array:
    """Mean power ``[K, 2, N, M]`` of ``[K, 2, T]`` in bands and frames."""
    size = round(FRAME_S * sample_rate)
    count = max(1, audio.shape[-1] // size)
    chosen = np.unique(np.linspace(0, count - 1, min(count, FRAMES)).round().astype(int))
    padded = torch.nn.functional.pad(audio, (0, max(0, size - audio.shape[-1])))
    cut = padded[..., : count * size]
    frames = cut.reshape(*cut.shape[:-1], count, size)[..., torch.from_numpy(chosen), :]
    window = torch.hann_window(size)
    matrix = torch.from_numpy(_bands(size, sample_rate)).float()
    rows = [torch.fft.rfft(row * window).abs().square() @ matrix for row in frames]
    powers: Array = torch.stack(rows).double().numpy()
    return powers


def _centres(sample_rate: int) -> Array:
    octaves = np.log2(0.45 * sample_rate / LOWEST_HZ)
    return LOWEST_HZ * 2.0 ** np.arange(0, octaves, 1 / BANDS_PER_OCTAVE)


def _bands(size: int, sample_rate: int) -> Array:
    """Which bins make up which band, ``[bins, M]``; overlapping triangles on a logarithmic axis."""
    centres = np.log2(_centres(sample_rate))
    bins = np.log2(np.maximum(np.fft.rfftfreq(size, 1 / sample_rate), 1e-9))
    triangles: Array = np.maximum(0.0, 1 - np.abs(bins[:, None] - centres) * BANDS_PER_OCTAVE)
    return triangles


def _shares(each: Array, whole: Array) -> Array:
    """Squared gains ``[K]`` that make ``whole [N, M]`` out of ``each [K, N, M]``."""
    weights = 1 / (whole + 1e-3 * whole.mean() + 1e-20)
    return np.asarray(nnls((each * weights).reshape(len(each), -1).T, (whole * weights).ravel())[0])


def _held(each: Array, whole: Array, common: Array) -> Array:
    """The same of one band, ``each [K, N]`` and ``whole [N]``, regularised towards the gain of all bands."""
    weights = 1 / (whole + 1e-3 * whole.mean() + 1e-20)
    data = (each * weights).T
    hold = REGULARISATION * np.sqrt(np.square(data).sum()) * np.ones(len(each))
    rows = np.vstack([data * common, np.diag(hold) / len(each)])
    found = nnls(rows, np.concatenate([whole * weights, hold / len(each)]))[0]
    return np.asarray(found * common)


def _decibels(gains: Array) -> Tensor:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 20 * np.log10(np.maximum(gains, 0.0))
    return torch.from_numpy(found.clip(LOWEST_DB, HIGHEST_DB))
