"""The compressor, or its opposite, that brings the dynamics of a recording near those of others.

Levels and peaks of 10 ms in loud passages, as quantiles relative to their passage, are compared; threshold,
ratio and times are found by trying them on excerpts. What a compressor took is given back by an expander that
works between two levels, in the graph a ``console_gate`` of low ratio whose range ends it below. Two songs
differ in level statistics without any compressor; so one is kept only if it explains most of the difference.

Shapes: B excerpts, H hops, Q figures, T time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from unpatch.dsp import dynamics_kernels as kernels
from unpatch.dsp.compiled import Array
from unpatch.dsp.loudness import HOP_S
from unpatch.dsp.streamed_dynamics import Dynamics
from unpatch.mastering.matching.meter import decibels
from unpatch.mastering.matching.profile import figures_of
from unpatch.mastering.matching.ranges import within

COMPRESSOR, EXPANDER = "console_compressor", "console_gate"
"""Kinds of the graph: a compressor whose ratio starts at 1, and a gate with a range."""
KNEE_DB = 6.0
_WARM_S = 0.25
_OCTAVE_DB = 20 * np.log10(2)
# A mean distance below the first is left alone. What is found is kept if it takes away this share of the
# distance, and leaves no more than one song and its own compressed version leave (different songs: more).
_NEAR_DB, _WORTH, _LEFT_DB = 0.25, 0.35, 0.25
_TRIALS = 70
_SLOPES = (0.05, 0.8)
_ATTACK_MS, _RELEASE_MS = (5.0, 80.0), (60.0, 800.0)
_UNBOUNDED_DB = 600.0
# Start values for level, slope, attack and release.
_SIMPLEX = np.array([[0.0, 0, 0, 0], [1.2, 0, 0, 0], [0, 1.5, 0, 0], [0, 0, 1.5, 0], [0, 0, 0, 1.5]]) - 0.3


@dataclass(frozen=True)
class DynamicsMatch:
    """A compressor (``above``) or an expander.

    Attributes:
        slope: dB of reduction per dB; 1 - 1/ratio of a compressor, ratio - 1 of an expander.
        range_db: reduction at most.
    """

    above: bool
    threshold_db: float
    slope: float
    attack_ms: float
    release_ms: float
    range_db: float = _UNBOUNDED_DB

    @classmethod
    def within_ranges(
        cls, threshold_db: float, slope: float, times_ms: tuple[float, float], range_db: float, *, above: bool
    ) -> DynamicsMatch:
        """The nearest settings that the processor takes."""
        kind = COMPRESSOR if above else EXPANDER
        ratio = within(kind, "ratio", 1 / (1 - slope) if above else 1 + slope)
        return cls(
            above,
            within(kind, "threshold_db", threshold_db),
            1 - 1 / ratio if above else ratio - 1,
            within(kind, "attack_ms", times_ms[0]),
            within(kind, "release_ms", times_ms[1]),
            _UNBOUNDED_DB if above else within(kind, "range_db", range_db),
        )

    @property
    def kind(self) -> str:
        return COMPRESSOR if self.above else EXPANDER

    @property
    def ratio(self) -> float:
        return 1 / (1 - self.slope) if self.above else 1 + self.slope

    def scaled(self, amount: float) -> DynamicsMatch | None:
        """As much of it."""
        if not amount * self.slope:
            return None
        times = self.attack_ms, self.release_ms
        return DynamicsMatch.within_ranges(
            self.threshold_db, amount * self.slope, times, amount * self.range_db, above=self.above
        )

    def stage(self, sample_rate: float) -> Dynamics:
        rise, fall = self.attack_ms, self.release_ms
        return Dynamics(
            threshold_db=self.threshold_db,
            knee_db=KNEE_DB,
            range_db=self.range_db,
            slope=self.slope,
            above=self.above,
            rise_ms=rise if self.above else fall,
            fall_ms=fall if self.above else rise,
            sample_rate=sample_rate,
        )


class DynamicsTrial:
    """Excerpts ``[B, 2, T]`` to try settings on; the first quarter second of each is not judged."""

    def __init__(self, excerpts: Array, sample_rate: int) -> None:
        self.x, self.sample_rate = np.ascontiguousarray(excerpts, dtype=np.float32), sample_rate
        self.hop = round(HOP_S * sample_rate)
        self.skip = min(round(_WARM_S * sample_rate), excerpts.shape[2] // 4)
        self._y, self._none = np.empty_like(self.x), np.empty((0, self.x.shape[2]))

    def through(self, found: DynamicsMatch | None) -> Array:
        """The excerpts compressed."""
        if found is None:
            return self.x
        signs = (1.0, found.range_db) if found.above else (-1.0, found.range_db)
        law = (found.threshold_db / _OCTAVE_DB, found.slope, KNEE_DB / _OCTAVE_DB, signs[0])
        laws = np.tile(np.array([*law, signs[1] / _OCTAVE_DB], np.float32), (len(self.x), 1))
        times = (found.attack_ms, found.release_ms) if found.above else (found.release_ms, found.attack_ms)
        speeds = np.tile(np.exp(-1000 / (np.array(times) * self.sample_rate)), (len(self.x), 1))
        kernels.control(self.x, self.x, laws, speeds, self._y, self._none)
        return self._y

    def figures(self, audio: Array) -> Array:
        """Dynamics of all excerpts together, each a passage of its own, ``[Q]``."""
        whole = (audio.shape[2] - self.skip) // self.hop
        cut = audio[:, :, self.skip : self.skip + whole * self.hop]
        cells = cut.reshape(len(audio), 2, whole, self.hop)
        powers = np.einsum("bcht,bcht->bh", cells, cells) / self.hop
        peaks = np.maximum(cells.max((1, 3)), -cells.min((1, 3)))
        passages = powers.mean(1, keepdims=True).astype(np.float64)
        return figures_of((powers / passages).ravel(), (peaks / np.sqrt(passages)).ravel())

    def levels_db(self) -> tuple[float, float]:
        """Peak of hops below which there is little, and the highest."""
        peaks = np.abs(self.x).max(1)
        whole = peaks.shape[1] // self.hop * self.hop
        tops = peaks[:, :whole].reshape(-1, self.hop).max(1)
        quiet, top = np.quantile(tops, (0.3, 0.999))
        return decibels(float(quiet)), decibels(float(top))


def find_dynamics(trial: DynamicsTrial, wanted: Array) -> DynamicsMatch | None:
    """What moves the figures of the excerpts to ``wanted [Q]``; None if it does not explain the distance."""
    change = wanted - trial.figures(trial.x)
    distance = float(np.abs(change).mean())
    if distance < _NEAR_DB:
        return None
    quiet, top = trial.levels_db()
    above = _spread(change) < 0

    def settings(point: Array) -> DynamicsMatch:
        level, slope, attack, release = 1 / (1 + np.exp(-point))
        low = quiet - 12 + level * (top - quiet + 12)
        steep = _SLOPES[0] * (_SLOPES[1] / _SLOPES[0]) ** slope
        times = (_log_between(_ATTACK_MS, attack), _log_between(_RELEASE_MS, release))
        if above:
            return DynamicsMatch.within_ranges(low, steep, times, _UNBOUNDED_DB, above=True)
        ratio = 1 / (1 - steep)
        return DynamicsMatch.within_ranges(
            top, ratio - 1, times, max((ratio - 1) * (top - low), 0.1), above=False
        )

    def cost(point: Array) -> float:
        apart = trial.figures(trial.through(settings(point))) - wanted
        return float(np.abs(apart).mean() + 0.3 * np.abs(apart[-4:]).mean() + 0.003 * np.square(point).sum())

    options: Any = {"maxfev": _TRIALS, "initial_simplex": _SIMPLEX, "xatol": 0.02, "fatol": 0.002}
    best = settings(minimize(cost, np.zeros(4), method="Nelder-Mead", options=options).x)
    after = float(np.abs(trial.figures(trial.through(best)) - wanted).mean())
    return best if after < min((1 - _WORTH) * distance, _LEFT_DB) else None


def _spread(change: Array) -> float:
    """Whether loud hops and peaks are to come nearer (below 0) to the mean or rise above it."""
    return float(change[4:7].mean() + change[-4:].mean() - change[:2].mean())


def _log_between(ends: tuple[float, float], unit: float) -> float:
    return float(ends[0] * (ends[1] / ends[0]) ** unit)
