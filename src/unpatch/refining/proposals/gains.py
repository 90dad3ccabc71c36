"""Compressor, expander and gate from the gain over time.

The gain is the level of a block of the wet signal over the same block of the dry one, less its mean, since
the level of the wet signal is arbitrary. The processors' own gains are compared with that trace: on a grid of
thresholds and times, where the best factor on the gain replaces the ratio, then with all knobs moved
together.

Shapes: F blocks, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy.optimize import least_squares
from torch import Tensor

from unpatch.processors import PROCESSORS
from unpatch.refining.proposals.pair import TINY, Floats, Pair, block_powers, decibels
from unpatch.refining.proposals.stage import Proposal, Stage

BLOCK_S = 0.005
DEEPEST_DB = -60.0
QUANTILES = {"compressor": (0.15, 0.45, 0.75), "expander": (0.3, 0.7), "noisegate": (0.3, 0.7)}
TIMES = ((2.0, 80.0), (10.0, 250.0))
RATIO = {"compressor": 4.0, "expander": 2.5, "noisegate": 10.0}
KNEE_DB = 3.0
STEPS = 10
# A start that leaves more than this share of the trace is dropped.
EXPLAINED = 0.97


class Trace(NamedTuple):
    """Gain of each block in dB ``[F]``, and its weight ``[F]``."""

    gain_db: Floats
    weight: Floats

    def left(self, gain_db: Floats) -> Floats:
        """Weighted differences, the overall gain being free."""
        off = self.gain_db - gain_db
        found: Floats = np.sqrt(self.weight) * (off - off @ self.weight / self.weight.sum())
        return found


def gains(pair: Pair) -> list[Proposal]:
    """One of each kind."""
    block = max(1, round(BLOCK_S * pair.sample_rate))
    trace = trace_of(pair.dry, pair.wet, block)
    dry = torch.from_numpy(pair.dry).float()[None]
    levels = decibels(block_powers(pair.dry, block).max(0))
    inside = levels[trace.weight > 0]
    return [(_fitted(kind, dry, trace, inside, pair.sample_rate),) for kind in QUANTILES]


def trace_of(dry: Floats, wet: Floats, block: int) -> Trace:
    """Level of ``wet [2, T]`` over ``dry [2, T]``."""
    dry_power, wet_power = (block_powers(audio, block).sum(0) for audio in (dry, wet))
    levels = decibels(dry_power / max(float(dry_power.max()), TINY))
    gain_db = decibels(wet_power / np.maximum(dry_power, TINY))
    gain_db = np.maximum(gain_db, gain_db[levels > -40].max(initial=0.0) + DEEPEST_DB)
    weight: Floats = np.clip((levels + 55.0) / 20.0, 0.0, 1.0)
    return Trace(gain_db, weight)


def _fitted(kind: str, dry: Tensor, trace: Trace, levels: Floats, sample_rate: float) -> Stage:
    """The setting whose gain is nearest to the trace."""
    knobs = PROCESSORS[kind].parameters

    def gain_db(settings: Mapping[str, float]) -> Floats:
        values: dict[str, Any] = dict(settings)
        played = PROCESSORS[kind]({"input": dry}, sample_rate=sample_rate, **values)["out"]
        block = max(1, round(BLOCK_S * sample_rate))
        return trace_of(dry[0].numpy(), played[0].numpy(), block).gain_db

    def left(units: Any) -> Floats:
        return trace.left(gain_db(_settings(kind, units)))

    scaled = [_scaled(kind, trace, gain_db(settings), settings) for settings in _grid(kind, levels)]
    left_over, begin = min(scaled, key=lambda one: one[0])
    if left_over > EXPLAINED * float(np.sum(trace.left(np.zeros_like(trace.gain_db)) ** 2)):
        return Stage(kind, begin)
    units = [float(np.clip(knobs[name].to_unit(begin[name]), 1e-3, 1 - 1e-3)) for name in knobs]
    steps = np.full(len(units), 5e-3)
    found = least_squares(left, units, bounds=(0, 1), loss="soft_l1", diff_step=steps, max_nfev=STEPS)
    return Stage(kind, _settings(kind, found.x))


def _settings(kind: str, units: Any) -> dict[str, float]:
    knobs = PROCESSORS[kind].parameters
    return {
        name: knob.from_unit(float(unit)) for (name, knob), unit in zip(knobs.items(), units, strict=True)
    }


def _grid(kind: str, levels: Floats) -> list[dict[str, float]]:
    thresholds = [float(np.quantile(levels, q)) for q in QUANTILES[kind]]
    return [
        {
            "threshold_db": min(max(threshold, -60.0), 0.0),
            "ratio": RATIO[kind],
            "attack_ms": attack,
            "release_ms": release,
            "knee_db": KNEE_DB,
        }
        for threshold, (attack, release) in product(thresholds, TIMES)
    ]


def _scaled(
    kind: str, trace: Trace, own: Floats, settings: dict[str, float]
) -> tuple[float, dict[str, float]]:
    """With the ratio that matches the range of the trace, and the residual."""
    moved = own - own @ trace.weight / trace.weight.sum()
    factor = float((trace.gain_db * trace.weight) @ moved) / max(float((moved**2) @ trace.weight), TINY)
    slope = max(factor, 0.05)
    if kind == "compressor":
        ratio = 1 / max(1 - slope * (1 - 1 / settings["ratio"]), 0.05)
    else:
        ratio = 1 + slope * (settings["ratio"] - 1)
    left_over = float(np.sum(trace.left(slope * own) ** 2))
    return left_over, {**settings, "ratio": min(max(ratio, 1.05), PROCESSORS[kind].parameters["ratio"].high)}
