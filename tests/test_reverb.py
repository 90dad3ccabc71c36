"""Reverberation: slow reference, decay times, damping, energy, channels, sample rates, gradients."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import linalg, signal
from torch import Tensor

from unpatch.dsp import reverb
from unpatch.processors import PROCESSORS

KINDS = ("mono_reverb", "stereo_reverb")
RATE = 16_000
Signal = NDArray[np.float64]


def run(kind: str, audio: Tensor, rate: float = RATE, **values: float) -> Tensor:
    return PROCESSORS[kind]({"input": audio}, sample_rate=rate, frames=None, **values)["out"]


def impulse(seconds: float, rate: int = RATE) -> Tensor:
    x = torch.zeros(1, 2, round(seconds * rate))
    x[..., 0] = 1
    return x


def answer(kind: str, seconds: float, rate: int = RATE, **values: float) -> Signal:
    """Impulse response of the reverberation alone, ``[2, T]``."""
    response: Signal = run(kind, impulse(seconds, rate), rate, mix=1.0, **values)[0].double().numpy()
    return response


def noise(frames: int, seed: int = 0, rows: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(rows, 2, frames, generator=generator, dtype=torch.float64)


def reverberation_time(h: Signal, rate: float) -> float:
    """Twice the time from -5 to -35 dB of the energy yet to come (Schroeder 1965)."""
    to_come = np.cumsum((h**2).sum(0)[::-1])[::-1]
    first, last = (int(np.argmax(to_come < 10 ** (db / 10) * to_come[0])) for db in (-5, -35))
    return 2 * (last - first) / rate


def band(h: Signal, low_hz: float, high_hz: float, rate: float) -> Signal:
    sections = signal.butter(4, [low_hz, high_hz], "bandpass", fs=rate, output="sos")
    return np.asarray(signal.sosfilt(sections, h))


def reference_allpass(x: Signal, delay: int, g: float) -> Signal:
    """(z^-N - g) / (1 - g z^-N)."""
    b, a = np.zeros(delay + 1), np.zeros(delay + 1)
    b[0], b[-1], a[0], a[-1] = -g, 1, 1, -g
    return np.asarray(signal.lfilter(b, a, x))


def reference_pole(ratio: float, rate: float) -> float:
    """By bisection: the pole whose low-pass has that magnitude at the damping frequency."""
    z = np.exp(-2j * np.pi * reverb.DAMPING_HZ / rate)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if abs((1 - middle) / (1 - middle * z)) > ratio else (low, middle)
    return low


def reference_network(x: Signal, size: float, damping: float, rate: float) -> Signal:
    """Diffusers, then the network frame by frame as a matrix equation; x ``[C, T]``."""
    channels, lines = len(x), len(reverb.LINES_MS)
    for c, stretch in zip(range(channels), (1, reverb.RIGHT_STRETCH), strict=False):
        for ms in reverb.DIFFUSERS_MS:
            x[c] = reference_allpass(x[c], round(ms * stretch * rate / 1000), reverb.DIFFUSION)
    delays = [round(ms * rate / 1000) for ms in reverb.LINES_MS]
    decay_db = 60 * np.array(delays) / rate / (0.2 * 40**size)
    wanted_db = decay_db * (reverb.DAMPED_SHARE**-damping - 1)
    limited_db = 1 / (1 / np.maximum(wanted_db, 1e-12) + 1 / reverb.MOST_DAMPING_DB)
    poles = np.array([reference_pole(10 ** (-db / 20), rate) for db in limited_db])
    gains = 10 ** (-decay_db / 20) * (1 - poles)
    assign = np.array([[k % channels == c for k in range(lines)] for c in range(channels)])
    into = assign.T * np.array(reverb.SIGNS_IN)[:, None] * np.sqrt(channels / lines)
    out_of = assign * np.array(reverb.SIGNS_OUT)
    around = linalg.hadamard(lines) / np.sqrt(lines)
    history, state, y = np.zeros((lines, x.shape[1])), np.zeros(lines), np.zeros_like(x)
    for t in range(x.shape[1]):
        leaving = np.array([history[k, t - d] if t >= d else 0.0 for k, d in enumerate(delays)])
        state = gains * leaving + poles * state
        y[:, t] = out_of @ state
        history[:, t] = into @ x[:, t] + around @ state
    typical = 10 ** (-decay_db.mean() / 20)
    return np.asarray(y * np.sqrt(1 - typical**2) / typical)


@pytest.mark.parametrize(("size", "damping", "width", "mix"), [(0.5, 0.4, 0.7, 0.6), (0.0, 1.0, 0.0, 1.0)])
def test_stereo_is_the_textbook_network(size: float, damping: float, width: float, mix: float) -> None:
    x = noise(2_000)
    y = run("stereo_reverb", x, 8_000, size=size, damping=damping, width=width, mix=mix)
    wet = reference_network(x[0].numpy().copy(), size, damping, 8_000)
    mid, side = (wet[0] + wet[1]) / 2, width * (wet[0] - wet[1]) / 2
    expected = (1 - mix) * x[0].numpy() + mix * np.stack([mid + side, mid - side])
    np.testing.assert_allclose(y[0], expected, atol=1e-9)


def test_mono_is_the_textbook_network_of_the_mono_sum() -> None:
    x, width, mix = noise(2_000), 0.3, 0.8
    y = run("mono_reverb", x, 8_000, size=0.7, damping=0.5, width=width, mix=mix)
    (wet,) = reference_network(x[0].numpy().mean(0, keepdims=True), 0.7, 0.5, 8_000)
    late = width * np.concatenate([np.zeros(96), wet[:-96]])  # 12 ms
    expected = (1 - mix) * x[0].numpy() + mix * np.stack([wet + late, wet - late])
    np.testing.assert_allclose(y[0], expected, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_size_sets_the_reverberation_time(kind: str) -> None:
    sizes = (0.0, 0.25, 0.5, 0.75, 1.0)
    times = [reverberation_time(answer(kind, 10, size=s, damping=0.0), RATE) for s in sizes]
    np.testing.assert_allclose(times, [0.2 * 40**s for s in sizes], rtol=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_damping_shortens_the_decay_of_high_frequencies_only(kind: str) -> None:
    size, wanted = 0.6, 0.2 * 40**0.6
    low, high = [], []
    for damping in (0.0, 0.2, 0.4, 0.6):
        h = answer(kind, 4, size=size, damping=damping)
        low.append(reverberation_time(band(h, 60, 120, RATE), RATE))
        high.append(reverberation_time(band(h, 2_800, 3_200, RATE), RATE))
    np.testing.assert_allclose(low, wanted, rtol=0.1)
    # Exact but for the limit on the loss in one pass.
    np.testing.assert_allclose(high, wanted * 0.1 ** np.array([0, 0.2, 0.4, 0.6]), rtol=0.25)
    assert high == sorted(high, reverse=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0.0, 0.3, 0.6, 1.0])
def test_the_reverberation_is_about_as_loud_as_its_input(kind: str, size: float) -> None:
    """Between half and twice the energy without damping, whatever the size; less with more damping."""
    energies = [(answer(kind, 9, size=size, damping=d) ** 2).sum() / 2 for d in (0.0, 0.3, 1.0)]
    assert 0.5 < energies[0] < 2
    assert energies[0] > energies[1] > energies[2] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_grows_at_any_setting(kind: str) -> None:
    """Full-scale noise never comes out louder than a few times itself."""
    x = noise(3 * RATE).clamp(-1, 1)
    for size in (0.0, 1.0):
        for damping in (0.0, 1.0):
            y = run(kind, x, size=size, damping=damping, width=1.0, mix=1.0)
            assert (y**2).mean() < 4 * (x**2).mean()


@pytest.mark.parametrize("kind", KINDS)
def test_all_sample_rates_sound_alike(kind: str) -> None:
    """The same decay in every octave, and the same first moments."""
    rates = (16_000, 44_100, 96_000)
    answers = [answer(kind, 2.5, rate, size=0.4, damping=0.4) for rate in rates]
    for low_hz in (125, 500, 2_000):
        bands = [band(h, low_hz, 2 * low_hz, rate) for h, rate in zip(answers, rates, strict=True)]
        times = [reverberation_time(b, rate) for b, rate in zip(bands, rates, strict=True)]
        energy = [(b**2).sum() * rate for b, rate in zip(bands, rates, strict=True)]
        np.testing.assert_allclose(times, times[1], rtol=0.15)
        np.testing.assert_allclose(10 * np.log10(np.array(energy) / energy[1]), 0, atol=1.5)
    onsets = [np.argmax(np.abs(h[0]) > 0) / rate for h, rate in zip(answers, rates, strict=True)]
    np.testing.assert_allclose(onsets, reverb.LINES_MS[0] / 1000, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tail_is_dense_noise(kind: str) -> None:
    """After 0.2 s the response looks Gaussian: kurtosis 3, as many samples beyond one sigma as noise has."""
    h = answer(kind, 1.0, 44_100, size=0.8, damping=0.0)[0][8_820:17_640]
    h = h * 10 ** (3 * np.arange(len(h)) / 44_100 / (0.2 * 40**0.8))  # undo the decay
    assert (h**4).mean() / (h**2).mean() ** 2 < 4.5
    assert 0.8 < (np.abs(h) > h.std()).mean() / 0.3173 < 1.1


def test_mono_answers_in_mono_and_hears_no_side() -> None:
    x = noise(RATE)
    y = run("mono_reverb", x, mix=1.0, width=0.0)
    assert torch.equal(y[:, 0], y[:, 1])
    wide = run("mono_reverb", x, mix=1.0, width=0.8)
    torch.testing.assert_close(wide.sum(1), y.sum(1))
    assert (wide[:, 0] - wide[:, 1]).abs().max() > 0.1
    side = x[:, :1] * torch.tensor([[1.0], [-1.0]])
    assert run("mono_reverb", side, mix=1.0, width=0.5).abs().max() == 0


def test_stereo_decorrelates_and_width_narrows() -> None:
    wide = answer("stereo_reverb", 2, size=0.5, width=1.0)
    assert abs(np.dot(*wide)) < 0.1 * np.linalg.norm(wide[0]) * np.linalg.norm(wide[1])
    narrow = answer("stereo_reverb", 2, size=0.5, width=0.0)
    np.testing.assert_allclose(narrow[0], narrow[1], atol=1e-7)
    np.testing.assert_allclose(narrow.sum(0), wide.sum(0), atol=1e-6)


def test_stereo_hears_where_a_sound_is() -> None:
    """Left alone first comes back at the left: the lines of a channel answer to it before any other."""
    x = impulse(0.5) * torch.tensor([[1.0], [0.0]])
    y = run("stereo_reverb", x, mix=1.0)[0]
    early = y[:, : round(reverb.LINES_MS[1] * RATE / 1000)]
    assert early[0].abs().max() > 0 == early[1].abs().max()


def test_the_recursion_is_exact_to_the_end() -> None:
    """Eighteen seconds in, the tail still falls 60 dB in eight seconds: nothing was cut off."""
    h = answer("stereo_reverb", 20, 8_000, size=1.0, damping=0.0)
    level_db = [10 * np.log10((h[:, t * 8_000 : (t + 1) * 8_000] ** 2).sum()) for t in (2, 10, 18)]
    np.testing.assert_allclose(np.diff(level_db), -60, atol=1)


@pytest.mark.parametrize("kind", KINDS)
def test_mix_zero_is_an_exact_bypass(kind: str) -> None:
    x = noise(5_000).float()
    assert torch.equal(run(kind, x, mix=0.0), x)


@pytest.mark.parametrize("frames", [1, 255, 256, 257, 9_000])
def test_block_boundaries_leave_no_trace(frames: int) -> None:
    """A shorter input gives the beginning of what a longer one gives, wherever the blocks end."""
    x = noise(9_001)
    whole = run("stereo_reverb", x, 44_100)
    torch.testing.assert_close(run("stereo_reverb", x[..., :frames], 44_100), whole[..., :frames])


@pytest.mark.parametrize("function", [reverb.mono, reverb.stereo])
def test_gradients(function: Any) -> None:
    rate = 1_000.0
    rows = ([0.2, 0.7], [0.3, 0.8], [0.5, 0.1], [0.4, 0.0])
    knobs = [torch.tensor(row, dtype=torch.float64).reshape(-1, 1, 1).requires_grad_() for row in rows]

    def process(x: Tensor, *values: Tensor) -> Tensor:
        wet: Tensor = function(x, reverb.ReverbKnobs(*values), rate)
        return wet

    x = noise(160, rows=2).requires_grad_()
    assert torch.autograd.gradcheck(process, (x, *knobs), fast_mode=True)
