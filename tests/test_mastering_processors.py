"""Equalizers and clippers of the mastering set against textbooks, and the physics behind them."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from numpy.polynomial import chebyshev, polynomial
from numpy.typing import NDArray
from scipy.signal import sosfilt, sosfreqz
from torch import Tensor

from tests.test_console_processors import cookbook
from unpatch.dsp.sections import GRAPHIC_HZ
from unpatch.dsp.spectrum import Spectrum
from unpatch.graph.build import chain
from unpatch.mastering.polarity import polarity_loss
from unpatch.processors import MASTERING
from unpatch.rendering import render

RATE = 44_100
Samples = NDArray[np.float64]
Value = float | Sequence[float] | Tensor


def run(kind: str, input: Tensor, /, rate: float = RATE, **values: Value) -> Tensor:
    return MASTERING[kind]({"input": input}, sample_rate=rate, frames=None, **values)["out"]


def noise(frames: int = 3_000, seed: int = 0, rows: int = 1, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.2 * torch.randn(rows, 2, frames, generator=generator, dtype=dtype)


def response_db(kind: str, frequencies_hz: Sequence[float], **values: Value) -> Samples:
    """In the bins nearest to some frequencies."""
    size = 4 * RATE
    flat = Spectrum(torch.ones(1, 2, size // 2 + 1, dtype=torch.complex128), size)
    bins = MASTERING[kind].on_spectrum(flat, sample_rate=RATE, **values).bins[0, 0]
    return np.asarray(20 * np.log10(np.abs(bins[[round(f * size / RATE) for f in frequencies_hz]].numpy())))


BANDS = {
    "low_shelf": "lowshelf",
    "peak_1": "bell",
    "peak_2": "bell",
    "peak_3": "bell",
    "high_shelf": "highshelf",
}
SETTINGS = {
    "mild": {
        "low_shelf_hz": 90.0, "low_shelf_db": 2.0, "low_shelf_q": 0.7,
        "peak_1_hz": 300.0, "peak_1_db": -1.5, "peak_1_q": 1.0,
        "peak_2_hz": 2_500.0, "peak_2_db": 1.0, "peak_2_q": 0.5,
        "peak_3_hz": 6_000.0, "peak_3_db": -2.0, "peak_3_q": 2.0,
        "high_shelf_hz": 12_000.0, "high_shelf_db": 3.0, "high_shelf_q": 0.7,
    },
    "harsh": {
        "low_shelf_hz": 160.0, "low_shelf_db": -15.0, "low_shelf_q": 2.0,
        "peak_1_hz": 100.0, "peak_1_db": 15.0, "peak_1_q": 2.0,
        "peak_2_hz": 6_000.0, "peak_2_db": -15.0, "peak_2_q": 0.1,
        "peak_3_hz": 16_000.0, "peak_3_db": 15.0, "peak_3_q": 1.5,
        "high_shelf_hz": 5_000.0, "high_shelf_db": -9.0, "high_shelf_q": 0.3,
    },
}  # fmt: skip


def sections(values: dict[str, float]) -> Samples:
    rows = [
        cookbook(shape, values[f"{name}_hz"], values[f"{name}_q"], values[f"{name}_db"])
        for name, shape in BANDS.items()
    ]
    return np.array(rows)


@pytest.mark.parametrize("values", SETTINGS.values(), ids=SETTINGS)
def test_the_equalizer_is_a_cascade_of_cookbook_sections(values: dict[str, float]) -> None:
    x = noise(rows=2)
    expected = sosfilt(sections(values), x.numpy())
    np.testing.assert_allclose(run("mastering_equalizer", x, **values).numpy(), expected, rtol=0, atol=1e-5)
    frequencies = [20.0, 150.0, 1_000.0, 7_000.0, 20_000.0]
    _, exact = sosfreqz(sections(values), frequencies, fs=RATE)
    found = response_db("mastering_equalizer", frequencies, **values)
    np.testing.assert_allclose(found, 20 * np.log10(np.abs(exact)), rtol=0, atol=1e-8)


def test_the_slowest_shelf_rings_out_before_it_wraps_round() -> None:
    """Whatever the transform folds back is 100 dB below the signal."""
    values = {"low_shelf_hz": 30.0, "low_shelf_db": 15.0, "low_shelf_q": 0.1}
    x = noise(10_000)
    expected = sosfilt(np.array([cookbook("lowshelf", 30, 0.1, 15)]), x.numpy())
    made = run("mastering_equalizer", x, **values).numpy()
    assert np.abs(made - expected).max() < 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("q", [0.1, 0.7071, 2.0])
@pytest.mark.parametrize("gain_db", [-15.0, 6.0])
def test_peaks_reach_their_gain_and_half_of_it_at_the_edges_of_the_band(q: float, gain_db: float) -> None:
    """Edges are centre (sqrt(1 + 1/4q^2) -+ 1/2q), in the frequencies that the bilinear transform warps."""
    centre = 1_000.0
    warped = math.tan(math.pi * centre / RATE)
    edges = [warped * (math.sqrt(1 + 1 / (4 * q * q)) + sign / (2 * q)) for sign in (-1, 1)]
    at = [centre, *(RATE / math.pi * math.atan(edge) for edge in edges)]
    found = response_db("mastering_equalizer", at, peak_1_hz=centre, peak_1_db=gain_db, peak_1_q=q)
    np.testing.assert_allclose(found, [gain_db, gain_db / 2, gain_db / 2], atol=0.01)


@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_shelves_have_half_their_gain_at_the_corner_and_all_of_it_beyond(gain_db: float) -> None:
    low = {"low_shelf_hz": 100.0, "low_shelf_db": gain_db}
    found = response_db("mastering_equalizer", [1, 100, 3_000], **low)
    np.testing.assert_allclose(found, [gain_db, gain_db / 2, 0], atol=0.01)
    high = {"high_shelf_hz": 5_000.0, "high_shelf_db": gain_db}
    found = response_db("mastering_equalizer", [50, 5_000, 22_050], **high)
    np.testing.assert_allclose(found, [0, gain_db / 2, gain_db], atol=0.01)


def test_a_graphic_band_is_two_octaves_wide() -> None:
    for i, centre in enumerate(GRAPHIC_HZ[:6]):
        gains = np.eye(10)[i] * 12
        found = response_db("graphic_equalizer", [centre / 2, centre, 2 * centre], gain_db=gains.tolist())
        np.testing.assert_allclose(found, [6, 12, 6], atol=0.1)


def test_the_graphic_equalizer_is_a_cascade_of_peaks() -> None:
    gains = [3.0, -6.0, 9.0, -12.0, 15.0, -15.0, 12.0, -9.0, 6.0, -3.0]
    rows = [cookbook("bell", hz, 2 / 3, gain) for hz, gain in zip(GRAPHIC_HZ, gains, strict=True)]
    x = noise()
    made = run("graphic_equalizer", x, gain_db=gains).numpy()
    np.testing.assert_allclose(made, sosfilt(np.array(rows), x.numpy()), rtol=0, atol=1e-5)


def test_bands_above_half_the_sample_rate_do_nothing() -> None:
    gains = torch.zeros(1, 10)
    gains[:, 7:] = 15  # 4 kHz and above
    x = noise()
    torch.testing.assert_close(run("graphic_equalizer", x, 8_000, gain_db=gains), x)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("kind", ["mastering_equalizer", "graphic_equalizer"])
def test_gains_of_0_db_leave_every_bit(kind: str, rate: int) -> None:
    bins = torch.fft.rfft(noise(4_096, dtype=torch.float32))
    assert torch.equal(MASTERING[kind].on_spectrum(Spectrum(bins, 4_096), sample_rate=rate).bins, bins)


def cubic(x: Samples) -> Samples:
    return np.where(np.abs(x) <= 1.5, x - 4 * x**3 / 27, np.sign(x))


def hard(x: Samples) -> Samples:
    return np.clip(x, -1, 1)


def blend(x: Samples, hardness: float) -> Samples:
    """Equation (1) of the paper."""
    if hardness <= 1:
        return (1 - hardness) * np.tanh(x) + hardness * cubic(x)
    return (2 - hardness) * cubic(x) + (hardness - 1) * hard(x)


def clipped(x: Samples, gain_db: float, offset: float, hardness: float) -> Samples:
    """Equation (4)."""
    gain = 10 ** (gain_db / 20)
    rest = blend(np.array(offset), hardness)
    return np.asarray((blend(gain * x + offset, hardness) - rest) / gain)


def stereo(x: Samples, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.from_numpy(x).to(dtype).expand(1, 2, -1)


LINE = np.linspace(-4, 4, 8_001)


@pytest.mark.parametrize("hardness", [0.0, 0.3, 1.0, 1.6, 2.0])
@pytest.mark.parametrize(("gain_db", "offset"), [(-10.0, 0.0), (0.0, 0.0), (6.0, 0.4), (20.0, 1.0)])
def test_the_clipper_is_the_papers_with_the_cubic_corrected(
    gain_db: float, offset: float, hardness: float
) -> None:
    knobs = {"gain_db": gain_db, "offset": offset, "hardness": hardness}
    expected = clipped(LINE, gain_db, offset, hardness)
    np.testing.assert_allclose(run("clipper", stereo(LINE), **knobs)[0, 1].numpy(), expected, atol=1e-12)
    single = run("clipper", stereo(LINE, torch.float32), **knobs)[0, 0].numpy()
    np.testing.assert_allclose(single, expected, atol=3e-5 / 10 ** (gain_db / 20))


def test_the_cubic_meets_the_ceiling_flat() -> None:
    """f(3/2) = 1 and f'(3/2) = 0; the printed x + 4 x^3 / 27 up to 2/3 jumps there from 0.71 to 1."""
    points = np.array([0.0, 0.5, 2 / 3, 1.0, 1.5, 1.5001, 2.0, -1.0, -3.0])
    found = run("clipper", stereo(points), hardness=1.0)[0, 0].numpy()
    np.testing.assert_allclose(
        found,
        [0, 0.5 - 1 / 54, 2 / 3 - 32 / 729, 23 / 27, 1, 1, 1, -23 / 27, -1],
        atol=1e-12,
    )


