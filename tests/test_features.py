"""Log-mel pictures: level, place and stereo are shown as promised."""

import math
from dataclasses import replace

import pytest
import torch

from unpatch.blind.presets import PRESETS
from unpatch.features.pictures import (
    BALANCE_DB,
    HIGHEST_DB,
    LOWEST_DB,
    STEPS,
    FeatureSettings,
    dry_pictures,
    features,
    hz_to_mel,
    likeness,
    mel_bank,
    mel_to_hz,
    quantised,
    restored,
)
from unpatch.synth.sources import FRAMES, SAMPLE_RATE

SETTINGS = FeatureSettings(frames=44_100, channels=("left", "right", "mid", "side", "balance"))


def tone(frequency_hz: float, left: float = 1.0, right: float = 1.0) -> torch.Tensor:
    wave = torch.sin(2 * math.pi * frequency_hz * torch.arange(44_100) / 44_100)
    return torch.stack([left * wave, right * wave])


@pytest.mark.parametrize("name", PRESETS)
def test_shape_is_as_announced(name: str) -> None:
    settings = PRESETS[name].model.features
    assert features(torch.randn(2, settings.frames), settings).shape == settings.shape


@pytest.mark.parametrize("gain_db", [-40, 12])
def test_level_does_not_matter(gain_db: float) -> None:
    audio = torch.randn(2, 44_100, generator=torch.Generator().manual_seed(0))
    louder = features(audio * 10 ** (gain_db / 20), SETTINGS)
    torch.testing.assert_close(louder, features(audio, SETTINGS), atol=1e-4, rtol=0)


@pytest.mark.parametrize("frequency_hz", [100, 1_000, 9_000])
def test_a_tone_lights_its_own_band(frequency_hz: float) -> None:
    picture = features(tone(frequency_hz), SETTINGS)[0].mean(-1)
    highest = float(hz_to_mel(torch.tensor(22_050.0)))
    expected = float(hz_to_mel(torch.tensor(frequency_hz))) / highest * (SETTINGS.bands + 1) - 1
    # Low bands are narrower than a bin: the tone may appear anywhere within one.
    bin_in_bands = SETTINGS.sample_rate / SETTINGS.fft / 700 * 2595 / math.log(10) / highest * SETTINGS.bands
    assert abs(int(picture.argmax()) - expected) <= 1 + bin_in_bands / (1 + frequency_hz / 700)


def test_ten_decibels_are_a_fifth_of_the_half_range() -> None:
    """The levels shown span 100 dB over [-1, 1]; the balance 30 dB each way."""
    picture = features(tone(1_000, left=1.0, right=10 ** (-10 / 20)), SETTINGS)
    band = int(picture[0].mean(-1).argmax())
    left, right, _, _, balance = picture[:, band, 50]
    assert float(left - right) == pytest.approx(0.2, abs=1e-3)
    assert float(balance) == pytest.approx(10 / BALANCE_DB, abs=1e-3)


def test_mono_has_no_side_and_opposite_channels_no_mid() -> None:
    mono, opposite = features(tone(500), SETTINGS), features(tone(500, 1, -1), SETTINGS)
    assert (mono[3] == -1).all()
    assert (mono[4] == 0).all()
    assert (opposite[2] == -1).all()
    torch.testing.assert_close(opposite[3], mono[2])


def test_silence_is_dark_and_finite() -> None:
    picture = features(torch.zeros(2, 44_100), SETTINGS)
    assert (picture[:4] == -1).all()
    assert (picture[4] == 0).all()


def test_batches_are_rows_side_by_side() -> None:
    audio = torch.randn(3, 2, 44_100)
    settings = replace(SETTINGS, channels=("mid", "side"))
    torch.testing.assert_close(features(audio, settings)[1], features(audio[1], settings))


