"""What there is to say of a recording: loudness, spectra, dynamics; and of several references at once.

Shapes: B excerpts, H hops, P points, Q figures, T time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from unpatch.dsp import loudness_kernels
from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.meter import Levels, Meter
from unpatch.mastering.matching.source import Source, check_can_be_heard, check_sounds
from unpatch.mastering.matching.spectrum import Spectra

Moved = Callable[[int, int], None]
EXCERPTS, EXCERPT_S = 12, 1.5
_LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.995)
_PEAKS = (0.25, 0.5, 0.75, 0.9, 0.97, 0.995, 0.9995)
_TAIL = (0.99, 0.999, 0.9999, 0.99999)
# Hops so far below the mean are pauses.
_PAUSE_POWER = 1e-2


@dataclass(frozen=True, eq=False)
class Profile:
    """One recording, or the mean of several.

    Attributes:
        lufs, range_lu, true_peak_db, crest_db: see :class:`Levels`.
        spectra_db: third-octave levels of mid and side ``[2, P]``, relative to the loudness.
        dynamics: levels and peaks of hops ``[Q]``; see :func:`dynamics_of`.
        tail_db: quantiles of the samples' magnitudes over their root mean square.
        sample_rate: in Hz; of several, the lowest.
        mono: whether there is no side signal at all.
    """

    lufs: float
    range_lu: float
    true_peak_db: float
    crest_db: float
    spectra_db: Array
    dynamics: Array
    tail_db: Array
    sample_rate: int
    mono: bool


def profile_of(levels: Levels, spectra_db: Array, sample_rate: int) -> Profile:
    return Profile(
        lufs=levels.lufs,
        range_lu=levels.range_lu,
        true_peak_db=levels.true_peak_db,
        crest_db=levels.crest_db,
        spectra_db=spectra_db - levels.lufs,
        dynamics=dynamics_of(levels.hops[loudness_kernels.PLAIN], levels.hops[loudness_kernels.PEAK]),
        tail_db=tail_of(levels),
        sample_rate=sample_rate,
        mono=bool(spectra_db[1].max() < spectra_db[0].max() - 70),
    )


def averaged(profiles: Sequence[Profile]) -> Profile:
    """The mean of several references, in decibels; a true peak is the highest of them.

    Those without a side signal say nothing of it.
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
        tail_db=np.mean([p.tail_db for p in profiles], axis=0),
        sample_rate=min(p.sample_rate for p in profiles),
        mono=not wide,
    )


def dynamics_of(powers: Array, peaks: Array) -> Array:
    """Quantiles over hops of level and of peak, in dB relative to the level of all that is no pause."""
    if not len(powers) or powers.max() <= 0:
        return np.zeros(len(_LEVELS) + len(_PEAKS))
    loud = powers > _PAUSE_POWER * powers.mean()
    level = 10 * np.log10(powers[loud].mean())
    spread = 10 * np.log10(powers[loud]) - level
    tops = 20 * np.log10(np.maximum(peaks[loud], 1e-6)) - level
    return np.concatenate([np.quantile(spread, _LEVELS), np.quantile(tops, _PEAKS)])


def tail_of(levels: Levels) -> Array:
    """How far the highest samples rise above the mean, from the histogram; the highest of all is last."""
    counts = levels.histogram.astype(np.float64)
    shares = np.cumsum(counts) / counts.sum()
    places = np.interp(_TAIL, shares, np.arange(1, len(counts) + 1))
    octave, inside = np.divmod(places, loudness_kernels.PER_OCTAVE)
    edges = (octave + loudness_kernels.LOWEST_OCTAVE) + np.log2(1 + inside / loudness_kernels.PER_OCTAVE)
    power = levels.hops[loudness_kernels.PLAIN].mean() / 2 if levels.hops.shape[1] else 1.0
    top = 20 * np.log10(max(levels.peak, 1e-6))
    return np.asarray(np.append(np.minimum(6.0206 * edges, top), top) - 10 * np.log10(max(power, 1e-12)))


def heard(source: Source, report: Moved | None = None) -> tuple[Profile, Array]:
    """Listen to all of a recording once: its profile, and excerpts ``[B, 2, T]`` from all over it."""
    check_can_be_heard(source)
    meter, spectra = Meter(source.sample_rate), Spectra(source.sample_rate)
    size = min(round(EXCERPT_S * source.sample_rate), source.frames)
    count = max(1, min(EXCERPTS, source.frames // size))
    starts = np.linspace(0, source.frames - size, count + 2)[1:-1].astype(int)
    excerpts, done = np.zeros((count, 2, size), np.float32), 0
    for block in source.blocks():
        meter.push(block)
        spectra.push(block)
        _cut(block, done, starts, excerpts)
        done += block.shape[1]
        if report:
            report(done, source.frames)
    levels = meter.levels()
    check_sounds(source, levels.peak, levels.lufs)
    powers = np.square(excerpts).mean((1, 2))
    return profile_of(levels, spectra.levels_db(), source.sample_rate), excerpts[
        powers > _PAUSE_POWER * powers.mean()
    ]


def _cut(block: Array, begins: int, starts: Array, excerpts: Array) -> None:
    """Put what of the excerpts lies in the block into them."""
    for start, excerpt in zip(starts, excerpts, strict=True):
        low, high = max(start, begins), min(start + excerpt.shape[1], begins + block.shape[1])
        if low < high:
            excerpt[:, low - start : high - start] = block[:, low - begins : high - begins]
