"""Phaser against a textbook loop, its notches, and its energy bound under modulation."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch import dsp
from unpatch.processors import PROCESSORS

SAMPLE_RATE = 44_100.0
STAGES = 6


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def phaser(
    x: Tensor, control: Tensor | None = None, sample_rate: float = SAMPLE_RATE, **values: Any
) -> Tensor:
    mod = torch.zeros_like(x[:, :1]) if control is None else control
    return PROCESSORS["phaser"]({"input": x, "mod": mod}, sample_rate=sample_rate, **values)["out"]


def response(frequency: float | NDArray[np.float64], **values: Any) -> NDArray[np.complex128]:
    impulse = torch.zeros(1, 2, 1 << 15, dtype=torch.float64)
    impulse[..., 0] = 1
    h = phaser(impulse, **values)[0, 0].numpy()
    turns = np.outer(np.atleast_1d(frequency), np.arange(h.size)) / SAMPLE_RATE
    found: NDArray[np.complex128] = np.exp(-2j * np.pi * turns) @ h
    return found


def analog(
    frequency: NDArray[np.float64], centre: float, feedback: float, mix: float
) -> NDArray[np.complex128]:
    """((1 - s) / (1 + s))⁶ in a feedback loop, on the warped frequency axis."""
    s = 1j * np.tan(np.pi * frequency / SAMPLE_RATE) / math.tan(math.pi * centre / SAMPLE_RATE)
    chain = ((1 - s) / (1 + s)) ** STAGES
    return (1 - mix) + mix * chain / (1 - feedback * chain)


@pytest.mark.parametrize("feedback", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("mix", [0.5, 1.0])
def test_equals_the_analog_prototype(feedback: float, mix: float) -> None:
    frequency = np.geomspace(30, 21_000, 60)
    found = response(frequency, frequency_hz=900, feedback=feedback, mix=mix)
    np.testing.assert_allclose(found, analog(frequency, 900, feedback, mix), atol=1e-8)


@pytest.mark.parametrize("turn", [180, 540, 900])
def test_notches_of_an_equal_mix_are_complete(turn: float) -> None:
    """Six stages turn by ``turn`` where each turns by a sixth of it: 2 atan(f / centre)."""
    warped = math.tan(math.pi * 700 / SAMPLE_RATE) * math.tan(math.radians(turn / STAGES / 2))
    notch = math.atan(warped) * SAMPLE_RATE / math.pi
    assert abs(response(notch, frequency_hz=700, feedback=0, mix=0.5)[0]) < 1e-9


def loop(x: NDArray[np.float64], frequency: NDArray[np.float64], feedback: float) -> NDArray[np.float64]:
    """Stages as rotations; the delay-free loop by 400 fixed-point iterations (feedback 0.6: converged)."""
    states, y = np.zeros(STAGES), np.zeros_like(x)
    for t in range(x.size):
        pole = math.tan(math.pi * frequency[t] / SAMPLE_RATE - math.pi / 4)
        rest, out = math.sqrt(1 - pole * pole), 0.0
        for _ in range(400):
            signal, after = x[t] + feedback * out, states.copy()
            for i in range(STAGES):
                after[i] = rest * signal - pole * states[i]
                signal = pole * signal + rest * states[i]
            out = signal
        states, y[t] = after, out
    return y


def test_modulated_chain_equals_the_textbook_loop() -> None:
    x, control = noise(1, 2, 60, dtype=torch.float64), noise(1, 1, 60, seed=1, dtype=torch.float64)
    found = phaser(x, control, frequency_hz=800, feedback=0.6, mix=1)
    knob = PROCESSORS["phaser"].parameters["frequency_hz"]
    moved = np.clip(800 * 2.0 ** (4 * control[0, 0].numpy()), knob.low, knob.high)
    for channel in range(2):
        expected = loop(x[0, channel].numpy(), moved, 0.6)
        np.testing.assert_allclose(found[0, channel].numpy(), expected, atol=1e-9)


@pytest.mark.parametrize("channels", [1, 2])
def test_constant_control_moves_four_octaves_per_unit(channels: int) -> None:
    x = noise(2, 2, 1_000, dtype=torch.float64)
    control = torch.full((2, channels, 1_000), 0.5, dtype=torch.float64)
    torch.testing.assert_close(
        phaser(x, control, frequency_hz=500), phaser(x, frequency_hz=2_000), atol=1e-9, rtol=0
    )


def test_chain_without_feedback_keeps_energy_under_modulation() -> None:
    """Input energy leaves the chain, all of it, whatever the pole does meanwhile."""
    x = torch.zeros(1, 2, 60_000, dtype=torch.float64)
    x[..., :20_000] = noise(1, 2, 20_000, dtype=torch.float64)
    control = noise(1, 2, 60_000, seed=1, dtype=torch.float64)
    y = phaser(x, control, feedback=0, mix=1)
    torch.testing.assert_close(y.square().sum(-1), x.square().sum(-1), rtol=1e-6, atol=0)


def test_full_depth_audio_rate_modulation_obeys_the_small_gain_bound() -> None:
    x, control = noise(1, 2, 88_200), noise(1, 1, 88_200, seed=1)
    y = phaser(x, control, feedback=0.9, mix=1)
    assert (y.double().norm(dim=-1) <= x.double().norm(dim=-1) / (1 - 0.9)).all()


def test_mod_inlet_is_required() -> None:
    with pytest.raises(ValueError, match="'mod'"):
        PROCESSORS["phaser"]({"input": noise(1, 2, 10)}, sample_rate=SAMPLE_RATE)


def test_dry_mix_is_an_exact_bypass() -> None:
    x = noise(2, 2, 1_000)
    assert torch.equal(phaser(x, noise(2, 1, 1_000, seed=1), mix=0), x)


@pytest.mark.parametrize("sample_rate", [8_000.0, 192_000.0])
@pytest.mark.parametrize("end", ["low", "high"])
def test_corner_values_stay_finite(sample_rate: float, end: str) -> None:
    values = {p.name: getattr(p, end) for p in PROCESSORS["phaser"].parameters.values()}
    signals = [torch.zeros(1, 2, 600), torch.ones(1, 2, 600), noise(1, 2, 600).sign(), noise(1, 2, 1)]
    for x in signals:
        y = phaser(x, sample_rate=sample_rate, **values)
        assert y.shape == x.shape
        assert y.isfinite().all()
        assert y.abs().max() <= 20 * x.abs().max()


def test_decays_to_exact_silence() -> None:
    x = torch.zeros(1, 2, 44_100)
    x[..., :100] = 1
    assert not phaser(x, frequency_hz=3_000)[..., -1_000:].any()


def test_above_half_the_sample_rate_only_the_feedback_is_left() -> None:
    x = noise(1, 1, 500)
    knob, feedback = torch.full((1, 1, 1), 12_000.0), torch.full((1, 1, 1), 0.5)
    torch.testing.assert_close(dsp.allpass.allpass_chain(x, knob, feedback, 8_000.0), 2 * x)
