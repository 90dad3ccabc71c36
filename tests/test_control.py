"""Low-frequency oscillators and envelope follower."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from unpatch.processors import PROCESSORS

RATE = 44_100


def oscillate(kind: str, frames: int, rate: float = RATE, **values: float | Tensor) -> Tensor:
    return PROCESSORS[kind]({}, sample_rate=rate, frames=frames, **values)["lfo"]


def follow(x: Tensor, rate: float = RATE, **values: float | Tensor) -> Tensor:
    return PROCESSORS["envelope_follower"]({"input": x}, sample_rate=rate, frames=None, **values)["env"]


def stereo(signal: Tensor) -> Tensor:
    return signal.expand(1, 2, -1)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("frequency_hz", [0.05, 1.7, 20.0])
@pytest.mark.parametrize("phase", [0.0, 0.3, 1.0])
def test_lfo_is_a_sine(rate: int, frequency_hz: float, phase: float) -> None:
    lfo = oscillate("mono_lfo", 12_345, rate, frequency_hz=frequency_hz, phase=phase)
    expected = np.sin(2 * np.pi * (frequency_hz * np.arange(12_345) / rate + phase))
    np.testing.assert_allclose(lfo[0, 0].numpy(), expected, atol=2e-6)


def test_lfo_keeps_its_phase_for_ten_minutes() -> None:
    """In single precision the angle would be off by a thousandth of a cycle or more."""
    frames = 600 * 8_000
    lfo = oscillate("mono_lfo", frames, 8_000, frequency_hz=19.0, phase=0.25)
    assert lfo.shape == (1, 1, frames)
    last = np.arange(frames - 1_000, frames)
    frequency_hz = float(np.float32(19.0))
    expected = np.sin(2 * np.pi * (frequency_hz * last / 8_000 + 0.25))
    np.testing.assert_allclose(lfo[0, 0, -1_000:].numpy(), expected, atol=1e-5)


def test_stereo_lfo_leads_on_the_right() -> None:
    """A quarter of a cycle: the right channel is where the left will be a quarter period later."""
    rate, frequency_hz = 8_000, 2.0
    lfo = oscillate("stereo_lfo", 8_000, rate, frequency_hz=frequency_hz, phase=0.1, stereo_offset=0.25)[0]
    quarter = round(rate / frequency_hz / 4)
    torch.testing.assert_close(lfo[1, :-quarter], lfo[0, quarter:], rtol=0, atol=2e-6)
    mono = oscillate("mono_lfo", 8_000, rate, frequency_hz=frequency_hz, phase=0.1)[0, 0]
    torch.testing.assert_close(lfo[0], mono, rtol=0, atol=1e-6)


def test_lfo_batches_over_any_knob() -> None:
    lfo = oscillate(
        "stereo_lfo", 500, frequency_hz=torch.tensor([3.0, 5.0]), stereo_offset=torch.tensor([0.0, 0.5])
    )
    assert lfo.shape == (2, 2, 500)
    torch.testing.assert_close(lfo[0, 0], lfo[0, 1])
    torch.testing.assert_close(lfo[1, 0], -lfo[1, 1], rtol=0, atol=1e-6)


def test_lfo_gradients() -> None:
    knobs = [
        torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in ([3.0, 7.0], [0.1, 0.6], [0.3, 0.4])
    ]

    def call(frequency_hz: Tensor, phase: Tensor, stereo_offset: Tensor) -> Tensor:
        values = {"frequency_hz": frequency_hz, "phase": phase, "stereo_offset": stereo_offset}
        return oscillate("stereo_lfo", 50, 1_000, **values)

    assert torch.autograd.gradcheck(call, knobs)


@pytest.mark.parametrize(("attack_ms", "release_ms"), [(10.0, 100.0), (80.0, 20.0)])
def test_envelope_rises_and_falls_by_63_percent_in_its_times(attack_ms: float, release_ms: float) -> None:
    one = RATE
    x = stereo(torch.cat([torch.full((one,), 0.5), torch.zeros(one)]))
    env = follow(x, attack_ms=attack_ms, release_ms=release_ms, gain_db=0.0)[0, 0]
    share = 1 - math.exp(-1)
    assert float(env[round(attack_ms * RATE / 1000) - 1]) == pytest.approx(0.5 * share, abs=1e-3)
    assert float(env[one - 1]) == pytest.approx(0.5, abs=1e-4)
    assert float(env[one + round(release_ms * RATE / 1000) - 1]) == pytest.approx(0.5 * (1 - share), abs=1e-3)


def test_envelope_equals_the_slow_reference() -> None:
    x = 0.5 * torch.randn(1, 2, 1_500, generator=torch.Generator().manual_seed(0))
    attack, release = (math.exp(-1 / (ms * 8)) for ms in (3, 30))
    state, expected = 0.0, []
    for left, right in x[0].T.tolist():
        peak = max(abs(left), abs(right))
        pole = attack if peak > state else release
        state = pole * state + (1 - pole) * peak
        expected.append(min(state * 10 ** (6 / 20), 1))
    env = follow(x, 8_000, attack_ms=3.0, release_ms=30.0, gain_db=6.0)
    np.testing.assert_allclose(env[0, 0].numpy(), expected, atol=1e-6)
    assert max(expected) == 1  # the clipping was seen


def test_envelope_hears_the_louder_channel() -> None:
    x = torch.zeros(2, 2, 4_000)
    x[0, 0] = x[1, 1] = 0.4
    left, right = follow(x)
    assert torch.equal(left, right)
    assert float(left.max()) == pytest.approx(0.4, abs=0.01)


def test_envelope_gain_is_in_decibels_and_clipped_at_one() -> None:
    x = stereo(torch.full((RATE,), 0.25))
    assert float(follow(x, gain_db=6.0)[0, 0, -1]) == pytest.approx(0.25 * 10**0.3, abs=1e-3)
    assert float(follow(x, gain_db=24.0).max()) == 1


def test_a_long_silence_leaves_no_denormal_numbers() -> None:
    x = stereo(torch.cat([torch.ones(100), torch.zeros(100_000)]))
    env = follow(x, 8_000, attack_ms=0.1, release_ms=5.0)
    assert float(env[0, 0, -1]) == 0
    assert env[env > 0].min() > torch.finfo(torch.float32).tiny


def test_envelope_gradients_of_two_rows() -> None:
    x = 0.3 * torch.randn(2, 2, 60, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    knobs = [torch.tensor(v, dtype=torch.float64) for v in ([0.2, 1.0], [5.0, 20.0], [-3.0, 3.0])]
    for tensor in (x, *knobs):
        tensor.requires_grad_()

    def call(x: Tensor, attack_ms: Tensor, release_ms: Tensor, gain_db: Tensor) -> Tensor:
        return follow(x, 8_000, attack_ms=attack_ms, release_ms=release_ms, gain_db=gain_db)

    assert torch.autograd.gradcheck(call, (x, *knobs), eps=1e-7, atol=1e-6, rtol=1e-4)
