"""Dry tracks as other microphones and rooms would give them: measured band limits, noise and rooms."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from unpatch.synth.draw import Draw
from unpatch.synth.recording import RecordingSettings, band_limited, in_room, noise, recorded
from unpatch.synth.sources import SAMPLE_RATE, Segment

FRAMES = 65_536
NONE = RecordingSettings(limited=0, noisy=0, roomy=0, humming=0)


@pytest.fixture(scope="module")
def segment() -> Segment:
    """White noise that stops halfway."""
    audio = 0.1 * Draw(1).noise(FRAMES) * (np.arange(FRAMES) < FRAMES // 2)
    return Segment(torch.tensor(audio, dtype=torch.float32)[None], ("in",), "someone", ("a.wav",))


def power_db(audio: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(audio, dtype=np.float64)) + 1e-20))


def test_nothing_changes_where_nothing_is_drawn(segment: Segment) -> None:
    assert torch.allclose(recorded(segment, Draw(1), NONE).audio, segment.audio, atol=1e-7)


def test_variations_are_reproducible_and_keep_level_and_length(segment: Segment) -> None:
    levels = set()
    for i in range(12):
        one, again = recorded(segment, Draw(i)), recorded(segment, Draw(i))
        assert torch.equal(one.audio, again.audio)
        assert power_db(one.audio[0].numpy()) == pytest.approx(power_db(segment.audio[0].numpy()), abs=0.01)
        assert one.audio.shape == segment.audio.shape
        assert one.audio.dtype == torch.float32
        levels.add(power_db(one.audio[0, FRAMES // 2 + 20_000 :].numpy()))
    assert len(levels) > 4


@pytest.mark.parametrize("limit_hz", [8_000.0, 11_025.0, 16_000.0])
def test_a_band_limit_is_where_it_is_said_to_be(limit_hz: float) -> None:
    heard = band_limited(Draw(2).noise(FRAMES), limit_hz) * np.hanning(FRAMES)
    spectrum_db = 20 * np.log10(np.abs(np.fft.rfft(heard)) + 1e-12)
    frequencies = np.fft.rfftfreq(FRAMES, 1 / SAMPLE_RATE)
    passes = spectrum_db[(frequencies > 1_000) & (frequencies < 0.93 * limit_hz)].mean()
    assert spectrum_db[frequencies > 1.02 * limit_hz].mean() < passes - 55
    assert spectrum_db[(frequencies > 0.85 * limit_hz) & (frequencies < 0.93 * limit_hz)].mean() > passes - 1


def test_a_band_limit_does_not_delay() -> None:
    impulse = np.zeros(8192)
    impulse[4000] = 1.0
    assert np.abs(band_limited(impulse, 10_000.0)).argmax() == 4000


def test_limits_are_drawn_where_users_have_them(segment: Segment) -> None:
    """With every recording limited, the highest frequency that is left lies between 8 and 16 kHz."""
    always = replace(NONE, limited=1)
    edges = []
    for i in range(10):
        spectrum = np.abs(np.fft.rfft(recorded(segment, Draw(i), always).audio[0].numpy()))
        there = np.flatnonzero(spectrum > 1e-2 * np.median(spectrum[: FRAMES // 8]))
        edges.append(there[-1] * SAMPLE_RATE / FRAMES)
    assert 7_300 < min(edges) < max(edges) < 16_300
    assert max(edges) > 1.3 * min(edges)


@pytest.mark.parametrize("level_db", [-75.0, -50.0])
def test_a_noise_floor_has_the_level_that_is_asked_for(segment: Segment, level_db: float) -> None:
    noisy = replace(NONE, noisy=1, noise_db=(level_db, level_db))
    silent = recorded(segment, Draw(3), noisy).audio[0, FRAMES // 2 :].numpy()
    assert power_db(silent) == pytest.approx(power_db(segment.audio[0].numpy()) + level_db, abs=0.2)


def test_noise_is_white_or_duller() -> None:
    for i in range(6):
        spectrum = np.abs(np.fft.rfft(noise(FRAMES, Draw(i)))) ** 2
        assert spectrum[-4096:].mean() < 1.1 * spectrum[1:4096].mean()


@pytest.mark.parametrize("seconds", [0.1, 0.4])
def test_a_room_dies_away_in_its_reverberation_time_at_its_level(seconds: float) -> None:
    impulse = np.zeros(FRAMES)
    impulse[0] = 1.0
    out = in_room(impulse, Draw(4), seconds, -20.0)
    assert out[0] == 1.0
    assert not out[1:100].any()
    energy = np.cumsum(out[:0:-1] ** 2)[::-1]
    assert 10 * np.log10(energy[0]) == pytest.approx(-20, abs=0.2)
    begin = int(np.flatnonzero(out[1:])[0])
    # T20 of the backward integral (ISO 3382): from 5 to 25 dB below its start, three times.
    decay_db = 10 * np.log10(energy[begin:] / energy[begin] + 1e-20)
    t20 = 3 * (int((decay_db > -25).sum()) - int((decay_db > -5).sum())) / SAMPLE_RATE
    assert t20 == pytest.approx(seconds, rel=0.15)


def test_hum_is_of_mains_frequency(segment: Segment) -> None:
    humming = replace(NONE, humming=1, hum_db=(-40.0, -40.0))
    silent = recorded(segment, Draw(6), humming).audio[0, FRAMES // 2 :].numpy()
    spectrum = np.abs(np.fft.rfft(silent * np.hanning(len(silent)), 1 << 18))
    peak_hz = spectrum.argmax() * SAMPLE_RATE / (1 << 18)
    assert min(peak_hz % 50, 50 - peak_hz % 50, peak_hz % 60, 60 - peak_hz % 60) < 0.5


def test_silence_stays_silent() -> None:
    silent = Segment(torch.zeros(1, 4096), ("in",), "nobody", ())
    assert not recorded(silent, Draw(0)).audio.any()
