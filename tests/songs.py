"""A song that nobody has written: beats, bass and chords, the same every time."""

import numpy as np
import scipy.signal
from numpy.typing import NDArray

Audio = NDArray[np.float32]


def song(seconds: float = 8.0, rate: int = 44_100, seed: int = 0, level: float = 0.7) -> Audio:
    """``[2, T]`` with a peak of ``level``."""
    draw = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    beat = time % 0.5
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * time / 4)
    noise = draw.standard_normal((2, len(time)))
    kick = np.exp(-beat / 0.08) * np.sin(2 * np.pi * 60 * beat)
    hiss = scipy.signal.sosfilt(
        scipy.signal.butter(1, min(5000, 0.4 * rate), "highpass", fs=rate, output="sos"), noise
    )
    bed = scipy.signal.sosfilt(scipy.signal.butter(1, 300, fs=rate, output="sos"), noise)
    chord = sum(np.sin(2 * np.pi * hz * time + hz) for hz in (220, 277.2, 329.6, 880, 1760)) / 5
    mix = kick + 0.4 * swell * chord + 0.3 * hiss * np.exp(-((time + 0.25) % 0.25) / 0.05) + 0.8 * swell * bed
    both = mix + np.stack([0.1 * swell * np.sin(2 * np.pi * 443 * time), 0.05 * bed[0]])
    return np.asarray(level * both / np.abs(both).max(), dtype=np.float32)
