"""Pitch shifter: frequencies, levels, timing, stereo image, bands, its parts by themselves."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import signal
from torch import Tensor

from unpatch.dsp import pitch
from unpatch.dsp.pitch_kernels import angle_of
from unpatch.processors import PROCESSORS

RATE = 44_100
SEMITONES = [-24.0, -12.0, -7.0, -3.5, -1.0, 1.0, 2.0, 5.0, 7.3, 12.0, 24.0]
# Length of the transforms that tell frequencies apart.
FINE = 1 << 20
Signal = NDArray[np.float64]


def run(audio: Tensor, semitone: float | Tensor, rate: float = RATE) -> Tensor:
    return PROCESSORS["pitchshift"]({"input": audio}, sample_rate=rate, frames=None, semitone=semitone)["out"]


def tone(frequency_hz: float, seconds: float = 1.0, rate: int = RATE) -> Tensor:
    t = torch.arange(round(seconds * rate), dtype=torch.float64) / rate
    return torch.sin(2 * math.pi * frequency_hz * t).float().expand(1, 2, -1).contiguous()


def spectrum(y: Tensor, rate: float = RATE) -> tuple[Signal, Signal]:
    """Frequencies and windowed power of the inner part of a signal ``[T]``, finely sampled."""
    inner = y[len(y) // 8 : -len(y) // 8].double().numpy()
    windowed = inner * signal.windows.blackmanharris(len(inner))
    power = np.abs(np.fft.rfft(windowed, n=FINE)) ** 2
    return np.arange(len(power)) * rate / FINE, power


def pitch_of(y: Tensor, rate: float = RATE) -> float:
    frequencies, power = spectrum(y, rate)
    return float(frequencies[power.argmax()])


def cents(a: float, b: float) -> float:
    return 1200 * math.log2(a / b)


@pytest.mark.parametrize("semitone", SEMITONES)
@pytest.mark.parametrize("frequency_hz", [220.0, 1_234.5])
def test_a_tone_moves_by_the_ratio(semitone: float, frequency_hz: float) -> None:
    """Within three cents (0.2 %), at its level, and with nothing beside it above -50 dB."""
    x = tone(frequency_hz)
    y = run(x, semitone)
    wanted = frequency_hz * 2 ** (semitone / 12)
    assert y.shape == x.shape
    assert abs(cents(pitch_of(y[0, 0]), wanted)) < 3
    frequencies, power = spectrum(y[0, 0])
    beside = np.abs(frequencies - wanted) > max(12.0, 0.02 * wanted)
    assert power[beside].sum() < 1e-5 * power.sum()
    inner = slice(RATE // 4, -RATE // 4)
    assert float(y[..., inner].std() / x[..., inner].std()) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("rate", [8_000, 22_050, 96_000])
@pytest.mark.parametrize("semitone", [-12.0, 7.0])
def test_at_any_sample_rate(rate: int, semitone: float) -> None:
    y = run(tone(300.0, rate=rate), semitone, rate)
    assert abs(cents(pitch_of(y[0, 0], rate), 300 * 2 ** (semitone / 12))) < 3


@pytest.mark.parametrize("semitone", [-12.0, -5.0, 4.0, 12.0])
def test_every_note_of_a_chord_moves(semitone: float) -> None:
    notes = (330.0, 415.3, 523.25, 1_046.5)
    chord = torch.stack([tone(note) for note in notes]).mean(0)
    frequencies, power = spectrum(run(chord, semitone)[0, 0])
    for note in notes:
        wanted = note * 2 ** (semitone / 12)
        near = np.abs(frequencies - wanted) < 0.05 * wanted
        assert abs(cents(float(frequencies[near][power[near].argmax()]), wanted)) < 10
    peaks = signal.find_peaks(power, height=power.max() / 30, distance=2_000 * 2 ** (semitone / 12) / 2)[0]
    assert len(peaks) == len(notes)


def test_a_batch_may_shift_each_row_otherwise() -> None:
    x = tone(440.0).expand(3, -1, -1)
    y = run(x, torch.tensor([-12.0, 0.0, 12.0]))
    assert torch.equal(y[1], x[1])
    assert [round(pitch_of(row[0])) for row in y] == [220, 440, 880]


def test_zero_is_an_exact_bypass() -> None:
    x = torch.randn(2, 2, 5_000, generator=torch.Generator().manual_seed(0))
    assert torch.equal(run(x, 0.0), x)


def clicks(times: list[float], seconds: float) -> Tensor:
    x = torch.zeros(1, 2, round(seconds * RATE))
    for time in times:
        x[..., round(time * RATE)] = 1
    return x


@pytest.mark.parametrize("semitone", SEMITONES)
def test_clicks_stay_where_they_are(semitone: float) -> None:
    """The energy of each lies within 25 ms of its place (an eighth of the time between them)."""
    times = [0.2 * k for k in range(1, 10)]
    energy = run(clicks(times, 2.0), semitone)[0].double().square().sum(0).numpy()
    seconds = np.arange(len(energy)) / RATE
    for time in times:
        near = np.abs(seconds - time) < 0.1
        centre = (energy * seconds)[near].sum() / energy[near].sum()
        spread = math.sqrt((energy * (seconds - centre) ** 2)[near].sum() / energy[near].sum())
        assert abs(centre - time) < 0.012
        assert spread < 0.025


@pytest.mark.parametrize("semitone", [-7.0, -2.0, 2.0, 7.0])
def test_an_attack_out_of_silence_stays_sharp(semitone: float) -> None:
    x = tone(500.0, 1.0)
    x[..., : RATE // 2] = 0
    y = run(x, semitone)[0, 0]
    before, after = y[: RATE // 2 - RATE // 50], y[RATE // 2 + RATE // 50 : RATE // 2 + RATE // 5]
    assert before.abs().max() < 0.03
    assert after.std() == pytest.approx(math.sqrt(0.5), rel=0.1)


@pytest.mark.parametrize("semitone", [-9.0, 4.0, 12.0])
def test_the_stereo_image_is_kept(semitone: float) -> None:
    """A quarter cycle and 6 dB between the channels stay a quarter cycle and 6 dB."""
    t = torch.arange(RATE) / RATE
    x = torch.stack([torch.sin(2 * math.pi * 440 * t), 0.5 * torch.cos(2 * math.pi * 440 * t)])[None]
    left, right = (signal.hilbert(c.numpy()) for c in run(x, semitone)[0].double())
    between = (right * left.conj())[RATE // 4 : -RATE // 4].mean()
    assert math.degrees(np.angle(between)) == pytest.approx(90, abs=1)
    assert abs(between) == pytest.approx(0.5 * np.mean(np.abs(left[RATE // 4 : -RATE // 4]) ** 2), rel=0.01)


def test_what_would_pass_half_the_sample_rate_is_gone() -> None:
    y = run(tone(15_000.0), 12.0)
    assert y[..., RATE // 10 : -RATE // 10].abs().max() < 1e-3


def test_noise_keeps_its_spectral_level() -> None:
    """Up an octave white noise loses the half that leaves the band; down, nothing.

    A phase vocoder cannot keep the phases of noise together: overlapping frames add up to less than
    they should, by 2 dB up an octave and by 4 dB down.
    """
    x = 0.1 * torch.randn(1, 2, 2 * RATE, generator=torch.Generator().manual_seed(3))
    for semitone, kept, loss_db in ((12.0, 0.5, 2.0), (-12.0, 1.0, 4.0)):
        power = float(run(x, semitone).square().mean() / x.square().mean())
        assert -loss_db < 10 * math.log10(power / kept) < 0


def test_the_size_of_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.randn(1, 2, 20_000, generator=torch.Generator().manual_seed(1))
    whole = run(x, 3.0)
    monkeypatch.setattr(pitch, "CHUNK", 5)
    torch.testing.assert_close(run(x, 3.0), whole, rtol=0, atol=1e-5)


@pytest.mark.parametrize("semitone", [-24.0, -7.0, 5.0, 24.0])
def test_frames_are_read_at_the_nearest_sample_however_long_the_song(semitone: float) -> None:
    """Two hours in: single precision knows only every sixteenth sample there."""
    shifter, hop = pitch.Shifter(semitone, RATE), Fraction(pitch.Shifter(semitone, RATE)._hop)
    for frame in (1_000_003, 1_000_004):
        exact = frame * hop / Fraction(2 ** (semitone / 12))
        assert abs(shifter._start(frame) - exact) <= Fraction(1, 2) + Fraction(1, 1_000_000)


def test_a_stream_without_samples_has_no_end() -> None:
    with pytest.raises(ValueError, match="no samples"):
        pitch.Shifter(3.0, RATE).flush()


def test_angles_of_complex_numbers() -> None:
    for angle in np.linspace(-math.pi, math.pi, 997):
        for size in (1e-20, 1.0, 1e20):
            found = angle_of(size * math.cos(angle), size * math.sin(angle))
            assert math.cos(2 * math.pi * found - angle) == pytest.approx(1, abs=1e-11)
    assert angle_of(0.0, 0.0) == 0


@pytest.mark.parametrize("hop", [128, 500, 512, 100])
def test_windows_and_their_duals_add_up_to_one(hop: int) -> None:
    shape = torch.hann_window(2_048, dtype=torch.float64)
    product = shape * pitch.dual(shape, hop)
    count = 4_096 // hop + 1
    total = torch.zeros(count * hop + 2_048, dtype=torch.float64)
    for m in range(count):
        total[m * hop : m * hop + 2_048] += product
    torch.testing.assert_close(total[2_048:4_096], torch.ones(2_048, dtype=torch.float64))


@pytest.mark.parametrize("ratio", [0.25, 0.7, 1.0, 1.5, 4.0])
def test_resampling_a_sine_gives_the_sine(ratio: float) -> None:
    """Up to 0.65 of half the slower rate, to -60 dB."""
    t = torch.arange(9_000, dtype=torch.float64)
    omega = 0.65 * math.pi * min(1.0, 1 / ratio)
    frames = int(8_000 / ratio)
    y = pitch.resample(torch.sin(omega * t)[None], ratio, 300, frames)[0]
    expected = torch.sin(omega * (300 + ratio * torch.arange(frames, dtype=torch.float64)))
    assert (y - expected)[50:-50].abs().max() < 1e-3


@pytest.mark.parametrize(("semitone", "early_ms"), [(-24.0, 93), (-12.0, 47), (12.0, 24)])
def test_a_click_is_heard_early_by_half_a_stretched_frame_at_most(semitone: float, early_ms: float) -> None:
    """As documented; -80 dB of the peak counts."""
    y = run(clicks([1.0], 2.0), semitone)[0, 0]
    first = int((y.abs() > 1e-4 * y.abs().max()).nonzero()[0])
    assert 0 < RATE - first < early_ms / 1000 * RATE
