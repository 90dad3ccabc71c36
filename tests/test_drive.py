"""Distortion and bit crusher: harmonics, bounds, slow references, step counts."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from unpatch.dsp.compiled import Array
from unpatch.processors import PROCESSORS

RATE = 48_000
PERIOD = 480
LEAST_CEILING, LEAST_TAIL = 0.25, 1e-3


def distort(x: Tensor, **values: float | Tensor) -> Tensor:
    return PROCESSORS["distortion"]({"input": x}, sample_rate=RATE, frames=None, **values)["out"]


def crush(x: Tensor, bit: float) -> Tensor:
    return PROCESSORS["bitcrush"]({"input": x}, sample_rate=RATE, bit=bit)["out"]


def ramp(low: float, high: float, count: int = 20_001) -> Tensor:
    """An input that takes every value once, ``[1, 2, T]``."""
    return torch.linspace(low, high, count, dtype=torch.float64).expand(1, 2, -1)


def staircase(y: Tensor) -> Tensor:
    """The values that occur, rising."""
    return torch.from_numpy(np.unique(y.numpy()))


def harmonics(y: Tensor) -> Array:
    """Amplitudes of harmonics 0, 1, 2, ... of a period of PERIOD frames."""
    spectrum = np.abs(np.fft.rfft(y[0, 0].numpy())) / y.shape[-1] * 2
    return np.asarray(spectrum[:: y.shape[-1] // PERIOD])


def sine(amplitude: float) -> Tensor:
    t = torch.arange(10 * PERIOD, dtype=torch.float64)
    return (amplitude * torch.sin(2 * math.pi * t / PERIOD)).expand(1, 2, -1)


def reference(x: float, gain_db: float, hardness: float, asymmetry: float) -> float:
    """One sample by the formula in the text."""
    tail = 1 - (1 - LEAST_TAIL) * hardness
    straight = 1 - tail
    ceiling = 1 - (1 - LEAST_CEILING) * asymmetry if x < 0 else 1
    size = abs(x) * 10 ** (gain_db / 20) / ceiling
    bent = tail * math.tanh((size - straight) / tail) + straight if size > straight else size
    return math.copysign(ceiling * bent, x)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(gain_db=st.floats(0, 48), hardness=st.floats(0, 1), asymmetry=st.floats(0, 1))
def test_distortion_equals_the_slow_reference(gain_db: float, hardness: float, asymmetry: float) -> None:
    x = ramp(-2, 2, 401)
    expected = [reference(v, gain_db, hardness, asymmetry) for v in x[0, 0].tolist()]
    knobs = {"gain_db": gain_db, "hardness": hardness, "asymmetry": asymmetry}
    for dtype, tolerance in ((torch.float32, 3e-6), (torch.float64, 1e-12)):
        y = distort(x.to(dtype), **knobs)[0, 0]
        np.testing.assert_allclose(
            y.numpy(), expected, rtol=1e-5 if dtype is torch.float32 else 1e-9, atol=tolerance
        )


def test_symmetric_distortion_makes_odd_harmonics_only() -> None:
    amplitudes = harmonics(distort(sine(0.5), gain_db=18.0, hardness=0.3, asymmetry=0.0))
    assert amplitudes[0:20:2].max() < 1e-12
    assert amplitudes[3] > 0.1 * amplitudes[1]


def test_asymmetric_distortion_makes_even_harmonics() -> None:
    amplitudes = harmonics(distort(sine(0.5), gain_db=18.0, hardness=0.3, asymmetry=0.6))
    assert amplitudes[2] > 0.02 * amplitudes[1]


def test_harder_clipping_is_brighter() -> None:
    """At equal drive a corner spreads further than a bend."""
    soft, hard = (harmonics(distort(sine(0.5), gain_db=12.0, hardness=h, asymmetry=0.0)) for h in (0.0, 1.0))
    assert np.sum(hard[9:40] ** 2) > 4 * np.sum(soft[9:40] ** 2)


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("asymmetry", [0.0, 1.0])
def test_distortion_is_bounded_rising_and_zero_at_zero(hardness: float, asymmetry: float) -> None:
    y = distort(ramp(-3, 3), gain_db=20.0, hardness=hardness, asymmetry=asymmetry)[0, 0]
    lowest = -(1 - (1 - LEAST_CEILING) * asymmetry)
    assert lowest - 1e-12 <= y.min() and y.max() <= 1 + 1e-12
    assert y[-1] == pytest.approx(1, abs=1e-9) and y[0] == pytest.approx(lowest, abs=1e-9)
    assert (y.diff() >= 0).all()
    assert y[len(y) // 2] == pytest.approx(0, abs=1e-12)


def test_small_signals_are_only_amplified() -> None:
    """No DC and no curvature where the signal is quiet, in single precision too."""
    x = 1e-5 * torch.randn(1, 2, 1000, generator=torch.Generator().manual_seed(0))
    y = distort(x, gain_db=20.0, hardness=0.0, asymmetry=1.0)
    torch.testing.assert_close(y, 10 * x, rtol=2e-5, atol=0)


def test_full_hardness_is_a_clipper() -> None:
    x = ramp(-2, 2)
    y = distort(x, gain_db=0.0, hardness=1.0, asymmetry=0.0)
    torch.testing.assert_close(y, x.clamp(-1, 1), rtol=0, atol=LEAST_TAIL)


def test_distortion_passes_bad_input_on() -> None:
    x = torch.tensor([0.1, math.nan, math.inf, -math.inf]).expand(1, 2, -1)
    y = distort(x, gain_db=0.0, hardness=0.5, asymmetry=0.0)[0, 0]
    assert y[1].isnan() and y[2:].tolist() == [1, -1]


def test_distortion_gradients_of_two_rows() -> None:
    x = torch.randn(2, 2, 30, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    knobs = [torch.tensor(v, dtype=torch.float64) for v in ([2.0, 14.0], [0.2, 0.8], [0.3, 0.9])]
    for tensor in (x, *knobs):
        tensor.requires_grad_()

    def call(x: Tensor, gain_db: Tensor, hardness: Tensor, asymmetry: Tensor) -> Tensor:
        return distort(x, gain_db=gain_db, hardness=hardness, asymmetry=asymmetry)

    assert torch.autograd.gradcheck(call, (x, *knobs), eps=1e-7, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("bit", [2, 3, 8, 12])
def test_bitcrush_has_two_to_the_bit_steps(bit: int) -> None:
    levels = staircase(crush(ramp(-1, 1, 2**18 + 1), bit))
    assert len(levels) == 2**bit + 1  # both ends of that many steps
    torch.testing.assert_close(levels.diff(), torch.full((2**bit,), 2.0 ** (1 - bit), dtype=torch.float64))


@given(bit=st.floats(2, 16))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_bitcrush_error_is_at_most_half_a_step(bit: float) -> None:
    x = ramp(-1.5, 1.5, 4_001)
    error = (crush(x, bit) - x).abs().max()
    assert error <= 2.0**-bit * (1 + 1e-6)


def test_bits_between_give_steps_between() -> None:
    steps = [float(staircase(crush(ramp(0, 1), bit))[1]) for bit in (3.0, 3.5, 4.0)]
    assert steps[0] / steps[1] == pytest.approx(math.sqrt(2), rel=1e-5) == steps[1] / steps[2]


def test_bitcrush_noise_falls_six_decibels_per_bit() -> None:
    x = 0.5 * torch.randn(1, 2, 50_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    powers = [float((crush(x, bit) - x).square().mean()) for bit in (6, 10)]
    assert 10 * math.log10(powers[0] / powers[1]) == pytest.approx(4 * 20 * math.log10(2), abs=0.2)
    assert powers[0] == pytest.approx((2.0**-5) ** 2 / 12, rel=0.02)


def test_what_asymmetry_adds_in_direct_current_is_taken_out_by_a_high_pass() -> None:
    """A sine clipped hard at 1 and at -0.25 is nearly a square wave, whose mean is (1 - 0.25) / 2."""
    x = torch.sin(2 * math.pi * 441 * (torch.arange(44_100) + 0.5) / 44_100).expand(1, 2, -1)
    knobs = {"gain_db": 48.0, "hardness": 1.0, "asymmetry": 1.0}
    y = PROCESSORS["distortion"]({"input": x}, sample_rate=44_100, frames=None, **knobs)["out"]
    assert float(y.mean()) == pytest.approx(0.375, abs=0.005)
    cut = {"frequency_hz": 20.0, "q": 0.7071}
    z = PROCESSORS["highpass2"]({"input": y}, sample_rate=44_100, frames=None, **cut)["out"]
    assert abs(float(z[..., -22_000:].mean())) < 1e-3
