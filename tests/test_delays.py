"""Chorus, flanger, vibrato, echo and ping-pong: slow references, comb, pitch, echo times, gradients."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import optimize, signal
from torch import Tensor

from unpatch.dsp import echo, modulated_delay
from unpatch.dsp.modulated_delay_kernels import lagrange, lagrange_slope
from unpatch.dsp.warp import HIGHEST
from unpatch.processors import PROCESSORS

RATE = 44_100
MODULATED = ("chorus", "flanger", "vibrato")
ECHOES = ("mono_delay", "pingpong_delay")
# The low-pass of the echoes, as open as it gets.
OPEN = {"frequency_hz": 20_000.0, "q": 0.7071}

Signal = NDArray[np.float64]


def run(
    kind: str, audio: Tensor, control: Tensor | float | None = None, rate: float = RATE, **values: float
) -> Tensor:
    inputs = {"input": audio}
    if control is not None:
        like = audio.new_zeros(len(audio), 1, audio.shape[-1])
        inputs["mod"] = like + control
    return PROCESSORS[kind](inputs, sample_rate=rate, frames=None, **values)["out"]


def noise(frames: int, seed: int = 0, rows: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(rows, 2, frames, generator=generator, dtype=torch.float64)


def impulse(frames: int, at: int = 0) -> Tensor:
    x = torch.zeros(1, 2, frames, dtype=torch.float64)
    x[..., at] = 1
    return x


def interpolate(line: Signal, position: float) -> float:
    """Third-order Lagrange polynomial through the four samples around a position, zero before the start."""
    first = math.floor(position) - 1
    nodes = range(first, first + 4)
    values = (line[i] if i >= 0 else 0.0 for i in nodes)
    weights = (math.prod((position - m) / (n - m) for m in nodes if m != n) for n in nodes)
    return sum(w * v for w, v in zip(weights, values, strict=True))


def reference_modulated(x: Signal, delay: Signal, feedback: float, mix: float) -> Signal:
    line, y = np.zeros_like(x), np.empty_like(x)
    for t in range(len(x)):
        wet = interpolate(line, t - delay[t])
        line[t] = x[t] + feedback * wet
        y[t] = (1 - mix) * x[t] + mix * wet
    return y


def reference_lowpass(frequency_hz: float, q: float, rate: float) -> tuple[Signal, Signal]:
    """Analog prototype, bilinear transform, divided by the largest gain that a search finds."""
    warped = 2 * rate * math.tan(math.pi * frequency_hz / rate)
    b, a = signal.bilinear([warped**2], [1, warped / q, warped**2], rate)
    found = optimize.minimize_scalar(
        lambda omega: -abs(signal.freqz(b, a, [omega])[1][0]),
        bounds=(0, 4 * math.pi * frequency_hz / rate),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return b / max(1, -found.fun), a


def reference_echo(x: Signal, kind: str, rate: float, **v: float) -> Signal:
    """The loop sample by sample, ``x [2, T]``."""
    b, a = reference_lowpass(v["frequency_hz"], v["q"], rate)
    samples = [v["delay_ms"] * rate / 1000 * 2 ** (side * v["stereo_offset"] / 2) for side in (-1, 1)]
    crossed = kind == "pingpong_delay"
    entering = np.stack([x.mean(0), 0 * x[0]]) if crossed else x
    lines, read, wet = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    for t in range(x.shape[1]):
        for c in (0, 1):
            read[c, t] = interpolate(lines[c], t - samples[c])
            wet[c, t] = sum(b[i] * read[c, t - i] for i in range(min(t, 2) + 1))
            wet[c, t] -= sum(a[i] * wet[c, t - i] for i in range(1, min(t, 2) + 1))
        for c in (0, 1):
            lines[c, t] = entering[c, t] + v["feedback"] * wet[1 - c if crossed else c, t]
    return (1 - v["mix"]) * x + v["mix"] * wet


@pytest.mark.parametrize("kind", MODULATED)
@pytest.mark.parametrize("moving", [False, True])
def test_modulated_delay_is_the_textbook_loop(kind: str, moving: bool) -> None:
    x, t = noise(700), torch.arange(700, dtype=torch.float64)
    control = 0.4 * torch.sin(t / 37) * moving
    knob = PROCESSORS[kind].parameters["delay_ms"]
    delay = (knob.default * (1 + control)).clamp(knob.low, knob.high).numpy() * 8
    y = run(kind, x, control, rate=8_000, feedback=0.7, mix=0.6)
    for c in (0, 1):
        expected = reference_modulated(x[0, c].numpy(), delay, 0.7, 0.6)
        np.testing.assert_allclose(y[0, c], expected, atol=1e-12)


def test_each_channel_may_have_its_own_modulation() -> None:
    x = noise(2_000)
    control = torch.stack([torch.full((2_000,), -0.2), torch.linspace(-0.3, 0.3, 2_000)])[None].double()
    both = PROCESSORS["chorus"]({"input": x, "mod": control}, sample_rate=RATE)["out"]
    for c in (0, 1):
        torch.testing.assert_close(both[:, c], run("chorus", x, control[:, c : c + 1])[:, c])


@pytest.mark.parametrize("feedback", [0.0, 0.5, 0.9])
def test_a_resting_chorus_is_a_comb_filter(feedback: float) -> None:
    samples, mix, frames = 441, 0.5, 1 << 17
    y = run("chorus", impulse(frames), 0.0, delay_ms=samples / RATE * 1000, feedback=feedback, mix=mix)
    omega = 2 * math.pi * np.arange(frames // 2 + 1) / frames
    late = np.exp(-1j * omega * samples)
    expected = (1 - mix) + mix * late / (1 - feedback * late)
    # The tail left out by the end of the transform is feedback^297.
    np.testing.assert_allclose(np.fft.rfft(y[0, 0].numpy()), expected, atol=1e-9)


def test_flanger_notches_sit_at_odd_multiples_of_half_the_inverse_delay() -> None:
    y = run("flanger", impulse(RATE), 0.0, delay_ms=2.0, feedback=0.0, mix=0.5)
    response = np.abs(np.fft.rfft(y[0, 0].numpy()))
    assert (response[[250, 750, 1250]] < 0.02).all()
    assert (response[[500, 1000, 1500]] > 0.98).all()


def test_vibrato_bends_the_pitch_by_the_slope_of_its_delay() -> None:
    frames, tone_hz, speed_hz, depth = RATE, 1_000.0, 5.0, 0.3
    t = torch.arange(frames, dtype=torch.float64) / RATE
    x = torch.sin(2 * math.pi * tone_hz * t).expand(1, 2, -1)
    y = run("vibrato", x, depth * torch.sin(2 * math.pi * speed_hz * t), delay_ms=4.0, feedback=0.0, mix=1.0)
    phase = np.unwrap(np.angle(signal.hilbert(y[0, 0].numpy())))
    ratio = np.diff(phase) * RATE / (2 * math.pi * tone_hz)
    slope = 0.004 * depth * 2 * math.pi * speed_hz * np.cos(2 * math.pi * speed_hz * t.numpy()[1:])
    inner = slice(RATE // 10, -RATE // 10)
    np.testing.assert_allclose(ratio[inner], (1 - slope)[inner], atol=0.002)
    assert abs(slope).max() > 0.03


def test_interpolation_is_passive_where_it_is_used() -> None:
    """Between the two middle samples a Lagrange interpolator never amplifies."""
    omega = np.linspace(0, math.pi, 301)
    for f in np.linspace(0, 1, 21):
        response = sum(w * np.exp(-1j * omega * n) for n, w in enumerate(lagrange(f, 1.0)))
        assert np.abs(response).max() < 1 + 1e-12


def test_interpolation_weights_have_the_declared_slopes() -> None:
    for f in (0.0, 0.3, 0.99):
        measured = (np.array(lagrange(f + 1e-6, 1.0)) - lagrange(f - 1e-6, 1.0)) / 2e-6
        np.testing.assert_allclose(lagrange_slope(f, 1.0), measured, atol=1e-8)


@pytest.mark.parametrize("kind", MODULATED)
@pytest.mark.parametrize("speed_hz", [0.5, 30.0, 3_000.0])
def test_the_loop_stays_bounded_however_its_delay_moves(kind: str, speed_hz: float) -> None:
    t = torch.arange(2 * RATE, dtype=torch.float64) / RATE
    for shape in (torch.sin, lambda phase: torch.sign(torch.sin(phase))):
        y = run(kind, noise(2 * RATE).clamp(-1, 1), shape(2 * math.pi * speed_hz * t), feedback=0.9, mix=1.0)
        assert y.abs().max() < 1 / (1 - 0.9) * 1.25


def test_a_modulation_that_is_no_number_harms_nothing_before_it() -> None:
    x, control = noise(4_000), torch.zeros(4_000, dtype=torch.float64)
    sound = run("chorus", x, control)
    control[3_000:] = math.nan
    y = run("chorus", x, control)
    assert torch.equal(y[..., :3_000], sound[..., :3_000])
    assert y[..., 3_000:].isnan().all()


@pytest.mark.parametrize("kind", MODULATED + ECHOES)
def test_mix_zero_is_an_exact_bypass(kind: str) -> None:
    x = noise(3_000).float()
    control = noise(3_000)[0, 0].float() if kind in MODULATED else None
    assert torch.equal(run(kind, x, control, mix=0.0, feedback=0.9), x)


@pytest.mark.parametrize("kind", ECHOES)
@pytest.mark.parametrize("q", [0.5, 0.7071, 6.0])
@pytest.mark.parametrize("stereo_offset", [-0.6, 0.0, 0.35])
def test_echo_is_the_textbook_loop(kind: str, q: float, stereo_offset: float) -> None:
    values = {"delay_ms": 21.3, "feedback": 0.8, "mix": 0.7, "frequency_hz": 900.0, "q": q}
    x = noise(900)
    y = run(kind, x, rate=8_000, **values, stereo_offset=stereo_offset)
    expected = reference_echo(x[0].numpy(), kind, 8_000, **values, stereo_offset=stereo_offset)
    np.testing.assert_allclose(y[0], expected, atol=1e-10)


def echo_levels(y: Tensor, times: list[float], rate: float) -> list[float]:
    """Sum of the signal around each time: an echo's level at 0 Hz."""
    reach = round(0.02 * rate)
    places = [round(time * rate) for time in times]
    return [float(y[max(0, p - reach) : p + reach].sum()) for p in places]


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("stereo_offset", [0.0, 0.5])
def test_echoes_come_in_time_and_shrink_by_the_feedback(rate: int, stereo_offset: float) -> None:
    y = run(
        "mono_delay",
        impulse(2 * rate),
        rate=rate,
        delay_ms=200.0,
        feedback=0.6,
        mix=1.0,
        stereo_offset=stereo_offset,
        **OPEN,
    )
    for c, side in ((0, -1), (1, 1)):
        spacing = 0.2 * 2 ** (side * stereo_offset / 2)
        times = [k * spacing for k in range(1, 6)]
        np.testing.assert_allclose(echo_levels(y[0, c], times, rate), [0.6**k for k in range(5)], atol=1e-3)
        # The open low-pass itself is late by its group delay.
        late = math.sqrt(2) / (2 * math.pi * OPEN["frequency_hz"])
        assert abs(int(y[0, c].abs().argmax()) / rate - spacing - late) < 1.5 / rate


