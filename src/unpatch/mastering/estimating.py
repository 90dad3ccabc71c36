"""A finished master of any length to an estimate of its chain by ours.

Shapes: C channels (of stereo: those in use), T samples, W windows, Q numbers, N bins, P points, E effects.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.audio import as_stereo, check_lasts, check_sounds, resample
from unpatch.dsp.cpu import one_thread
from unpatch.mastering.bands import fitted
from unpatch.mastering.chains import MasteringChain, grid_hz, normalised
from unpatch.mastering.clips import RATE_HZ
from unpatch.mastering.model import Mastering
from unpatch.mastering.objective import EQUALIZERS
from unpatch.mastering.ours import ChainPrediction

WINDOWS = 8
SILENT = 1e-3
"""A channel whose peak is less than this share of the other's is a cable that was not plugged in."""
LOW, HIGH = 0.05, 0.95
"""Quantiles of the intervals, which hold 90 %."""


@dataclass(frozen=True)
class Setting:
    """One knob: its value, and its interval of 90 % probability."""

    kind: str
    name: str
    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class ChainEstimate:
    """The estimated chain of a master.

    Attributes:
        settings: every knob of the effects that are there, in order; what to play.
        present: kind to the probability that it was used.
        frequencies_hz: of the curve.
        curve_db: the equalizer's response there, its median 0; empty without an equalizer.
        windows_s: starts of the analysed windows.
        window_s: their length.
    """

    settings: tuple[Setting, ...]
    present: dict[str, float]
    frequencies_hz: tuple[float, ...]
    curve_db: tuple[float, ...]
    windows_s: tuple[float, ...]
    window_s: float

    def values_of(self, kind: str) -> dict[str, float]:
        """Name to value."""
        return {setting.name: setting.value for setting in self.settings if setting.kind == kind}


def estimate_chain(
    model: Mastering, audio: Tensor, sample_rate: int, *, everywhere: bool = False
) -> ChainEstimate:
    """Estimate the chain of ``audio [C, T]`` from its loudest stretches, or some all over it, averaged.

    Left and right are analysed separately, as they were clipped: their sum has no knee where the channels'
    have one.
    """
    stereo = as_stereo(audio, "the master")
    check_sounds(stereo, "the master")
    check_lasts(stereo, sample_rate, "the master")
    channels = normalised(resample(active_channels(stereo), sample_rate, RATE_HZ))
    frames = min(model.settings.encoder.samples, channels.shape[-1])
    starts = window_starts(channels.mean(0), frames, everywhere=everywhere)
    with torch.inference_mode(), one_thread():
        predicted = model(torch.cat([channels[:, start : start + frames] for start in starts]))
    if not isinstance(predicted, ChainPrediction):
        raise ValueError(
            f"a model of the encoder {model.settings.encoder.name!r} estimates no intervals; take ours"
        )
    whole = averaged(predicted)
    with one_thread():
        return _estimate(model.chain, whole, [start / RATE_HZ for start in starts], frames / RATE_HZ)


def active_channels(stereo: Tensor) -> Tensor:
    """Those of ``[2, T]`` that are not silent, and one of two that are alike."""
    left, right = stereo.unbind()
    if torch.equal(left, right):
        return left[None]
    peaks = stereo.abs().amax(-1)
    return stereo[peaks > SILENT * peaks.max()]


def window_starts(mono: Tensor, frames: int, *, everywhere: bool) -> list[int]:
    """In samples, in order of time: of windows every half window the loudest, or some at equal distances."""
    last = len(mono) - frames
    starts = [*range(0, last, max(1, frames // 2)), last]
    if everywhere:
        return starts[:: -(-len(starts) // (2 * WINDOWS))]
    power = torch.stack([mono[start : start + frames].square().mean() for start in starts])
    loudest = power.topk(min(WINDOWS, len(starts))).indices.tolist()
    return sorted(starts[place] for place in loudest)


def averaged(predicted: ChainPrediction) -> ChainPrediction:
    """One estimate from those of several windows: mean probabilities, curve and presence."""
    shares = predicted.shares.mean(0, keepdim=True).clamp_min(1e-9)
    return ChainPrediction(
        shares.log(), predicted.curve_db.mean(0, keepdim=True), predicted.present.mean(0, keepdim=True)
    )


def to_play(predicted: ChainPrediction, chain: MasteringChain) -> Tensor:
    """Numbers ``[B, Q]`` to play: means, but bands that have the estimated curve."""
    units = predicted.units.clone()
    if chain.kinds[0] in EQUALIZERS:
        own = chain.slices()[chain.kinds[0]]
        units[:, own] = fitted(units[:, own], predicted.curve_db.clone(), chain.kinds[0])
    return units


def _estimate(
    chain: MasteringChain, predicted: ChainPrediction, starts_s: list[float], window_s: float
) -> ChainEstimate:
    present = dict(zip(chain.kinds, predicted.present[0].sigmoid().tolist(), strict=True))
    units = [to_play(predicted, chain)[0], predicted.quantile(LOW)[0], predicted.quantile(HIGH)[0]]
    settings = []
    for place, knob in enumerate(chain.knobs):
        if present[knob.kind] >= 0.5:
            value, low, high = (knob.parameter.from_unit(float(own[place])) for own in units)
            # Bands are fitted to the curve and may be outside of the interval of each alone.
            low, high = min(low, value), max(high, value)
            settings.append(Setting(knob.kind, knob.name, value, low, high, knob.parameter.unit))
    curve = predicted.curve_db[0] - predicted.curve_db[0].median()
    with_curve = chain.kinds[0] in EQUALIZERS
    points = grid_hz(len(curve)).tolist() if with_curve else []
    return ChainEstimate(
        tuple(settings),
        present,
        tuple(points),
        tuple(curve.tolist()) if with_curve else (),
        tuple(starts_s),
        window_s,
    )
