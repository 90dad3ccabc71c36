"""What the processors of both mixing consoles promise: dry/wet weight, gradients, extremes, precision."""

import math
from typing import TypeAlias

import pytest
import torch
from torch import Tensor

from tests.console_kit import KINDS, RATE, neutral, noise, run
from unpatch.declaration import Parameter
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.transform import rfft

WEIGHTED = sorted(KINDS.keys() - {"alignment"})
SPECTRAL = [kind for kind, processor in KINDS.items() if processor.domain == "frequency"]
every_kind = pytest.mark.parametrize("kind", KINDS)
weighted = pytest.mark.parametrize("kind", WEIGHTED)

Knobs: TypeAlias = dict[str, Tensor]
LIVELY: dict[str, dict[str, float]] = {
    "console_compressor": {"threshold_db": -25.0, "attack_ms": 1.0, "release_ms": 8.0},
    "console_gate": {"threshold_db": -12.0, "attack_ms": 1.0, "release_ms": 8.0, "range_db": 9.0},
    "published_compressor": {"threshold_db": -22.0, "smoothing_ms": 0.5},
    "published_gate": {"threshold_db": -18.0, "ratio": 1.6, "smoothing_ms": 0.5},
    "console_delay": {"delay_ms": 21.0},
}
"""Where the test's signal meets knees and ranges, and short delays return within it."""
SURROGATES = {"phasor_real", "phasor_imaginary"}
"""Knobs whose gradient is not that of the output."""


def knobs_of(kind: str) -> dict[str, Parameter]:
    return {**KINDS[kind].parameters, **KINDS[kind].curves}


def place(kind: str, unit: float, rows: int = 1, spread: float = 0.0) -> Knobs:
    """All knobs at one place of their range, curves a little scattered, in double precision."""
    knobs: Knobs = {}
    for i, (name, knob) in enumerate(knobs_of(kind).items()):
        generator = torch.Generator().manual_seed(i)
        scatter = 2 * torch.rand(rows, knob.size, generator=generator, dtype=torch.float64) - 1
        knobs[name] = knob.from_unit((unit + spread * scatter).clamp(0, 1))
    for name, value in LIVELY.get(kind, {}).items():
        knobs[name] = torch.full((rows, 1), value, dtype=torch.float64)
    return knobs


def run_in_domain(kind: str, x: Tensor, knobs: Knobs) -> Tensor:
    """Without transforms around it."""
    if kind in SPECTRAL:
        spectrum = Spectrum(torch.fft.rfft(x), x.shape[-1])
        return KINDS[kind].on_spectrum(spectrum, sample_rate=RATE, **knobs).bins
    return run(kind, x, **knobs)


@weighted
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_weight_0_leaves_every_bit(kind: str, dtype: torch.dtype) -> None:
    x = noise(1, 2 * RATE, dtype=dtype)
    knobs = place(kind, 0.4, spread=0.1) | {"weight": torch.zeros(1)}
    expected = torch.fft.rfft(x) if kind in SPECTRAL else x
    assert torch.equal(run_in_domain(kind, x, knobs), expected)


@weighted
def test_weight_mixes_dry_and_wet(kind: str) -> None:
    x = noise()
    knobs = place(kind, 0.4, spread=0.1)
    wet, mixed = (run(kind, x, **knobs | {"weight": torch.tensor([w])}) for w in (1.0, 0.25))
    torch.testing.assert_close(mixed, 0.25 * wet + 0.75 * x, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if neutral(kind)])
def test_neutral_knobs_leave_the_signal(kind: str) -> None:
    """At weight 1. The published equalizer's window has its peak half a sample off: 1e-6 of the signal."""
    x = noise(1, 3_000, dtype=torch.float32)
    torch.testing.assert_close(run(kind, x, **neutral(kind)), x, rtol=0, atol=4e-7)


GRADIENTS = [
    (kind, name)
    for kind, processor in KINDS.items()
    for name in ("input", *processor.parameters, *processor.curves)
    if name not in SURROGATES
]
FRAMES, STEP = 2_000, 1e-6


