"""Pitch shift from spectra on a logarithmic frequency axis, which a shift of pitch moves along.

Frames are long, so that a phase vocoder's delays do not matter. The correlation of dry and wet frames along
that axis is summed over all frames; its peak is the interval, interpolated between steps of a twelfth of a
semitone.

Shapes: F frames, K bins, L steps of the interval.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from unpatch.refining.proposals.pair import Floats, Pair, spectra
from unpatch.refining.proposals.stage import Proposal, Stage

SIZE, HOP = 8192, 4096
PER_SEMITONE = 12
LOW_HZ, HIGH_HZ = 70.0, 9_000.0
MOST_SEMITONES = 24
# Intervals as small as this are no shift.
LEAST_SEMITONES = 0.15
# A second peak at no shift, of at least this share of the first, indicates a parallel dry signal.
BESIDE = 0.35
PEAKS = 2


def pitch(pair: Pair) -> list[Proposal]:
    """The most likely intervals, each alone and with the dry sound in parallel."""
    likeness = _likeness(pair)
    still = likeness[MOST_SEMITONES * PER_SEMITONE]
    found: list[Proposal] = []
    for semitone, height in _peaks(likeness):
        if abs(semitone) < LEAST_SEMITONES:
            continue
        found.append((Stage("pitchshift", {"semitone": semitone}),))
        if still > BESIDE * height:
            found.append((Stage("pitchshift", {"semitone": semitone}, beside=min(1.0, still / height)),))
    return found


def _likeness(pair: Pair) -> Floats:
    """Overlap of the dry spectra, moved by each interval, with the wet ones ``[L]``."""
    dry, wet = (_logarithmic(audio[None], pair.sample_rate) for audio in pair.mono)
    width = dry.shape[-1]
    size = 1 << int(np.ceil(np.log2(2 * width)))
    cross = np.fft.irfft((np.fft.rfft(wet, size) * np.fft.rfft(dry, size).conj()).sum(0), size)
    reach = MOST_SEMITONES * PER_SEMITONE
    found: Floats = np.concatenate([cross[-reach:], cross[: reach + 1]])
    return found / max(float(np.abs(found).max()), 1e-30)


def _logarithmic(audio: Floats, sample_rate: float) -> NDArray[Any]:
    """Roots of magnitudes on the logarithmic axis, less their mean over half an octave ``[F, K]``."""
    magnitudes = np.sqrt(np.abs(spectra(audio, SIZE, HOP)[0]))
    high = min(HIGH_HZ, 0.45 * sample_rate)
    steps = int(12 * PER_SEMITONE * np.log2(high / LOW_HZ))
    bins = LOW_HZ * 2 ** (np.arange(steps) / (12 * PER_SEMITONE)) * SIZE / sample_rate
    whole = bins.astype(int)
    share = bins - whole
    found = magnitudes[:, whole] * (1 - share) + magnitudes[:, whole + 1] * share
    kernel = np.hanning(6 * PER_SEMITONE + 1)
    course = np.apply_along_axis(np.convolve, 1, found, kernel / kernel.sum(), "same")
    less: NDArray[Any] = found - course
    return less


def _peaks(likeness: Floats) -> list[tuple[float, float]]:
    """Interval in semitones and height of the highest peaks."""
    inner = likeness[1:-1]
    tops = np.flatnonzero((inner > likeness[:-2]) & (inner >= likeness[2:])) + 1
    found = []
    for i in sorted(tops, key=lambda i: -likeness[i])[:PEAKS]:
        before, here, after = likeness[i - 1 : i + 2]
        bend = before - 2 * here + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
        found.append((float(i + shift) / PER_SEMITONE - MOST_SEMITONES, float(here)))
    return found
