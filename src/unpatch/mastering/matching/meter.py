"""Loudness, true peak and levels of audio that comes in pieces.

Shapes: H hops of 10 ms, T time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unpatch.dsp import loudness, loudness_kernels
from unpatch.dsp.compiled import Array
from unpatch.dsp.true_peak import HALF, Detector

# The absolute gate drops other blocks at another level: a few rounds until nothing changes.
_GAIN_ROUNDS = 4


@dataclass(frozen=True, eq=False)
class MeterLevels:
    """What a meter has measured.

    Attributes:
        lufs: integrated (ITU-R BS.1770-4); what is too short for a gating block counts as one block.
        range_lu: loudness range (EBU Tech 3342).
        peak: highest sample, as amplitude.
        true_peak: highest value at four times the sample rate, as amplitude.
        hops: ``[3, H]``: K-weighted and plain mean square, both summed over channels, and peak.
    """

    lufs: float
    range_lu: float
    peak: float
    true_peak: float
    hops: Array

    @property
    def true_peak_db(self) -> float:
        return decibels(self.true_peak)

    def lufs_at(self, gain_db: float) -> float:
        """Integrated loudness of the same audio at another level; the absolute gate stays at -70 LUFS."""
        energies = self.hops[loudness_kernels.WEIGHTED] * 10 ** (gain_db / 10)
        if len(energies) < loudness.BLOCK_HOPS:
            return self.lufs + gain_db
        return loudness.integrated(energies, 1)

    def gain_to(self, lufs: float) -> float:
        """Gain in dB that brings the audio to a loudness; infinite if there is nothing to weigh.

        It starts from the peak, so that a quiet recording is not lost to the absolute gate.
        """
        if not self.peak:
            return math.inf
        gain = -decibels(self.peak)
        for _ in range(_GAIN_ROUNDS):
            reached = self.lufs_at(gain)
            if not math.isfinite(reached):
                return math.inf
            gain += lufs - reached
        return gain

    @property
    def crest_db(self) -> float:
        """Highest sample over the root mean square of both channels."""
        power = float(self.hops[loudness_kernels.PLAIN].mean()) / 2
        return decibels(self.peak) - 10 * math.log10(power) if power > 0 else 0.0


def decibels(amplitude: float) -> float:
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


class Meter:
    """Measures stereo audio of one sample rate; ``push`` it all, then read the levels."""

    def __init__(self, sample_rate: int) -> None:
        self.hop = round(loudness.HOP_S * sample_rate)
        self._sections = loudness.k_weighting(sample_rate)
        self._states, self._partial = np.zeros((2, 2, 2)), np.zeros(4)
        self._hops: list[Array] = []
        self._detector, self._highest = Detector(), 0.0
        self._frames = 0

    def push(self, x: Array) -> None:
        """``[2, T]``, single precision, contiguous."""
        room = np.empty((3, x.shape[1] // self.hop + 1))
        into = (self._sections, self._states, self._partial, self.hop, room)
        done = loudness_kernels.measure(x, *into)
        self._hops.append(room[:, :done].copy())
        self._highest = max(self._highest, self._detector.push(x, self._highest)[1])
        self._frames += x.shape[1]

    def levels(self) -> MeterLevels:
        highest = max(self._highest, self._detector.push(np.zeros((2, HALF), np.float32), self._highest)[1])
        sums = np.concatenate(self._hops, axis=1)
        if sums.shape[1] >= loudness.BLOCK_HOPS:
            lufs = loudness.integrated(sums[0], self.hop)
        else:
            lufs = loudness.lufs_of(float(sums[0].sum() + self._partial[0]) / max(self._frames, 1))
        hops = sums / np.array([[self.hop], [self.hop], [1]])
        peak = float(max(sums[2].max(initial=0), self._partial[2]))
        return MeterLevels(lufs, loudness.loudness_range(sums[0], self.hop), peak, max(highest, peak), hops)
