"""What a signal is like: coarse spectra and levels, computed once and cheaply.

The generator sets its knobs by them, and detects audible differences.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats: TypeAlias = NDArray[np.float32]

FRAME = 2048
# This many frames are spread evenly over a signal: neighbours add little information.
FRAMES_HEARD = 20
BANDS = 96
BLOCK_MS = 10.0
# Cells this far below the loudest one are inaudible beside it.
RANGE_DB = 50.0
_TINY = 1e-12


@dataclass(frozen=True)
class Listener:
    """A signal ``[1, C, T]`` and, on demand, its spectra and levels."""

    signal: Tensor
    sample_rate: float

    @cached_property
    def bands(self) -> Floats:
        """Power in bands ``[4, N frames, K bands]`` of left, right, mid and side."""
        found: Floats = band_powers(self.signal)[0]
        return found

    @cached_property
    def levels_db(self) -> Floats:
        """Peak level of the louder channel in blocks of 10 ms, quieter than 50 dB below the peak left out."""
        peak = np.abs(self.signal[0].detach().numpy()).max(axis=0)
        block = min(max(1, round(self.sample_rate * BLOCK_MS / 1000)), len(peak))
        blocks = peak[: len(peak) // block * block].reshape(-1, block).max(axis=1)
        levels = 20 * np.log10(blocks + _TINY)
        return np.asarray(levels[levels >= levels.max() - RANGE_DB], dtype=np.float32)

    def level_db(self, quantile: float) -> float:
        """Level below which the signal stays for this share of its sounding time."""
        return float(np.quantile(self.levels_db, quantile))

    def frequency_hz(self, share: float, tilt: float = 0.0) -> float:
        """Frequency below which this share of the signal's energy is.

        Args:
            share: in [0, 1].
            tilt: the spectrum is raised by this many times 6 dB per octave before.
        """
        edges = band_edges() * self.sample_rate / FRAME
        centres = np.sqrt(edges[:-1] * edges[1:])
        energy = self.bands[:2].sum(axis=(0, 1), dtype=np.float64) * centres ** (2 * tilt)
        total = np.concatenate(([0.0], np.cumsum(energy)))
        return float(np.interp(share * total[-1], total, edges))


def distance_db(a: Listener, b: Listener) -> float:
    """How different two signals sound; see :func:`distances_db`."""
    return float(distances_db(a.bands, b.bands[None])[0])


def distances_db(reference: Floats, others: Floats) -> Floats:
    """Difference of some signals from one, independent of their levels: log-spectral distance in dB.

    Root mean square over bands, then mean over the frames in which either signal sounds; the
    largest over left, right, mid and side. Speech coders call an average of 1 dB transparent
    (Paliwal and Atal, IEEE Trans. Speech and Audio Processing 1(1), 1993).

    Args:
        reference: powers in bands ``[4, N, K]``.
        others: likewise ``[B, 4, N, K]``.

    Returns:
        ``[B]``
    """
    p, q = _levelled(reference[None]), _levelled(others)
    loudest = np.maximum(p.max(), q.max(axis=(1, 2, 3), keepdims=True))
    floor = np.maximum(loudest * 10 ** (-RANGE_DB / 10), _TINY)
    change = 10 * np.log10(np.maximum(p, floor) / np.maximum(q, floor))
    sounding = (np.maximum(p, q) > floor).any(axis=-1)
    per_frame = np.sqrt(np.square(change).mean(axis=-1)) * sounding
    found: Floats = (per_frame.sum(axis=-1) / np.maximum(sounding.sum(axis=-1), 1)).max(axis=-1)
    return found


def _levelled(bands: Floats) -> Floats:
    """Powers ``[B, 4, N, K]`` as shares of what left and right have in all."""
    total = bands[:, :2].sum(axis=(1, 2, 3), keepdims=True)
    return np.asarray(bands / np.maximum(total, _TINY), dtype=np.float32)


def band_powers(signals: Tensor) -> Floats:
    """Power in bands ``[B, 4, N, K]`` of left, right, mid and side of ``[B, C, T]``."""
    spectra = torch.fft.rfft(_frames(signals.expand(-1, 2, -1)))
    # Real and imaginary parts in turn: summed over a band, their products are its power.
    left, right = torch.view_as_real(spectra).flatten(-2).unbind(1)
    products = torch.stack((left * left, right * right, left * right)).numpy()
    ll, rr, lr = np.add.reduceat(products, 2 * band_edges(), axis=-1)[..., :-1]
    # |L + R|^2 = |L|^2 + |R|^2 + 2 Re L R*; rounding may leave a tiny negative side.
    mid, side = (ll + rr) / 4 + lr / 2, (ll + rr) / 4 - lr / 2
    found: Floats = np.maximum(np.stack((ll, rr, mid, side), axis=1), np.float32(0))
    return found


@lru_cache(maxsize=1)
def band_edges() -> NDArray[Any]:
    """First bins of the bands and the end: single bins at the bottom, a tenth of an octave above."""
    return np.unique(np.round(np.geomspace(1, FRAME // 2, BANDS + 1)).astype(int))


@lru_cache(maxsize=1)
def _window() -> Tensor:
    return torch.hann_window(FRAME)


def _frames(signals: Tensor) -> Tensor:
    """``[..., T]`` to windowed frames ``[..., N, FRAME]``."""
    missing = max(FRAME - signals.shape[-1], 0)
    padded = torch.nn.functional.pad(signals.detach().float(), (0, missing)) if missing else signals.detach()
    hop = max((padded.shape[-1] - FRAME) // (FRAMES_HEARD - 1), 1)
    return padded.unfold(-1, FRAME, hop)[..., :FRAMES_HEARD, :].float() * _window()
