"""Filters, equaliser bands and crossover against analog prototypes, a textbook loop and physics."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import signal
from torch import Tensor

from unpatch.processors import PROCESSORS

SAMPLE_RATE = 44_100.0
FREQUENCY, Q, GAIN_DB = 1_500.0, 1.3, 9.0
BUTTERWORTH = math.sqrt(0.5)
BUTTERWORTH_4 = (2 * math.cos(math.pi / 8), 2 * math.cos(3 * math.pi / 8))

Analog = tuple[list[float], list[float]]
Signal = NDArray[np.float64]

A = 10 ** (GAIN_DB / 40)


def butterworth_split(numerator: list[float]) -> list[Analog]:
    return [(numerator, [1, k / Q * BUTTERWORTH, 1]) for k in BUTTERWORTH_4]


def process(
    kind: str, inputs: dict[str, Tensor], sample_rate: float = SAMPLE_RATE, **values: Any
) -> dict[str, Tensor]:
    return PROCESSORS[kind](inputs, sample_rate=sample_rate, **values)


@dataclass(frozen=True)
class Case:
    """A kind, its analog sections at 1 rad/s (numerator, denominator), its values besides frequency."""

    kind: str
    sections: list[Analog]
    outlet: str = "out"
    values: dict[str, float] = field(default_factory=lambda: {"q": Q})

    def run(self, x: Tensor, sample_rate: float = SAMPLE_RATE, **more: Any) -> Tensor:
        values = {"frequency_hz": FREQUENCY, **self.values, **more}
        return process(self.kind, {"input": x}, sample_rate, **values)[self.outlet]

    def run_moving(self, x: Tensor, **controls: Tensor) -> Tensor:
        values = {"frequency_hz": FREQUENCY, **self.values}
        return process(self.kind, {"input": x, **controls}, **values)[self.outlet]


EQ = {"q": Q, "gain_db": GAIN_DB}
PLAIN = [1, 1 / Q, 1]
LINKWITZ_RILEY = [1, math.sqrt(2), 1]
CASES = [
    Case("lowpass2", [([1], PLAIN)]),
    Case("bandpass2", [([1 / Q, 0], PLAIN)]),
    Case("highpass2", [([1, 0, 0], PLAIN)]),
    Case("bandreject2", [([1, 0, 1], PLAIN)]),
    Case("lowpass4", butterworth_split([1])),
    Case("bandpass4", [([1 / Q, 0], PLAIN)] * 2),
    Case("highpass4", butterworth_split([1, 0, 0])),
    Case("bell", [([1, A / Q, 1], [1, 1 / (A * Q), 1])], values=EQ),
    Case("lowshelf", [([A, A**1.5 / Q, A * A], [A, A**0.5 / Q, 1])], values=EQ),
    Case("highshelf", [([A * A, A**1.5 / Q, A], [1, A**0.5 / Q, A])], values=EQ),
    Case("crossover", [([1], LINKWITZ_RILEY)] * 2, outlet="low", values={}),
    Case("crossover", [([1, 0, 0], LINKWITZ_RILEY)] * 2, outlet="high", values={}),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.kind}.{c.outlet}")
FLAT_GAIN = [case for case in CASES if "gain_db" in case.values]


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def response_db(
    kind: str,
    frequency: float | list[float],
    sample_rate: float = SAMPLE_RATE,
    outlet: str = "out",
    **values: float,
) -> NDArray[np.float64]:
    """Magnitude of the transfer function at some frequencies, from the impulse response."""
    impulse = torch.zeros(1, 2, 1 << 16, dtype=torch.float64)
    impulse[..., 0] = 1
    h = process(kind, {"input": impulse}, sample_rate, **values)[outlet][0, 0].numpy()
    turns = np.outer(np.atleast_1d(frequency), np.arange(h.size)) / sample_rate
    spectrum = np.exp(-2j * np.pi * turns) @ h
    level: NDArray[np.float64] = 20 * np.log10(np.abs(spectrum) + 1e-15)
    return level


def digital_sections(sections: list[Analog], frequency: float, sample_rate: float) -> Signal:
    """Second-order sections by the bilinear transform that keeps ``frequency`` in place."""
    warped = 1 / math.tan(math.pi * frequency / sample_rate)
    rows = []
    for numerator, denominator in sections:
        b, a = signal.bilinear(numerator, denominator, fs=warped / 2)
        rows.append(np.concatenate([b, np.zeros(3 - b.size), a]))
    return np.array(rows)


@every_case
@pytest.mark.parametrize("dtype, tolerance", [(torch.float64, 1e-9), (torch.float32, 3e-6)])
def test_equals_the_bilinear_transform_of_the_analog_prototype(
    case: Case, dtype: torch.dtype, tolerance: float
) -> None:
    x = noise(2, 2, 3_000, dtype=dtype)
    expected = signal.sosfilt(digital_sections(case.sections, FREQUENCY, SAMPLE_RATE), x.double().numpy())
    np.testing.assert_allclose(case.run(x).double().numpy(), expected, atol=tolerance * 10)


def textbook(x: Signal, frequency: Signal, k: float, weights: tuple[float, float, float]) -> Signal:
    """Zavalishin's loop (fig. 4.18): solve the high-pass output, then integrate twice."""
    band_state = low_state = 0.0
    y = np.zeros_like(x)
    for t in range(x.size):
        g = math.tan(math.pi * frequency[t] / SAMPLE_RATE)
        high = (x[t] - (g + k) * band_state - low_state) / (1 + g * k + g * g)
        band = g * high + band_state
        band_state = g * high + band
        low = g * band + low_state
        low_state = g * band + low
        y[t] = weights[0] * high + weights[1] * k * band + weights[2] * low
    return y


