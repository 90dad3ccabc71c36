"""Corners near and above half the sample rate: against analog prototypes, and the same rule for all kinds."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import signal
from torch import Tensor

from unpatch import dsp
from unpatch.declaration import Parameter
from unpatch.processors import KINDS

Curve = NDArray[np.float64]
RATE = 8_000.0
BUTTERWORTH = [[1, 1.3065630 / 10, 1], [1, 0.5411961 / 10, 1]]
# Kind to its settings, its analog prototype at 1 rad/s as sections, and what is left of 1 kHz in dB
# where the corner is out of reach.
ANALOG: dict[str, tuple[dict[str, float], list[tuple[list[float], list[float]]], float]] = {
    "lowpass2": ({"q": 10}, [([1], [1, 1 / 10, 1])], 0),
    "lowpass4": ({"q": 10}, [([1], section) for section in BUTTERWORTH], 0),
    "bandreject2": ({"q": 10}, [([1, 0, 1], [1, 1 / 10, 1])], 0),
    "bell": ({"q": 8, "gain_db": 24}, [([1, 10**0.6 / 8, 1], [1, 10**-0.6 / 8, 1])], 0),
    "highshelf": (
        {"q": 0.5, "gain_db": 24},
        [([10**1.2, 10**0.9 / 0.5, 10**0.6], [1, 10**0.3 / 0.5, 10**0.6])],
        0,
    ),
    "lowshelf": (
        {"q": 4, "gain_db": 24},
        [([10**0.6, 10**0.9 / 4, 10**1.2], [10**0.6, 10**0.3 / 4, 1])],
        24,
    ),
    "highpass2": ({"q": 10}, [([1, 0, 0], [1, 1 / 10, 1])], -math.inf),
    "highpass4": ({"q": 10}, [([1, 0, 0], section) for section in BUTTERWORTH], -math.inf),
    "bandpass2": ({"q": 10}, [([1 / 10, 0], [1, 1 / 10, 1])], -math.inf),
    "bandpass4": ({"q": 10}, [([1 / 10, 0], [1, 1 / 10, 1])] * 2, -math.inf),
}
CURVES: dict[str, dict[str, Any]] = {
    "mono_delay": {"mix": 1, "feedback": 0.5, "delay_ms": 20, "q": 10},
    "phaser": {"mix": 1, "feedback": 0.9},
    "crossover": {},
}


def response_db(kind: str, rate: float, **values: float) -> Curve:
    """Of one second, ``[rate / 2 + 1]``."""
    x = torch.zeros(1, 2, round(rate), dtype=torch.float64)
    x[..., 0] = 1
    y = next(iter(KINDS[kind]({"input": x}, sample_rate=rate, frames=None, **values).values()))
    return np.asarray(20 * np.log10(np.abs(np.fft.rfft(y[0, 0].numpy())) + 1e-15))


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("kind", ANALOG)
def test_no_corner_whistles(kind: str, rate: int) -> None:
    """At 20 kHz: nowhere more than 3 dB above the analog filter."""
    values, sections, _ = ANALOG[kind]
    found = response_db(kind, rate, frequency_hz=20_000, **values)
    hz = np.arange(100, min(rate // 2, 12_000))
    analog = np.prod([signal.freqs(*section, hz / 20_000)[1] for section in sections], axis=0)
    assert (found[hz] - 20 * np.log10(np.abs(analog))).max() < 3


@pytest.mark.parametrize("frequency_hz", [4_000.0, 20_000.0])
@pytest.mark.parametrize("kind", ANALOG)
def test_above_half_the_sample_rate_a_filter_does_what_it_does_far_below_its_corner(
    kind: str, frequency_hz: float
) -> None:
    values, _, left_db = ANALOG[kind]
    found = response_db(kind, RATE, frequency_hz=frequency_hz, **values)
    np.testing.assert_allclose(found, max(left_db, -300), atol=1e-9 if left_db > -300 else 1)


@pytest.mark.parametrize("kind", [*ANALOG, *CURVES])
def test_nothing_jumps_on_the_way(kind: str) -> None:
    """Between 0.4895 and 0.5005 of the rate, in steps of 0.0001, the gain at 3 kHz moves by 3 % at most."""
    values = ANALOG[kind][0] if kind in ANALOG else CURVES[kind]
    fine = np.linspace(0.4895, 0.5005, 111) * RATE
    if kind == "phaser":
        made = [_phased(float(f))[3_000] for f in fine]
    else:
        made = [10 ** (response_db(kind, RATE, frequency_hz=f, **values)[3_000] / 20) for f in fine]
    assert np.abs(np.diff(made)).max() < 0.03 * max(1.0, np.max(made))


def _phased(frequency_hz: float) -> Curve:
    x = torch.zeros(1, 1, 8_000, dtype=torch.float64)
    x[..., 0] = 1
    knob, feedback = (torch.full((1, 1, 1), v, dtype=torch.float64) for v in (frequency_hz, 0.9))
    y = dsp.allpass.allpass_chain(x, knob, feedback, RATE)
    return np.asarray(np.abs(np.fft.rfft(y[0, 0].numpy())))


def test_a_phaser_out_of_reach_turns_nothing() -> None:
    """All that is left is its feedback: 1 / (1 - 0.9)."""
    np.testing.assert_allclose(_phased(12_000.0), 10, rtol=1e-9)


@pytest.mark.parametrize("frequency_hz", [3_950.0, 20_000.0])
def test_the_bands_of_a_crossover_still_add_up_to_an_all_pass(frequency_hz: float) -> None:
    x = torch.zeros(1, 2, 8_000, dtype=torch.float64)
    x[..., 0] = 1
    low, high = KINDS["crossover"]({"input": x}, sample_rate=RATE, frequency_hz=frequency_hz).values()
    np.testing.assert_allclose(np.abs(np.fft.rfft((low + high)[0, 0].numpy())), 1, atol=1e-9)


def _swept(kind: str, x: Tensor, **values: float) -> Tensor:
    """Four octaves up and down, ten times a second."""
    lfo = torch.sin(2 * math.pi * 10 * torch.arange(x.shape[-1], dtype=x.dtype) / RATE)[None, None]
    return KINDS[kind]({"input": x, "frequency": lfo}, sample_rate=RATE, frames=None, **values)["out"]


def test_a_modulated_corner_leaves_the_signal_alone_while_it_is_out_of_reach() -> None:
    """And brings no burst back: a cut at q = 0.7071 never gets louder than noise by more than 3 dB."""
    x = 0.1 * torch.randn(1, 2, 8_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    away = torch.sin(2 * math.pi * 10 * torch.arange(8_000) / RATE) > 0.51  # above 2 kHz * 4^1.02
    for kind, values in (("lowpass2", {"q": 0.7071}), ("bell", {"q": 8.0, "gain_db": 24.0})):
        y = _swept(kind, x, frequency_hz=2_000, **values)
        torch.testing.assert_close(y[..., away], x[..., away], rtol=0, atol=1e-12)
    y = _swept("lowpass2", x, frequency_hz=2_000, q=0.7071)
    assert y.abs().max() < 1.42 * x.abs().max()


EQUALIZERS = [
    (kind, name.removesuffix("_hz"))
    for kind in ("console_equalizer", "mastering_equalizer")
    for name, knob in KINDS[kind].parameters.items()
    if isinstance(knob, Parameter) and knob.unit == "Hz" and knob.high > RATE / 2
]


@pytest.mark.parametrize(("kind", "band"), EQUALIZERS)
def test_bands_of_equalizers_follow_the_same_rule(kind: str, band: str) -> None:
    """Bells, high shelves and high cuts out of reach are off; the others of the equalizer are neutral."""
    knobs = KINDS[kind].parameters
    off = {name: knob.neutral for name, knob in knobs.items() if knob.neutral is not None}
    values = {
        **off,
        f"{band}_hz": min(knobs[f"{band}_hz"].high, 20_000),
        f"{band}_q": knobs[f"{band}_q"].high,
    }
    values |= {f"{band}_db": knobs[f"{band}_db"].high} if f"{band}_db" in knobs else {}
    np.testing.assert_allclose(response_db(kind, RATE, **values), 0, atol=1e-6)


def test_the_low_pass_of_a_delay_lets_everything_through_out_of_reach() -> None:
    """One repeat with all of its spectrum: to 0.02 dB up to 0.4 of the sample rate."""
    x = torch.zeros(1, 2, 8_000, dtype=torch.float64)
    x[..., 0] = 1
    for kind, values in (
        ("mono_delay", {"frequency_hz": 20_000, "mix": 1, "q": 0.7071}),
        ("console_delay", {"lowpass_hz": 20_000, "highpass_hz": 20}),
    ):
        knobs = {"delay_ms": 100.0, "feedback": 0.0, **values}
        y = KINDS[kind]({"input": x}, sample_rate=RATE, frames=None, **knobs)["out"]
        level = np.abs(np.fft.rfft(y[0, 0].numpy()))[500:3_200]
        np.testing.assert_allclose(level, 1, atol=2e-3)


@pytest.mark.parametrize("kind", ["bell", "lowpass4", "mono_delay"])
def test_gradients_flow_while_a_filter_fades(kind: str) -> None:
    values: dict[str, Any] = {"q": 2.0, "gain_db": 12.0} if kind == "bell" else {"q": 2.0}
    x = torch.randn(1, 2, 3_000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    def loss(frequency_hz: Tensor) -> Tensor:
        knobs: dict[str, Any] = {"frequency_hz": frequency_hz, **values}
        y = KINDS[kind]({"input": x}, sample_rate=RATE, frames=None, **knobs)["out"]
        return (y * torch.sin(torch.arange(3_000, dtype=torch.float64))).sum()

    place = torch.tensor([0.4955 * RATE], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(place), place)
    measured = (loss(place.detach() + 1e-4) - loss(place.detach() - 1e-4)) / 2e-4
    assert gradient.abs() > 0
    torch.testing.assert_close(gradient[0], measured, rtol=1e-4, atol=0)
