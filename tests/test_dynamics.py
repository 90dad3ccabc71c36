"""Compressor, expander and noise gate: static curve, ballistics, sidechain, gradients, slow reference."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import Array, kernel
from unpatch.processors import PROCESSORS

RATE = 44_100
DYNAMICS = ("compressor", "expander", "noisegate")
GATE_RANGE_DB, EXPANDER_RANGE_DB = 60, 120


def steady(level_db: float, seconds: float = 0.5) -> Tensor:
    """A direct current of the given level, ``[1, 2, T]``."""
    return torch.full((1, 2, round(seconds * RATE)), 10 ** (level_db / 20))


def in_db(amplitude: Tensor) -> Tensor:
    return 20 * torch.log10(amplitude.abs())


def run(kind: str, input: Tensor, rate: float = RATE, **values: float | Tensor) -> Tensor:
    return keyed(kind, input, input, rate, **values)


def keyed(kind: str, input: Tensor, key: Tensor, rate: float = RATE, **values: float | Tensor) -> Tensor:
    inputs = {"input": input, "sidechain": key}
    return PROCESSORS[kind](inputs, sample_rate=rate, frames=None, **values)["out"]


def gain_db(kind: str, input: Tensor, **values: float) -> Tensor:
    """Gain of each frame, ``[T]``."""
    return in_db(run(kind, input, **values)[0, 0]) - in_db(input[0, 0])


def settled_db(kind: str, level_db: float, **values: float) -> float:
    """Output level long after the start."""
    return float(in_db(run(kind, steady(level_db), attack_ms=1, release_ms=10, **values))[0, 0, -1])


def reference_curve(kind: str, level: float, threshold: float, ratio: float, knee: float) -> float:
    """Output level by the equations (4) of Giannoulis, Massberg and Reiss; mirrored for expansion."""
    over = level - threshold if kind == "compressor" else threshold - level
    slope = 1 / ratio - 1 if kind == "compressor" else 1 - ratio
    if 2 * over < -knee:
        change = 0.0
    elif 2 * abs(over) <= knee and knee > 0:
        change = slope * (over + knee / 2) ** 2 / (2 * knee)
    else:
        change = slope * over
    floor = {"compressor": math.inf, "expander": EXPANDER_RANGE_DB, "noisegate": GATE_RANGE_DB}[kind]
    return level + max(change, -floor)


def reference(kind: str, x: np.ndarray, key: np.ndarray, values: dict[str, float], rate: float) -> np.ndarray:
    """The whole processor, frame by frame in decibels, ``x`` and ``key [2, T]``."""
    curve = (values["threshold_db"], values["ratio"], values["knee_db"])
    attack, release = (math.exp(-1 / (values[n] * 1e-3 * rate)) for n in ("attack_ms", "release_ms"))
    state = reference_curve(kind, -120, *curve) + 120
    y = np.empty_like(x)
    for t in range(x.shape[1]):
        level = 20 * math.log10(max(abs(key[0, t]), abs(key[1, t]), 1e-6))
        target = reference_curve(kind, level, *curve) - level
        louder = target < state if kind == "compressor" else target > state
        pole = attack if louder else release
        state = pole * state + (1 - pole) * target
        y[:, t] = x[:, t] * 10 ** (state / 20)
    return y


@pytest.mark.parametrize("kind", DYNAMICS)
@pytest.mark.parametrize("knee", [0.0, 6.0, 24.0])
def test_static_curve(kind: str, knee: float) -> None:
    """Below, in and above the knee, within 0.01 dB (trap: a curve on power doubles the ratio)."""
    for level in range(-70, 1, 5):
        expected = reference_curve(kind, level, -30, 3, knee)
        measured = settled_db(kind, level, threshold_db=-30, ratio=3, knee_db=knee)
        assert measured == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("ratio", [1.0, 2.0, 4.0, 20.0])
def test_compressor_slope_is_one_over_ratio(ratio: float) -> None:
    low, high = (settled_db("compressor", x, threshold_db=-40, ratio=ratio, knee_db=0) for x in (-20, 0))
    assert (high - low) / 20 == pytest.approx(1 / ratio, abs=1e-3)


def test_expander_slope_is_ratio() -> None:
    low, high = (settled_db("expander", x, threshold_db=-10, ratio=2.5, knee_db=0) for x in (-40, -20))
    assert (high - low) / 20 == pytest.approx(2.5, abs=1e-3)


def test_gate_closes_to_its_floor_and_opens_to_unity() -> None:
    values = {"threshold_db": -30.0, "ratio": 20.0, "knee_db": 0.0}
    assert settled_db("noisegate", -50, **values) == pytest.approx(-50 - GATE_RANGE_DB, abs=0.01)
    assert settled_db("noisegate", -29, **values) == pytest.approx(-29, abs=0.01)


@pytest.mark.parametrize("kind", DYNAMICS)
def test_louder_step_takes_attack_quieter_step_release(kind: str) -> None:
    """63 % of the change in gain (dB) after one time constant."""
    attack_ms, release_ms = 20.0, 60.0
    quiet, loud = steady(-40), steady(-10)
    step = torch.cat([quiet, loud, quiet], dim=-1)
    values = {"threshold_db": -25.0, "ratio": 2.0, "knee_db": 0.0}
    gain = gain_db(kind, step, attack_ms=attack_ms, release_ms=release_ms, **values)
    one = quiet.shape[-1]
    for start, time_ms in ((one, attack_ms), (2 * one, release_ms)):
        before, after = gain[start - 1], gain[start + one - 1]
        reached = (gain[start + round(time_ms * RATE / 1000) - 1] - before) / (after - before)
        assert float(reached) == pytest.approx(1 - math.exp(-1), abs=2e-3)


@pytest.mark.parametrize("kind", DYNAMICS)
def test_before_the_first_frame_there_was_silence(kind: str) -> None:
    """Leading silence changes nothing but the time."""
    x = torch.randn(1, 2, 3_000, generator=torch.Generator().manual_seed(0))
    late = torch.nn.functional.pad(x, (700, 0))
    torch.testing.assert_close(run(kind, late)[..., 700:], run(kind, x))


@pytest.mark.parametrize("kind", DYNAMICS)
def test_ratio_one_is_an_exact_bypass(kind: str) -> None:
    x = torch.randn(1, 2, 1000, generator=torch.Generator().manual_seed(0))
    assert torch.equal(run(kind, x, ratio=1.0), x)


def test_sidechain_ducks() -> None:
    """The input is untouched while the key is silent, and 3/4 of the key's excess lower while it sounds."""
    key = torch.cat([0 * steady(0), steady(0)], dim=-1)
    bed = steady(-6, seconds=1)
    values = {"threshold_db": -20.0, "ratio": 4.0, "knee_db": 0.0, "attack_ms": 1.0}
    change = in_db(keyed("compressor", bed, key, **values)) - in_db(bed)
    assert float(change[..., : key.shape[-1] // 2].abs().max()) == 0
    assert float(change[0, 0, -1]) == pytest.approx(-15, abs=0.01)


def test_stereo_link_keeps_the_image() -> None:
    x = torch.randn(1, 1, 5000, generator=torch.Generator().manual_seed(0)) * torch.tensor([[1.0], [0.25]])
    y = run("compressor", x, threshold_db=-40.0)
    torch.testing.assert_close(y[:, 1], y[:, 0] / 4)


@pytest.mark.parametrize("kind", DYNAMICS)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(units=st.lists(st.floats(0, 1), min_size=5, max_size=5), seed=st.integers(0, 99))
@example(units=[0, 0, 0, 0, 1e-46], seed=0)  # a knee whose inverse is not a number
def test_equals_the_slow_reference(kind: str, units: Sequence[float], seed: int) -> None:
    """Anywhere in the ranges, over several blocks, keyed by another signal; within 1e-3 dB (float32)."""
    knobs = PROCESSORS[kind].parameters
    values = {name: knob.from_unit(unit) for (name, knob), unit in zip(knobs.items(), units, strict=True)}
    noise = np.random.default_rng(seed).standard_normal((2, 2, 1300)).astype(np.float32)
    x, key = 0.2 * noise * np.exp(-np.arange(1300, dtype=np.float32) / 300)
    result = keyed(kind, torch.from_numpy(x[None]), torch.from_numpy(key[None]), 8_000, **values)
    expected = reference(kind, x, key, values, 8_000)
    np.testing.assert_allclose(result[0].numpy(), expected, rtol=2e-4, atol=1e-12)


@pytest.mark.parametrize("kind", DYNAMICS)
def test_rows_that_are_played_together_are_those_played_alone(kind: str) -> None:
    """Threads take two rows at once where there are enough, an odd one by itself; gradients alike."""
    x = 0.3 * torch.randn(7, 2, 2_500, generator=torch.Generator().manual_seed(3))
    knobs = PROCESSORS[kind].parameters
    units = torch.rand(7, len(knobs), generator=torch.Generator().manual_seed(4))
    values = [
        {name: knob.from_unit(float(unit)) for (name, knob), unit in zip(knobs.items(), row, strict=True)}
        for row in units
    ]
    x.requires_grad_()
    spread: dict[str, Any] = {
        name: torch.tensor([own[name] for own in values])[:, None, None] for name in knobs
    }
    together = run(kind, x, **spread)
    alone = torch.cat([run(kind, x[b : b + 1], **own) for b, own in enumerate(values)])
    torch.testing.assert_close(together, alone, rtol=1e-6, atol=1e-9)
    gradients = [torch.autograd.grad(y.square().sum(), x)[0] for y in (together, alone)]
    torch.testing.assert_close(*gradients, rtol=1e-5, atol=1e-7)


def test_ballistics_equal_torchcomp() -> None:
    """The one-pole against an independent implementation, given the same static gains in decibels."""
    core = pytest.importorskip("torchcomp").compressor_core
    x = 0.5 * torch.randn(4_000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    static = [reference_curve("compressor", v, -20, 4, 0) - v for v in in_db(x).tolist()]
    weights = [torch.tensor([1 - math.exp(-1000 / (ms * RATE))]).double() for ms in (2, 30)]
    expected = core(torch.tensor([static]).double(), torch.zeros(1).double(), *weights)[0]
    times = {"attack_ms": 2.0, "release_ms": 30.0}
    measured = gain_db("compressor", x.expand(1, 2, -1), threshold_db=-20.0, ratio=4.0, knee_db=0.0, **times)
    torch.testing.assert_close(measured, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", DYNAMICS)
def test_gradients_with_hard_and_soft_knees(kind: str) -> None:
    """Input, sidechain and all five knobs of two rows; one row without a knee."""
    generator = torch.Generator().manual_seed(3)
    audio = [0.3 * torch.randn(2, 2, 40, generator=generator, dtype=torch.float64) for _ in range(2)]
    names = ("threshold_db", "ratio", "attack_ms", "release_ms", "knee_db")
    rows = ([-20, -14], [3, 1.5], [0.3, 1], [5, 12], [0, 9])
    knobs = [torch.tensor(row, dtype=torch.float64) for row in rows]
    for tensor in (*audio, *knobs):
        tensor.requires_grad_()

    def call(x: Tensor, key: Tensor, *values: Tensor) -> Tensor:
        return keyed(kind, x, key, 8_000, **dict(zip(names, values, strict=True)))

    frozen_knee = (*audio, *knobs[:4], knobs[4].detach())
    assert torch.autograd.gradcheck(call, frozen_knee, eps=1e-7, atol=1e-6, rtol=1e-4)
    soft = [tensor.detach()[1:].clone().requires_grad_() for tensor in (*audio, *knobs)]
    assert torch.autograd.gradcheck(call, soft, eps=1e-7, atol=1e-6, rtol=1e-4)


def test_attack_and_release_are_found_by_gradient() -> None:
    """Descent on the output recovers both times from a start a factor of four away."""
    burst = (torch.arange(8_000) % 2_000 < 700) * 0.8 + 0.02
    x = (burst * torch.randn(8_000, generator=torch.Generator().manual_seed(2))).expand(1, 2, -1)
    shared: dict[str, float | Tensor] = {"threshold_db": -30.0, "ratio": 6.0}
    target = run("compressor", x, 8_000, attack_ms=5.0, release_ms=100.0, **shared)
    log_times = torch.tensor([math.log(20.0), math.log(400.0)], requires_grad=True)
    optimiser = torch.optim.Adam([log_times], lr=0.1)
    for _ in range(120):
        attack_ms, release_ms = log_times.exp()
        y = run("compressor", x, 8_000, attack_ms=attack_ms, release_ms=release_ms, **shared)
        optimiser.zero_grad()
        torch.autograd.backward(((y - target) ** 2).mean().sqrt())
        optimiser.step()
    assert log_times.exp().tolist() == pytest.approx([5, 100], rel=0.1)


def test_equal_channels_share_the_gradient_of_the_level() -> None:
    x = 0.5 * torch.randn(1, 1, 300, generator=torch.Generator().manual_seed(0)).repeat(1, 2, 1)
    key = x.clone().requires_grad_()
    torch.autograd.backward(keyed("compressor", x, key).sum())
    assert key.grad is not None and key.grad.abs().max() > 0
    torch.testing.assert_close(key.grad[:, 0], key.grad[:, 1])


@kernel
def fast(x: Array, log2: Array, exp2: Array, tanh: Array) -> None:
    for i in range(x.size):
        log2[i], exp2[i], tanh[i] = fastmath.log2(x[i]), fastmath.exp2(-x[i]), fastmath.tanh(x[i])


def test_fast_functions_are_as_accurate_as_they_say() -> None:
    x = np.logspace(-6, 2, 100_001).astype(np.float32)
    log2, exp2, tanh = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    fast(x, log2, exp2, tanh)
    exact = x.astype(np.float64)
    np.testing.assert_allclose(log2, np.log2(exact), rtol=2e-7, atol=2.7e-6)
    np.testing.assert_allclose(exp2, np.exp2(-exact), rtol=3e-7)
    np.testing.assert_allclose(tanh, np.tanh(exact), rtol=1.1e-5)
