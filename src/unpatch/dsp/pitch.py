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
from unpatch.dsp.line import GrowingSignal

WINDOW_S = 0.0464
# Frames that cover each sample, in the analysis or the synthesis, the smaller number.
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
    if x.shape[-1] == 0:
        return x
    if x.shape[0] > 1 and torch.equal(x[0].expand_as(x), x):
        return _shift(x[:1], semitones, sample_rate).expand_as(x)
    shifter = Shifter(semitones, sample_rate)
    return torch.cat([shifter.push(x), shifter.flush()], dim=-1)


def window_length(sample_rate: float) -> int:
    """Even, and quick to transform."""
    return 2 * int(next_fast_len(max(8, round(WINDOW_S * sample_rate / 2)), real=True))


class Shifter:
    """Shifts the pitch of a signal that comes in pieces; in all, as many samples come out as went in.

    Frames are handled :data:`CHUNK` at a time wherever the pieces end, so the result does not depend on them,
    and what is kept in between is a fraction of a second.

    Args:
        semitone: 12 is an octave; at 0 the signal stays as it is.
        sample_rate: in Hz.

    Raises:
        ValueError: if the shift is so wide that resampling looks further than a frame.
    """

    def __init__(self, semitone: float, sample_rate: float) -> None:
        self._ratio = 2 ** (semitone / 12)
        self._window = window_length(sample_rate)
        self._hop = max(1, round(self._window / OVERLAP * min(self._ratio, 1.0)))
        # The first frame ends where time is zero: it is silent, and all that follows is in as many frames.
        self._lead = math.ceil(self._window / self._hop / 2)
        self._before = self._start(self._lead) + self._window // 2
        self._zero = self._lead * self._hop + self._window // 2
        self._reach = sinc_table(PASSBAND * min(1.0, 1 / self._ratio)).shape[1] // 2
        if self._zero < self._reach:
            raise ValueError(f"semitone {semitone:g} is too wide for {sample_rate:g} Hz")
        self._angles = np.zeros(self._window // 2 + 1)
        self._frame = self._came = self._went = 0

    def push(self, x: Tensor) -> Tensor:
        """Take the next samples ``[C, n]``; returns those that are ready ``[C, m]``."""
        if not self._came:
            self._begin(x)
        self._came += x.shape[-1]
        if self._ratio == 1:
            return x
        self._input.append(x)
        made = [self._none]
        while self._start(self._frame + CHUNK) + self._window <= self._input.stop:
            self._turn(CHUNK)
            complete = (self._frame + 1) * self._hop
            made.append(self._resampled(int((complete - self._reach - self._zero) / self._ratio)))
        return torch.cat(made, dim=-1)

    def flush(self) -> Tensor:
        """The rest ``[C, m]``."""
        if not self._came:
            raise ValueError("the pitch shifter was given no samples")
        if self._ratio == 1:
            return self._none
        last = 2 * self._lead + math.ceil(self._came * self._ratio / self._hop)
        self._input.lengthen(self._start(last) + self._window)
        while self._frame < last:
            self._turn(min(CHUNK, last - self._frame))
        return self._resampled(self._came)

    def _start(self, frame: int) -> int:
        """Read position of a frame; the signal starts after the silence that it needs."""
        return round(frame * (self._hop / self._ratio))

    def _begin(self, x: Tensor) -> None:
        self._shape = torch.hann_window(self._window, dtype=x.dtype)
        self._synthesis = dual(self._shape, self._hop).numpy()
        self._none = x.new_empty(len(x), 0)
        self._input, self._stretched = GrowingSignal(self._none), GrowingSignal(self._none)
        self._input.lengthen(self._before)

    def _turn(self, count: int) -> None:
        """Stretch the next frames: one ``hop`` apart, phases fitted, added up."""
        starts = np.array([self._start(self._frame + i) for i in range(count + 1)])
        part = self._input.part(int(starts[0]), int(starts[-1]) + self._window)
        windows = part.unfold(-1, self._window, 1).transpose(0, 1)
        spectra = torch.fft.rfft(windows[torch.from_numpy(starts - starts[0])] * self._shape)
        turned = torch.empty_like(spectra[1:])
        kernels.turn(_parts(spectra), starts, self._hop, self._angles, _parts(turned))
        frames = torch.fft.irfft(turned, n=self._window)
        begin, stop = (self._frame + 1) * self._hop, (self._frame + count) * self._hop + self._window
        self._stretched.lengthen(stop)
        out = self._stretched.part(begin, stop).numpy()
        kernels.overlap_add(frames.numpy(), self._synthesis, self._hop, out)
        self._frame += count
        self._input.forget(int(starts[-1]))

    def _resampled(self, stop: int) -> Tensor:
        """Output from where it ended to ``stop``."""
        line, count = self._stretched, max(0, stop - self._went)
        made = resample(line.samples, self._ratio, self._zero + self._went * self._ratio - line.first, count)
        self._went += count
        line.forget(int(self._zero + self._went * self._ratio) - self._reach)
        return made


def _parts(spectra: Tensor) -> Any:
    """Real and imaginary parts in turn, in the same memory."""
    return torch.view_as_real(spectra).flatten(-2).numpy()


def dual(shape: Tensor, hop: int) -> Tensor:
    """The window that, after ``shape``, makes frames every ``hop`` add up to one."""
    squares = torch.nn.functional.pad(shape**2, (0, -len(shape) % hop)).reshape(-1, hop).sum(0)
    return shape / squares.repeat(len(shape) // hop + 1)[: len(shape)]


def resample(x: Tensor, ratio: float, start: float, frames: int) -> Tensor:
    """Read ``x [C, T]`` at ``start + n * ratio`` for ``n < frames``, band-limited.

    The filter reads some samples before the first and after the last place; ``x`` must have them.
    """
    taps = torch.from_numpy(sinc_table(PASSBAND * min(1.0, 1 / ratio))).to(x.dtype)
    reach = taps.shape[1] // 2
    if start < reach or start + frames * ratio + reach > x.shape[-1]:
        raise ValueError(f"{frames} frames from {start} at ratio {ratio} reach beyond {x.shape[-1]} samples")
    out = x.new_empty(x.shape[0], frames)
    kernels.resample(x.numpy(), taps.numpy(), ratio, float(start + 1 - reach), out.numpy())
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
