"""A master measured against its song and its reference, whatever program made it.

Shapes: T time; audio is ``[2, T]``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.fft
import scipy.signal
import soundfile
from numpy.typing import NDArray

from unpatch.mastering.matching.analysis import analysed
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.source import AudioInMemory
from unpatch.mastering.matching.spectrum import third_octaves

Audio = NDArray[np.floating]
LEAD_S = 0.5
"""Silence in front of each song, which must stay silent until the song starts."""
_WINDOW, _PASSES, _BLOCKS_S = 131_072, 5, 0.05
_FLOOR_DB = -120.0


class Quality(NamedTuple):
    """All in dB but for the loudness, which is in LU; distances are from the reference and never negative.

    Attributes:
        residual: what no time-invariant filter of the song explains, relative to the master.
        spectrum, side: mean distance of third-octave levels of mid and side, 50 Hz to 16 kHz, levels matched.
        width: distance of the level of side over that of mid.
        loudness: distance of the integrated loudness.
        over: excess of the true peak over the reference's or full scale, the lower of the two.
        peak: distance of the true peak.
        pre_echo: energy of the 50 ms before the song begins over that of the 50 ms after.
    """

    residual: float
    spectrum: float
    side: float
    width: float
    loudness: float
    over: float
    peak: float
    pre_echo: float


def quality(song: Path, master: Path, reference: Path) -> Quality:
    (before, rate), (after, _), (goal, goal_rate) = (audio_of(path) for path in (song, master, reference))
    made, wanted = (analysed(AudioInMemory(*pair)).profile for pair in ((after, rate), (goal, goal_rate)))
    lead = round(LEAD_S * rate)
    return Quality(
        residual=residual_db(before, after),
        spectrum=spectrum_db(made, wanted, 0),
        side=spectrum_db(made, wanted, 1),
        width=abs(width_db(after) - width_db(goal)),
        loudness=abs(made.lufs - wanted.lufs),
        over=made.true_peak_db - min(wanted.true_peak_db, 0.0),
        peak=abs(made.true_peak_db - wanted.true_peak_db),
        pre_echo=pre_echo_db(after, lead),
    )


def audio_of(path: Path) -> tuple[NDArray[np.float32], int]:
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(audio.T), rate


def residual_db(before: Audio, after: Audio) -> float:
    """What is left of ``after`` once the best time-invariant filters of ``before`` are taken off.

    One filter for mid and one for side: least squares at each frequency, from spectra by Welch's method
    (Bendat and Piersol, Random Data, section 6.1). What the filters leave is fitted again, which takes off
    the error of windows that are not much longer than a filter rings.
    """
    x, y = (np.stack([a[0] + a[1], a[0] - a[1]]).astype(np.float64) / 2 for a in (before, after))
    left = y
    for _ in range(_PASSES):
        left = left - np.stack([_filtered(*pair) for pair in zip(x, left, strict=True)])
    return max(10 * float(np.log10(np.square(left).sum() / np.square(y).sum() + 1e-30)), _FLOOR_DB)


def _filtered(x: Audio, wanted: Audio) -> Audio:
    """``x [T]`` behind the filter that brings it nearest to ``wanted [T]``."""
    welch: dict[str, Any] = {"nperseg": _WINDOW, "noverlap": 3 * _WINDOW // 4, "detrend": False}
    _, own = scipy.signal.welch(x, **welch)
    _, across = scipy.signal.csd(x, wanted, **welch)
    taps = scipy.fft.fftshift(scipy.fft.irfft(across / (own + 1e-12 * own.max() + 1e-30)))
    return np.asarray(scipy.signal.oaconvolve(x, taps)[_WINDOW // 2 :][: len(x)])


def spectrum_db(one: Profile, other: Profile, channel: int) -> float:
    hz, levels = third_octaves(one.spectra_db[channel] - other.spectra_db[channel])
    kept = levels[(hz > 50) & (hz < 16_000)]
    return float(np.abs(kept - kept.mean()).mean())


def width_db(audio: Audio) -> float:
    side, mid = (float(np.square(part).mean()) for part in (audio[0] - audio[1], audio[0] + audio[1]))
    return 10 * float(np.log10((side + 1e-12) / (mid + 1e-12)))


def pre_echo_db(audio: Audio, lead: int) -> float:
    size = round(_BLOCKS_S * lead / LEAD_S)
    early, late = (
        float(np.square(part).sum()) for part in (audio[:, lead - size : lead], audio[:, lead : lead + size])
    )
    return max(10 * float(np.log10((early + 1e-30) / (late + 1e-30))), _FLOOR_DB)