@pytest.mark.parametrize("hardness", np.linspace(0, 2, 9))
def test_the_clipper_never_jumps_and_never_gets_steeper_than_1(hardness: float) -> None:
    y = run("clipper", stereo(LINE), gain_db=3.0, offset=0.2, hardness=hardness)[0, 0].numpy()
    steps = np.diff(y) / np.diff(LINE)
    assert steps.min() > -1e-9 and steps.max() <= 1 + 1e-9
    centre = run("clipper", stereo(np.array([-1e-6, 1e-6])), hardness=hardness)[0, 0].numpy()
    assert np.diff(centre)[0] / 2e-6 == pytest.approx(1, abs=1e-9)


def test_its_hardness_passes_through_the_cubic_without_a_jump() -> None:
    before, at, after = (run("clipper", noise() * 8, hardness=h) for h in (1 - 1e-9, 1.0, 1 + 1e-9))
    torch.testing.assert_close(before, at, rtol=0, atol=1e-8)
    torch.testing.assert_close(after, at, rtol=0, atol=1e-8)


def test_an_offset_makes_even_harmonics() -> None:
    sine = np.sin(2 * np.pi * 10 * np.arange(1_000) / 1_000)
    for offset, expected in ((0.0, False), (0.5, True)):
        made = run("clipper", stereo(sine), gain_db=6.0, offset=offset)[0, 0].numpy()
        harmonics = np.abs(np.fft.rfft(made))[10::10]
        assert (harmonics[1] > 1e-2 * harmonics[0]) == expected and harmonics[2] > 1e-2 * harmonics[0]


