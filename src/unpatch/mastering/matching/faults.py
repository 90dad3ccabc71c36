"""What is wrong with a recording before anything is done to it, measured while it is read.

Direct current, a silent channel, clipping, and a band that ends as a lossy codec ends it. Thresholds are
relative to the recording, so that its level does not matter.

Shapes: C channels, T time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.meter import decibels

CHANNELS = ("left", "right")
# Less direct current than this share of the root mean square moves no level by .05 dB.
_DC_SHARE = 10 ** (-40 / 20)
_SILENT_DB, _QUIET_DB = -60.0, -20.0
# A clipped sample: within this share of the peak, equal to its two predecessors, reached by a step.
_AT_PEAK, _STEP, _LEAST_CLIPPED = 0.9995, 0.01, 10


@dataclass(frozen=True, eq=False)
class Faults:
    """Attributes:
    offset: direct current of left and right as amplitude; 0 where it does not matter.
    balance_db: level of left and right below the louder one.
    clipped: places where at least three samples are flat at the peak.
    peak: highest sample, as amplitude.
    band_end_hz: where the band ends in a cliff; None if it does not.
    """

    offset: tuple[float, float]
    balance_db: tuple[float, float]
    clipped: int
    peak: float
    band_end_hz: float | None

    @property
    def has_silent_channel(self) -> bool:
        return min(self.balance_db) < _SILENT_DB

    def sentences(self, name: str) -> Iterator[str]:
        """One line per fault, each with the name of the recording."""
        for channel, offset in zip(CHANNELS, self.offset, strict=True):
            if offset:
                level = decibels(abs(offset))
                yield f"{name}: direct current of {level:.1f} dBFS in the {channel} channel was removed"
        for channel, balance in zip(CHANNELS, self.balance_db, strict=True):
            if balance < _SILENT_DB:
                yield f"{name}: the {channel} channel is silent"
            elif balance < _QUIET_DB:
                yield f"{name}: the {channel} channel is {-balance:.0f} dB quieter than the other one"
        if self.clipped >= _LEAST_CLIPPED:
            level = decibels(self.peak)
            yield f"{name}: clipped in {self.clipped} places, flat at its peak of {level:.1f} dBFS"
        if self.band_end_hz:
            end = self.band_end_hz / 1000
            yield f"{name}: its band ends at {end:.1f} kHz, as after lossy coding; no higher is compared"


class Inspector:
    """Looks for faults in stereo audio that comes in pieces."""

    def __init__(self) -> None:
        self._energy, self._peak, self._clipped = np.zeros(2), 0.0, 0
        self._before = np.zeros((2, 3), np.float32)
        self._frames = 0

    def push(self, x: Array) -> None:
        """``[2, T]``."""
        self._energy += np.einsum("ct,ct->c", x, x, dtype=np.float64)
        self._frames += x.shape[1]
        line = np.concatenate([self._before, x], axis=1)
        self._before = line[:, -3:]
        magnitude = np.abs(line)
        highest = float(magnitude.max(initial=0.0))
        if highest * _AT_PEAK > self._peak:
            self._clipped = 0
        self._peak = max(self._peak, highest)
        if highest >= _AT_PEAK * self._peak > 0:
            self._clipped += _clipped_in(line, magnitude, self._peak)

    def faults(self, dc: Array, band_end_hz: float | None) -> Faults:
        """``dc`` of left and right, as amplitude."""
        rms = float(np.sqrt(self._energy.sum() / max(2 * self._frames, 1)))
        offsets = [float(value) if abs(value) > _DC_SHARE * rms else 0.0 for value in dc]
        levels = (
            10 * np.log10(self._energy / self._energy.max() + 1e-12) if self._energy.any() else np.zeros(2)
        )
        balance = float(levels[0]), float(levels[1])
        return Faults((offsets[0], offsets[1]), balance, self._clipped, self._peak, band_end_hz)


def _clipped_in(line: Array, magnitude: Array, peak: float) -> int:
    """Runs of at least three equal samples of ``line [2, T]`` at the peak, reached by a step."""
    flat = (line[:, 3:] == line[:, 2:-1]) & (line[:, 2:-1] == line[:, 1:-2])
    step = np.abs(line[:, 1:-2] - line[:, :-3]) > _STEP * peak
    return int((flat & step & (magnitude[:, 3:] >= _AT_PEAK * peak)).sum())