@pytest.mark.parametrize(("kind", "name"), GRADIENTS)
def test_gradients_match_finite_differences(kind: str, name: str) -> None:
    """Along one random direction, in double precision, for a weighting of the output without symmetry."""
    x, knobs = noise(1, FRAMES, seed=3), place(kind, 0.43, spread=0.05)
    point = x if name == "input" else knobs[name]
    direction = torch.randn(point.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    direction = direction * point.abs().mean()

    def loss(along: Tensor | float) -> Tensor:
        moved = point + along * direction
        made = run(kind, moved, **knobs) if name == "input" else run(kind, x, **knobs | {name: moved})
        return (torch.sin(math.e * torch.arange(made.numel(), dtype=made.dtype)).view_as(made) * made).sum()

    along = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(along), along)
    with torch.no_grad():
        measured = (loss(STEP) - loss(-STEP)) / (2 * STEP)
    assert gradient.isfinite() and gradient != 0
    torch.testing.assert_close(gradient, measured, rtol=1e-3, atol=1e-7)


def extremes(kind: str) -> Knobs:
    """Wet, with all knobs low, all high, and low and high by turns both ways, ``[4, size]`` each."""
    found: Knobs = {}
    for i, (name, knob) in enumerate(knobs_of(kind).items()):
        low_high = torch.tensor([[knob.low], [knob.high]], dtype=torch.float64).expand(2, knob.size)
        found[name] = torch.cat([low_high, low_high.flip(0) if i % 2 else low_high])
    return found | ({"weight": torch.ones(4, 1, dtype=torch.float64)} if "weight" in found else {})


def trying_signals(frames: int) -> dict[str, Tensor]:
    impulse = torch.zeros(2, frames)
    impulse[0, 0] = 1
    square = torch.sign(torch.sin(torch.arange(frames) / 9.0)).expand(2, -1)
    return {
        "silence": torch.zeros(2, frames),
        "dc": torch.ones(2, frames),
        "impulse": impulse,
        "square": square,
    }


@every_kind
@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_extremes_stay_finite(kind: str, rate: int) -> None:
    knobs = extremes(kind)
    for name, signal in trying_signals(700).items():
        made = run(kind, signal.expand(4, -1, -1), rate, **knobs)
        assert made.isfinite().all(), name
        assert name != "silence" or made.abs().max() == 0


@every_kind
def test_gradients_stay_finite_at_extremes(kind: str) -> None:
    knobs = {name: value.clone().requires_grad_() for name, value in extremes(kind).items()}
    for signal in trying_signals(700).values():
        run(kind, signal.expand(4, -1, -1), **knobs).square().mean().backward()  # type: ignore[no-untyped-call]
        assert all(knob.grad is not None and knob.grad.isfinite().all() for knob in knobs.values())


@every_kind
def test_single_precision_is_enough(kind: str) -> None:
    """Of the output's peak, 1e-5; curves of dynamics use fast logarithms."""
    x, knobs = noise(1, 4_000), place(kind, 0.4, spread=0.1)
    exact, single = run(kind, x, **knobs), run(kind, x.float(), **knobs)
    assert float((single - exact).abs().max() / exact.abs().max()) < 2e-5


@every_kind
def test_a_batch_is_its_rows_and_may_share_knobs(kind: str) -> None:
    x, knobs = noise(3, 600), place(kind, 0.4, rows=3, spread=0.1)
    together = run(kind, x, **knobs)
    for b in range(3):
        row = {name: value[b : b + 1] for name, value in knobs.items()}
        torch.testing.assert_close(run(kind, x[b : b + 1], **row), together[b : b + 1], rtol=1e-9, atol=1e-12)
    shared = {name: value[:1] for name, value in knobs.items()}
    torch.testing.assert_close(run(kind, x, **shared)[:1], together[:1])


@pytest.mark.parametrize("kind", ["console_equalizer", "console_delay", "console_gain", "published_gate"])
def test_second_derivatives_are_refused(kind: str) -> None:
    x = noise().requires_grad_()
    (gradient,) = torch.autograd.grad(run(kind, x).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.square().sum().backward()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("frames", [7, 12])
def test_the_transform_is_differentiable_twice(frames: int) -> None:
    x = torch.randn(2, frames, dtype=torch.float64, requires_grad=True)
    assert torch.equal(rfft(x, 12), torch.fft.rfft(x, 12))
    real = lambda x: torch.view_as_real(rfft(x, 12))  # noqa: E731
    assert torch.autograd.gradcheck(real, x) and torch.autograd.gradgradcheck(real, x)