def test_pingpong_alternates_from_the_left() -> None:
    x = impulse(2 * RATE)
    x[:, 1] = 0  # also what enters at one side starts at the left, at half its level in the mono sum
    y = run("pingpong_delay", x, delay_ms=150.0, feedback=0.7, mix=1.0, **OPEN)
    times = [0.15 * k for k in range(1, 7)]
    levels = np.array([0.5 * 0.7**k for k in range(6)])
    left, right = np.array([1, 0, 1, 0, 1, 0]), np.array([0, 1, 0, 1, 0, 1])
    np.testing.assert_allclose(echo_levels(y[0, 0], times, RATE), levels * left, atol=1e-3)
    np.testing.assert_allclose(echo_levels(y[0, 1], times, RATE), levels * right, atol=1e-3)


@pytest.mark.parametrize("q", [0.5, 0.7071, 1.0, 10.0])
@pytest.mark.parametrize("frequency_hz", [20.0, 1_000.0, 20_000.0])
@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_the_filter_in_the_loop_never_amplifies(q: float, frequency_hz: float, rate: int) -> None:
    coefficients = echo.lowpass(torch.tensor([frequency_hz]), torch.tensor([q]), rate)[0].numpy()
    corner = math.tan(math.pi * min(frequency_hz / rate, HIGHEST))
    grid = 2 * np.arctan(corner * np.concatenate([np.linspace(0, 2, 5_001), np.geomspace(2, 1e3, 99)]))
    gain = np.abs(signal.freqz(coefficients[:3], [1, *coefficients[3:]], grid)[1])
    # A corner above half the sample rate leaves the gain at 0 Hz; the resonance that is one lies above.
    largest = 1.0 if frequency_hz < rate / 2 else 1 / float(echo.resonance(torch.tensor(q)))
    assert gain.max() == pytest.approx(largest, abs=1e-5)
    assert gain.max() < 1 + 1e-6


