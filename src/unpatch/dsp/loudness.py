"""Loudness of programmes by ITU-R BS.1770-4 and its range by EBU Tech 3342, from energies of short hops.

Filters are those of the recommendation, brought to any sample rate through their analog parameters (as
libebur128 and pyloudnorm do). Everything after the filters works on sums over hops of 10 ms, so that a
recording of any length is measured in one pass and little memory. A mono file is read as two equal channels,
as it is played: it measures 10 log10(2) = 3.01 LU more than where it is taken for a single channel.

Shapes: H hops.
"""

import math

import numpy as np

from unpatch.dsp.compiled import Array

HOP_S = 0.01
BLOCK_HOPS, SHORT_TERM_HOPS, STEP_HOPS = 40, 300, 10
"""A gating block lasts 400 ms, a short-term one 3 s; a new one starts every 100 ms."""
ABSOLUTE_GATE, RELATIVE_GATE, RANGE_GATE = -70.0, -10.0, -20.0
_OFFSET = -0.691
# High shelf and high-pass of the recommendation: corner in Hz, quality factor, gain in dB.
_SHELF = (1681.974450955533, 0.7071752369554196, 3.999843853973347)
_HIGHPASS = (38.13547087602444, 0.5003270373238773)
_SHELF_MIDDLE = 0.4996667741545416


def k_weighting(sample_rate: float) -> Array:
    """Both filters as ``[2, 5]``: b0 b1 b2 a1 a2."""
    corner, q, gain_db = _SHELF
    k, high = math.tan(math.pi * corner / sample_rate), 10 ** (gain_db / 20)
    middle = high**_SHELF_MIDDLE
    a0 = 1 + k / q + k * k
    shelf = (
        (high + middle * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - middle * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )
    corner, q = _HIGHPASS
    k = math.tan(math.pi * corner / sample_rate)
    a0 = 1 + k / q + k * k
    highpass = (1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
    return np.array([shelf, highpass])


def lufs_of(power: float) -> float:
    """Of a weighted mean square, summed over channels."""
    return _OFFSET + 10 * math.log10(power) if power > 0 else -math.inf


def blocks(energies: Array, hop_frames: int, length: int) -> Array:
    """Mean squares of blocks of this many hops, one every 100 ms, from sums over hops ``[H]``."""
    sums = np.concatenate([[0.0], np.cumsum(energies, dtype=np.float64)])
    starts = np.arange(0, len(energies) - length + 1, STEP_HOPS)
    return np.asarray(np.maximum(sums[starts + length] - sums[starts], 0.0) / (length * hop_frames))


def integrated(energies: Array, hop_frames: int) -> float:
    """Gated loudness in LUFS; -inf of silence and of what is shorter than a block."""
    powers = blocks(energies, hop_frames, BLOCK_HOPS)
    powers = powers[powers > _power(ABSOLUTE_GATE)]
    if not len(powers):
        return -math.inf
    gate = powers.mean() * 10 ** (RELATIVE_GATE / 10)
    return lufs_of(float(powers[powers > gate].mean()))


def loudness_range(energies: Array, hop_frames: int) -> float:
    """LRA in LU, between the 10th and 95th percentile of short-term loudness; 0 of what is too short."""
    powers = blocks(energies, hop_frames, SHORT_TERM_HOPS)
    powers = powers[powers > _power(ABSOLUTE_GATE)]
    if not len(powers):
        return 0.0
    powers = powers[powers > powers.mean() * 10 ** (RANGE_GATE / 10)]
    low, high = np.quantile(powers, (0.1, 0.95))
    return float(10 * math.log10(high / low))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))
