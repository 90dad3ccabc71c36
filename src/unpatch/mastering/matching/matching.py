"""From the analyses of a song and of its references to a master.

Everything is relative to loudness, so the level of a song does not matter. The equalizer is found first, from
long-term spectra of mid and side; then dynamics on equalized excerpts; then the equalizer again, as far as
dynamics have changed the spectrum. Clipper, loudness and true peak are left to the last stage.

Shapes: B excerpts, P points, T time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.mastering.matching import bands, dynamics
from unpatch.mastering.matching.analysis import WORKING_LUFS, Analysis
from unpatch.mastering.matching.dynamics import DynamicsTrial
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
    """Target loudness in LUFS and true peak in dBTP; None is that of the reference."""

    lufs: float | None = None
    true_peak_db: float | None = None

    def __post_init__(self) -> None:
        LUFS.check("lufs", self.lufs)
        TRUE_PEAK_DB.check("true_peak_db", self.true_peak_db)


WHOLLY, AS_REFERENCE = Amounts(), Targets()


def find_master(own: Analysis, goal: Profile, amounts: Amounts, targets: Targets = AS_REFERENCE) -> Master:
    """The settings that bring a song to the profile ``goal``, each aspect as far as its amount."""
    song, rate = own.profile, own.source.sample_rate
    curves, limits = differences(song, goal)
    part = amounts.eq * curves
    width, reached = width_towards(song, goal, part)
    dry = equalized(own.excerpts, part, width**amounts.width, rate)
    trial = DynamicsTrial(dry, rate)
    # Excerpts are compared with excerpts: what the equalizer has changed by itself is no longer wanted.
    wanted = trial.figures(own.excerpts) + goal.dynamics - song.dynamics
    found = dynamics.find_dynamics(trial, wanted) if amounts.dynamics else None
    found = found.scaled(amounts.dynamics) if found else None
    if found and found.above and _has_room(song, targets):
        found = None
    if found and amounts.eq:
        curves = _limited(curves - _coloured(dry, trial.through(found), rate))
        part = amounts.eq * curves
    mid, side = (bands.fitted(curve, rate) for curve in part)
    rest = part - np.stack([bands_db(knobs, POINTS_HZ, rate) for knobs in (mid, side)])
    rest[np.abs(part).max(1) < _LEAST_DB] = 0
    master = Master(
        mid=mid if np.abs(part[0]).max() >= _LEAST_DB else None,
        side=side if np.abs(part[1]).max() >= _LEAST_DB else None,
        curves_db=rest,
        width=1.0 if abs(np.log(width)) < 1e-3 else float(width**amounts.width),
        dynamics=found,
        clip_db=None,
        made_for_lufs=WORKING_LUFS,
        lufs=_wanted_lufs(song, goal, amounts, targets),
        ceiling_db=_ceiling_db(song, goal, amounts, targets),
        limits=(*limits, *reached),
    )
    return master if _stays(song, master) else replace(master, input_db=own.input_db)


def _stays(song: Profile, master: Master) -> bool:
    """Whether the master leaves the song unchanged."""
    apart = abs(master.lufs - song.lufs)
    changed = master.filters or master.dynamics
    return not changed and apart < _SAME_LU and song.true_peak_db <= master.ceiling_db


def differences(own: Profile, goal: Profile) -> tuple[Array, list[str]]:
    """Curves of mid and side ``[2, P]`` in dB, without their level, and the limits that were reached."""
    highest = min(own.highest_hz, goal.highest_hz)
    apart = goal.spectra_db - own.spectra_db
    inside = comparable(highest, own.spectra_db[0], goal.spectra_db[0])
    mid = _without_level(held(apart[0], inside))
    limits = list(_curve_limits("mid", mid, _MOST_DB))
    if own.mono or goal.mono:
        return _limited(np.stack([mid, mid])), limits
    inside = comparable(highest, *own.spectra_db, *goal.spectra_db) & (POINTS_HZ >= _SIDE_FROM_HZ)
    side = _without_level(held(apart[1], inside))
    limits += _curve_limits("side", side, _MOST_SIDE_DB)
    # What little side there is at the ends may be noise or what a codec has left: it is moved with care.
    gentle = np.clip(side, -_MOST_SIDE_DB, _MOST_SIDE_DB)
    return _limited(np.stack([mid, gentle])), limits


def width_towards(own: Profile, goal: Profile, curves: Array) -> tuple[float, list[str]]:
    """Gain of side, behind the curves, for as much power beside mid as in ``goal``; limits reached."""
    if own.mono or goal.mono:
        return 1.0, []
    is_db, wanted_db = (_side_db(levels) for levels in (own.spectra_db + curves, goal.spectra_db))
    wanted = 10 ** ((wanted_db - is_db) / 20)
    width = min(max(wanted, _NARROWEST), declared("imager", "width").high)
    limit = f"width {wanted:.2f} would match the reference; the limit of {width:g} is taken"
    return width, [] if width == wanted else [limit]


def _without_level(curve: Array) -> Array:
    return np.asarray(curve - curve[_MIDDLE].mean())


def _side_db(spectra_db: Array) -> float:
    """Power of side over that of mid."""
    mid, side = (10 ** (spectra_db / 10)).sum(1)
    return float(10 * np.log10(side / mid))


def _curve_limits(channel: str, curve: Array, most: float) -> Iterator[str]:
    place = int(np.abs(curve).argmax())
    if abs(curve[place]) > most:
        yield (
            f"eq {channel}: {curve[place]:+.1f} dB at {POINTS_HZ[place]:.0f} Hz would match the reference; "
            f"the limit of {most:g} dB is taken"
        )


def _has_room(own: Profile, targets: Targets) -> bool:
    """Whether the target loudness leaves the song's peaks below the ceiling as they are."""
    if targets.lufs is None:
        return False
    ceiling_db = 0.0 if targets.true_peak_db is None else targets.true_peak_db
    return own.true_peak_db - own.lufs + targets.lufs <= ceiling_db


def _limited(curves: Array) -> Array:
    return np.asarray(np.clip(curves, -_MOST_DB, _MOST_DB))


def equalized(excerpts: Array, curves: Array, width: float, sample_rate: int) -> Array:
    """Excerpts behind equalizers and width."""
    if not curves.any() and width == 1:
        return excerpts
    responses = [impulse_response(curve, None, sample_rate) for curve in curves]

    def filtered(excerpt: Array) -> Array:
        stage = MidSideFilter(*responses, width=width)
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
