"""Dynamic range control and envelope following.

The design is that of Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design"
(JAES 60(6), 2012): feed-forward, a static curve with a quadratic knee in the log domain, and a smooth
branching peak detector behind it that smooths the gain reduction. One detector serves both channels
(the louder one counts), so that the stereo image stands still.

Compressor and expander are one curve, mirrored: with ``overshoot = level - threshold`` (compressor)
or ``threshold - level`` (expander), ::

    reduction = min(range, slope * knee(overshoot))
    knee(u)   = 0 for u <= -K/2,  (u + K/2)^2 / 2K in between,  u for u >= K/2

where ``slope`` is ``1 - 1/ratio`` for a compressor (output rises by 1/ratio dB per dB above the
threshold) and ``ratio - 1`` for an expander (output falls by ratio dB per dB below it).

Inside kernels all levels are in octaves of amplitude (log2; one octave is 6.02 dB).

Shapes: audio ``[B, 2, T]``, knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numba import prange
from torch import Tensor

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import batch_kernel, kernel

_DB_PER_OCTAVE = 20 * math.log10(2)
# Below this the level counts as silence (-120 dB).
_SILENCE = 1e-6
# A compressor's reduction is bounded only to keep the gain a normal number.
_UNBOUNDED_DB = 600.0
# Frames per pass: the buffer of gain reductions stays in the first-level cache.
_BLOCK = 512


def compress(
    input: Tensor,
    sidechain: Tensor,
    threshold_db: Tensor,
    ratio: Tensor,
    attack_ms: Tensor,
    release_ms: Tensor,
    knee_db: Tensor,
    sample_rate: float,
) -> Tensor:
    """Turn ``input`` down by what ``sidechain`` rises above the threshold; slope 1/ratio above it."""
    attack, release = smoothing(attack_ms, sample_rate), smoothing(release_ms, sample_rate)
    curve = (threshold_db, 1 - 1 / ratio, knee_db)
    return _control(input, sidechain, curve, (attack, release), 1.0, _UNBOUNDED_DB)


def expand(
    input: Tensor,
    sidechain: Tensor,
    threshold_db: Tensor,
    ratio: Tensor,
    attack_ms: Tensor,
    release_ms: Tensor,
    knee_db: Tensor,
    sample_rate: float,
    range_db: float,
) -> Tensor:
    """Turn ``input`` down by what ``sidechain`` falls below the threshold; slope ``ratio`` below it.

    Attack is the opening, release the closing. The reduction never exceeds ``range_db``.
    """
    attack, release = smoothing(attack_ms, sample_rate), smoothing(release_ms, sample_rate)
    curve = (threshold_db, ratio - 1, knee_db)
    return _control(input, sidechain, curve, (release, attack), -1.0, range_db)


def envelope(
    input: Tensor, attack_ms: Tensor, release_ms: Tensor, gain_db: Tensor, sample_rate: float
) -> Tensor:
    """Smoothed peak level of the louder channel times a gain, clipped to [0, 1]; ``[B, 1, T]``."""
    rows = input.shape[0]
    rise = _rows(smoothing(attack_ms, sample_rate), rows, torch.float64)
    fall = _rows(smoothing(release_ms, sample_rate), rows, torch.float64)
    followed = torch.empty(rows, input.shape[-1], dtype=input.dtype)
    _follow(_array(input), rise.numpy(), fall.numpy(), followed.numpy())
    gain = 10 ** (gain_db / 20)
    return (gain * followed[:, None]).clamp(0, 1)


def smoothing(time_ms: Tensor, sample_rate: float) -> Tensor:
    """Coefficient of a one-pole that covers 63 % of a step in ``time_ms`` (float64)."""
    return torch.exp(-1000 / (time_ms.double() * sample_rate))


def _control(
    input: Tensor,
    key: Tensor,
    curve: tuple[Tensor, Tensor, Tensor],
    coefficients: tuple[Tensor, Tensor],
    direction: float,
    range_db: float,
) -> Tensor:
    rows, dtype = input.shape[0], input.dtype
    threshold, slope, knee = curve
    knobs = [_rows(x, rows, dtype) for x in (threshold / _DB_PER_OCTAVE, slope, knee / _DB_PER_OCTAVE)]
    speeds = [_rows(x, rows, torch.float64) for x in coefficients]
    output = torch.empty_like(input, memory_format=torch.contiguous_format)
    scalar = _array(input).dtype.type
    _reduce(
        _array(input),
        _array(key),
        *(x.numpy() for x in knobs),
        *(x.numpy() for x in speeds),
        scalar(direction),
        scalar(range_db / _DB_PER_OCTAVE),
        output.numpy(),
    )
    return output


def _rows(knob: Tensor, rows: int, dtype: torch.dtype) -> Tensor:
    """A knob ``[B or 1, 1, 1]`` as contiguous ``[B]``."""
    return knob.detach().reshape(-1).to(dtype).expand(rows).contiguous()


def _array(signal: Tensor) -> np.ndarray:
    return signal.detach().contiguous().numpy()


@kernel
def _curve(level, threshold, slope, knee, direction, limit):  # type: ignore[no-untyped-def]
    """Gain reduction for a level, all in octaves and of one float type."""
    half = type(level)(0.5)
    zero = type(level)(0)
    overshoot = direction * (level - threshold)
    into_knee = min(max(overshoot + half * knee, zero), knee)
    beyond_knee = max(overshoot - half * knee, zero)
    width = knee if knee > zero else half
    return min(slope * (half * into_knee * into_knee / width + beyond_knee), limit)


@kernel
def _levels(signal, start, stop, out):  # type: ignore[no-untyped-def]
    """Octaves of the louder channel, bounded below by silence."""
    left, right = signal[0, start:stop], signal[1, start:stop]
    least = left.dtype.type(_SILENCE)
    for t in range(stop - start):
        out[t] = fastmath.log2(max(max(abs(left[t]), abs(right[t])), least))


@kernel
def _static(levels, count, threshold, slope, knee, direction, limit):  # type: ignore[no-untyped-def]
    """Levels to gain reductions, in place."""
    for t in range(count):
        levels[t] = _curve(levels[t], threshold, slope, knee, direction, limit)


@kernel
def _smooth(values, count, state, rise, fall):  # type: ignore[no-untyped-def]
    """Smooth branching one-pole in place; returns its last state (float64)."""
    for t in range(count):
        value = np.float64(values[t])
        state = value + (rise if value > state else fall) * (state - value)
        values[t] = state
    return state


@kernel
def _apply(signal, start, stop, reduction, out):  # type: ignore[no-untyped-def]
    left, right = signal[0, start:stop], signal[1, start:stop]
    out_left, out_right = out[0, start:stop], out[1, start:stop]
    for t in range(stop - start):
        gain = fastmath.exp2(-reduction[t])
        out_left[t] = left[t] * gain
        out_right[t] = right[t] * gain


@batch_kernel
def _reduce(input, key, threshold, slope, knee, rise, fall, direction, limit, out):  # type: ignore[no-untyped-def]
    """Before the first frame there was silence: the state starts at silence's static reduction."""
    frames = input.shape[2]
    for b in prange(input.shape[0]):
        buffer = np.empty(_BLOCK, input.dtype)
        silence = fastmath.log2(threshold.dtype.type(_SILENCE))
        state = np.float64(_curve(silence, threshold[b], slope[b], knee[b], direction, limit))
        for start in range(0, frames, _BLOCK):
            stop = min(start + _BLOCK, frames)
            _levels(key[b], start, stop, buffer)
            _static(buffer, stop - start, threshold[b], slope[b], knee[b], direction, limit)
            state = _smooth(buffer, stop - start, state, rise[b], fall[b])
            _apply(input[b], start, stop, buffer, out[b])


@batch_kernel
def _follow(input, rise, fall, out):  # type: ignore[no-untyped-def]
    """Envelope of the louder channel, from silence."""
    for b in prange(input.shape[0]):
        left, right = input[b, 0], input[b, 1]
        for t in range(input.shape[2]):
            out[b, t] = max(abs(left[t]), abs(right[t]))
        _smooth(out[b], input.shape[2], 0.0, rise[b], fall[b])
