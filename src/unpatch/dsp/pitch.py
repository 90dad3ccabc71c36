"""Pitch shifting: stretch the time by a phase vocoder, then resample back to the old length.

The vocoder turns the phase of every spectral peak by what its frequency gains over the stretched
hop, and turns the bins around a peak with it (identity phase locking). Both channels are turned
alike, so their phase difference, hence the stereo image, is kept. Frames are centred: no latency.

Sources: J. Laroche, M. Dolson, Improved phase vocoder time-scale modification of audio, IEEE
Trans. SAP 1999; J. O. Smith, P. Gossett, A flexible sampling-rate conversion method, ICASSP 1984.

Shapes: C channel, T time, M frame, K bin.
"""

import math
from functools import lru_cache

import numpy as np
import torch
from scipy.fft import next_fast_len
from torch import Tensor

from unpatch.dsp import pitch_kernels as kernels

WINDOW_S = 0.0464
# Frames that cover each sample, in the analysis or the synthesis, whichever has fewer.
OVERLAP = 4
# Resampling filter: zero crossings on each side, attenuation of the Kaiser window, passband edge.
ZERO_CROSSINGS = 10
KAISER_BETA = 8.0
PASSBAND = 0.94
# Positions between two samples for which its taps are tabulated; interpolated linearly between.
PHASES = 256


def shift(x: Tensor, semitone: Tensor, sample_rate: float) -> Tensor:
    """Shift the pitch of ``x [B, C, T]`` by ``semitone [B|1, 1, 1]``; the length stays."""
    semitones = semitone.detach().flatten().expand(x.shape[0]).tolist()
    return torch.stack([_shift(row, s, sample_rate) for row, s in zip(x.detach(), semitones, strict=True)])


def _shift(x: Tensor, semitones: float, sample_rate: float) -> Tensor:
    if semitones == 0 or x.shape[-1] == 0:
        return x
    ratio = 2 ** (semitones / 12)
    window = window_length(sample_rate)
    return resample(stretch(x, ratio, window), ratio, window // 2, x.shape[-1])


def window_length(sample_rate: float) -> int:
    """Even, and quick to transform."""
    return 2 * next_fast_len(max(8, round(WINDOW_S * sample_rate / 2)), real=True)


def stretch(x: Tensor, ratio: float, window: int) -> Tensor:
    """Play ``x [C, T]`` ``ratio`` times as long; the first frame's centre is at ``window // 2``."""
    hop = max(1, round(window / OVERLAP * min(ratio, 1.0)))
    count = math.ceil(x.shape[-1] * ratio / hop) + 1
    starts = torch.arange(count).mul(hop / ratio).round().long()
    padded = torch.nn.functional.pad(x, (window // 2, window + int(hop / ratio)))
    shape = torch.hann_window(window, dtype=x.dtype)
    frames = padded.unfold(-1, window, 1)[:, starts] * shape
    spectra = torch.fft.rfft(frames)
    kernels.turn(spectra.numpy(), starts.numpy(), hop, window)
    return overlap_add(torch.fft.irfft(spectra, n=window), shape, hop)


def overlap_add(frames: Tensor, shape: Tensor, hop: int) -> Tensor:
    """Windowed sum of ``frames [C, M, window]``, divided by the sum of the squared windows."""
    out = frames.new_zeros(frames.shape[0], frames.shape[1] * hop + frames.shape[2])
    kernels.overlap_add(frames.numpy(), shape.numpy(), hop, out.numpy())
    return out


def resample(x: Tensor, ratio: float, start: int, frames: int) -> Tensor:
    """Read ``x [C, T]`` at ``start + n * ratio`` for ``n < frames``, band-limited."""
    taps = torch.from_numpy(sinc_table(ratio)).to(x.dtype)
    reach = taps.shape[1] // 2
    need = math.ceil(start + frames * ratio) + reach + 1
    padded = torch.nn.functional.pad(x, (reach, max(0, need - x.shape[-1])))
    out = x.new_empty(x.shape[0], frames)
    kernels.resample(padded.numpy(), taps.numpy(), ratio, start, out.numpy())
    return out


@lru_cache(maxsize=64)
def sinc_table(ratio: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Taps ``[PHASES + 1, taps]`` of the low-pass for each position between two samples."""
    cutoff = PASSBAND * min(1.0, 1 / ratio)
    reach = math.ceil(ZERO_CROSSINGS / cutoff)
    at = np.arange(1 - reach, reach + 1) - np.linspace(0, 1, PHASES + 1)[:, None]
    taper = np.i0(KAISER_BETA * np.sqrt(np.maximum(0, 1 - (at / reach) ** 2))) / np.i0(KAISER_BETA)
    taps: np.ndarray[tuple[int, int], np.dtype[np.float64]] = cutoff * np.sinc(cutoff * at) * taper
    return taps / taps.sum(1, keepdims=True)
