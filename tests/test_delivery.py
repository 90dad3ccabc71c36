"""Recordings on their way to a listener: aligned, as loud as before, and the same from equal draws."""

from importlib.resources import files
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
import torch

from unpatch.audio import level_db
from unpatch.synth.delivery import (
    COMPRESSION,
    DeliverySettings,
    Floats,
    coded,
    delivered,
    dithered,
    encoded,
    limited,
    through_rate,
)
from unpatch.synth.draw import Draw
from unpatch.synth.generate import generate
from unpatch.synth.sources import Sources

SR = 44_100
DEMO_VOICE = Path(str(files("unpatch") / "assets"))
FRAMES = 40_000
CODECS = [("mp3", False), ("mp3", True), ("vorbis", False), ("opus", False), ("aac", False)]


@pytest.fixture(scope="module")
def music() -> Floats:
    """Plucked notes over a little noise, different left and right."""
    t = np.arange(FRAMES) / SR
    plucked = sum(
        np.sin(2 * np.pi * 220 * (i + 1) * t) * np.exp(-6 * (t % 0.25)) / (i + 1) for i in range(12)
    )
    both = np.stack([plucked, 0.6 * plucked + 0.2 * np.sin(2 * np.pi * 333 * t)])
    both = both + 0.02 * Draw(1).noise(2 * FRAMES).reshape(2, -1)
    return np.asarray(0.8 * both / np.abs(both).max(), dtype=np.float32)


def lag(before: Floats, after: Floats) -> int:
    """By how many samples one signal is later than the other: where they are most alike."""
    size = 1 << 18
    alike = np.fft.irfft(np.fft.rfft(after, size) * np.conj(np.fft.rfft(before, size)))
    place = int(alike.argmax())
    return place - size if place > size // 2 else place


def snr_db(before: Floats, after: Floats) -> float:
    return float(10 * np.log10(np.square(before).sum() / np.square(after - before).sum()))


@pytest.mark.parametrize(("codec", "variable"), CODECS)
@pytest.mark.parametrize("compression", [0.4, 0.8])
def test_codecs_are_aligned_to_the_sample(music: Floats, codec, variable: bool, compression: float) -> None:  # type: ignore[no-untyped-def]
    out = coded(music, SR, codec, compression, variable=variable)
    assert out.shape == music.shape
    assert out.dtype == np.float32
    for before, after in zip(music, out, strict=True):
        assert lag(before, after) == 0
    assert 10 < snr_db(music, out) < 60  # something is lost, but what is left fits


@pytest.mark.parametrize(("codec", "variable"), CODECS)
def test_more_compression_takes_fewer_bits_and_loses_more(music: Floats, codec, variable: bool) -> None:  # type: ignore[no-untyped-def]
    kept = [coded(music, SR, codec, level, variable=variable) for level in (0.4, 0.8)]
    assert snr_db(music, kept[0]) > snr_db(music, kept[1])
    at_48 = through_rate(music, SR, 48_000)
    sizes = [len(encoded(at_48, 48_000, codec, level, variable=variable)) for level in (0.4, 0.8)]
    rates = [8 * size / (FRAMES / 48_000) / 1000 for size in sizes]
    assert 60 < rates[1] < rates[0] < 400


def test_all_bit_rates_that_are_drawn_are_aligned_and_smaller_ones_are_refused(music: Floats) -> None:
    for codec, range_ in COMPRESSION.items():
        for compression in range_:
            assert lag(music[0], coded(music, SR, codec, compression)[0]) == 0
    with pytest.raises(ValueError, match=r"mp3 at compression 0\.95 does not name its delay"):
        coded(music, SR, "mp3", 0.95)


def test_what_is_equal_left_and_right_stays_so(music: Floats) -> None:
    mono = np.repeat(music[:1], 2, axis=0)
    for codec, _ in CODECS:
        left, right = coded(mono, SR, codec, 0.6)  # type: ignore[arg-type]
        assert np.array_equal(left, right)
        assert lag(mono[0], left) == 0


