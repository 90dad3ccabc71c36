"""What is measured on a recording, loudness, spectra, dynamics, and the mean of several references.

Shapes: H hops, P points, Q figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unpatch.dsp import loudness_kernels
from unpatch.dsp.compiled import Array
from unpatch.dsp.loudness import HOP_S
from unpatch.mastering.matching.meter import MeterLevels
from unpatch.mastering.matching.spectrum import highest_hz

_LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.995)
_PEAKS = (0.25, 0.5, 0.75, 0.9, 0.97, 0.995, 0.9995)
PASSAGE_S = 1.5
# Passages from 6 dB below the loud ones on are compared.
_LOUDEST, LOUD_SHARE = 0.95, 0.25
# Hops so far below the mean are pauses.
PAUSE_POWER = 1e-2


@dataclass(frozen=True, eq=False)
class Profile:
    """One recording, or the mean of several.

    Attributes:
        lufs, range_lu, true_peak_db, crest_db: see :class:`MeterLevels`.
        spectra_db: third-octave levels of mid and side ``[2, P]``, relative to the loudness.
        dynamics: levels and peaks of hops in loud passages ``[Q]``; see :func:`dynamics_of`.
        highest_hz: highest frequency at which spectra are compared; of several, the lowest.
        mono: whether there is no stereo image: no side signal, or a silent channel.
        warnings: what is wrong with the recording, one sentence each.
    """

    lufs: float
    range_lu: float
    true_peak_db: float
    crest_db: float
    spectra_db: Array
    dynamics: Array
    highest_hz: float
    mono: bool
    warnings: tuple[str, ...] = ()


def profile_of(
    levels: MeterLevels, spectra_db: Array, sample_rate: int, band_end_hz: float | None = None
) -> Profile:
    to_zero = levels.gain_to(0.0)
    return Profile(
        # The standard has no figure for what stays below its absolute gate.
        lufs=levels.lufs if np.isfinite(levels.lufs) else -to_zero,
        range_lu=levels.range_lu,
        true_peak_db=levels.true_peak_db,
        crest_db=levels.crest_db,
        spectra_db=spectra_db + to_zero,
        dynamics=dynamics_of(levels.hops[loudness_kernels.PLAIN], levels.hops[loudness_kernels.PEAK]),
        highest_hz=highest_hz(sample_rate, band_end_hz),
        mono=bool(spectra_db[1].max() < spectra_db[0].max() - 70),
    )


def averaged(profiles: Sequence[Profile]) -> Profile:
    """The mean of several references, in decibels; a true peak is the highest of them.

    Those without a stereo image are left out of the mean side signal.
    """
    wide = [p for p in profiles if not p.mono]
    spectra = np.mean([p.spectra_db for p in profiles], axis=0)
    if wide:
        spectra[1] = np.mean([p.spectra_db[1] for p in wide], axis=0)
    return Profile(
        lufs=float(np.mean([p.lufs for p in profiles])),
        range_lu=float(np.mean([p.range_lu for p in profiles])),
        true_peak_db=max(p.true_peak_db for p in profiles),
        crest_db=float(np.mean([p.crest_db for p in profiles])),
        spectra_db=spectra,
        dynamics=np.mean([p.dynamics for p in profiles], axis=0),
        highest_hz=min(p.highest_hz for p in profiles),
        mono=not wide,
        warnings=tuple(warning for p in profiles for warning in p.warnings),
    )


def dynamics_of(powers: Array, peaks: Array) -> Array:
    """Quantiles ``[Q]`` over the hops of loud passages: level and peak, in dB relative to their passage.

    A passage lasts as long as an excerpt. Quiet passages and how loud one passage is beside another belong to
    the music, not to its master, and are left out.
    """
    if not len(powers) or powers.max() <= 0:
        return np.zeros(len(_LEVELS) + len(_PEAKS))
    around = _around(powers, min(round(PASSAGE_S / HOP_S), len(powers)))
    loud = around >= LOUD_SHARE * np.quantile(around, _LOUDEST)
    return figures_of(powers[loud] / around[loud], peaks[loud] / np.sqrt(around[loud]))


def _around(powers: Array, size: int) -> Array:
    """Mean of the ``size`` hops around each; near an end, of the first or last ones."""
    sums = np.concatenate([[0.0], np.cumsum(powers)])
    means = (sums[size:] - sums[:-size]) / size
    return np.pad(means, ((size - 1) // 2, size // 2), mode="edge")


def figures_of(powers: Array, peaks: Array) -> Array:
    """Quantiles ``[Q]`` in dB of hops that are given relative to their passage; pauses are left out."""
    sounding = powers > PAUSE_POWER
    levels, tops = 10 * np.log10(powers[sounding]), 20 * np.log10(peaks[sounding])
    return np.concatenate([np.quantile(levels, _LEVELS), np.quantile(tops, _PEAKS)])
