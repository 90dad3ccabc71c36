"""Our console's reverberation: decay times, levels, pre-delay, width, and the same room at every rate."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.console_kit import RATE, decay_s, impulse_response, noise, run
from unpatch.dsp import noise_reverb

BANDS_HZ = noise_reverb.CENTRES_HZ
Samples = NDArray[np.float64]


def reverb(**changes: float) -> dict[str, float]:
    decays = {f"decay_{hz}hz_ms": 800.0 for hz in BANDS_HZ}
    gains = {f"gain_{hz}hz_db": 0.0 for hz in BANDS_HZ}
    return decays | gains | {"pre_delay_ms": 1.0, "width": 1.0, "crossfeed": 0.0} | changes


def test_each_band_decays_in_its_own_time() -> None:
    """Measured as in a room; the lowest bands, a few lines of noise, are checked below."""
    decays = dict(zip(BANDS_HZ, (1_500, 700, 1_200, 400, 900, 250), strict=True))
    values = reverb(**{f"decay_{hz}hz_ms": float(ms) for hz, ms in decays.items()})
    made = impulse_response("console_reverb", 2 * RATE, **values)
    for hz in BANDS_HZ[2:]:
        found = np.mean([decay_s(channel, hz, RATE) for channel in made])
        assert found == pytest.approx(decays[hz] / 1000, rel=0.06), hz


@pytest.mark.parametrize("hz", BANDS_HZ)
def test_a_band_is_fixed_noise_under_an_exponential(hz: int) -> None:
    """Its share at two decay times differs by 60 dB for each, and by what keeps its energy."""

    def share(decay_ms: float) -> Samples:
        values = reverb(**{f"decay_{hz}hz_ms": decay_ms})
        loud, soft = (
            impulse_response("console_reverb", RATE, **values | {f"gain_{hz}hz_db": gain})
            for gain in (0.0, -60.0)
        )
        return (loud - soft)[0, 100:]

    fast, slow = share(500.0), share(1_000.0)
    seconds = (100 + np.arange(len(fast))) / RATE - 0.001
    expected = slow * 10 ** (-3 * seconds * (1 / 0.5 - 1 / 1.0)) * math.sqrt(2)
    np.testing.assert_allclose(fast, expected, atol=1e-4 * np.abs(fast).max())


def test_each_band_has_the_energy_of_its_gain() -> None:
    gains = dict(zip(BANDS_HZ, (0, -4, 3, -3, 0, -6), strict=True))
    for decay_ms in (1_000.0, 2_000.0):
        changes = {f"decay_{hz}hz_ms": decay_ms for hz in BANDS_HZ} | {
            f"gain_{hz}hz_db": float(gain) for hz, gain in gains.items()
        }
        bins = np.fft.rfft(impulse_response("console_reverb", 4 * RATE, **reverb(**changes))[0])
        for hz, gain in gains.items():
            around = np.abs(bins[round(4 * hz / 1.2) : round(4 * hz * 1.2)]) ** 2
            assert 10 * math.log10(around.mean()) == pytest.approx(gain, abs=1.5), hz


def test_pre_delay_width_and_crossfeed() -> None:
    late = impulse_response("console_reverb", RATE, **reverb(pre_delay_ms=50.0))
    onset = round(0.05 * RATE)
    assert np.abs(late[:, : onset - 50]).max() < 1e-5 < np.abs(late[:, onset : onset + 50]).max()
    assert abs(np.sum(late[0] * late[1])) < 0.05 * np.sum(late[0] ** 2)
    mono = impulse_response("console_reverb", RATE, **reverb(width=0.0))
    np.testing.assert_allclose(mono[0], mono[1], atol=1e-12)
    left = noise() * torch.tensor([[1.0], [0.0]])
    assert run("console_reverb", left, **reverb())[:, 1].abs().max() < 1e-12
    summed = run("console_reverb", left, **reverb(crossfeed=1.0))
    torch.testing.assert_close(
        summed, run("console_reverb", left.mean(1, keepdim=True).expand(-1, 2, -1), **reverb())
    )


def test_the_room_is_the_same_at_every_rate() -> None:
    """Below what the lower rate can hold, bin by bin."""
    at = [
        np.fft.rfft(impulse_response("console_reverb", 2 * rate, rate, **reverb()))
        for rate in (44_100, 96_000)
    ]
    low, high = (bins[:, 200:30_000] for bins in at)
    assert np.abs(low - high).max() < 0.02 * np.abs(low).max()


def test_the_noise_is_that_of_split_mix_64() -> None:
    """Its published first outputs for a seed of zero: stored graphs do not change with a library."""
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC]
    found = [noise_reverb.hashed(np.arange(2), seed) for seed in (0, 1)]
    np.testing.assert_allclose(np.ravel(found, order="F"), np.array(expected) / 2.0**64)
