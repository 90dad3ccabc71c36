"""Panning, auto-pan and width from the balance of left and right, and tremolo from the level, over time.

Shapes: F blocks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from unpatch.processors import PROCESSORS
from unpatch.refining.proposals.pair import TINY, Floats, Pair
from unpatch.refining.proposals.stage import Moving, Proposal, Stage

BLOCK_S = 0.01
# A smaller pan, or movement of it, is not intended.
LEAST_PAN, LEAST_DEPTH = 0.03, 0.08
LEAST_WIDTH = 0.05
LFO = PROCESSORS["mono_lfo"].parameters["frequency_hz"]
RATES = 120


class Sine(NamedTuple):
    """``centre + depth sin 2 pi (rate t + phase)``, and the share of the variance that it explains."""

    centre: float
    depth: float
    rate_hz: float
    phase: float
    explained: float


def image(pair: Pair) -> list[Proposal]:
    """Position in the stereo field, its movement, and its width."""
    sounding = pair.sounding(BLOCK_S)
    dry, wet = pair.powers(BLOCK_S)
    found: list[Proposal] = []
    pan = _pan(wet) - _pan(dry)
    weight = np.where(sounding, np.sqrt(wet.sum(0)), 0.0)
    still = float(pan @ weight / max(float(weight.sum()), TINY))
    if abs(still) > LEAST_PAN:
        found.append((Stage("panning", {"pan": still}),))
    moved = sine(pan, weight, BLOCK_S)
    if moved.depth > LEAST_DEPTH:
        found.append((Stage("panning", {"pan": moved.centre}, _lfo("pan", moved, moved.depth)),))
    width = _width(pair)
    if width is not None and abs(width - 1) > LEAST_WIDTH:
        found.append((Stage("imager", {"width": width}),))
    return found


def tremolo(pair: Pair) -> list[Proposal]:
    """A level that goes up and down, in dB and in proportion."""
    sounding = pair.sounding(BLOCK_S)
    dry, wet = (power.sum(0) for power in pair.powers(BLOCK_S))
    gain_db = 10 * np.log10(np.maximum(wet, TINY) / np.maximum(dry, TINY))
    weight = np.where(sounding, np.sqrt(dry), 0.0)
    moved = sine(np.clip(gain_db, -40, 20), weight, BLOCK_S)
    return [(Stage("gain", {}, _lfo("gain", moved, moved.depth / 24)),)]


def sine(trace: Floats, weight: Floats, step_s: float) -> Sine:
    """The sine that explains most of a trace ``[F]``: least squares at each of many rates."""
    seconds = (np.arange(len(trace)) + 0.5) * step_s
    fastest = min(LFO.high, 0.4 / step_s)
    coarse = np.geomspace(max(LFO.low, 0.3 / max(seconds[-1], step_s)), fastest, RATES)
    best = max((_at(trace, weight, seconds, rate) for rate in coarse), key=lambda one: one.explained)
    near = best.rate_hz * np.geomspace(0.95, 1.05, 41)
    return max((_at(trace, weight, seconds, rate) for rate in near), key=lambda one: one.explained)


def _at(trace: Floats, weight: Floats, seconds: Floats, rate_hz: float) -> Sine:
    turn = 2 * np.pi * rate_hz * seconds
    basis = np.stack([np.ones_like(turn), np.sin(turn), np.cos(turn)], 1)
    weighted = basis * weight[:, None]
    found = np.linalg.solve(basis.T @ weighted + 1e-9 * np.eye(3), weighted.T @ trace)
    off = trace - basis @ found
    mean = trace @ weight / max(float(weight.sum()), TINY)
    whole = max(float((trace - mean) ** 2 @ weight), TINY)
    phase = float(np.arctan2(found[2], found[1]) / (2 * np.pi)) % 1.0
    depth = float(np.hypot(found[1], found[2]))
    return Sine(float(found[0]), depth, float(rate_hz), phase, 1 - float(off**2 @ weight) / whole)


def _lfo(inlet: str, moved: Sine, depth: float) -> Moving:
    return Moving("mono_lfo", inlet, depth, {"frequency_hz": moved.rate_hz, "phase": moved.phase})


def _pan(power: Floats) -> Floats:
    """Position in [-1, 1] by the law of equal power ``[F]``."""
    left, right = np.sqrt(np.maximum(power, TINY * 1e-3))
    found: Floats = np.arctan2(right, left) * 4 / np.pi - 1
    return found


def _width(pair: Pair) -> float | None:
    """Gain of the side signal over that of the mid signal; None where the dry signal has no side."""
    side, mid = (
        [float(np.mean((audio[0] + sign * audio[1]) ** 2)) for audio in (pair.dry, pair.wet)]
        for sign in (-1, 1)
    )
    if side[0] < 1e-6 * mid[0] or mid[1] < TINY:
        return None
    return float(np.sqrt(side[1] / mid[1] * mid[0] / side[0]))
