"""Every instrument with the same average spectrum in all kits.

As in the paper, kits are equalised so that they differ less in colour. An instrument's spectrum is the mean
in decibels over all its takes, in thirds of an octave; the target is the mean over the seen kits. Takes are
filtered by a minimum-phase filter, which rings after a stroke and never before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from unpatch.synth.drums.kit import ARTICULATIONS, Floats, Take, Takes
from unpatch.synth.sources import SAMPLE_RATE

Doubles: TypeAlias = NDArray[np.float64]

CENTRES_HZ: Doubles = 1000.0 * 2 ** (np.arange(-15, 13) / 3)
"""31 Hz to 16 kHz."""

FFT = 8192
TAPS = 2048
# Noise that a kit has where others sound is not brought up without bounds.
CHANGE_DB = (-24.0, 18.0)
_FLOOR = 1e-12


def spectrum_db(takes: Iterable[Take]) -> Doubles:
    """Mean level in thirds of an octave ``[F]`` of some takes, each over the time that it lasts."""
    return np.asarray(np.mean([_levels_db(take.sound()) for take in takes], axis=0))


def spectra_db(kit: Takes) -> dict[str, Doubles]:
    """Track to the mean spectrum of its instrument."""
    by_track: dict[str, list[Take]] = {}
    for articulation, takes in kit.items():
        by_track.setdefault(ARTICULATIONS[articulation], []).extend(takes)
    return {track: spectrum_db(takes) for track, takes in by_track.items()}


def target_db(kits: Sequence[Mapping[str, Doubles]]) -> dict[str, Doubles]:
    """Track to the mean over some kits."""
    return {track: np.mean([kit[track] for kit in kits], axis=0) for track in set(ARTICULATIONS.values())}


def equalised(kit: Takes, target: Mapping[str, Doubles]) -> dict[str, list[Take]]:
    """The kit with each instrument's mean spectrum moved to the target's, as far as is sensible."""
    own = spectra_db(kit)
    filters = {track: minimum_phase(np.clip(target[track] - own[track], *CHANGE_DB)) for track in own}
    return {
        articulation: [_filtered(take, filters[ARTICULATIONS[articulation]]) for take in takes]
        for articulation, takes in kit.items()
    }


def _filtered(take: Take, filter_: Floats) -> Take:
    from scipy.signal import oaconvolve  # which takes longer to load than all the rest of the package

    sound = take.sound()
    return Take(take.top, oaconvolve(sound, filter_)[: len(sound)])


def minimum_phase(gain_db: Doubles) -> Floats:
    """Filter ``[TAPS]`` with these gains at :data:`CENTRES_HZ`, straight lines between on a log scale.

    The phase is that of the folded cepstrum (Oppenheim and Schafer, Discrete-Time Signal Processing, 13.5).
    """
    frequencies = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE)
    gains_db = np.interp(np.log(np.maximum(frequencies, 1.0)), np.log(CENTRES_HZ), gain_db)
    cepstrum = np.fft.irfft(gains_db / 20 * np.log(10))
    folded = np.zeros(FFT)
    folded[0], folded[FFT // 2] = cepstrum[0], cepstrum[FFT // 2]
    folded[1 : FFT // 2] = 2 * cepstrum[1 : FFT // 2]
    response = np.fft.irfft(np.exp(np.fft.rfft(folded)))[:TAPS]
    return np.asarray(response * np.hanning(2 * TAPS)[TAPS:], dtype=np.float32)


def _levels_db(audio: Floats) -> Doubles:
    """Energy in thirds of an octave ``[F]`` in decibels."""
    length = 1 << (max(len(audio), FFT) - 1).bit_length()
    energy = np.abs(np.fft.rfft(audio, length)) ** 2
    edges = np.round(CENTRES_HZ[:, None] * 2 ** (np.array([-1, 1]) / 6) * length / SAMPLE_RATE).astype(int)
    bands = [energy[low : max(high, low + 1)].sum() for low, high in edges]
    return 10 * np.log10(np.array(bands) + _FLOOR)