@pytest.mark.parametrize("rate", [22_050, 32_000, 48_000])
def test_another_rate_and_back_is_aligned_and_limits_the_band(music: Floats, rate: int) -> None:
    out = through_rate(music, SR, rate)
    assert out.shape == music.shape
    assert lag(music[0], out[0]) == 0
    spectra = [np.abs(np.fft.rfft(signal[0])) for signal in (music, out)]
    frequencies = np.fft.rfftfreq(FRAMES, 1 / SR)
    below, above = frequencies < 0.8 * rate / 2, frequencies > 1.05 * rate / 2
    assert 20 * np.log10(spectra[1][below].mean() / spectra[0][below].mean()) == pytest.approx(0, abs=0.1)
    if above.any():
        assert 20 * np.log10(spectra[1][above].mean() / spectra[0][above].mean()) < -40


def test_a_limiter_lowers_the_peak_and_nothing_else(music: Floats) -> None:
    out = limited(music, SR, 3.0)
    assert lag(music[0], out[0]) == 0
    assert 20 * np.log10(np.abs(out).max() / np.abs(music).max()) == pytest.approx(-3, abs=0.2)
    quiet = np.abs(music) < 0.2 * np.abs(music).max()
    assert np.abs(out[quiet] / np.where(music[quiet] == 0, 1, music[quiet])).max() <= 1.0001


def test_dither_makes_the_error_independent_of_the_signal(music: Floats) -> None:
    """Triangular dither: total error variance of a quarter of a squared step, whatever the signal is."""
    step = 2.0**-15
    for audio in (music, np.zeros_like(music), 0.3 * step * np.ones_like(music)):
        error = (dithered(audio, Draw(3)).astype(np.float64) - audio) / step
        assert abs(error.mean()) < 0.02
        assert error.var() == pytest.approx(0.25, rel=0.03)
    assert np.array_equal(dithered(music, Draw(3)), dithered(music, Draw(3)))


def test_recordings_are_reproducible_aligned_and_as_loud(music: Floats) -> None:
    wet = 2.5 * torch.from_numpy(music)  # beyond full scale, as graphs may leave it
    changed = 0
    for i in range(16):
        one = delivered(wet, SR, Draw(9, i))
        assert torch.equal(one, delivered(wet, SR, Draw(9, i)))
        assert one.shape == wet.shape
        assert lag(music[0], one[0].numpy()) == 0
        assert float(one.square().mean() / wet.square().mean()) == pytest.approx(1, abs=1e-3)
        changed += snr_db(wet.numpy(), one.numpy()) < 40
    assert 3 < changed < 16


def test_a_recording_that_nothing_happens_to_is_itself(music: Floats) -> None:
    nothing = DeliverySettings(coded=0, resampled=0, limited=0, dithered=0, noisy=0)
    wet = torch.from_numpy(music)
    torch.testing.assert_close(delivered(wet, SR, Draw(0), nothing), wet, atol=1e-6, rtol=1e-5)
    assert torch.equal(delivered(torch.zeros(2, 100), SR, Draw(0)), torch.zeros(2, 100))


def test_a_third_of_the_recordings_is_coded_lossily() -> None:
    settings = DeliverySettings()
    coded_share = np.mean([Draw(1, i, 4).chance(settings.coded) for i in range(3000)])
    assert coded_share == pytest.approx(1 / 3, abs=0.03)
    assert sum(settings.codecs.values()) == pytest.approx(1)


def test_engineers_examples_are_recorded_and_delivered_and_the_papers_are_not() -> None:
    """On the embedded voice: pictures are of the recording, while wet stays what the graph makes of dry."""
    sources = Sources.open(DEMO_VOICE)
    segments = [sources.segment(Draw(4, i, crc32(b"train"), 0), FRAMES).audio for i in range(4)]
    for stratum, changes in (("paper", False), ("engineer", True)):
        made = [generate("singing", 4, sources, i, frames=FRAMES, stratum=stratum) for i in range(4)]  # type: ignore[arg-type]
        assert any(not torch.equal(e.recording, e.wet) for e in made) is changes
        assert any(not torch.equal(e.dry, s) for e, s in zip(made, segments, strict=True)) is changes
        for example in made:
            assert level_db(example.recording) == pytest.approx(level_db(example.wet), abs=0.01)
            assert lag(example.wet[0].numpy(), example.recording[0].numpy()) == 0
