"""The look-ahead limiter against a plain sliding minimum, on peaks that fall for long (bass)."""

from collections.abc import Iterator

import numpy as np
import pyebur128
import pytest
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d

from unpatch.dsp.limiter import Limiter, _gains
from unpatch.dsp.true_peak import Detector

Audio = NDArray[np.floating]
RATES = (44_100, 48_000, 192_000)


def basses(sample_rate: int) -> dict[str, Audio]:
    """Mono, 6 to 12 dB over full scale: between two zero crossings their level falls for milliseconds."""
    t = np.arange(sample_rate // 4) / sample_rate
    boom = 4 * np.sin(2 * np.pi * (40 * t + 3 * (1 - np.exp(-30 * t)))) * np.exp(-t / 0.4)
    sines = {f"sine {hz} Hz": 4 * np.sin(2 * np.pi * hz * t) for hz in (20, 30, 50, 100)}
    saw = 4 * np.sum([np.sin(2 * np.pi * 45 * k * t) / k for k in range(1, 6)], axis=0)
    return sines | {"808": boom, "808 and pad": boom + 0.1 * np.sin(2 * np.pi * 440 * t), "bass": saw}


def limited(audio: Audio, ceiling: float, sample_rate: int, size: int) -> Audio:
    limiter = Limiter(ceiling, sample_rate)
    starts = range(0, audio.shape[1], size)
    blocks = [limiter.push(audio[:, start : start + size]) for start in starts]
    return np.concatenate([*blocks, limiter.flush()], axis=1)


def true_peak(audio: Audio, sample_rate: int) -> float:
    meter = pyebur128.R128State(2, sample_rate, pyebur128.MeasurementMode.MODE_TRUE_PEAK)
    meter.add_frames(np.ascontiguousarray(audio.T).ravel(), audio.shape[1])
    return max(float(pyebur128.get_true_peak(meter, channel)) for channel in range(2))


@pytest.mark.parametrize("sample_rate", RATES)
def test_true_peak_stays_below_the_ceiling(sample_rate: int) -> None:
    for name, wave in basses(sample_rate).items():
        out = limited(np.stack([wave, -0.5 * wave]).astype(np.float32), 1.0, sample_rate, 4096)
        # libebur128 interpolates with another filter than the detector: 0.1 dB is their difference.
        assert true_peak(out, sample_rate) <= 10 ** (0.1 / 20), name
        assert np.abs(out).max() <= 1, name


@pytest.mark.parametrize("sample_rate", RATES)
def test_gain_never_exceeds_the_least_of_its_window(sample_rate: int) -> None:
    """A mean of the last W means of W released minima is at most the largest of the minima it averages."""
    for name, wave in basses(sample_rate).items():
        limiter = Limiter(1.0, sample_rate)
        peaks = np.abs(wave).astype(np.float32)
        window, gains = limiter._values.size, np.empty(len(wave), np.float32)
        states = (limiter._values, limiter._places, limiter._rings, limiter._numbers)
        _gains(peaks, 1.0, 0.0, *states, gains)  # released at once: the minimum itself
        asked = np.minimum(1, 1 / np.maximum(peaks.astype(np.float64), 1e-30))
        # Of the samples from t - window + 1 to t.
        least = minimum_filter1d(asked, window, origin=window // 2, mode="constant", cval=1.0)
        width = limiter._rings.shape[1]
        twice = np.convolve(np.ones(width) / width, np.ones(width) / width)
        padded = np.concatenate([np.ones(len(twice) - 1), least])
        np.testing.assert_allclose(gains, np.convolve(padded, twice, "valid"), rtol=1e-5, err_msg=name)
        late = window - 1
        assert (gains[late:] <= asked[: len(asked) - late] * (1 + 1e-6)).all(), name


def guards(limiter: Limiter, size: int) -> Iterator[NDArray[np.float64 | np.int64]]:
    """Give the ring of minima memory with room behind it; returns that room, filled with -7."""
    guarded = np.full(size + 1000, -7.0), np.full(size + 1000, -7, np.int64)
    limiter._values, limiter._places = guarded[0][:size], guarded[1][:size]
    return (memory[size:] for memory in guarded)


@pytest.mark.parametrize("sample_rate", [8_000, *RATES])
@pytest.mark.parametrize("size", [64, 100_000])
def test_ring_of_minima_never_holds_more_than_its_window(sample_rate: int, size: int) -> None:
    for name, wave in basses(sample_rate).items():
        limiter = Limiter(1.0, sample_rate)
        ring = limiter._values.size
        behind = list(guards(limiter, ring))
        audio = np.stack([wave, wave]).astype(np.float32)
        for start in range(0, audio.shape[1], size):
            limiter.push(audio[:, start : start + size])
            assert limiter._numbers[1] <= ring, name
        assert all((memory == -7).all() for memory in behind), name


@pytest.mark.parametrize("size", [1, 7, 177, 4096])
def test_block_length_does_not_matter(size: int) -> None:
    audio = np.stack([basses(44_100)["808"]] * 2).astype(np.float32)[:, :6000]
    np.testing.assert_array_equal(limited(audio, 0.7, 44_100, size), limited(audio, 0.7, 44_100, 6000))


@pytest.mark.parametrize("frames", [0, 1, 2, 88, 89, 90])
def test_short_signals_come_out_whole(frames: int) -> None:
    audio = np.full((2, frames), 0.1, np.float32)
    np.testing.assert_array_equal(limited(audio, 0.5, 44_100, 64), audio)
    assert np.abs(limited(20 * audio, 0.5, 44_100, 64)).max(initial=0) <= 0.5


def test_detector_refuses_other_layouts() -> None:
    """Its loop reads two channels whatever it is given."""
    for shape in ((1, 8), (3, 8), (8,)):
        with pytest.raises(ValueError):
            Detector().push(np.zeros(shape, np.float32), 1.0)
