"""Chorus, flanger, vibrato and phaser from moving delays and notches.

Of the first three a copy comes after a delay that an oscillator moves: short frames of the wet signal are
correlated with the dry one, whitened, and the delay's track is sought in the map of lags over time. Of a
phaser notches move: the wet spectrum over the dry one is compared with those of a phaser at every frequency,
and the track is sought in the map of frequencies over time.

Shapes: F frames, K bins, A places.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import convolve
from scipy.optimize import minimize

from unpatch.declaration.parameter import OCTAVES_PER_UNIT
from unpatch.processors import PROCESSORS
from unpatch.refining.proposals.pair import TINY, Floats, Pair, decibels, spectra
from unpatch.refining.proposals.stage import Moving, Proposal, Stage
from unpatch.refining.proposals.tracks import DelayTrack, best_track, rates_between

# Hops are as long as frames; the dry signal is searched this much further.
FRAME, REACH = 1024, 2048
WHITENING = 0.9
# The steady part of the wet signal is a filter of this many samples on the dry one.
STEADY = 512
# Delays that are merged, and the first search grid of a track: this many places per octave.
LAG_S = 0.0001
LEAST_MS, MOST_MS, PER_OCTAVE = 0.5, 40.0, 10
SLOWEST_HZ, FASTEST_HZ = 0.15, 8.0
# Shares of its centre by which a delay moves, and depths of a phaser's modulation.
DEPTHS = np.array([0.06, 0.12, 0.22, 0.35, 0.5, 0.7, 0.95])
PHASER_DEPTHS = np.array([0.05, 0.1, 0.2, 0.35, 0.5])
KINDS = ("chorus", "flanger", "vibrato")
# Number of comparisons of the waves while a track converges, and the sample step.
SETTLING, EVERY = 140, 5
PLACES_PER_OCTAVE = 6
PHASER_SIZE, PHASER_HOP = 2048, 1024


def moving_delay(pair: Pair) -> list[Proposal]:
    """Each kind whose delay may be that of the clearest track."""
    seconds, lags = _lags(pair)
    place_ms = 1000 * _step(pair.sample_rate) / pair.sample_rate
    octaves = np.log2(MOST_MS / LEAST_MS)
    delays_ms = LEAST_MS * 2 ** (np.arange(round(octaves * PER_OCTAVE) + 1) / PER_OCTAVE)
    likely = _joined(lags, delays_ms / place_ms)
    smooth = _smoothed(lags)
    rows = np.arange(len(seconds))

    def bend(depth: Any, wave: Any) -> Floats:
        found: Floats = PER_OCTAVE * np.log2(np.maximum(1 + depth * wave, 0.02))
        return found

    def score(wave: Floats, centre: float, depth: float) -> float:
        delay_ms = LEAST_MS * 2 ** (centre / PER_OCTAVE) * (1 + depth * wave)
        places = np.clip(delay_ms / place_ms, 0, smooth.shape[1] - 1).astype(int)
        return float(smooth[rows, places].mean())

    track = best_track(likely, seconds, _rates(seconds), DEPTHS, bend, score)
    delay_ms = float(LEAST_MS * 2 ** (track.centre / PER_OCTAVE))
    track, mix = converged(pair, track._replace(centre=delay_ms))
    found: list[Proposal] = []
    for kind in KINDS:
        knob = PROCESSORS[kind].parameters["delay_ms"]
        if 0.7 * knob.low <= track.centre <= 1.4 * knob.high:
            settings = {"delay_ms": track.centre, "mix": 1.0 if kind == "vibrato" else mix, "feedback": 0.0}
            found.append((Stage(kind, settings, _lfo(track, track.depth)),))
    return found


def converged(pair: Pair, track: DelayTrack) -> tuple[DelayTrack, float]:
    """The track, centred in ms, at which the waves agree best, and the share of the delayed copy.

    The wet signal is modelled as a sum of the dry one and of its copy along the track, at the gains of least
    squares; centre, depth, rate and phase are moved until the error is smallest (Nelder and Mead, 1965).
    """
    dry, wet = pair.mono
    everywhere = np.arange(len(dry))
    time = everywhere[::EVERY]
    now, after = dry[::EVERY], wet[::EVERY]
    seconds = time / pair.sample_rate
    middle = float(seconds.mean())
    energy = float(after @ after)

    def levels(values: Floats) -> tuple[Floats, float]:
        centre, depth, rate, phase = values
        wave = np.sin(2 * np.pi * (rate * (seconds - middle) + phase))
        moments = time - centre / 1000 * pair.sample_rate * (1 + depth * wave)
        basis = np.stack([now, np.interp(moments, everywhere, dry, left=0.0)])
        gains = np.linalg.lstsq(basis @ basis.T, basis @ after, rcond=1e-9)[0]
        return gains, energy - float(gains @ (basis @ after))

    def rest(values: Floats) -> float:
        return levels(values)[1]

    begin = np.array([track.centre, track.depth, track.rate_hz, track.phase + track.rate_hz * middle])
    steps = np.array([0.01 * track.centre, 0.08 * track.depth + 0.005, 0.1 / max(middle, 0.1) / 4, 0.03])
    simplex = np.vstack([begin, begin + np.diag(steps)])
    stop = {"maxfev": SETTLING, "xatol": 1e-4, "fatol": 1e-5 * energy}
    options: Any = {"initial_simplex": simplex, **stop}
    found = minimize(rest, begin, method="Nelder-Mead", options=options).x
    gains = np.abs(levels(found)[0])
    centre, depth, rate, phase = map(float, found)
    mix = float(np.clip(gains[1] / max(float(gains.sum()), TINY), 0.1, 1.0))
    return DelayTrack(centre, depth, rate, (phase - rate * middle) % 1.0, track.score), mix


def phaser(pair: Pair) -> list[Proposal]:
    """The phaser whose notches are where the wet spectrum has them."""
    seconds, likely, places_hz = _notches(pair)
    rows = np.arange(len(seconds))
    reach = OCTAVES_PER_UNIT * PLACES_PER_OCTAVE

    def bend(depth: Any, wave: Any) -> Floats:
        found: Floats = reach * depth * wave
        return found

    def score(wave: Floats, centre: float, depth: float) -> float:
        places = np.clip(np.rint(centre + reach * depth * wave), 0, likely.shape[1] - 1).astype(int)
        return float(likely[rows, places].mean())

    track = best_track(likely, seconds, _rates(seconds), PHASER_DEPTHS, bend, score)
    settings = {
        "frequency_hz": float(places_hz[0] * 2 ** (track.centre / PLACES_PER_OCTAVE)),
        "mix": 0.5,
        "feedback": 0.0,
    }
    return [(Stage("phaser", settings, _lfo(track, track.depth)),)]


def _rates(seconds: Floats) -> Floats:
    return rates_between(SLOWEST_HZ, FASTEST_HZ, float(seconds[-1] - seconds[0]))


def _lfo(track: DelayTrack, depth: float) -> Moving:
    return Moving("mono_lfo", "mod", depth, {"frequency_hz": track.rate_hz, "phase": track.phase})


def _joined(lags: Floats, places: Floats) -> Floats:
    """The largest of the lags around each of some places, less its usual value there ``[F, A]``."""
    edges = np.unique(np.clip(np.rint(places * 2 ** (-0.5 / PER_OCTAVE)), 0, lags.shape[1] - 2).astype(int))
    index = np.clip(np.searchsorted(edges, np.rint(places), "right") - 1, 0, len(edges) - 1)
    largest = np.maximum.reduceat(lags[:, : int(places[-1] * 1.1) + 2], edges, axis=1)[:, index]
    found: Floats = largest - largest.mean(0, keepdims=True)
    return found


def _smoothed(lags: Floats) -> Floats:
    """Over five neighbours, so that the map has a slope."""
    kernel = np.array([[0.2, 0.6, 1.0, 0.6, 0.2]])
    found: Floats = convolve(lags, kernel, mode="constant")
    return found


def _step(sample_rate: float) -> int:
    """Samples of one place."""
    return max(1, round(LAG_S * sample_rate))


def _lags(pair: Pair) -> tuple[Floats, Floats]:
    """Times ``[F]``, and the share of each lag of the dry signal in each frame of the wet one, ``[F, A]``.

    The part of the wet signal that a steady filter explains is removed first: the direct sound would be
    at lag 0, and at all multiples of a voice's period.
    """
    dry, wet = pair.mono
    moving = wet - _steady(dry, wet)
    before = np.pad(dry, (REACH, 0))
    starts = np.arange(0, max(1, len(dry) - FRAME), FRAME)
    late = np.stack([moving[n : n + FRAME] for n in starts]) * np.hanning(FRAME)
    early = np.stack([before[n : n + REACH + FRAME] for n in starts])
    size = REACH + 2 * FRAME
    one, other = np.fft.rfft(late, size), np.fft.rfft(early, size)
    power = np.abs(one) * np.abs(other)
    cross = one * other.conj() / np.maximum(power, 1e-5 * power.max()) ** WHITENING
    # Lag 0 is the wet frame on the dry samples of its own time.
    lags = np.fft.irfft(cross, size)
    lags = np.roll(lags, REACH, axis=1)[:, :REACH]
    step = _step(pair.sample_rate)
    places = lags.shape[1] // step
    joined = np.abs(lags[:, : places * step]).reshape(len(lags), places, step).max(-1)
    level = np.sqrt((joined**2).mean(-1, keepdims=True)) + 1e-12
    frame_level = np.sqrt(power.mean(-1, keepdims=True))
    seconds = (starts + FRAME / 2) / pair.sample_rate
    return seconds, joined / level * np.minimum(frame_level / max(float(np.median(frame_level)), 1e-12), 2.0)


def _steady(dry: Floats, wet: Floats) -> Floats:
    """Output of a short filter on the dry signal, fitted to the wet one by least squares over frames."""
    before, after = (spectra(audio[None], 2 * STEADY, STEADY)[0] for audio in (dry, wet))
    power = (np.abs(before) ** 2).mean(0)
    response = (after * before.conj()).mean(0) / (power + 1e-4 * power.max())
    taps = np.roll(np.fft.irfft(response), STEADY // 2)[:STEADY]
    size = 1 << int(np.ceil(np.log2(len(dry) + STEADY)))
    whole = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(taps, size), size)
    found: Floats = whole[STEADY // 2 : STEADY // 2 + len(dry)]
    return found


def _notches(pair: Pair) -> tuple[Floats, Floats, Floats]:
    """Times ``[F]``, similarity of the change to a phaser at each frequency ``[F, A]``, and frequencies."""
    dry, wet = (spectra(audio[None], PHASER_SIZE, PHASER_HOP)[0] for audio in pair.mono)
    change = decibels(np.abs(wet) ** 2) - decibels(np.abs(dry) ** 2)
    places_hz, answers = _phasers(pair.sample_rate)
    power = np.abs(dry) ** 2
    weight = np.sqrt(power / max(float(power.max()), 1e-12)) + 1e-6
    weight /= weight.sum(-1, keepdims=True)
    change = np.clip(change, -30, 30)
    change = change - np.median(change, axis=0, keepdims=True)
    change -= (change * weight).sum(-1, keepdims=True)
    likely = (weight * change) @ (answers - answers.mean(-1, keepdims=True)).T
    size = np.sqrt((weight * change**2).sum(-1, keepdims=True)) + 1e-9
    level = np.sqrt(power.mean(-1, keepdims=True))
    seconds = (np.arange(len(dry)) * PHASER_HOP + PHASER_SIZE / 2) / pair.sample_rate
    return seconds, likely / size * level / max(float(level.mean()), 1e-12), places_hz


@lru_cache(maxsize=2)
def _phasers(sample_rate: float) -> tuple[Floats, NDArray[Any]]:
    """Frequencies, and the responses ``[A, K]`` in dB of a static phaser."""
    knob = PROCESSORS["phaser"].parameters["frequency_hz"]
    octaves = np.log2(min(knob.high, 0.3 * sample_rate) / knob.low)
    places = np.geomspace(knob.low, knob.low * 2**octaves, round(octaves * PLACES_PER_OCTAVE) + 1)
    impulse = torch.zeros(len(places), 2, PHASER_SIZE)
    impulse[..., 0] = 1.0
    still = torch.zeros(len(places), 1, PHASER_SIZE)
    played = PROCESSORS["phaser"](
        {"input": impulse, "mod": still},
        sample_rate=sample_rate,
        frequency_hz=torch.from_numpy(places).float(),
        feedback=0.0,
        mix=0.5,
    )["out"][:, 0].numpy()
    return places, np.maximum(decibels(np.abs(np.fft.rfft(played)) ** 2), -25.0)
