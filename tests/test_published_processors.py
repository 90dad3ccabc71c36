"""The published console against its definition, written out slowly, and the physics of it.

Definitions: Lee et al., Searching for Music Mixing Graphs: A Pruning Approach (DAFx 2024), at 30 kHz.
"""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import get_window, istft, lfilter, stft
from torch import Tensor

from tests.console_kit import RATE, decay_s, impulse_response, in_db, noise, response, run
from unpatch.dsp import multitap

PUBLISHED_RATE = 30_000
Samples = NDArray[np.float64]


def curve(rows: int, size: int, seed: int = 0, spread: float = 6.0) -> Tensor:
    """A random walk around 0 dB, ``[rows, size]``."""
    steps = torch.randn(rows, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (spread * steps.cumsum(-1) / math.sqrt(size)).clamp(-50, 50)


def zero_phase(magnitude_db: Samples) -> Samples:
    """2 K - 1 taps: inverse transform, centred, under a periodic Hann window."""
    length = 2 * len(magnitude_db) - 1
    centred = np.roll(np.fft.irfft(10 ** (magnitude_db / 20), length), length // 2)
    return np.asarray(centred * get_window("hann", length))


def test_the_equalizer_is_a_windowed_zero_phase_filter() -> None:
    x, magnitude_db = noise(2), curve(2, 1_024)
    made = run("published_equalizer", x, PUBLISHED_RATE, magnitude_db=magnitude_db).numpy()
    for b in range(2):
        taps = zero_phase(magnitude_db[b].numpy())
        expected = [np.convolve(channel, taps)[1_023:-1_023] for channel in x[b].numpy()]
        np.testing.assert_allclose(made[b], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rate", [16_000, 30_000, 44_100, 96_000])
def test_the_equalizer_has_the_same_curve_at_every_rate(rate: int) -> None:
    """What is asked for, at its frequency in Hz, and the last value above 15 kHz."""
    hz = np.arange(1_024) * 30_000 / 2_047
    wanted = 6 * np.sin(hz / 1_500)
    places = [700.0, 3_000.0, 5_000.0, 7_500.0]
    made = in_db(response("published_equalizer", places, rate, magnitude_db=tuple(wanted)))
    np.testing.assert_allclose(made, np.interp(places, hz, wanted), atol=0.02)
    if rate > 40_000:
        above = in_db(response("published_equalizer", [17_000.0, 20_000.0], rate, magnitude_db=tuple(wanted)))
        np.testing.assert_allclose(above, wanted[-1], atol=0.02)


def detector(x: Samples, smoothing_ms: float, rate: float) -> Samples:
    """Level of the smoothed energy in dB."""
    pole = math.exp(-1000 / (smoothing_ms * rate))
    return np.asarray(10 * np.log10(lfilter([1 - pole], [1, -pole], (x**2).mean(0)) + 1e-5))


def static_curve(level: Samples, threshold: float, ratio: float, knee: float, kind: str) -> Samples:
    """Output level in the three stretches of the paper."""
    w = knee / 2
    above, below = level > threshold + w, level < threshold - w
    if kind == "published_compressor":
        bent = level + (1 / ratio - 1) * (level - threshold + w) ** 2 / (4 * w)
        return np.where(above, threshold + (level - threshold) / ratio, np.where(below, level, bent))
    bent = level + (1 - ratio) * (level - threshold - w) ** 2 / (4 * w)
    return np.where(above, level, np.where(below, threshold + ratio * (level - threshold), bent))


@pytest.mark.parametrize(
    ("kind", "ratio"), [("published_compressor", 3.0), ("published_gate", 2.5), ("published_gate", 0.5)]
)
@pytest.mark.parametrize("smoothing_ms", [0.0481, 20.0])
def test_dynamics_follow_their_definition(kind: str, ratio: float, smoothing_ms: float) -> None:
    x = noise(1, 4_000) * torch.linspace(2, 0.02, 4_000, dtype=torch.float64)
    values = {"threshold_db": -24.0, "ratio": ratio, "knee_db": 8.0, "smoothing_ms": smoothing_ms}
    level = detector(x[0].numpy(), smoothing_ms, RATE)
    change = static_curve(level, -24, ratio, 8, kind) - level
    expected = x[0].numpy() * 10 ** (change / 20 * 2)  # what an energy loses is taken off the amplitude
    np.testing.assert_allclose(run(kind, x, **values)[0].numpy(), expected, rtol=0, atol=1e-6)


def settled_db(kind: str, level_db: float, ratio: float) -> float:
    steady = torch.full((1, 2, 4_000), 10 ** (level_db / 20), dtype=torch.float64)
    made = run(kind, steady, threshold_db=-20.0, ratio=ratio, knee_db=0.0, smoothing_ms=1.0)
    return float(in_db(made[0, 0, -1:].numpy())[0])


def test_slopes_of_the_published_curves() -> None:
    """2 / R - 1 above, 2 R - 1 below: an energy's curve on an amplitude."""
    rise = settled_db("published_compressor", 0, 4) - settled_db("published_compressor", -10, 4)
    assert rise / 10 == pytest.approx(2 / 4 - 1, abs=1e-3)
    fall = settled_db("published_gate", -25, 3) - settled_db("published_gate", -30, 3)
    assert fall / 5 == pytest.approx(2 * 3 - 1, abs=0.05), "the floor of the detector bends it a little"


@pytest.mark.parametrize("rate", [8_000, 96_000])
def test_smoothing_takes_its_time_at_every_rate(rate: int) -> None:
    """Its energy has come 63 % of the way when a threshold at that level is crossed."""
    step = torch.full((1, 2, rate), 0.5, dtype=torch.float64)
    threshold = 10 * math.log10(0.25 * (1 - math.exp(-1)))
    made = run(
        "published_compressor", step, rate, threshold_db=threshold, ratio=50.0, knee_db=0.0, smoothing_ms=40.0
    )
    assert int((made[0, 0] < 0.4999).int().argmax()) == pytest.approx(0.04 * rate, rel=0.01)


def test_gains() -> None:
    x = noise()
    factors = torch.tensor([[10 ** (6 / 20)], [10 ** (-9 / 20)]], dtype=torch.float64)
    torch.testing.assert_close(run("published_gain", x, left_db=6.0, right_db=-9.0), factors * x)
    made = run("published_imager", x, side_db=-12.0)
    torch.testing.assert_close(made.mean(1), x.mean(1))
    side = 10 ** (-12 / 20) * (x[:, 0] - x[:, 1])
    torch.testing.assert_close(made[:, 0] - made[:, 1], side)


def taps_at(shares: Tensor, radius: float = 2.0) -> dict[str, Tensor]:
    """Phasors of taps late by shares ``[rows, 40]`` of their tenth of a second."""
    turned = -2 * math.pi * shares
    return {"phasor_real": radius * turned.cos(), "phasor_imaginary": radius * turned.sin()}


def test_the_delay_puts_coloured_taps_where_phasors_point() -> None:
    shares = torch.rand(1, 40, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    shares[0, :2] = torch.tensor([0.0001, 0.9999])  # their filters are cut off
    colour = curve(40, 20, spread=12)
    made = impulse_response(
        "published_delay", 60_000, PUBLISHED_RATE, **taps_at(shares), colour_db=colour.reshape(1, -1)
    )
    expected = np.zeros((40, 3_000 + 2 * 19))
    for tap in range(40):
        place = round(float(shares[0, tap]) * 3_000) % 3_000
        expected[tap, place : place + 39] = zero_phase(colour[tap].numpy())
    response_ = expected[:, 19:-19].reshape(2, 60_000)
    response_ /= math.sqrt((response_**2).sum(-1).mean())
    np.testing.assert_allclose(made, response_, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_taps_keep_their_time_level_and_colour_at_other_rates(rate: int) -> None:
    shares = torch.linspace(0.1, 0.9, 40, dtype=torch.float64)[None]
    colour = torch.linspace(3, -12, 20, dtype=torch.float64).repeat(40)[None]
    made, published = (
        impulse_response("published_delay", 2 * r, r, **taps_at(shares), colour_db=colour)
        for r in (rate, PUBLISHED_RATE)
    )
    for tap in (0, 7, 19):
        late = (tap + float(shares[0, tap])) / 10
        around = made[0, round((late - 0.002) * rate) : round((late + 0.002) * rate)]
        assert int(np.abs(around).argmax()) == pytest.approx(0.002 * rate, abs=1.5)
    # The same response up to where the slower rate ends, but for taps that lie on whole samples.
    low, high = (np.abs(np.fft.rfft(h[0, : len(h[0]) // 20])) for h in (made, published))
    np.testing.assert_allclose(in_db(low[20:900]), in_db(high[20:900]), atol=0.4)


def soft_gradient(phasors: Tensor, flows: Tensor) -> Tensor:
    """By automatic differentiation: the soft responses of all taps against what each sample would gain."""
    free = torch.view_as_complex(phasors).requires_grad_()
    z = free * free.abs().tanh() / free.abs()
    powers = z[..., None] ** torch.arange(flows.shape[-1] // 2 + 1)
    (gradient,) = torch.autograd.grad((torch.fft.irfft(powers, flows.shape[-1]) * flows).sum(), free)
    return torch.view_as_real(gradient / (1e-7 + gradient.abs()))


@pytest.mark.parametrize("frames", [300, 441])
def test_the_surrogate_gradient_is_that_of_soft_delays(frames: int) -> None:
    generator = torch.Generator().manual_seed(0)
    phasors = torch.randn(2, 40, 2, generator=generator, dtype=torch.float64)
    flows = torch.randn(2, 40, frames, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(multitap.surrogate(phasors, flows), soft_gradient(phasors.clone(), flows))
    at_zero = multitap.surrogate(torch.zeros(1, 40, 2, dtype=torch.float64), flows[:1])
    torch.testing.assert_close(
        at_zero.norm(dim=-1), torch.ones(1, 40, dtype=torch.float64), rtol=0, atol=1e-4
    )


def test_taps_walk_to_where_an_echo_is() -> None:
    """Gradient descent on a squared error finds an echo of a decaying click by one tap."""
    click = torch.zeros(1, 2, 4_000, dtype=torch.float64)
    click[..., :400] = torch.exp(-torch.arange(400) / 80.0)
    target = 0.35
    goal = run("published_delay", click, 8_000, **taps_at(torch.full((1, 40), target, dtype=torch.float64)))
    share = torch.full((1, 40), 0.25, dtype=torch.float64)
    knobs = {name: value.requires_grad_() for name, value in taps_at(share, radius=1.0).items()}
    for _ in range(60):
        made = run("published_delay", click, 8_000, **knobs)
        gradients = torch.autograd.grad((made - goal).square().sum(), list(knobs.values()))
        moved = (
            knob.detach() - 0.03 * gradient for knob, gradient in zip(knobs.values(), gradients, strict=True)
        )
        knobs = {name: knob.requires_grad_() for name, knob in zip(knobs, moved, strict=True)}
    found = -torch.atan2(knobs["phasor_imaginary"], knobs["phasor_real"]) / (2 * math.pi) % 1
    assert float((found[0, [0, 1, 20, 21]] - target).abs().max().detach()) < 0.02


def masked(level: Samples, decay_ms: Samples, noise_: Samples) -> Samples:
    """Short-time transform, mask that starts at a level and falls, and back; ``[193]`` values each."""
    _, seconds, bins = stft(noise_, PUBLISHED_RATE, nperseg=384, noverlap=192, boundary="even")
    mask = 10 ** ((level[:, None] - 60 / (decay_ms[:, None] / 1000) * seconds) / 20)
    return np.asarray(istft(bins * mask, PUBLISHED_RATE, nperseg=384, noverlap=192)[1][:60_000])


def test_the_reverb_is_masked_noise() -> None:
    """But for the last frame, where the two libraries pad differently."""
    uniform = 2 * np.random.RandomState(0).uniform(size=(2, 60_000)) - 1
    level = curve(2, 193)
    decay_ms = 500 * 10 ** (curve(2, 193, seed=1, spread=3.0) / 20)
    made = impulse_response(
        "published_reverb",
        60_000,
        PUBLISHED_RATE,
        **{
            "mid_db": level[:1],
            "side_db": level[1:],
            "mid_decay_ms": decay_ms[:1],
            "side_decay_ms": decay_ms[1:],
        },
    )
    mid, side = (masked(level[i].numpy(), decay_ms[i].numpy(), uniform[i]) for i in range(2))
    expected = np.stack([mid + side, mid - side])
    expected /= math.sqrt((expected**2).sum(-1).mean())
    np.testing.assert_allclose(made[:, :59_500], expected[:, :59_500], rtol=0, atol=1e-9)


@pytest.mark.parametrize("rate", [30_000, 44_100])
def test_the_reverb_decays_in_its_time_and_has_an_energy_of_one(rate: int) -> None:
    decay_ms = torch.linspace(1_500, 300, 193, dtype=torch.float64)[None]
    knobs = {"mid_decay_ms": decay_ms, "side_decay_ms": decay_ms}
    made = impulse_response("published_reverb", 2 * rate, rate, **knobs)
    below = np.abs(np.fft.rfft(made)[:, :30_000]) ** 2
    assert below.mean() == pytest.approx(1, rel=1e-3)
    for hz in (1_000, 4_000, 10_000):
        found = np.mean([decay_s(channel, hz, rate) for channel in made])
        assert found == pytest.approx((1_500 - 1_200 * hz / 15_000) / 1000, rel=0.08)


def test_the_published_room_is_the_same_at_other_rates() -> None:
    """Up to frames of another length: nearly the same response, to the phase, below 15 kHz."""
    at = [
        np.fft.rfft(impulse_response("published_reverb", 2 * rate, rate)) for rate in (30_000, 44_100, 96_000)
    ]
    for bins in at[1:]:
        error = np.abs(bins[:, 1_000:28_000] - at[0][:, 1_000:28_000])
        assert np.sqrt((error**2).mean()) < 0.1