@pytest.mark.parametrize("kind", ECHOES)
def test_echoes_grow_duller(kind: str) -> None:
    y = run(kind, impulse(RATE), delay_ms=100.0, feedback=0.9, mix=1.0, frequency_hz=2_000.0)
    spectra = [np.abs(np.fft.rfft(y[0].sum(0)[k * 4_410 : (k + 1) * 4_410].numpy())) for k in (1, 2, 3)]
    share = [float((s[400:] ** 2).sum() / (s**2).sum()) for s in spectra]  # above 4 kHz
    assert share[0] > 3 * share[1] > 9 * share[2]


@pytest.mark.parametrize("kind", ECHOES)
def test_a_delay_that_is_no_number_is_seen(kind: str) -> None:
    """It made a line of 2^63 samples, which fails in silence in all threads but the first."""
    audio = noise(500).requires_grad_()
    out = run(kind, audio, delay_ms=math.nan)
    assert out.isnan().all()
    out.sum().backward()  # type: ignore[no-untyped-call]
    assert audio.grad is not None


@pytest.mark.parametrize("delay_ms", [1e9, math.inf])
def test_a_delay_beyond_the_end_is_silent(delay_ms: float) -> None:
    audio = noise(500)
    assert torch.equal(run("mono_delay", audio, delay_ms=delay_ms, mix=1), torch.zeros_like(audio))