@pytest.mark.parametrize(
    "kind, weights",
    [("lowpass2", (0, 0, 1)), ("bandpass2", (0, 1, 0)), ("highpass2", (1, 0, 0)), ("bandreject2", (1, 0, 1))],
)
def test_modulated_filter_equals_the_textbook_loop(kind: str, weights: tuple[float, float, float]) -> None:
    x, control = noise(1, 2, 1_500, dtype=torch.float64), noise(1, 2, 1_500, seed=1, dtype=torch.float64)
    y = process(kind, {"input": x, "frequency": control}, frequency_hz=FREQUENCY, q=Q)
    moved = np.clip(FREQUENCY * 2.0 ** (4 * control[0].numpy()), 20, 20_000)
    for channel in range(2):
        expected = textbook(x[0, channel].numpy(), moved[channel], 1 / Q, weights)
        np.testing.assert_allclose(y["out"][0, channel].numpy(), expected, atol=1e-8)


@every_case
@pytest.mark.parametrize("channels", [1, 2])
def test_constant_control_equals_a_set_knob(case: Case, channels: int) -> None:
    x = noise(2, 2, 1_000, dtype=torch.float64)
    control = torch.full((2, channels, 1_000), 0.25, dtype=torch.float64)
    expected = case.run(x, frequency_hz=2 * FREQUENCY)
    torch.testing.assert_close(case.run_moving(x, frequency=control), expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize("case", FLAT_GAIN, ids=lambda c: c.kind)
def test_gain_control_moves_24_db_per_unit(case: Case) -> None:
    x = noise(1, 2, 1_000, dtype=torch.float64)
    control = torch.full((1, 1, 1_000), -0.5, dtype=torch.float64)
    expected = case.run(x, gain_db=GAIN_DB - 12)
    torch.testing.assert_close(case.run_moving(x, gain=control), expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize("sample_rate", [8_000.0, 44_100.0, 192_000.0])
@pytest.mark.parametrize("kind", ["lowpass2", "highpass2", "lowpass4", "highpass4"])
def test_butterworth_corner_is_minus_3_db(kind: str, sample_rate: float) -> None:
    level = response_db(kind, 1_000, sample_rate, frequency_hz=1_000, q=BUTTERWORTH)
    assert level == pytest.approx(-3.0103, abs=1e-3)


@pytest.mark.parametrize(
    "kind, octave, slope",
    [
        ("lowpass2", (2_000, 4_000), -12),
        ("highpass2", (200, 100), -12),
        ("lowpass4", (2_000, 4_000), -24),
        ("highpass4", (200, 100), -24),
        ("bandpass2", (200, 100), -6),
        ("bandpass4", (2_000, 4_000), -12),
    ],
)
def test_slope_per_octave(kind: str, octave: tuple[float, float], slope: float) -> None:
    near, far = response_db(kind, list(octave), 192_000, frequency_hz=500, q=BUTTERWORTH)
    assert far - near == pytest.approx(slope, abs=0.35)


@pytest.mark.parametrize("kind, power", [("bandpass2", 1), ("bandpass4", 2)])
def test_band_is_unity_at_the_centre_and_as_wide_as_q_says(kind: str, power: int) -> None:
    centre, q = 1_000, 5.0
    half_width = 1 / (2 * q)
    edges = [centre * (math.hypot(1, half_width) + sign * half_width) for sign in (-1, 1)]
    levels = response_db(kind, [centre, *edges], 192_000, frequency_hz=centre, q=q)
    assert levels == pytest.approx([0, -3.0103 * power, -3.0103 * power], abs=0.01)


def test_bandreject_kills_its_centre_and_keeps_the_rest() -> None:
    levels = response_db("bandreject2", [20, 1_000, 20_000], frequency_hz=1_000, q=Q)
    assert levels[1] < -150
    assert levels[[0, 2]] == pytest.approx([0, 0], abs=0.01)


@pytest.mark.parametrize("gain_db", [-24.0, -6.0, 12.0, 24.0])
@pytest.mark.parametrize(
    "kind, levels", [("bell", (0, 1, 0)), ("lowshelf", (1, 0.5, 0)), ("highshelf", (0, 0.5, 1))]
)
def test_gain_below_at_and_above_the_frequency(kind: str, levels: tuple[float, ...], gain_db: float) -> None:
    found = response_db(kind, [20, 1_000, 95_000], 192_000, frequency_hz=1_000, q=1.0, gain_db=gain_db)
    assert found == pytest.approx([gain_db * share for share in levels], abs=0.12)


@pytest.mark.parametrize("case", FLAT_GAIN, ids=lambda c: c.kind)
def test_cut_undoes_the_boost(case: Case) -> None:
    x = noise(1, 2, 2_000, dtype=torch.float64)
    restored = case.run(case.run(x), gain_db=-GAIN_DB)
    torch.testing.assert_close(restored, x, atol=1e-9, rtol=0)


@pytest.mark.parametrize("case", FLAT_GAIN, ids=lambda c: c.kind)
def test_bypass_at_0_db_is_exact(case: Case) -> None:
    x = noise(3, 2, 1_000)
    assert torch.equal(case.run(x, gain_db=0.0), x)
    flat = replace(case, values={"q": Q, "gain_db": 0.0})
    assert torch.equal(flat.run_moving(x, frequency=noise(3, 1, 1_000, seed=1)), x)


@pytest.mark.parametrize("frequency", [20.0, 900.0, 20_000.0])
def test_crossover_bands_add_up_to_a_flat_magnitude(frequency: float) -> None:
    impulse = torch.zeros(1, 2, 1 << 16, dtype=torch.float64)
    impulse[..., 0] = 1
    bands = process("crossover", {"input": impulse}, frequency_hz=frequency)
    total = torch.fft.rfft(bands["low"] + bands["high"]).abs()
    torch.testing.assert_close(total, torch.ones_like(total), atol=1e-6, rtol=0)


@pytest.mark.parametrize("outlet, slope_at", [("low", (4_000, 8_000)), ("high", (500, 250))])
def test_crossover_bands_meet_at_minus_6_db_and_fall_by_24(outlet: str, slope_at: tuple[int, int]) -> None:
    levels = response_db("crossover", [2_000, *slope_at], 192_000, outlet=outlet, frequency_hz=2_000)
    assert levels[0] == pytest.approx(-6.0206, abs=1e-3)
    assert levels[2] - levels[1] == pytest.approx(-24, abs=1.6)


SIGNALS: dict[str, Callable[[int], Tensor]] = {
    "silence": lambda n: torch.zeros(1, 2, n),
    "dc": lambda n: torch.ones(1, 2, n),
    "impulse": lambda n: torch.eye(1, n).expand(1, 2, n),
    "square": lambda n: torch.sign(torch.sin(torch.arange(n) * 0.3) + 1e-3).expand(1, 2, n),
    "noise": lambda n: noise(1, 2, n),
}


@every_case
@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("sample_rate", [8_000.0, 192_000.0])
def test_corner_values_stay_finite(case: Case, name: str, sample_rate: float) -> None:
    parameters = PROCESSORS[case.kind].parameters
    x = SIGNALS[name](1_000)
    for end in ("low", "high"):
        values = {p.name: getattr(p, end) for p in parameters.values()}
        y = process(case.kind, {"input": x}, sample_rate, **values)[case.outlet]
        assert y.shape == x.shape
        assert y.isfinite().all()
        assert y.abs().max() < 1_000 if name != "silence" else not y.any()


@every_case
def test_one_frame(case: Case) -> None:
    x = noise(1, 2, 40)
    torch.testing.assert_close(case.run(x[..., :1]), case.run(x)[..., :1])
    moving = case.run_moving(x[..., :1], frequency=torch.zeros(1, 1, 1))
    torch.testing.assert_close(moving, case.run(x)[..., :1])


@every_case
def test_full_depth_audio_rate_modulation_stays_bounded(case: Case) -> None:
    """Worst knobs, a jump of up to eight octaves at every frame, two seconds of noise."""
    x = noise(1, 2, 88_200).clamp(-1, 1)
    control = 2 * torch.rand(1, 1, 88_200, generator=torch.Generator().manual_seed(2)) - 1
    resonance = {"q": PROCESSORS[case.kind].parameters["q"].high} if "q" in case.values else {}
    gain = {"gain": control.flip(-1)} if "gain_db" in case.values else {}
    y = replace(case, values={**case.values, **resonance}).run_moving(x, frequency=control, **gain)
    assert y.isfinite().all()
    assert y.abs().max() < 400
    assert y[..., 44_100:].square().mean() < 4 * y[..., :44_100].square().mean() + 1e-9


@every_case
def test_decays_to_exact_silence(case: Case) -> None:
    """States are flushed before they become denormal numbers."""
    x = torch.zeros(1, 2, 44_100)
    x[..., :100] = 1
    tail = case.run(x, frequency_hz=5_000.0)[..., -1_000:]
    moving = case.run_moving(x, frequency=torch.full((1, 1, 44_100), 0.4))[..., -1_000:]
    assert not tail.any()
    assert not moving.any()


@every_case
def test_rows_do_not_know_of_each_other(case: Case) -> None:
    x = noise(3, 2, 700)
    frequency = torch.tensor([80.0, 900.0, 9_000.0])
    together = case.run(x, frequency_hz=frequency)
    for row in range(3):
        alone = case.run(x[row : row + 1], frequency_hz=float(frequency[row]))
        assert torch.equal(together[row : row + 1], alone)


def test_not_a_number_stays_visible() -> None:
    x = torch.zeros(1, 2, 100)
    x[0, 0, 50] = math.nan
    y = PROCESSORS["lowpass2"]({"input": x}, sample_rate=SAMPLE_RATE)["out"]
    assert y[0, 0, 50:].isnan().all()
    assert not y[0, 1].any()
