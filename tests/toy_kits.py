"""Drum kits of noise, for tests."""

import numpy as np

from unpatch.synth.drums.kit import ARTICULATIONS, Floats, Kit, Take

SR = 44_100


def burst(seconds: float, low_hz: float, high_hz: float, seed: int = 0) -> Floats:
    """A stroke: noise in a band, dying away."""
    frames = round(seconds * SR)
    spectrum = np.random.default_rng(seed).standard_normal((frames // 2 + 1, 2)) @ [1, 1j]
    frequency = np.fft.rfftfreq(frames, 1 / SR)
    spectrum[(frequency < low_hz) | (frequency > high_hz)] = 0
    noise = np.fft.irfft(spectrum, frames) * np.exp(-np.arange(frames) / frames * 7)
    return np.asarray(noise / np.abs(noise).max(), dtype=np.float32)


BANDS_HZ = {
    "kick": (40, 400), "snare": (150, 6_000), "hat": (4_000, 16_000), "tom": (80, 900),
    "ride": (2_000, 12_000), "crash": (1_000, 15_000),
}  # fmt: skip


def toy_kit(name: str = "toy", tilt: float = 0.0) -> Kit:
    """Noise for each articulation, in the band of its instrument; ``tilt`` colours the kit."""
    takes = {}
    for seed, (articulation, track) in enumerate(ARTICULATIONS.items()):
        audio = burst(0.35, *BANDS_HZ[track], seed=seed)
        takes[articulation] = [Take(1.0, (audio - tilt * np.roll(audio, 1)).astype(np.float32))]
    return Kit(name, takes)
