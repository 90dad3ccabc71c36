"""Hand-written adjoints of filters and phaser against finite differences, in double precision."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from unpatch.dsp import allpass, sections, svf
from unpatch.dsp.spectrum import Spectrum

SAMPLE_RATE = 8_000.0
BATCH, CHANNELS, FRAMES = 2, 2, 11
ROW = (BATCH, 1, 1)
MOVING = (BATCH, 1, FRAMES)
MOVING_STEREO = (BATCH, CHANNELS, FRAMES)

Function = Callable[..., Tensor | tuple[Tensor, ...]]
PLAIN: list[Function] = [
    svf.lowpass,
    svf.bandpass,
    svf.highpass,
    svf.bandreject,
    svf.lowpass4,
    svf.bandpass4,
    svf.highpass4,
]
EQUALISERS: list[Function] = [svf.bell, svf.lowshelf, svf.highshelf]
named = pytest.mark.parametrize


def name_of(value: object) -> str:
    return getattr(value, "__name__", "") or "x".join(
        map(str, value if isinstance(value, tuple) else (value,))
    )


def uniform(shape: tuple[int, ...], low: float, high: float, seed: int = 0) -> Tensor:
    draw = torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (low + (high - low) * draw).requires_grad_()


def scalar(value: float, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.full((1, 1, 1), value, dtype=dtype)


def check(function: Function, *inputs: Tensor) -> None:
    signal = uniform((BATCH, CHANNELS, FRAMES), -1, 1, seed=9)
    assert torch.autograd.gradcheck(
        lambda *tensors: function(*tensors, SAMPLE_RATE), (signal, *inputs), atol=1e-7, rtol=1e-5
    )


@named("function", PLAIN, ids=name_of)
@named("shape", [ROW, MOVING, MOVING_STEREO], ids=name_of)
def test_plain_filters(function: Function, shape: tuple[int, ...]) -> None:
    check(function, uniform(shape, 300, 3_000), uniform(ROW, 0.5, 3))


@named("function", EQUALISERS, ids=name_of)
@named("frequency_shape", [ROW, MOVING], ids=name_of)
@named("gain_shape", [ROW, MOVING_STEREO], ids=name_of)
def test_equalisers(
    function: Function, frequency_shape: tuple[int, ...], gain_shape: tuple[int, ...]
) -> None:
    check(function, uniform(frequency_shape, 300, 3_000), uniform(ROW, 0.5, 3), uniform(gain_shape, -18, 18))


@named("shape", [ROW, MOVING], ids=name_of)
def test_crossover(shape: tuple[int, ...]) -> None:
    check(svf.crossover, uniform(shape, 300, 3_000))


@named("frequency_shape", [ROW, MOVING, MOVING_STEREO], ids=name_of)
@named("feedback_shape", [ROW, MOVING], ids=name_of)
def test_phaser(frequency_shape: tuple[int, ...], feedback_shape: tuple[int, ...]) -> None:
    check(allpass.allpass_chain, uniform(frequency_shape, 300, 3_000), uniform(feedback_shape, 0.1, 0.9))


def test_a_frequency_that_is_held_has_no_gradient() -> None:
    knob = torch.full(ROW, 0.6 * SAMPLE_RATE, dtype=torch.float64, requires_grad=True)
    q = torch.ones(ROW, dtype=torch.float64)
    x = uniform((BATCH, CHANNELS, FRAMES), -1, 1)
    (by_knob,) = torch.autograd.grad(svf.lowpass(x, knob, q, SAMPLE_RATE).sum(), knob)
    assert not by_knob.any()


def test_single_precision_gradient_follows_double() -> None:
    """Three seconds: sums over time are kept in double precision."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(1, 2, 24_000, generator=generator, dtype=torch.float64)
    found = []
    for dtype in (torch.float32, torch.float64):
        knobs = [scalar(value, dtype).requires_grad_() for value in (500.0, 2.0, 6.0)]
        frequency, q, gain = knobs
        loss = svf.bell(x.to(dtype), frequency, q, gain, SAMPLE_RATE).square().sum()
        found.append([float(g) for g in torch.autograd.grad(loss, knobs)])
    assert found[0] == pytest.approx(found[1], rel=1e-4)


def test_descent_finds_a_bell() -> None:
    """The gradient is good for what it is there for."""
    x = torch.randn(1, 1, 4_000, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    target = svf.bell(x, scalar(1_200), scalar(2), scalar(9), SAMPLE_RATE)
    latent = torch.tensor([math.log(800.0), math.log(1.0), 3.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([latent], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        frequency, q, gain = (value.reshape(1, 1, 1) for value in latent)
        error = (svf.bell(x, frequency.exp(), q.exp(), gain, SAMPLE_RATE) - target).square().mean()
        error.backward()  # type: ignore[no-untyped-call]
        return error

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    frequency, q, gain = latent.tolist()
    found = [math.exp(frequency), math.exp(q), gain]
    assert found == pytest.approx([1_200, 2, 9], rel=1e-3)


def test_sections_in_series() -> None:
    """Signal, corners, gains and qualities of a shelf and two bells, evaluated in every bin."""
    audio = uniform((BATCH, CHANNELS, FRAMES), -1, 1)
    knobs = [
        uniform(ROW, *span, seed)
        for seed, span in enumerate(((200, 900), (-9, 9), (0.5, 2), (1_000, 3_000), (-9, 9), (0.5, 4)), 1)
    ]

    def played(sound: Tensor, *values: Tensor) -> Tensor:
        low, high = sections.Band(*values[:3]), sections.Band(*values[3:])
        bands = [
            sections.low_shelf(low, SAMPLE_RATE),
            sections.bell(high, SAMPLE_RATE),
            sections.bell(low, SAMPLE_RATE),
        ]
        return sections.cascade(Spectrum.of(sound, 16), bands).samples(FRAMES)

    assert torch.autograd.gradcheck(played, (audio, *knobs))