def test_mels_are_those_of_the_formula_and_come_back() -> None:
    """1,000 Hz are 999.986 mel, 0 Hz are 0; the constants are O'Shaughnessy's."""
    frequencies_hz = torch.tensor([0.0, 700.0, 1_000.0, 22_050.0], dtype=torch.float64)
    mels = hz_to_mel(frequencies_hz)
    torch.testing.assert_close(
        mels, torch.tensor([0.0, 781.173, 999.986, 3923.337], dtype=torch.float64), atol=1e-3, rtol=0
    )
    torch.testing.assert_close(mel_to_hz(mels), frequencies_hz)


def test_presets_look_at_what_the_generator_makes() -> None:
    for preset in PRESETS.values():
        settings = preset.model.features
        assert (settings.sample_rate, settings.frames) == (SAMPLE_RATE, FRAMES)


def test_mel_bank_leaves_no_bin_and_no_band_out() -> None:
    bank = mel_bank(44_100, 1_536, 256)
    assert (bank.sum(1) > 0).all()
    assert (bank.sum(0)[1:-1] > 0).all()
    assert float(bank.max()) <= 1.0


def test_bytes_are_close_to_pictures() -> None:
    picture = torch.linspace(-1, 1, 1_001)
    torch.testing.assert_close(
        restored(torch.from_numpy(quantised(picture))), picture, atol=1.001 / STEPS, rtol=0
    )


def test_dry_tracks_keep_their_balance_and_their_places() -> None:
    """A track 20 dB below another is 20 dB darker, whatever the level of both; who is absent is dark."""
    settings = FeatureSettings(frames=8_192, fft=1024, hop=512, bands=32)
    noise = torch.randn(8_192, generator=torch.Generator().manual_seed(0))
    tracks = torch.stack([noise, 0.1 * noise])
    found = dry_pictures(tracks, ("snare", "kick"), ("kick", "snare", "hat"), settings)
    assert found.shape == (3, 32, 17)
    difference_db = (found[1] - found[0]) * (HIGHEST_DB - LOWEST_DB) / 2
    torch.testing.assert_close(difference_db, torch.full_like(difference_db, 20.0), atol=1e-3, rtol=0)
    assert (found[2] == -1).all()
    louder = dry_pictures(7 * tracks, ("snare", "kick"), ("kick", "snare", "hat"), settings)
    torch.testing.assert_close(louder, found, atol=1e-4, rtol=0)


def test_likeness_is_the_textbook_autocorrelation_and_peaks_at_the_echo() -> None:
    """A burst and its echo 12 frames later at half the amplitude; what never moves is like nothing."""
    frames = 60
    values = torch.zeros(2, frames, dtype=torch.float64)
    values[0, 5], values[0, 17] = 1.0, 0.5
    values[1] = 3.0
    found = likeness(values)
    moving = values[0] - values[0].mean()
    expected = torch.stack([moving[: frames - lag] @ moving[lag:] for lag in range(frames)]) / (
        moving @ moving
    )
    torch.testing.assert_close(found[0], expected)
    assert int(found[0, 1:].argmax()) + 1 == 12
    assert (found[1] == 0).all()


def test_delays_show_as_echo_and_moving_panorama_as_sway() -> None:
    settings = FeatureSettings(frames=88_200, fft=1024, hop=441, bands=16, channels=("echo", "sway"))
    time_s = torch.arange(settings.frames) / settings.sample_rate
    noise = torch.randn(settings.frames, generator=torch.Generator().manual_seed(0))
    clicks = noise * (torch.exp(-200 * (time_s % 0.77)) + 0.6 * torch.exp(-200 * ((time_s - 0.25) % 0.77)))
    echo, _ = features(torch.stack([clicks, clicks]), settings)
    assert int(echo[:, 10:60].mean(0).argmax()) + 10 == pytest.approx(25, abs=1)
    pan = 0.5 + 0.4 * torch.sin(2 * torch.pi * 4 * time_s)
    _, sway = features(torch.stack([noise * pan, noise * (1 - pan)]), settings)
    assert int(sway[:, 10:40].mean(0).argmax()) + 10 == pytest.approx(25, abs=1)
