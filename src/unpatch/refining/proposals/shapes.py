"""Distortion and bit crusher from the map of samples to samples.

A memoryless effect gives equal samples for equal samples: the wet signal against the dry one is a curve. Of a
crusher it is a staircase whose step is read from the curve; where the input of the crusher is not the
dry signal, the wet signal's own values still are on a grid.

Shapes: D settings, N samples or points.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.optimize import least_squares

from unpatch.processors import PROCESSORS
from unpatch.refining.proposals.pair import TINY, Floats, Pair
from unpatch.refining.proposals.stage import Proposal, Stage

MOST_SAMPLES = 12_000
POINTS = 160
# Gains at which the peak is searched for, in dB over full scale.
DRIVES_DB = (-6.0, 0.0, 6.0, 12.0, 18.0, 24.0, 32.0)
HARDNESS = (0.0, 0.4, 0.9)
ASYMMETRY = (0.0, 0.4, 0.8)
BITS = [2 + 0.1 * i for i in range(141)]
FINER = [0.01 * i for i in range(-10, 11)]
# Largest number of different values of a grid.
FEW_VALUES = 0.2


def shapes(pair: Pair) -> list[Proposal]:
    """The clipper and the staircase nearest to the curve."""
    dry, wet = _samples(pair)
    found: list[Proposal] = [(_distortion(dry, wet),), (_staircase(dry, wet),)]
    grid = _grid(pair)
    return [*found, (grid,)] if grid else found


def _samples(pair: Pair) -> tuple[Floats, Floats]:
    """Some samples of both, of the louder channel."""
    channel = int(np.argmax((pair.wet**2).sum(-1)))
    stride = max(1, pair.dry.shape[-1] // MOST_SAMPLES)
    return pair.dry[channel, ::stride], pair.wet[channel, ::stride]


def _distortion(dry: Floats, wet: Floats) -> Stage:
    """From the median output of each input level."""
    order = np.argsort(dry)
    parts = np.array_split(order, POINTS)
    into = np.array([np.median(dry[part]) for part in parts])
    out = np.array([np.median(wet[part]) for part in parts])
    weight = np.sqrt(np.abs(into) / np.abs(into).max().clip(TINY) + 1e-3)
    peak_db = 20 * np.log10(np.abs(dry).max().clip(TINY))
    rows = np.array([(d - peak_db, h, a) for d in DRIVES_DB for h in HARDNESS for a in ASYMMETRY])
    begin = rows[int(np.argmin([float(e @ e) for e in _off(rows, into, out, weight)]))]
    low, high = np.array([0.0, 0.0, 0.0]), np.array([48.0, 1.0, 1.0])

    def left(x: Any) -> Floats:
        found: Floats = _off(x[None], into, out, weight)[0]
        return found

    begin, steps = np.clip(begin, low + 1e-3, high - 1e-3), np.full(3, 1e-3)
    x = least_squares(left, begin, bounds=(low, high), x_scale=high, diff_step=steps, max_nfev=25).x
    return Stage("distortion", dict(zip(("gain_db", "hardness", "asymmetry"), map(float, x), strict=True)))


def _off(rows: Floats, into: Floats, out: Floats, weight: Floats) -> Floats:
    """Residuals ``[D, N]`` of clippers ``[D, 3]`` on the curve, each at its best level."""
    gain, hardness, asymmetry = (torch.from_numpy(column.copy()) for column in rows.T)
    points = torch.from_numpy(into).expand(len(rows), 2, -1)
    played = PROCESSORS["distortion"](
        {"input": points}, sample_rate=1.0, gain_db=gain, hardness=hardness, asymmetry=asymmetry
    )
    curve = played["out"][:, 0].numpy() * weight
    level = (curve @ (out * weight)) / np.maximum((curve**2).sum(-1), TINY)
    found: Floats = level[:, None] * curve - out * weight
    return found


def _staircase(dry: Floats, wet: Floats) -> Stage:
    """The word length at which the crushed dry signal is nearest to the wet one: coarsely, then finely."""
    best = 0.0
    for tried in (BITS, FINER):
        likeness = [_likeness(_crushed(dry, best + bit), wet) for bit in tried]
        best += tried[int(np.argmax(likeness))]
    return Stage("bitcrush", {"bit": best})


def _crushed(dry: Floats, bit: float) -> Floats:
    step: float = 2.0 ** (1 - bit)
    found: Floats = np.round(dry / step) * step
    return found


def _likeness(one: Floats, other: Floats) -> float:
    energy = float(one @ one) * float(other @ other)
    return float(one @ other) / float(np.sqrt(max(energy, TINY)))


def _grid(pair: Pair) -> Stage | None:
    """From the steps between the wet signal's own values."""
    values = np.unique(np.round(pair.wet[0] / np.abs(pair.wet[0]).max().clip(TINY), 6))
    if len(values) < 3 or len(values) > FEW_VALUES * pair.wet.shape[-1]:
        return None
    step = float(np.median(_steps(values))) * float(np.abs(pair.wet[0]).max())
    return Stage("bitcrush", {"bit": 1 - float(np.log2(max(step, TINY)))})


def _steps(values: Floats) -> Floats:
    gaps = np.diff(values)
    found: Floats = gaps[gaps > 1e-5]
    return found if len(found) else np.array([1e-5])
