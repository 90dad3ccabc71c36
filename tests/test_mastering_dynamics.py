"""Compressors of the mastering set: static curve, ballistics, slow references, gradients, the proxy."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import lfilter
from torch import Tensor

from unpatch.learning.runs import Progress
from unpatch.mastering.hybrid import hybrid
from unpatch.mastering.proxy import NeuralCompressor, ProxySettings, debug, published
from unpatch.mastering.proxy_training import (
    debug_training,
    measure_proxy,
    train_proxy,
)
from unpatch.mastering.proxy_weights import load_proxy, save_proxy
from unpatch.processors import MASTERING

RATE = 44_100
TIMES = {"mastering_compressor": ("attack_ms", "release_ms"), "simplified_compressor": ("time_ms", "time_ms")}
"""Knob of the rise and knob of the fall."""
every_compressor = pytest.mark.parametrize("kind", TIMES)
Knobs = Mapping[str, float | Tensor]


def run(kind: str, input: Tensor, knobs: Knobs, rate: float = RATE) -> Tensor:
    return MASTERING[kind]({"input": input}, sample_rate=rate, frames=None, **knobs)["out"]


def steady(level_db: float, seconds: float = 0.5) -> Tensor:
    return torch.full((1, 2, round(seconds * RATE)), 10 ** (level_db / 20), dtype=torch.float64)


def in_db(amplitude: Tensor) -> Tensor:
    return 20 * torch.log10(amplitude.abs())


def fastest(kind: str) -> dict[str, float]:
    return {name: MASTERING[kind].parameters[name].low for name in TIMES[kind]}


def settled_db(kind: str, level_db: float, **knobs: float) -> float:
    """Output level long after the start."""
    return float(in_db(run(kind, steady(level_db), knobs | fastest(kind)))[0, 0, -1])


def curve_db(level: float, threshold: float, ratio: float, knee: float) -> float:
    """Output level by equation (4) of Giannoulis, Massberg and Reiss."""
    over = level - threshold
    if 2 * over < -knee:
        return level
    if 2 * abs(over) <= knee and knee > 0:
        return level + (1 / ratio - 1) * (over + knee / 2) ** 2 / (2 * knee)
    return threshold + over / ratio


@every_compressor
@pytest.mark.parametrize("knee_db", [0.0, 6.0, 12.0])
@pytest.mark.parametrize("ratio", [2.0, 4.0, 10.0])
def test_static_curve(kind: str, ratio: float, knee_db: float) -> None:
    """Below, in and above the knee, within 0.1 dB; a curve on power would double the ratio."""
    for level in (-50.0, -33.0, -30.0, -27.0, -20.0, -10.0, 0.0):
        found = settled_db(kind, level, threshold_db=-30.0, ratio=ratio, knee_db=knee_db)
        assert found == pytest.approx(curve_db(level, -30, ratio, knee_db), abs=0.01)


@every_compressor
@pytest.mark.parametrize("ratio", [2.0, 3.0, 10.0])
def test_slope_above_the_threshold_is_one_over_ratio(kind: str, ratio: float) -> None:
    low, high = (settled_db(kind, x, threshold_db=-40.0, ratio=ratio, knee_db=0.0) for x in (-20.0, 0.0))
    assert (high - low) / 20 == pytest.approx(1 / ratio, abs=1e-3)


def crossing_ms(gain_db: Tensor, share: float = 1 - math.exp(-1)) -> float:
    """When a move has made this share of its way, between frames too."""
    made = ((gain_db - gain_db[0]) / (gain_db[-1] - gain_db[0])).numpy()
    i = int(np.argmax(made >= share))
    return float(1000 / RATE * (i - 1 + (share - made[i - 1]) / (made[i] - made[i - 1])))


@every_compressor
@pytest.mark.parametrize("unit", [0.0, 0.5, 1.0])
def test_attack_and_release_take_63_percent_of_the_way(kind: str, unit: float) -> None:
    """Within 2 %, from the shortest to the longest times."""
    times = {name: MASTERING[kind].parameters[name].from_unit(unit) for name in TIMES[kind]}
    quiet, loud = steady(-40, 5), steady(-10, 5)
    step = torch.cat([quiet, loud, quiet], dim=-1)
    made = run(kind, step, {"threshold_db": -25.0, "ratio": 4.0, "knee_db": 0.0, **times})
    gain, one = (in_db(made) - in_db(step))[0, 0], quiet.shape[-1]
    for start, name in ((one, TIMES[kind][0]), (2 * one, TIMES[kind][1])):
        assert crossing_ms(gain[start - 1 : start + one]) == pytest.approx(times[name], rel=0.02)


def reference(x: NDArray[np.float64], knobs: Mapping[str, float]) -> NDArray[np.float64]:
    """The compressor frame by frame, in decibels, ``x [2, T]``."""
    attack, release = (math.exp(-1000 / (knobs[n] * RATE)) for n in ("attack_ms", "release_ms"))
    curve, state = (knobs["threshold_db"], knobs["ratio"], knobs["knee_db"]), 0.0
    gains = np.empty(x.shape[1])
    for t in range(x.shape[1]):
        level = 20 * math.log10(max(np.abs(x[:, t]).max(), 1e-6))
        reduction = level - curve_db(level, *curve)
        pole = attack if reduction > state else release
        state = pole * state + (1 - pole) * reduction
        gains[t] = 10 ** (-state / 20)
    return np.asarray(x * gains)


def music(rows: int = 1, frames: int = 3_000, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    """Noise in bursts, ``[rows, 2, frames]``."""
    generator = torch.Generator().manual_seed(seed)
    bursts = (0.2 + torch.rand(rows, 1, -(-frames // 300), generator=generator, dtype=dtype)) ** 2
    noise = torch.randn(rows, 2, frames, generator=generator, dtype=dtype)
    return 0.4 * bursts.repeat_interleave(300, -1)[..., :frames] * noise


def settings(kind: str, unit: float) -> dict[str, float]:
    return {name: float(knob.from_unit(unit)) for name, knob in MASTERING[kind].parameters.items()}


@pytest.mark.parametrize("unit", [0.0, 0.3, 0.7, 0.95])
def test_the_compressor_equals_a_slow_textbook(unit: float) -> None:
    knobs, x = settings("mastering_compressor", unit), music()
    made = run("mastering_compressor", x, knobs)[0].numpy()
    np.testing.assert_allclose(made, reference(x[0].numpy(), knobs), rtol=1e-9, atol=1e-12)
    single = run("mastering_compressor", x.float(), knobs)[0].numpy()
    np.testing.assert_allclose(single, made, rtol=2e-4, atol=1e-7)


@pytest.mark.parametrize("unit", [0.0, 0.3, 0.95])
def test_the_simplified_compressor_is_a_one_pole_on_the_reduction(unit: float) -> None:
    """The published one ran its filter without any memory."""
    knobs, x = settings("simplified_compressor", unit), music()
    curve = knobs["threshold_db"], knobs["ratio"], knobs["knee_db"]
    levels = in_db(x.abs().amax(1).clamp(min=1e-6))[0].tolist()
    pole = math.exp(-1000 / (knobs["time_ms"] * RATE))
    smooth = lfilter([1 - pole], [1, -pole], [level - curve_db(level, *curve) for level in levels])
    made = run("simplified_compressor", x, knobs)[0].numpy()
    np.testing.assert_allclose(made, x[0].numpy() * 10 ** (-smooth / 20), rtol=1e-9, atol=1e-12)


@every_compressor
def test_it_neither_drifts_nor_jumps_over_a_minute(kind: str) -> None:
    made = run(kind, steady(-6, 60).float(), {})[0, 0]
    assert float(made[-1]) == pytest.approx(float(made[10 * RATE]), rel=1e-6)


GRADIENTS = [(kind, name) for kind in TIMES for name in ("input", *MASTERING[kind].parameters)]


@pytest.mark.parametrize(("kind", "name"), GRADIENTS)
@pytest.mark.parametrize("unit", [0.2, 0.45, 0.8])
def test_gradients_are_those_of_finite_differences(kind: str, name: str, unit: float) -> None:
    """Within 0.1 %, in double precision, for a weighting of the output without symmetry."""
    x = music(frames=2_000, seed=3)
    knobs = {n: torch.tensor([v], dtype=torch.float64) for n, v in settings(kind, unit).items()}
    point = x if name == "input" else knobs[name]
    way = torch.randn(point.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    way = way * point.abs().mean()

    def loss(along: Tensor | float) -> Tensor:
        moved = point + along * way
        made = run(kind, moved, knobs) if name == "input" else run(kind, x, knobs | {name: moved})
        return (torch.sin(math.e * torch.arange(made.numel(), dtype=made.dtype)).view_as(made) * made).sum()

    along = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(along), along)
    with torch.no_grad():
        measured = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert gradient != 0
    torch.testing.assert_close(gradient, measured, rtol=1e-3, atol=1e-8)


def knobs_at(unit: float, rows: int = 1, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    return {
        name: torch.full((rows,), value, dtype=dtype)
        for name, value in settings("mastering_compressor", unit).items()
    }


@pytest.mark.parametrize(
    "network", [debug(), ProxySettings(channels=3, blocks=2, kernel=3, hop=1, levels=False)]
)
def test_gradients_of_a_small_proxy(network: ProxySettings) -> None:
    torch.manual_seed(0)
    proxy = NeuralCompressor(network).double()
    knobs = {name: value.requires_grad_() for name, value in knobs_at(0.6, 2, torch.float64).items()}
    x = music(2, 60).requires_grad_()

    def call(x: Tensor, *values: Tensor) -> Tensor:
        made: Tensor = proxy(x, dict(zip(knobs, values, strict=True)), RATE)
        return made

    assert torch.autograd.gradcheck(call, (x, *knobs.values()), eps=1e-7, atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("network", [debug(), ProxySettings(channels=3, blocks=2, kernel=3, hop=1)])
def test_a_proxy_hears_no_more_than_its_frame_ahead(network: ProxySettings) -> None:
    torch.manual_seed(0)
    proxy, x = NeuralCompressor(network), music(1, 400, dtype=torch.float32)
    later = x.clone()
    later[..., 200:] *= -2
    before, after = (proxy.gains(signal, knobs_at(0.2), RATE) for signal in (x, later))
    apart = (before - after).abs()[0, 0] > 0
    assert not apart[: 200 - network.hop].any() and apart[200:].any()


@pytest.mark.parametrize("signal", ["silence", "direct current", "impulse", "one sample"])
def test_a_proxy_is_finite_and_never_amplifies(signal: str) -> None:
    x = torch.zeros(1, 2, 1 if signal == "one sample" else 500)
    x[..., : {"silence": 0, "direct current": 500}.get(signal, 1)] = 1
    made = NeuralCompressor(debug())(x, knobs_at(0.0), RATE)
    assert made.shape == x.shape and made.isfinite().all() and (made.abs() <= x.abs()).all()


def test_a_proxy_says_at_which_rate_it_plays() -> None:
    with pytest.raises(ValueError, match="plays at 44100 Hz, got 48000 Hz"):
        NeuralCompressor(debug())(music(), knobs_at(0.5), 48_000)
    assert NeuralCompressor(published()).receptive_s == pytest.approx(3.02, abs=0.01)


def test_the_hybrid_learns_through_the_proxy_and_plays_the_exact_compressor() -> None:
    proxy = NeuralCompressor(debug()).requires_grad_(False)
    x = music(dtype=torch.float32)
    exact, played = run("mastering_compressor", x, knobs_at(0.4)), proxy(x, knobs_at(0.4), RATE)
    gradients = []
    for straight_through, heard in ((False, played), (True, exact)):
        knobs = {name: value.requires_grad_() for name, value in knobs_at(0.4).items()}
        made = hybrid(proxy, x, knobs, RATE, learning=True, straight_through=straight_through)
        torch.testing.assert_close(made, heard)
        gradients.append(torch.autograd.grad(made.sum(), list(knobs.values())))
    torch.testing.assert_close(*gradients)
    tested = hybrid(proxy, x, knobs, RATE, learning=False)
    assert torch.equal(tested, exact) and not tested.requires_grad


def clips() -> list[Tensor]:
    return [music(1, RATE, seed, torch.float32)[0, 0] for seed in range(3)]


def test_training_brings_a_proxy_nearer_and_goes_on_where_it_was_left(tmp_path: Path) -> None:
    training, predicted = debug_training(), list[Progress]()
    whole = train_proxy(clips(), tmp_path / "whole", training, predicted.append)
    assert [progress.step for progress in predicted] == [10, 20, 30, 40, 50, 60]
    before, after = (
        measure_proxy(proxy, clips(), training, 10) for proxy in (NeuralCompressor(debug()), whole)
    )
    assert after.audio < 0.6 * before.audio and after.gain_db < 0.8 * before.gain_db

    class Stop(Exception):  # noqa: N818
        pass

    def stop(progress: Progress) -> None:
        if progress.step == 30:
            raise Stop

    with pytest.raises(Stop):
        train_proxy(clips(), tmp_path / "parts", training, stop)
    parts = train_proxy(clips(), tmp_path / "parts", training)
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(
        ValueError, match=r"another run, where clips\.count is 2, was \d+; clips\.checksum is"
    ):
        train_proxy(clips()[:2], tmp_path / "parts", training)


def test_saved_weights_play_alike(tmp_path: Path) -> None:
    torch.manual_seed(0)
    proxy, x = NeuralCompressor(debug()), music(dtype=torch.float32)
    save_proxy(proxy, tmp_path, remark="kept")
    loaded = load_proxy(tmp_path)(x, knobs_at(0.3), RATE)
    torch.testing.assert_close(loaded, proxy(x, knobs_at(0.3), RATE), rtol=0, atol=2e-3)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ValueError, match="holds no proxy that can be used"):
        load_proxy(tmp_path)