COEFFICIENTS = np.random.default_rng(0).uniform(-1, 1, 24)
Evaluate = Callable[[Samples, Samples], Samples]


@pytest.mark.parametrize(
    ("kind", "evaluate"),
    [("taylor_clipper", polynomial.polyval), ("chebyshev_clipper", chebyshev.chebval)],
)
def test_polynomial_clippers_are_series_without_their_constant(kind: str, evaluate: Evaluate) -> None:
    """And beyond full scale what they add holds its value."""
    x = np.linspace(-1.5, 1.5, 1_001)
    series = np.concatenate([[0.0], COEFFICIENTS])
    expected = x + evaluate(np.clip(x, -1, 1), series) - evaluate(np.zeros(1), series)
    made = run(kind, stereo(x), coefficients=COEFFICIENTS.tolist())[0]
    np.testing.assert_allclose(made[1].numpy(), expected, atol=1e-11)
    single = run(kind, stereo(x, torch.float32), coefficients=COEFFICIENTS.tolist())[0, 0]
    np.testing.assert_allclose(single.numpy(), expected, atol=2e-5)


@pytest.mark.parametrize("kind", ["taylor_clipper", "chebyshev_clipper"])
def test_polynomial_clippers_learn_a_clipper(kind: str) -> None:
    """A limited least-squares fit: 24 orders describe a soft clipper to within 0.3 % of its output."""
    x = 0.98 * torch.sin(torch.arange(2_000, dtype=torch.float64) ** 1.5 / 40).expand(1, 2, -1)
    target = run("clipper", x, gain_db=6.0, hardness=0.5)
    c = torch.zeros(1, 24, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([c], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = (run(kind, x, coefficients=c.clamp(-1, 1)) - target).square().mean()
        torch.autograd.backward(value)
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    assert float(loss().detach().sqrt() / target.square().mean().sqrt()) < 3e-3


def test_a_taylor_clipper_keeps_the_polarity_of_quiet_signals() -> None:
    quiet = 1e-3 * noise()
    worst = torch.full((1, 24), -1.0)
    assert (run("taylor_clipper", quiet, coefficients=worst) * quiet).sum() >= -1e-12


def test_polarity_loss_counts_what_is_upside_down() -> None:
    x = noise(rows=3)
    found = torch.stack([0.5 * x[0], -0.25 * x[1], -x[2]])
    torch.testing.assert_close(polarity_loss(found, x), x.new_tensor([0, 0.25, 1]), rtol=1e-6, atol=1e-7)
    assert float(polarity_loss(found[:1], torch.zeros(1, 2, 3_000, dtype=x.dtype))) == 0


def test_polarity_loss_turns_a_chebyshev_clipper_round() -> None:
    """From an inverted start a loss on magnitudes alone stays inverted."""
    x = 0.9 * torch.sin(torch.arange(1_000, dtype=torch.float64) / 9).expand(1, 2, -1)
    target = run("clipper", x, gain_db=3.0)
    start = torch.zeros(1, 24, dtype=torch.float64)
    start[0, 0], start[0, 2] = -1.0, 0.8  # -2.4 x near 0

    def ends(weight: float) -> float:
        c = start.clone().requires_grad_()
        optimiser = torch.optim.Adam([c], lr=0.02)
        for _ in range(150):
            y = run("chebyshev_clipper", x, coefficients=c)
            magnitudes = (torch.fft.rfft(y).abs() - torch.fft.rfft(target).abs()).abs().mean()
            optimiser.zero_grad()
            torch.autograd.backward(magnitudes + weight * polarity_loss(y, target).sum())
            optimiser.step()
        return float((run("chebyshev_clipper", x, coefficients=c.detach()) * target).sum())

    assert ends(0.0) < 0 < ends(30.0)


def test_a_mastering_graph_is_its_effects_in_a_row_without_the_energy_rule() -> None:
    x = 2 * noise(RATE // 4, dtype=torch.float32)
    knobs: list[tuple[str, dict[str, float]]] = [
        ("mastering_equalizer", SETTINGS["mild"]),
        ("mastering_compressor", {"threshold_db": -20.0}),
        ("clipper", {"gain_db": 6.0}),
    ]
    expected = x
    for kind, values in knobs:
        expected = run(kind, expected, **values)
    torch.testing.assert_close(render(chain(MASTERING, *knobs), x[0], RATE), expected[0])
