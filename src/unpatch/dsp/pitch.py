"""Pitch shifting: stretch the time by a phase vocoder, then resample back to the old length.

The vocoder turns the phase of every spectral peak by what its frequency gains over the stretched
hop, and turns the bins around a peak with it (identity phase locking). Both channels are turned
alike, so their phase difference, hence the stereo image, is kept. Frames are centred: no latency.

Sources: J. Laroche, M. Dolson, Improved phase vocoder time-scale modification of audio, IEEE
Trans. SAP 1999; A. Röbel, A new approach to transient processing in the phase vocoder, DAFx 2003;
J. O. Smith, P. Gossett, A flexible sampling-rate conversion method, ICASSP 1984.

Shapes: C channel, T time, M frame, K bin.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from scipy.fft import next_fast_len
from scipy.special import i0
from torch import Tensor

from unpatch.dsp import pitch_kernels as kernels
from unpatch.dsp.compiled import Array

WINDOW_S = 0.0464
# Frames that cover each sample, in the analysis or the synthesis, whichever has fewer.
OVERLAP = 4
# Ten octaves, so that hops have a length.
WIDEST_SEMITONES = 120.0
# Frames handled at once: they stay in the second-level cache.
CHUNK = 48
# Resampling filter: zero crossings on each side, attenuation of the Kaiser window, passband edge.
ZERO_CROSSINGS = 10
KAISER_BETA = 8.0
PASSBAND = 0.94
# Positions between two samples for which its taps are tabulated; interpolated linearly between.
PHASES = 256


def shift(x: Tensor, semitone: Tensor, sample_rate: float) -> Tensor:
    """Shift the pitch of ``x [B, C, T]`` by ``semitone [B|1, 1, 1]``; the length stays.

    Raises:
        ValueError: if a shift is no number or wider than :data:`WIDEST_SEMITONES`.
    """
    semitones = semitone.detach().flatten().expand(x.shape[0]).tolist()
    for shift_ in semitones:
        if not abs(shift_) <= WIDEST_SEMITONES:
            widest = f"{WIDEST_SEMITONES:g}"
            raise ValueError(f"semitone lies between -{widest} and {widest}, got {shift_:g}")
    return torch.stack([_shift(row, s, sample_rate) for row, s in zip(x.detach(), semitones, strict=True)])


def _shift(x: Tensor, semitones: float, sample_rate: float) -> Tensor:
    if semitones == 0 or x.shape[-1] == 0:
        return x
    if x.shape[0] > 1 and torch.equal(x[0].expand_as(x), x):
        return _shift(x[:1], semitones, sample_rate).expand_as(x)
    ratio = 2 ** (semitones / 12)
    stretched, zero = stretch(x, ratio, window_length(sample_rate))
    return resample(stretched, ratio, zero, x.shape[-1])


def window_length(sample_rate: float) -> int:
    """Even, and quick to transform."""
    return 2 * int(next_fast_len(max(8, round(WINDOW_S * sample_rate / 2)), real=True))


def stretch(x: Tensor, ratio: float, window: int) -> tuple[Tensor, int]:
    """Play ``x [C, T]`` ``ratio`` times as long.

    Returns:
        The signal, and where in it the time is zero. The first frame ends there, so it is silent,
        and every moment from there on lies in as many frames.
    """
    hop = max(1, round(window / OVERLAP * min(ratio, 1.0)))
    lead = math.ceil(window / hop / 2)
    count = lead + math.ceil(x.shape[-1] * ratio / hop) + lead + 1
    starts = torch.arange(count).mul(hop / ratio).round().long()
    before = int(starts[lead]) + window // 2
    behind = int(starts[-1]) + window - before - x.shape[-1]
    padded = torch.nn.functional.pad(x, (before, max(0, behind)))
    return _vocode(padded, starts, hop, window), lead * hop + window // 2


def _vocode(x: Tensor, starts: Tensor, hop: int, window: int) -> Tensor:
    """Put the frames of ``x [C, T]`` that begin at ``starts`` one ``hop`` apart, phases fitted."""
    shape = torch.hann_window(window, dtype=x.dtype)
    synthesis = dual(shape, hop)
    windows, angles = x.unfold(-1, window, 1).transpose(0, 1), np.zeros(window // 2 + 1)
    out = x.new_zeros(x.shape[0], len(starts) * hop + window)
    for first in range(0, len(starts) - 1, CHUNK):
        chunk = starts[first : first + CHUNK + 1]
        spectra = torch.fft.rfft(windows[chunk] * shape)
        turned = torch.empty_like(spectra[1:])
        kernels.turn(_parts(spectra), chunk.numpy(), hop, angles, _parts(turned))
        frames = torch.fft.irfft(turned, n=window)
        kernels.overlap_add(frames.numpy(), synthesis.numpy(), hop, first + 1, out.numpy())
    return out


def _parts(spectra: Tensor) -> Any:
    """Real and imaginary parts in turn, in the same memory."""
    return torch.view_as_real(spectra).flatten(-2).numpy()


def dual(shape: Tensor, hop: int) -> Tensor:
    """The window that, after ``shape``, makes frames every ``hop`` add up to one."""
    squares = torch.nn.functional.pad(shape**2, (0, -len(shape) % hop)).reshape(-1, hop).sum(0)
    return shape / squares.repeat(len(shape) // hop + 1)[: len(shape)]


def resample(x: Tensor, ratio: float, start: int, frames: int) -> Tensor:
    """Read ``x [C, T]`` at ``start + n * ratio`` for ``n < frames``, band-limited.

    The filter reads some samples before the first and after the last place; ``x`` must have them.
    """
    taps = torch.from_numpy(sinc_table(PASSBAND * min(1.0, 1 / ratio))).to(x.dtype)
    reach = taps.shape[1] // 2
    if start < reach or start + frames * ratio + reach > x.shape[-1]:
        raise ValueError(f"{frames} frames from {start} at ratio {ratio} reach beyond {x.shape[-1]} samples")
    out = x.new_empty(x.shape[0], frames)
    kernels.resample(x.numpy(), taps.numpy(), ratio, start + 1 - reach, out.numpy())
    return out


@lru_cache(maxsize=16)
def sinc_table(cutoff: float) -> Array:
    """Taps ``[PHASES + 1, taps]`` of the low-pass for each position between two samples.

    ``cutoff`` is a share of half the sample rate.
    """
    reach = math.ceil(ZERO_CROSSINGS / cutoff)
    at = np.arange(1 - reach, reach + 1) - np.linspace(0, 1, PHASES + 1)[:, None]
    taper = i0(KAISER_BETA * np.sqrt(np.maximum(0, 1 - (at / reach) ** 2)))
    taps: Array = np.sinc(cutoff * at) * taper
    taps /= taps.sum(1, keepdims=True)
    return taps
