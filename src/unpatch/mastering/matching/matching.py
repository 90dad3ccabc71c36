"""From a song and what it is to sound like to a master.

Everything is relative to loudness, so the level of a song does not matter. The equalizer is found first, from
long-term spectra of mid and side; then dynamics on equalized excerpts; then the equalizer anew, as far as
dynamics have changed the spectrum; then clipper; loudness and true peak are left to the last stage.

Shapes: B excerpts, P points, T time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.signal

from unpatch.dsp.compiled import Array
from unpatch.mastering.matching import bands, clipping, dynamics
from unpatch.mastering.matching.dynamics import Trial
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.response import bands_db, impulse_response
from unpatch.mastering.matching.spectrum import POINTS_HZ, Spectra, heard, held

_MOST_DB, _LEAST_DB = 15.0, 0.02
_MOST_SIDE_DB = 9.0
_WIDTHS = (0.25, 2.0)
_MIDDLE = (POINTS_HZ > 100) & (POINTS_HZ < 10_000)
_SIDE_FROM_HZ = 80.0


@dataclass(frozen=True)
class Amounts:
    """How far each aspect goes, from 0 (as it was) to 1 (as the reference)."""

    eq: float = 1.0
    dynamics: float = 1.0
    clip: float = 1.0
    width: float = 1.0
    loudness: float = 1.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value <= 1:
                raise ValueError(f"amount of {name} goes from 0 to 1, got {value:g}")


@dataclass(frozen=True)
class Targets:
    """Loudness in LUFS and true peak in dBTP that are asked for; None is the reference's."""

    lufs: float | None = None
    true_peak_db: float | None = None


WHOLLY, AS_REFERENCE = Amounts(), Targets()


def matched(
    own: Profile, excerpts: Array, goal: Profile, amounts: Amounts, targets: Targets = AS_REFERENCE
) -> Master:
    """The master that brings a song of profile ``own`` and ``excerpts [B, 2, T]`` towards ``goal``."""
    curves, width = differences(own, goal)
    part = amounts.eq * curves
    dry = equalized(excerpts, part, width**amounts.width, own.sample_rate)
    trial = Trial(dry, own.sample_rate)
    found = dynamics.matched(trial, goal.dynamics - own.dynamics) if amounts.dynamics else None
    found = found.scaled(amounts.dynamics) if found else None
    wet = trial.through(found)
    if found and amounts.eq:
        curves = _limited(curves - _coloured(dry, wet, own.sample_rate))
        part = amounts.eq * curves
    mid, side = (bands.fitted(curve, own.sample_rate) for curve in part)
    rest = part - np.stack([bands_db(knobs, POINTS_HZ, own.sample_rate) for knobs in (mid, side)])
    rest[np.abs(part).max(1) < _LEAST_DB] = 0
    return Master(
        mid=mid if np.abs(part[0]).max() >= _LEAST_DB else None,
        side=side if np.abs(part[1]).max() >= _LEAST_DB else None,
        curves_db=rest,
        width=1.0 if abs(np.log(width)) < 1e-3 else float(width**amounts.width),
        dynamics=found,
        clip_db=None,
        made_for_lufs=own.lufs,
        lufs=_wanted_lufs(own, goal, amounts, targets),
        ceiling_db=_ceiling_db(own, goal, amounts, targets),
    )


def with_clipper(master: Master, made: Profile, peak_db: float, goal: Profile, amount: float) -> Master:
    """The master with a clipper, if what comes out of it has higher peaks than the reference."""
    gain = clipping.matched(clipping.excess(made.tail_db, goal.tail_db), peak_db, amount)
    return replace(master, clip_db=gain)


def differences(own: Profile, goal: Profile) -> tuple[Array, float]:
    """Curves of mid and side ``[2, P]`` in dB, and the width; level and width are not part of the curves."""
    rate = min(own.sample_rate, goal.sample_rate)
    apart = goal.spectra_db - own.spectra_db
    inside = heard(rate, own.spectra_db[0], goal.spectra_db[0])
    mid = held(apart[0], inside)
    level = float(mid[_MIDDLE].mean())
    if own.mono or goal.mono:
        return _limited(np.stack([mid - level, mid - level])), 1.0
    inside = inside & heard(rate, own.spectra_db[1], goal.spectra_db[1]) & (POINTS_HZ >= _SIDE_FROM_HZ)
    side = held(apart[1], inside)
    side_level = float(side[_MIDDLE].mean())
    width = float(np.clip(10 ** ((side_level - level) / 20), *_WIDTHS))
    # What little side there is at the ends may be noise or what a codec has left: it is moved with care.
    gentle = np.clip(side - side_level, -_MOST_SIDE_DB, _MOST_SIDE_DB)
    return _limited(np.stack([mid - level, gentle])), width


def _limited(curves: Array) -> Array:
    return np.asarray(np.clip(curves, -_MOST_DB, _MOST_DB))


def equalized(excerpts: Array, curves: Array, width: float, sample_rate: int) -> Array:
    """Excerpts behind equalizers and width."""
    if not curves.any() and width == 1:
        return excerpts
    middle = np.stack([excerpts[:, 0] + excerpts[:, 1], width * (excerpts[:, 0] - excerpts[:, 1])]) / 2
    answers = [impulse_response(curve, None, sample_rate) for curve in curves]
    size = excerpts.shape[2]
    mid, side = (
        scipy.signal.oaconvolve(signal, answer[None], axes=1)[:, :size]
        for signal, answer in zip(middle.astype(np.float32), answers, strict=True)
    )
    return np.stack([mid + side, mid - side], axis=1).astype(np.float32)


def _coloured(before: Array, after: Array, sample_rate: int) -> Array:
    """How dynamics have changed the spectrum of excerpts, ``[2, P]`` without the change of level."""
    levels = []
    for audio in (before, after):
        spectra = Spectra(sample_rate)
        spectra.push(np.ascontiguousarray(audio.transpose(1, 0, 2).reshape(2, -1)))
        levels.append(spectra.levels_db())
    change = held(levels[1][0] - levels[0][0], heard(sample_rate, levels[0][0]))
    change -= change[_MIDDLE].mean()
    return np.stack([change, change])


def _wanted_lufs(own: Profile, goal: Profile, amounts: Amounts, targets: Targets) -> float:
    wanted = goal.lufs if targets.lufs is None else targets.lufs
    return own.lufs + amounts.loudness * (wanted - own.lufs)


def _ceiling_db(own: Profile, goal: Profile, amounts: Amounts, targets: Targets) -> float:
    """The reference's true peak, but not over full scale unless the song was already."""
    if targets.true_peak_db is not None:
        return targets.true_peak_db
    highest = max(0.0, own.true_peak_db)
    return min(goal.true_peak_db, highest) if amounts.loudness else highest