def test_a_long_tail_is_not_cut() -> None:
    rate = 8_000
    values = {"delay_ms": 1_000.0, "feedback": 0.9, "mix": 1.0, "q": 0.7071, "frequency_hz": 3_000.0}
    y = run("mono_delay", impulse(30 * rate), rate=rate, **values)
    (late,) = echo_levels(y[0, 0], [28.0], rate)
    assert late == pytest.approx(0.9**27, rel=1e-3)


def test_block_boundaries_leave_no_trace() -> None:
    """The same echo, found at shifts that put blocks elsewhere."""
    for shift in (1, 100, 511):
        a = run("pingpong_delay", torch.nn.functional.pad(noise(9_000), (shift, 0)), delay_ms=31.0)
        torch.testing.assert_close(a[..., shift:], run("pingpong_delay", noise(9_000), delay_ms=31.0))


def columns(*rows: list[float]) -> list[Tensor]:
    return [torch.tensor(row, dtype=torch.float64).reshape(-1, 1, 1).requires_grad_() for row in rows]


@pytest.mark.parametrize("function", [echo.mono, echo.pingpong])
def test_echo_gradients(function: Callable[..., Tensor]) -> None:
    knobs = columns([20.3, 31.7], [0.3, 0.8], [0.5, 0.0], [150, 80], [2, 0.6], [0.2, -0.3])

    def process(x: Tensor, *values: Tensor) -> Tensor:
        return function(x, echo.EchoKnobs(*values), 1_000.0)

    assert torch.autograd.gradcheck(process, (noise(80, rows=2).requires_grad_(), *knobs), fast_mode=True)


@pytest.mark.parametrize("moments", [1, 40])
def test_modulated_delay_gradients(moments: int) -> None:
    x = noise(40, rows=2).requires_grad_()
    # The interpolator's slope jumps at whole samples.
    whole = torch.randint(2, 6, (2, 1, moments), generator=torch.Generator().manual_seed(1))
    delay = whole + 0.05 + 0.9 * torch.linspace(0, 1, 2 * moments, dtype=torch.float64).view(2, 1, moments)
    feedback, mix = columns([0.3, 0.8], [0.5, 0.0])

    def process(x: Tensor, delay: Tensor, feedback: Tensor, mix: Tensor) -> Tensor:
        return modulated_delay.modulated_delay(x, delay, feedback, mix, 1_000.0)

    assert torch.autograd.gradcheck(process, (x, delay.requires_grad_(), feedback, mix))
