"""From the analyses of a song and of its references to a master.

Everything is relative to loudness, so the level of a song does not matter. The equalizer is found first, from
long-term spectra of mid and side; then dynamics on equalized excerpts; then the equalizer anew, as far as
dynamics have changed the spectrum; then the clipper; loudness and true peak are left to the last stage.

Shapes: B excerpts, P points, T time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.mastering.matching import bands, clipping, dynamics
from unpatch.mastering.matching.analysis import WORKING_LUFS, Analysis
from unpatch.mastering.matching.dynamics import Trial
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.ranges import declared
from unpatch.mastering.matching.response import MidSideFilter, bands_db, impulse_response
from unpatch.mastering.matching.spectrum import POINTS_HZ, Spectra, comparable, held, highest_hz
from unpatch.ranges import LUFS, SHARE, TRUE_PEAK_DB

_MOST_DB, _LEAST_DB = 15.0, 0.02
_MOST_SIDE_DB = 9.0
_NARROWEST = 0.25
_MIDDLE = (POINTS_HZ > 100) & (POINTS_HZ < 10_000)
_SIDE_FROM_HZ = 80.0
_SAME_LU = 0.01


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
            SHARE.check(f"amount of {name}", value)


@dataclass(frozen=True)
class Targets:
    """Loudness in LUFS and true peak in dBTP that are asked for; None is that of the reference."""

    lufs: float | None = None
    true_peak_db: float | None = None

    def __post_init__(self) -> None:
        LUFS.check("lufs", self.lufs)
        TRUE_PEAK_DB.check("true_peak_db", self.true_peak_db)


WHOLLY, AS_REFERENCE = Amounts(), Targets()


def matched(own: Analysis, goal: Profile, amounts: Amounts, targets: Targets = AS_REFERENCE) -> Master:
    """The master that brings a song towards ``goal``."""
    song, rate = own.profile, own.source.sample_rate
    curves, width, limits = differences(song, goal)
    part = amounts.eq * curves
    dry = equalized(own.excerpts, part, width**amounts.width, rate)
    trial = Trial(dry, rate)
    # Excerpts are compared with excerpts: what the equalizer has changed by itself is no longer wanted.
    wanted = trial.figures(own.excerpts) + goal.dynamics - song.dynamics
    found = dynamics.matched(trial, wanted) if amounts.dynamics else None
    found = found.scaled(amounts.dynamics) if found else None
    if found and amounts.eq:
        curves = _limited(curves - _coloured(dry, trial.through(found), rate))
        part = amounts.eq * curves
    mid, side = (bands.fitted(curve, rate) for curve in part)
    rest = part - np.stack([bands_db(knobs, POINTS_HZ, rate) for knobs in (mid, side)])
    rest[np.abs(part).max(1) < _LEAST_DB] = 0
    return Master(
        mid=mid if np.abs(part[0]).max() >= _LEAST_DB else None,
        side=side if np.abs(part[1]).max() >= _LEAST_DB else None,
        curves_db=rest,
        width=1.0 if abs(np.log(width)) < 1e-3 else float(width**amounts.width),
        dynamics=found,
        clip_db=None,
        made_for_lufs=WORKING_LUFS,
        lufs=_wanted_lufs(song, goal, amounts, targets),
        ceiling_db=_ceiling_db(song, goal, amounts, targets),
        input_db=own.input_db,
        limits=tuple(limits),
    )


def with_clipper(master: Master, made: Profile, peak_db: float, goal: Profile, amount: float) -> Master:
    """The master with a clipper, if what comes out of it has higher peaks than the reference."""
    gain = clipping.matched(clipping.excess(made.tail_db, goal.tail_db), peak_db, amount)
    return replace(master, clip_db=gain)


def differences(own: Profile, goal: Profile) -> tuple[Array, float, list[str]]:
    """Curves of mid and side ``[2, P]`` in dB, the width, and the limits that were reached.

    Level and width are not part of the curves.
    """
    highest = min(own.highest_hz, goal.highest_hz)
    apart = goal.spectra_db - own.spectra_db
    inside = comparable(highest, own.spectra_db[0], goal.spectra_db[0])
    mid = held(apart[0], inside)
    mid_level = float(mid[_MIDDLE].mean())
    mid -= mid_level
    limits = list(_curve_limits("mid", mid, _MOST_DB))
    if own.mono or goal.mono:
        return _limited(np.stack([mid, mid])), 1.0, limits
    inside = comparable(highest, *own.spectra_db, *goal.spectra_db) & (POINTS_HZ >= _SIDE_FROM_HZ)
    side = held(apart[1], inside)
    side_level = float(side[_MIDDLE].mean())
    side -= side_level
    wanted = 10 ** ((side_level - mid_level) / 20)
    width = min(max(wanted, _NARROWEST), declared("imager", "width").high)
    limits += _curve_limits("side", side, _MOST_SIDE_DB)
    if width != wanted:
        limits.append(f"width {wanted:.2f} would match the reference; the limit of {width:g} is taken")
    # What little side there is at the ends may be noise or what a codec has left: it is moved with care.
    gentle = np.clip(side, -_MOST_SIDE_DB, _MOST_SIDE_DB)
    return _limited(np.stack([mid, gentle])), width, limits


def _curve_limits(channel: str, curve: Array, most: float) -> Iterator[str]:
    place = int(np.abs(curve).argmax())
    if abs(curve[place]) > most:
        yield (
            f"eq {channel}: {curve[place]:+.1f} dB at {POINTS_HZ[place]:.0f} Hz would match the reference; "
            f"the limit of {most:g} dB is taken"
        )


def _limited(curves: Array) -> Array:
    return np.asarray(np.clip(curves, -_MOST_DB, _MOST_DB))


def equalized(excerpts: Array, curves: Array, width: float, sample_rate: int) -> Array:
    """Excerpts behind equalizers and width."""
    if not curves.any() and width == 1:
        return excerpts
    answers = [impulse_response(curve, None, sample_rate) for curve in curves]

    def filtered(excerpt: Array) -> Array:
        stage = MidSideFilter(*answers, width=width)
        return np.concatenate([stage.push(excerpt), stage.flush()], axis=1)

    return np.stack([filtered(excerpt) for excerpt in excerpts])


def _coloured(before: Array, after: Array, sample_rate: int) -> Array:
    """How dynamics have changed the spectrum of excerpts, ``[2, P]`` without the change of level."""
    levels = []
    for audio in (before, after):
        spectra = Spectra(sample_rate)
        spectra.push(np.ascontiguousarray(audio.transpose(1, 0, 2).reshape(2, -1)))
        levels.append(spectra.levels_db())
    change = held(levels[1][0] - levels[0][0], comparable(highest_hz(sample_rate, None), levels[0][0]))
    change -= change[_MIDDLE].mean()
    return np.stack([change, change])


def _wanted_lufs(own: Profile, goal: Profile, amounts: Amounts, targets: Targets) -> float:
    wanted = goal.lufs if targets.lufs is None else targets.lufs
    return own.lufs + amounts.loudness * (wanted - own.lufs)


def _ceiling_db(own: Profile, goal: Profile, amounts: Amounts, targets: Targets) -> float:
    """The reference's true peak, but not over full scale; the song's own, as far as its loudness stays."""
    if targets.true_peak_db is not None:
        return targets.true_peak_db
    wanted, untouched = min(goal.true_peak_db, 0.0), max(own.true_peak_db, 0.0)
    if abs(_wanted_lufs(own, goal, amounts, targets) - own.lufs) < _SAME_LU:
        return (
            untouched if goal.true_peak_db >= own.true_peak_db - _SAME_LU or not amounts.loudness else wanted
        )
    return untouched + amounts.loudness * (wanted - untouched)
