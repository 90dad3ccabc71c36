"""Delays from the impulse response.

Echoes are its peaks from 20 ms on. The levels of the direct sound and the first two echoes at each frequency
are found by least squares over frames of the dry signal at those three times: an impulse response would miss
the part of an echo after the recording's end. The ratio of first echo to direct sound gives level and
low-pass, the second over the first the feedback.

Shapes: T samples, K bins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d, uniform_filter1d

from unpatch.processors import PROCESSORS
from unpatch.refining.proposals.pair import TINY, Floats, Pair, decibels, spectra
from unpatch.refining.proposals.responses import response_db
from unpatch.refining.proposals.stage import Proposal, Stage

DELAY = PROCESSORS["mono_delay"].parameters["delay_ms"]
# Half width of an echo, which its low-pass smears.
AROUND_S = 0.004
PEAKS = 3
FRAME = 2048
# Regularisation: shares of its own and of the largest power that are added to each bin.
REGULAR = 1e-3
# Range where voices and instruments have enough energy for a reliable response.
LOW_HZ, HIGH_HZ = 150.0, 12_000.0
CORNERS_HZ = np.geomspace(400, 20_000, 40)
Q = PROCESSORS["mono_delay"].parameters["q"].default


def echoes(pair: Pair) -> list[Proposal]:
    """Plain and crossed delays at the clearest times."""
    left, right = pair.impulse_responses
    both = _energy(left, pair.sample_rate) + _energy(right, pair.sample_rate)
    found: list[Proposal] = []
    for delay in _peaks(both[pair.lead :], pair.sample_rate):
        found += [(stage,) for stage in _at(pair, delay)]
    return found


def _energy(response: Floats, sample_rate: float) -> Floats:
    """Around each sample."""
    kernel = np.hanning(2 * max(2, round(0.25 * AROUND_S * sample_rate)) + 1)
    found: Floats = convolve1d(response**2, kernel / kernel.sum(), mode="constant")
    return found


def _peaks(energy: Floats, sample_rate: float) -> list[int]:
    """Times in samples, the clearest first: by their height above the surroundings."""
    begin, end = (round(ms / 1000 * sample_rate) for ms in (DELAY.low, DELAY.high))
    end = min(end, len(energy) - 1)
    if end <= begin:
        return []
    wide = max(3, round(0.05 * sample_rate))
    course = uniform_filter1d(energy, 2 * wide + 1, mode="mirror")
    clear = (energy / np.maximum(course, TINY * 1e-6))[begin:end] * np.sqrt(energy[begin:end])
    found: list[int] = []
    apart = round(3 * AROUND_S * sample_rate)
    while len(found) < PEAKS and clear.max(initial=0.0) > 0:
        top = int(np.argmax(clear))
        found.append(begin + top)
        clear[max(0, top - apart) : top + apart] = 0.0
    return found


def _at(pair: Pair, delay: int) -> list[Stage]:
    """Delays of that time: both channels alike, or in turn; the likelier first."""
    waves = _echoes(pair, delay)
    direct, first, second = (np.abs(one) for one in waves)
    hertz = np.arange(FRAME // 2 + 1) * pair.sample_rate / FRAME
    inside = (hertz > LOW_HZ) & (hertz < min(HIGH_HZ, 0.45 * pair.sample_rate))
    plain = _stage("mono_delay", delay, pair.sample_rate)
    crossed = _stage("pingpong_delay", delay, pair.sample_rate)
    audible = [one[:, inside] for one in (direct, first, second)]
    power = (np.abs(pair.frames(FRAME, FRAME)[0]) ** 2).mean((0, 1))[inside]
    late_s = [
        _late_s(waves[1] / (waves[0] + TINY), channel, hertz, inside, power) for channel in (slice(None), 0)
    ]
    stages = [
        plain(hertz[inside], power, late_s[0], *(one.sum(0) for one in audible)),
        crossed(hertz[inside], power, late_s[1], audible[0].sum(0), 2 * audible[1][0], 2 * audible[2][1]),
    ]
    left, right = (power * audible[1] ** 2).sum(-1)
    again_left, again_right = (power * audible[2] ** 2).sum(-1)
    return stages[::-1] if left > 3 * right and again_right > again_left else stages


def _echoes(pair: Pair, delay: int) -> list[NDArray[Any]]:
    """Responses ``[2, K]`` of the direct sound and of two echoes, by least squares over frames."""
    dry = pair.mono[0]
    late = [np.pad(dry, (n * delay, 0))[: len(dry)] for n in range(3)]
    copies = np.stack([spectra(audio[None], FRAME, FRAME // 2)[0] for audio in late], -1)
    wet = spectra(pair.wet, FRAME, FRAME // 2)
    cross = np.einsum("fka,fkb->kab", copies.conj(), copies)
    power = np.einsum("kaa->k", cross).real
    cross += (REGULAR * power[:, None, None] + REGULAR**2 * power.max()) * np.eye(3)
    found = [
        np.linalg.solve(cross, np.einsum("fka,fk->ka", copies.conj(), one)[..., None])[..., 0] for one in wet
    ]
    return list(np.moveaxis(np.stack(found), -1, 0))


def _late_s(
    ratio: NDArray[Any], channel: slice | int, hertz: Floats, inside: NDArray[np.bool_], power: Floats
) -> float:
    """Delay of an echo beyond whole samples, from the slope of its phase over frequency."""
    phase = np.angle(ratio[channel].reshape(-1, len(hertz))[:, inside])
    low = hertz[inside] < LOW_HZ * 8
    weight = np.sqrt(power[low]) * hertz[inside][low]
    return float(-(phase[:, low] @ weight).mean() / (2 * np.pi * float(hertz[inside][low] @ weight)))


def _stage(kind: str, delay: int, sample_rate: float) -> Any:
    """Makes a stage from the direct sound and two echoes ``[K]``, weighted by the dry power.

    The low-pass delays low frequencies by ``1 / (2 pi q f)``, which is no part of the time that is set.
    """

    def made(
        hertz: Floats, power: Floats, late_s: float, direct: Floats, first: Floats, second: Floats
    ) -> Stage:
        weight = np.sqrt(power)
        ratio_db = decibels(first**2) - decibels(direct**2)
        fits = [_lowpassed(hertz, ratio_db, weight, corner, sample_rate) for corner in CORNERS_HZ]
        best = int(np.argmin([left for left, _ in fits]))
        ratio = 10 ** (fits[best][1] / 20)
        low = hertz < max(0.5 * CORNERS_HZ[best], 4 * LOW_HZ)
        again = float((second * weight)[low].sum() / max(float((first * weight)[low].sum()), TINY))
        settings = {
            "delay_ms": 1000 * (delay / sample_rate + late_s - 1 / (2 * np.pi * Q * CORNERS_HZ[best])),
            "feedback": float(np.clip(again, 0.0, 0.85)),
            "mix": float(np.clip(ratio / (1 + ratio), 0.03, 0.9)),
            "frequency_hz": float(CORNERS_HZ[best]),
            "stereo_offset": 0.0,
        }
        return Stage(kind, settings)

    return made


def _lowpassed(
    hertz: Floats, ratio_db: Floats, weight: Floats, corner_hz: float, sample_rate: float
) -> tuple[float, float]:
    """A ratio behind a low-pass, and the ratio's level below it in dB."""
    off = ratio_db - response_db("lowpass2", {"frequency_hz": corner_hz, "q": Q}, hertz, sample_rate)
    share = weight / weight.sum()
    level = float(off @ share)
    return float(((off - level) ** 2) @ share), level
