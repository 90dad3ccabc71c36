"""Tracks of an oscillator, found in a map of likelihood over place and time.

A generalised Hough transform (Duda and Hart, CACM 15(1), 1972): every sine of a grid of centres, depths,
rates and phases sums the map along it. Places are logarithmic, so that moving the centre only
shifts a track.

Shapes: F times, A places, D depths.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from unpatch.refining.proposals.pair import Floats

PHASES = 12
# Number of rates that are refined, and of rounds of smaller and smaller steps each.
FOLLOWED, ROUNDS = 10, 8


class DelayTrack(NamedTuple):
    """Centre, depth, rate and phase of a sine, and the sum of the map along it."""

    centre: float
    depth: float
    rate_hz: float
    phase: float
    score: float


Bend: TypeAlias = Callable[[Any, Any], Floats]
"""Depths and sines to the offset of a track from its centre, in places."""
Score: TypeAlias = Callable[[Floats, float, float], float]
"""Sine at each time ``[F]``, centre and depth to the sum of a finer map along the track."""


def best_track(
    likely: Floats, seconds: Floats, rates_hz: Floats, depths: Floats, bend: Bend, score: Score
) -> DelayTrack:
    """The sine along which a map is largest, and then a finer one.

    Args:
        likely: at each time and place ``[F, A]``.
        seconds: of the times ``[F]``.
        rates_hz: to be tried.
        depths: to be tried ``[D]``.
        bend: how depth and sine move a track.
        score: of a track, for its refinement.
    """
    found = [_at_rate(likely, seconds, rate, depths, bend) for rate in rates_hz]
    best = sorted(found, key=lambda track: -track.score)[:FOLLOWED]
    return max((_finer(track, seconds, score) for track in best), key=lambda track: track.score)


def _at_rate(likely: Floats, seconds: Floats, rate: float, depths: Floats, bend: Bend) -> DelayTrack:
    """The best of all phases, depths and centres; outside of the map a track sums nothing."""
    places = likely.shape[1]
    padded = np.pad(likely, ((0, 0), (places, places)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, places, axis=1)
    rows = np.arange(len(seconds))[:, None]
    best = DelayTrack(0.0, 0.0, rate, 0.0, -np.inf)
    for phase in np.arange(PHASES) / PHASES:
        wave = np.sin(2 * np.pi * (rate * seconds + phase))[:, None]
        shift = np.clip(np.rint(bend(depths, wave)), -places, places).astype(int)
        scores = windows[rows, shift + places].mean(0)
        i, centre = np.unravel_index(int(np.argmax(scores)), scores.shape)
        if scores[i, centre] > best.score:
            best = DelayTrack(
                float(centre), float(depths[i]), float(rate), float(phase), float(scores[i, centre])
            )
    return best


def _finer(track: DelayTrack, seconds: Floats, score: Score) -> DelayTrack:
    """Centre, depth, rate and phase moved one by one, on the finer map."""
    middle = float(seconds.mean())
    steps = np.array([0.5, 0.25 * track.depth, 0.2 / max(float(seconds[-1]), 0.1), 0.06])

    def scored(values: Floats) -> DelayTrack:
        centre, depth, rate, phase = map(float, values)
        wave = np.sin(2 * np.pi * (rate * seconds + phase))
        return DelayTrack(centre, depth, rate, phase % 1.0, score(wave, centre, depth))

    track = scored(np.array(track[:4]))
    for _ in range(ROUNDS):
        for i in range(4):
            for move in (2, 1, 0.5, -0.5, -1, -2):
                values = np.array(track[:4])
                values[i] += move * steps[i]
                if i == 2:  # the phase is kept in the middle of the signal
                    values[3] -= move * steps[2] * middle
                track = max(track, scored(values), key=lambda one: one.score)
        steps *= 0.65
    return track


def rates_between(low_hz: float, high_hz: float, lasts_s: float) -> Floats:
    """Rates that differ by a third of a cycle over this many seconds."""
    found: Floats = np.arange(low_hz, high_hz, 0.3 / max(lasts_s, 0.1))
    return found
