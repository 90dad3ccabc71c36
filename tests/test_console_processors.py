"""Our console processors against textbook recursions, and the physics that an engineer would check."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import bilinear, lfilter, sosfilt, sosfreqz
from torch import Tensor

from tests.console_kit import RATE, impulse_response, in_db, neutral, noise, response, run
from unpatch.dsp import multitap, repeats
from unpatch.dsp.spectrum import Spectrum
from unpatch.processors import CONSOLE, PROCESSORS

BUTTERWORTH = math.sqrt(0.5)


def cookbook(shape: str, frequency: float, q: float, gain_db: float = 0.0) -> list[float]:
    """A second-order section b0 b1 b2 a0 a1 a2 as the Audio EQ Cookbook prints it."""
    w, a = 2 * math.pi * frequency / RATE, 10 ** (gain_db / 40)
    cos, alpha = math.cos(w), math.sin(w) / (2 * q)
    beta = 2 * math.sqrt(a) * alpha
    up, down = a + 1, a - 1
    b, d = {
        "lowpass": ([(1 - cos) / 2, 1 - cos, (1 - cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]),
        "highpass": ([(1 + cos) / 2, -1 - cos, (1 + cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]),
        "bell": ([1 + alpha * a, -2 * cos, 1 - alpha * a], [1 + alpha / a, -2 * cos, 1 - alpha / a]),
        "lowshelf": (
            [a * (up - down * cos + beta), 2 * a * (down - up * cos), a * (up - down * cos - beta)],
            [up + down * cos + beta, -2 * (down + up * cos), up + down * cos - beta],
        ),
        "highshelf": (
            [a * (up + down * cos + beta), -2 * a * (down + up * cos), a * (up + down * cos - beta)],
            [up - down * cos + beta, 2 * (down - up * cos), up - down * cos - beta],
        ),
    }[shape]
    return [x / d[0] for x in (*b, *d)]


EQUALIZER = {
    "low_cut_hz": 300.0, "low_cut_q": 0.9, "low_shelf_hz": 400.0, "low_shelf_db": 7.0, "low_shelf_q": 0.6,
    "bell_1_hz": 450.0, "bell_1_db": -9.0, "bell_1_q": 2.0, "bell_2_hz": 900.0, "bell_2_db": 4.0,
    "bell_2_q": 0.5, "bell_3_hz": 2_500.0, "bell_3_db": 12.0, "bell_3_q": 4.0, "bell_4_hz": 9_000.0,
    "bell_4_db": -3.0, "bell_4_q": 1.0, "high_shelf_hz": 6_000.0, "high_shelf_db": -8.0,
    "high_shelf_q": 1.2, "high_cut_hz": 5_000.0, "high_cut_q": 0.6,
}  # fmt: skip


def test_the_equalizer_is_a_cascade_of_cookbook_sections() -> None:
    v = EQUALIZER
    sections = [
        cookbook("highpass", v["low_cut_hz"], v["low_cut_q"]),
        cookbook("lowshelf", v["low_shelf_hz"], v["low_shelf_q"], v["low_shelf_db"]),
        *(cookbook("bell", *(v[f"bell_{i}_{n}"] for n in ("hz", "q", "db"))) for i in range(1, 5)),
        cookbook("highshelf", v["high_shelf_hz"], v["high_shelf_q"], v["high_shelf_db"]),
        cookbook("lowpass", v["high_cut_hz"], v["high_cut_q"]),
    ]
    x = noise(2)
    expected = sosfilt(np.array(sections), x.numpy())
    np.testing.assert_allclose(run("console_equalizer", x, **v).numpy(), expected, rtol=0, atol=1e-10)
    frequencies = [25.0, 100.0, 1_000.0, 7_000.0, 20_000.0]
    _, exact = sosfreqz(np.array(sections), frequencies, fs=RATE)
    np.testing.assert_allclose(response("console_equalizer", frequencies, **v), exact, rtol=1e-9)


def test_cuts_are_3_db_down_at_their_corner_and_12_db_per_octave_beyond() -> None:
    flat = neutral("console_equalizer")
    low = in_db(response("console_equalizer", [20, 200, 50, 25], **flat | {"low_cut_hz": 200.0}))
    np.testing.assert_allclose(low[1:], [-3.01, -24.1, -36.1], atol=0.05)
    high = in_db(response("console_equalizer", [50, 1_000, 4_000], **flat | {"high_cut_hz": 1_000.0}))
    np.testing.assert_allclose(high, [0, -3.01, -24.6], atol=0.1)
    for corner, name in ((20.0, "low_cut_hz"), (16_000.0, "high_cut_hz")):
        assert in_db(response("console_equalizer", [corner], **flat | {name: corner})) == pytest.approx(
            -3.01, abs=0.05
        )


def test_bells_and_shelves_reach_their_gain() -> None:
    flat = neutral("console_equalizer")
    bell = flat | {"bell_2_hz": 1_000.0, "bell_2_db": 12.0, "bell_2_q": 2.0}
    edges = [1_000 * (math.sqrt(1 + 1 / 16) + sign / 4) for sign in (-1, 1)]
    # Half of the gain in dB at the edges of the band whose width is centre / q.
    np.testing.assert_allclose(
        in_db(response("console_equalizer", [30, 1_000, *edges], **bell)), [0, 12, 6, 6], atol=0.05
    )
    shelf = flat | {
        "low_shelf_hz": 100.0,
        "low_shelf_db": -10.0,
        "high_shelf_hz": 4_000.0,
        "high_shelf_db": 6.0,
    }
    np.testing.assert_allclose(
        in_db(response("console_equalizer", [1, 100, 700, 4_000, 22_000], **shelf)),
        [-10, -5, 0, 3, 6],
        atol=0.1,
    )


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_a_neutral_equalizer_leaves_every_bit(rate: int) -> None:
    bins = torch.fft.rfft(noise(1, 4_096, dtype=torch.float32))
    made = CONSOLE["console_equalizer"].on_spectrum(
        Spectrum(bins, 4_096), sample_rate=rate, **neutral("console_equalizer")
    )
    assert torch.equal(made.bins, bins)


def test_the_compressor_is_that_of_blind_estimation_with_gain_behind_it() -> None:
    x = 5 * noise(2)
    plain = PROCESSORS["compressor"]({"input": x}, sample_rate=RATE, ratio=6.0)["out"]
    made = run("console_compressor", x, ratio=6.0, gain_db=6.0, weight=0.75)
    torch.testing.assert_close(made, 0.25 * x + 0.75 * 10 ** (6 / 20) * plain)


def settled_db(kind: str, level_db: float, **values: float) -> float:
    steady = torch.full((1, 2, RATE), 10 ** (level_db / 20), dtype=torch.float64)
    return float(
        in_db(run(kind, steady, attack_ms=1.0, release_ms=10.0, knee_db=0.0, **values)[0, 0, -1].item())
    )


@pytest.mark.parametrize(
    ("level_db", "expected"),
    [(-30.0, -30.0), (-50.0, -70.0), (-58.0, -86.0), (-65.0, -95.0), (-90.0, -120.0)],
)
def test_the_gate_falls_by_its_ratio_until_its_range(level_db: float, expected: float) -> None:
    found = settled_db("console_gate", level_db, threshold_db=-40.0, ratio=3.0, range_db=30.0)
    assert found == pytest.approx(expected if level_db > -55 else level_db - 30, abs=0.01)


@pytest.mark.parametrize(("start", "name", "reached"), [(1, "attack_ms", 1), (2, "release_ms", -1)])
def test_the_gate_opens_with_attack_and_closes_with_release(start: int, name: str, reached: int) -> None:
    """63 % of the way in decibels after one time constant."""
    quiet, loud = (torch.full((1, 2, RATE // 2), a, dtype=torch.float64) for a in (1e-3, 0.1))
    step = torch.cat([quiet, loud, quiet], dim=-1)
    values = {"attack_ms": 20.0, "release_ms": 60.0}
    made = run("console_gate", step, threshold_db=-40.0, ratio=2.0, knee_db=0.0, range_db=60.0, **values)
    gain = in_db((made / step)[0, 0].numpy())
    one = RATE // 2
    moved = gain[start * one + round(values[name] * RATE / 1000) - 1] - gain[start * one - 1]
    assert moved == pytest.approx(reached * 20 * (1 - math.exp(-1)), abs=0.1)


def test_pan_keeps_the_power_of_a_mono_track_and_the_channels_apart() -> None:
    x = noise()
    for pan in (-1.0, -0.3, 0.0, 0.6, 1.0):
        made = run("console_gain", x, pan=pan, gain_db=-6.0)
        gains = (made / x)[0, :, 0]
        torch.testing.assert_close(made, x * gains[:, None])
        assert float((gains**2).sum()) == pytest.approx(2 * 10 ** (-6 / 10))
    assert in_db(float(gains[1])) == pytest.approx(3.01 - 6, abs=0.01)
    assert gains[0].abs() < 1e-12


def test_width_scales_the_side_alone() -> None:
    x = noise()
    made = run("console_imager", x, width=1.7)
    torch.testing.assert_close(made.mean(1), x.mean(1))
    torch.testing.assert_close(made[:, 0] - made[:, 1], 1.7 * (x[:, 0] - x[:, 1]))


def test_gains_are_the_same_for_samples_and_bins() -> None:
    x = noise(2, 1_000)
    for kind, values in (("console_gain", {"pan": 0.4}), ("console_imager", {"width": 0.2})):
        bins = run(kind, torch.fft.rfft(x), **values)
        torch.testing.assert_close(torch.fft.irfft(bins), run(kind, x, **values))


Samples = NDArray[np.float64]


def trips(x: Samples, delay: int, feedback: float, low_hz: float, high_hz: float) -> Iterator[Samples]:
    """What a feedback comb with first-order filters in its loop gives back, trip by trip."""
    lowpass, highpass = (
        bilinear(above, [1, 2 * RATE * math.tan(math.pi * hz / RATE)], RATE)
        for above, hz in (([2 * RATE * math.tan(math.pi * low_hz / RATE)], low_hz), ([1, 0], high_hz))
    )
    for _ in range(delay, len(x), delay):
        x = np.concatenate([np.zeros(delay), x[:-delay]])
        x = lfilter(*highpass, lfilter(*lowpass, x))
        yield x
        x = feedback * x


def test_the_delay_is_a_feedback_comb() -> None:
    x, delays = noise(1, 30_000), (4_410, 8_820)
    offset = math.log2(delays[1] / delays[0])
    mean_ms = 1000 * math.sqrt(delays[0] * delays[1]) / RATE
    values = {"feedback": 0.7, "lowpass_hz": 3_000.0, "highpass_hz": 150.0}
    made = run("console_delay", x, delay_ms=mean_ms, stereo_offset=offset, **values)
    for channel, delay in enumerate(delays):
        expected = sum(trips(x[0, channel].numpy(), delay, 0.7, 3_000, 150))
        np.testing.assert_allclose(made[0, channel].numpy(), expected, rtol=0, atol=1e-9)


def test_repeats_end_after_2_s_the_last_turned_down() -> None:
    """Of six that begin within 2 s the sixth has two thirds of its level: 2 s are 6 2/3 times 300 ms."""
    impulse = np.eye(1, 3 * RATE)[0]
    made = impulse_response("console_delay", 3 * RATE, delay_ms=300.0, feedback=0.9)[0]
    shares = [1, 1, 1, 1, 1, 2 / 3, 0, 0, 0]
    each = trips(impulse, round(0.3 * RATE), 0.9, 6_000, 100)
    expected = sum(share * trip for share, trip in zip(shares, each, strict=True))
    np.testing.assert_allclose(made, expected, rtol=0, atol=1e-9)
    step = np.diff([energy_of_repeats(ms) for ms in (399.99, 400.0, 400.01)])
    assert np.all(np.abs(step) < 1e-4), "nothing jumps where five repeats become four"


def energy_of_repeats(delay_ms: float) -> float:
    size = 4 * RATE
    flat = Spectrum(torch.ones(1, 2, size // 2 + 1, dtype=torch.complex128), size)
    knobs = repeats.DelayLoopKnobs(
        *(torch.tensor(v).reshape(1, 1, 1) for v in (delay_ms, 0.9, 6_000.0, 100.0, 0.0))
    )
    made = repeats.repeat(flat, knobs, torch.ones(1, 1, 1), RATE)
    return float(made.bins.abs().square().mean())


@pytest.mark.parametrize("delay", [37.4, -12.25])
def test_alignment_delays_by_fractions_of_a_sample(delay: float) -> None:
    """A burst of a sine whose envelope dies out before the ends, turned over."""

    def burst(shift: float) -> Tensor:
        t = torch.arange(4_000, dtype=torch.float64) - 2_000 - shift
        return (torch.exp(-((t / 300) ** 2)) * torch.sin(2.1 * t)).expand(1, 2, -1)

    made = run("alignment", burst(0), delay_ms=1000 * delay / RATE, polarity=-1.0)
    torch.testing.assert_close(made, -burst(delay), rtol=0, atol=1e-9)


def test_alignment_by_whole_samples_shifts() -> None:
    x = noise()
    made = run("alignment", x, delay_ms=1000 * 100 / RATE, polarity=0.5)
    torch.testing.assert_close(made[..., 100:], 0.5 * x[..., :-100])
    assert made[..., :100].abs().max() < 1e-12


def test_the_way_back_through_squeezed_phasors_bends_as_tanh_does() -> None:
    """The derivative of tanh(m) / m, by autograd, on both sides of where its series takes over."""
    modulus = torch.tensor([1e-3, 5e-3, 9.9e-3, 1.01e-2, 0.05, 0.4, 1.0, 3.0], dtype=torch.float64)
    modulus.requires_grad_()
    (slope,) = torch.autograd.grad((modulus.tanh() / modulus).sum(), modulus)
    torch.testing.assert_close(multitap._bend(modulus) * modulus, slope, rtol=1e-5, atol=0.0)
