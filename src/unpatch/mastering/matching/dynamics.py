"""The compressor, or its opposite, that brings the dynamics of a recording near those of others.

Levels and peaks of 10 ms, as quantiles, are compared; thresholds, ratio and times are found by trying them on
excerpts. What a compressor took is given back by an expander that works between two levels, in the graph a
``console_gate`` of low ratio whose range ends it below.

Shapes: B excerpts, Q figures, T time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from unpatch.dsp import dynamics_kernels as kernels
from unpatch.dsp.compiled import Array
from unpatch.dsp.streamed_dynamics import Dynamics
from unpatch.mastering.matching.profile import dynamics_of

KNEE_DB = 6.0
_WARM_S = 0.25
_HOP_S = 0.01
_OCTAVE_DB = 20 * np.log10(2)
# Less than this on average is left alone, and so is what would gain less than this share.
_NEAR_DB, _WORTH = 0.25, 0.15
_TRIALS = 70
_SLOPES = (0.05, 0.8)
_ATTACK_MS, _RELEASE_MS = (1.0, 60.0), (15.0, 500.0)
_UNBOUNDED_DB = 600.0
# Where the search of level, slope, attack and release begins.
_SIMPLEX = np.array([[0.0, 0, 0, 0], [1.2, 0, 0, 0], [0, 1.5, 0, 0], [0, 0, 1.5, 0], [0, 0, 0, 1.5]]) - 0.3


@dataclass(frozen=True)
class Found:
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

    @property
    def ratio(self) -> float:
        return 1 / (1 - self.slope) if self.above else 1 + self.slope

    def scaled(self, amount: float) -> Found | None:
        """As much of it."""
        if not amount * self.slope:
            return None
        part = 1.0 if self.above else amount
        return Found(
            self.above,
            self.threshold_db,
            amount * self.slope,
            self.attack_ms,
            self.release_ms,
            part * self.range_db,
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


class Trial:
    """Excerpts ``[B, 2, T]`` to try settings on; the first quarter second of each is not judged."""

    def __init__(self, excerpts: Array, sample_rate: int) -> None:
        self.x, self.sample_rate = np.ascontiguousarray(excerpts, dtype=np.float32), sample_rate
        self.hop = round(_HOP_S * sample_rate)
        self.skip = min(round(_WARM_S * sample_rate), excerpts.shape[2] // 4)
        self._y, self._none = np.empty_like(self.x), np.empty((0, self.x.shape[2]))

    def through(self, found: Found | None) -> Array:
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
        """Dynamics of all excerpts together, ``[Q]``."""
        whole = (audio.shape[2] - self.skip) // self.hop
        cut = audio[:, :, self.skip : self.skip + whole * self.hop]
        cells = cut.reshape(len(audio), 2, whole, self.hop)
        powers = np.einsum("bcht,bcht->bh", cells, cells) / self.hop
        peaks = np.maximum(cells.max((1, 3)), -cells.min((1, 3)))
        return dynamics_of(powers.ravel().astype(np.float64), peaks.ravel())

    def levels_db(self) -> tuple[float, float, float]:
        """Level of which half of all hops stay below, root mean square and highest peak."""
        peaks = np.abs(self.x).max(1)
        whole = peaks.shape[1] // self.hop * self.hop
        tops = peaks[:, :whole].reshape(-1, self.hop).max(1)
        quiet, top = np.quantile(tops, (0.3, 0.999))
        power = float(np.square(self.x).mean())
        return tuple(20 * float(np.log10(max(v, 1e-6))) for v in (quiet, power**0.5, top))  # type: ignore[return-value]


def matched(trial: Trial, change: Array) -> Found | None:
    """What moves the figures of the excerpts by ``change [Q]``; None where little is to be moved."""
    before = trial.figures(trial.x)
    wanted = before + change
    distance = float(np.abs(change).mean())
    if distance < _NEAR_DB:
        return None
    quiet, _, top = trial.levels_db()
    above = _spread(change) < 0

    def settings(point: Array) -> Found:
        level, slope, attack, release = 1 / (1 + np.exp(-point))
        low = quiet - 12 + level * (top - quiet + 12)
        steep = _SLOPES[0] * (_SLOPES[1] / _SLOPES[0]) ** slope
        times = (_log_between(_ATTACK_MS, attack), _log_between(_RELEASE_MS, release))
        if above:
            return Found(True, low, steep, *times)
        ratio = 1 / (1 - steep)
        return Found(False, top, ratio - 1, *times, range_db=max((ratio - 1) * (top - low), 0.1))

    def cost(point: Array) -> float:
        apart = trial.figures(trial.through(settings(point))) - wanted
        return float(np.abs(apart).mean() + 0.3 * np.abs(apart[-4:]).mean() + 0.003 * np.square(point).sum())

    options: Any = {"maxfev": _TRIALS, "initial_simplex": _SIMPLEX, "xatol": 0.02, "fatol": 0.002}
    best = settings(minimize(cost, np.zeros(4), method="Nelder-Mead", options=options).x)
    after = float(np.abs(trial.figures(trial.through(best)) - wanted).mean())
    return best if after < (1 - _WORTH) * distance else None


def _spread(change: Array) -> float:
    """Whether loud hops and peaks are to come nearer (below 0) to the mean or rise above it."""
    return float(change[4:7].mean() + change[-4:].mean() - change[:2].mean())


def _log_between(ends: tuple[float, float], unit: float) -> float:
    return float(ends[0] * (ends[1] / ends[0]) ** unit)
