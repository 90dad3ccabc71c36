"""The mix loss: against the textbook and auraloss, its gradient, the ear's curve, rates, quiet tracks."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests import mix_loss_reference as textbook
from unpatch.dsp.weighting import a_weighting
from unpatch.mixing.loss import MixLossSettings, MixTarget, ours, presence, published
from unpatch.mixing.loss_terms import NORMALISATIONS, Normalisation
from unpatch.mixing.mel import MelTransform, mirrored
from unpatch.mixing.mel_bank import mel_bank, size_at
from unpatch.mixing.weighting import WEIGHTINGS, Weighting

RATE = 30_000
SMALL = MixLossSettings(warmup_s=0.0, sizes=(128, 512), bands=12)


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def pictures(chosen: MixLossSettings, rate: int = RATE) -> list[textbook.Picture]:
    sizes = (size_at(rate, size) for size in chosen.sizes)
    knobs = (chosen.weighting, chosen.bands, chosen.highest_hz, chosen.floor)
    return [textbook.picture(size, rate, *knobs) for size in sizes]


def gradient(function: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    variable = at.clone().requires_grad_()
    slopes: Tensor = torch.autograd.grad(function(variable).sum(), variable)[0]
    return slopes


# Textbook.


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_value_and_gradient_are_the_textbooks(weighting: Weighting, normalisation: Normalisation) -> None:
    chosen = replace(SMALL, weighting=weighting, normalisation=normalisation)
    sought, found = 0.1 * noise(2, 1500), 0.1 * noise(2, 1500, seed=1)
    target = MixTarget(sought, RATE, chosen)

    def slow(audio: Tensor) -> Tensor:
        return textbook.loss(audio, sought, pictures(chosen), normalisation)

    torch.testing.assert_close(target.loss(found), slow(found), rtol=1e-9, atol=0)
    torch.testing.assert_close(gradient(target.loss, found), gradient(slow, found), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("chosen", [ours(), published(), MixLossSettings()])
def test_transforms_are_fast_ones(chosen: MixLossSettings) -> None:
    """Lengths are powers of two, for which the FFT has the fewest operations (Cooley and Tukey, 1965)."""
    assert all(size.bit_count() == 1 for size in chosen.sizes)


def test_the_papers_settings_in_single_precision() -> None:
    sought, found = 0.05 * noise(2, 5000), 0.05 * noise(2, 5000, seed=1)
    chosen = replace(published(), warmup_s=0.0)
    measured = MixTarget(sought.float(), RATE, chosen).measure(found.float())
    for normalisation, value in (("published", measured.published), ("standard", measured.standard)):
        expected = textbook.loss(found, sought, pictures(chosen), normalisation)
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_other_rates_are_the_textbooks(rate: int) -> None:
    chosen = replace(SMALL, weighting="exact")
    sought, found = 0.1 * noise(2, 2000), 0.1 * noise(2, 2000, seed=1)
    expected = textbook.loss(found, sought, pictures(chosen, rate), "published")
    torch.testing.assert_close(MixTarget(sought, rate, chosen).loss(found), expected, rtol=1e-9, atol=0)


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_gradient_is_that_of_finite_differences(normalisation: Normalisation) -> None:
    chosen = MixLossSettings(normalisation, warmup_s=40 / RATE, sizes=(32, 64), bands=2, dealt=0.3)
    target = MixTarget(noise(2, 110), RATE, chosen, tracks=noise(3, 2, 110, seed=1))
    found = noise(2, 2, 110, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(target.loss, (found,), eps=1e-7, atol=1e-5)


def test_gradient_below_the_floor_is_that_of_what_is_above() -> None:
    """A third of the bins lie below the floor; there the magnitude does not move."""
    chosen = replace(SMALL, floor=1.0)
    sought, found = 0.1 * noise(2, 1500), 0.1 * noise(2, 1500, seed=1)
    magnitudes = torch.stack([textbook.spectrogram(signal, 128) for signal in textbook.four(found)])
    assert 0.2 < float((magnitudes < 1.0).double().mean()) < 0.8

    def slow(audio: Tensor) -> Tensor:
        return textbook.loss(audio, sought, pictures(chosen), "published")

    fast = gradient(MixTarget(sought, RATE, chosen).loss, found)
    torch.testing.assert_close(fast, gradient(slow, found), rtol=1e-7, atol=1e-10)


# Auraloss.


def by_auraloss(found: Tensor, sought: Tensor, chosen: MixLossSettings, normalisation: str) -> float:
    """One signal at a time, for its norms run over the batch. It divides by its second argument's norm."""
    pytest.importorskip("librosa")
    auraloss: Any = pytest.importorskip("auraloss")
    sizes = list(chosen.sizes)
    taken = auraloss.freq.MultiResolutionSTFTLoss(
        sizes, [size // 4 for size in sizes], sizes, scale="mel", n_bins=chosen.bands, sample_rate=RATE,
        perceptual_weighting=chosen.weighting == "published", eps=chosen.floor**2,
    )  # fmt: skip
    signals = [signal[None, None] for signal in textbook.four(found)]
    targets = [signal[None, None] for signal in textbook.four(sought)]
    pairs = zip(signals, targets, strict=True)
    if normalisation == "published":
        pairs = zip(targets, signals, strict=True)
    return float(sum(taken(x, y) for x, y in pairs) / 4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(("weighting", "tolerance"), [("flat", 1e-4), ("published", 5e-3)])
def test_equals_auraloss(weighting: Weighting, tolerance: float) -> None:
    """Exactly without weighting. With it, auraloss filters in time: the same but for window and filter."""
    chosen = replace(published(), weighting=weighting, warmup_s=0.0)
    sought, found = (0.05 * noise(2, 20_000, seed=seed, dtype=torch.float32) for seed in (0, 1))
    sought[1] *= 0.5
    measured = MixTarget(sought, RATE, chosen).measure(found)
    for normalisation, value in (("published", measured.published), ("standard", measured.standard)):
        expected = by_auraloss(found, sought, chosen, normalisation)
        assert float(value) == pytest.approx(expected, rel=tolerance)


# The ear's curve and the scale.


def test_a_weighting_is_the_standards_table() -> None:
    """IEC 61672-1, table 3, to its rounding."""
    table_db = [-39.4, -26.2, -16.1, -8.6, -3.2, 0, 1.2, 1.0, -1.1, -6.6]
    octaves_hz = 1000 * 10 ** (0.3 * np.arange(-5, 5))  # called 31.5 Hz to 16 kHz
    np.testing.assert_allclose(20 * np.log10(a_weighting(octaves_hz)), table_db, atol=0.05)


@pytest.mark.parametrize("rate", [16_000, RATE, 44_100, 96_000])
def test_published_curve_is_the_ears_but_for_the_bass(rate: int) -> None:
    from unpatch.mixing.weighting import weights

    mid = np.linspace(1000, min(0.25 * rate, 6000), 50)
    np.testing.assert_allclose(weights(mid, rate, "published"), a_weighting(mid), rtol=0.1)
    bass = np.array([31.5])
    assert weights(bass, rate, "published") > 5 * a_weighting(bass)


@given(rate=st.integers(8_000, 192_000), reference=st.sampled_from((512, 1024, 4096)))
def test_transforms_last_as_long_at_any_rate_and_are_quick(rate: int, reference: int) -> None:
    size = size_at(rate, reference)
    assert size / rate == pytest.approx(reference / RATE, rel=0.07)
    assert size % 4 == 0
    for prime in (2, 3, 5):
        while size % prime == 0:
            size //= prime
    assert size == 1


@pytest.mark.parametrize("reference", [512, 1024, 4096])
@pytest.mark.parametrize("rate", [RATE, 44_100, 48_000])
def test_bands_are_the_triangles_of_the_formula(reference: int, rate: int) -> None:
    bank = mel_bank(reference, 96, 15_000.0, rate)
    dense = np.zeros((bank.bands + 2, bank.size // 2 + 1))
    for j, (start, stop) in enumerate(zip(bank.corners[:-1], bank.corners[1:], strict=True)):
        dense[j, start:stop] += bank.fall[start:stop]
        dense[j + 1, start:stop] += bank.rise[start:stop]
    assert not dense[0].any() and not dense[-1].any()
    np.testing.assert_allclose(
        dense[1:-1], textbook.triangles(bank.size, rate, 96, 15_000.0), rtol=1e-9, atol=1e-15
    )


def song(rate: int, seconds: float, detune: float, level: float) -> Tensor:
    """Decaying partials below 6 kHz, left and right a little apart, in equal pressure at any rate."""
    t = torch.arange(round(rate * seconds), dtype=torch.float64) / rate
    audio = torch.zeros(2, len(t), dtype=torch.float64)
    for i in range(24):
        onset, pitch = 0.09 * i, 110 * 2 ** ((i * 7 % 68) / 12)
        envelope = torch.exp(-(t - onset).clamp_min(0) * 6) * (1 - torch.exp(-(t - onset).clamp_min(0) * 500))
        tone = level * envelope * (2 * math.pi * pitch * detune * t).sin()
        audio += torch.stack([tone, tone.roll(rate // 1000) * (i % 3) / 2])
    return audio


@pytest.mark.parametrize("weighting", ["exact", "flat"])
def test_a_sound_has_one_loss_at_any_rate(weighting: Weighting) -> None:
    chosen = MixLossSettings(weighting=weighting, warmup_s=0.5)
    losses = [
        float(MixTarget(song(rate, 2.5, 1.0, 0.1), rate, chosen).loss(song(rate, 2.5, 1.01, 0.08)))
        for rate in (RATE, 44_100, 48_000, 96_000)
    ]
    assert losses == pytest.approx([losses[0]] * 4, rel=0.05)


def test_a_low_rate_has_the_bands_that_it_holds() -> None:
    whole, half = (mel_bank(1024, 96, 15_000.0, rate) for rate in (RATE, RATE // 2))
    assert whole.bands == 96
    reached = [m for m in range(96) if textbook.slaney_hz((m + 2) * textbook.slaney_mel(15_000) / 97) <= 7500]
    assert half.bands == len(reached) == 78


# What an engineer expects.


@given(gain_db=st.floats(-20, 20))
@settings(max_examples=20, deadline=None)
def test_a_gain_costs_its_logarithm_and_its_share(gain_db: float) -> None:
    gain = 10 ** (gain_db / 20)
    sought = noise(2, 3000)
    measured = MixTarget(sought, RATE, replace(SMALL, floor=1e-9)).measure(gain * sought)
    torch.testing.assert_close(
        measured.logarithmic, torch.full((2, 4), abs(math.log(gain)), dtype=torch.float64)
    )
    standard, by_prediction = abs(gain - 1), abs(1 - 1 / gain)
    torch.testing.assert_close(measured.convergence("standard").mean().item(), standard)
    torch.testing.assert_close(measured.convergence("published").mean().item(), by_prediction)


@given(seed=st.integers(0, 1000), swap=st.booleans(), turn=st.booleans())
@settings(max_examples=20, deadline=None)
def test_swapping_channels_and_turning_polarity_change_nothing(seed: int, swap: bool, turn: bool) -> None:
    pair = [noise(2, 900, seed=2 * seed + i) for i in range(2)]
    other = [audio.flip(0) if swap else audio for audio in pair]
    other = [-audio if turn else audio for audio in other]
    first, second = (MixTarget(sought, RATE, SMALL).loss(found) for sought, found in (pair, other))
    torch.testing.assert_close(first, second)
    assert first > 0


@pytest.mark.parametrize("chosen", [SMALL, replace(ours(), dealt=0.0)])
def test_the_mix_itself_has_no_loss_and_no_slope(chosen: MixLossSettings) -> None:
    mix = 0.1 * noise(2, 40_000)
    target = MixTarget(mix, RATE, chosen)
    assert float(target.loss(mix)) == 0
    assert not gradient(target.loss, mix).any()


def test_a_step_down_the_slope_comes_closer() -> None:
    target = MixTarget(0.1 * noise(2, 40_000), RATE)
    found = 0.05 * noise(2, 40_000, seed=1)
    slope = gradient(target.loss, found)
    assert target.loss(found - 1e-3 * slope / slope.norm()) < target.loss(found)


def test_warm_up_does_not_count() -> None:
    sought, found = 0.1 * noise(2, 45_000), 0.1 * noise(2, 45_000, seed=1)
    target = MixTarget(sought, RATE)
    late = gradient(target.loss, found)
    assert not late[:, :RATE].any()
    assert bool((late[:, RATE:] != 0).all())
    loud = found.clone()
    loud[:, :RATE] = 100
    assert target.loss(loud) == target.loss(found)
    rest = MixTarget(sought[:, RATE:], RATE, replace(published(), warmup_s=0.0))
    assert rest.loss(found[:, RATE:]) == target.loss(found)


def test_a_batch_is_its_examples() -> None:
    target = MixTarget(noise(2, 900), RATE, SMALL, tracks=noise(3, 2, 900, seed=7))
    batch = noise(5, 2, 900, seed=1)
    losses = target.loss(batch)
    assert losses.tolist() == [float(target.loss(example)) for example in batch]
    measured = target.measure(batch)
    torch.testing.assert_close(measured.total, losses)
    torch.testing.assert_close(measured.by_signal("published").mean(-1), losses)
    assert measured.tracks is not None and measured.tracks.shape == (5, 3)
    scales = torch.arange(5.0, dtype=torch.float64)
    slopes = gradient(lambda audio: scales * target.loss(audio), batch)
    for i, example in enumerate(batch):
        torch.testing.assert_close(slopes[i], i * gradient(target.loss, example))


def test_gradient_only_where_it_is_wanted() -> None:
    sought, found = noise(2, 900), noise(2, 900, seed=1).requires_grad_()
    target = MixTarget(sought.requires_grad_(), RATE, SMALL)
    assert target.loss(found).requires_grad
    assert not target.loss(found.detach()).requires_grad
    assert not target.measure(found).total.requires_grad
    with torch.no_grad():
        assert not target.loss(found).requires_grad
    target.loss(found).backward()  # type: ignore[no-untyped-call]
    assert sought.grad is None and found.grad is not None


# Edges.


@pytest.mark.parametrize("frames", [1, 2, 3, 17, 100, 2049])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("pair", ["silent target", "silent mix", "both silent", "mono", "neither"])
def test_all_is_finite(frames: int, normalisation: Normalisation, pair: str) -> None:
    chosen = replace(published(), warmup_s=0.0, normalisation=normalisation)
    sought, found = noise(2, frames), noise(2, frames, seed=1)
    if pair in ("silent target", "both silent"):
        sought.zero_()
    if pair in ("silent mix", "both silent"):
        found.zero_()
    if pair == "mono":
        sought[1], found[1] = sought[0], found[0]
    target = MixTarget(sought, RATE, chosen)
    assert bool(target.loss(found).isfinite())
    slopes = gradient(target.loss, found)
    assert bool(slopes.isfinite().all())
    if pair == "both silent":
        assert float(target.loss(found)) == 0
    if pair == "mono":
        torch.testing.assert_close(slopes[0], slopes[1])


@given(frames=st.integers(1, 40), margin=st.integers(0, 200))
def test_ends_are_mirrored_as_numpy_does(frames: int, margin: int) -> None:
    expected = np.pad(np.arange(frames), margin, mode="reflect")
    assert mirrored(frames, margin).tolist() == expected.tolist()


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_bad_samples_stay_visible(bad: float) -> None:
    target, found = MixTarget(noise(2, 900), RATE, SMALL), noise(2, 900)
    found[1, 450] = bad
    assert not math.isfinite(float(target.loss(found)))


def test_side_of_an_almost_mono_mix_does_not_drown_the_rest() -> None:
    """A channel 0.1 dB too loud: divided by a side that is silent, that is all that there is."""
    mono = 0.1 * noise(1, 30_000).expand(2, -1)
    found = torch.stack([mono[0], mono[1] * 10 ** (0.1 / 20)])
    measured = MixTarget(mono, RATE, replace(published(), warmup_s=0.0)).measure(found)
    assert float(measured.convergence("standard")[:, 3].mean()) > 1
    assert float(measured.convergence("guarded")[:, 3].mean()) < 0.15


def test_a_murmur_where_the_mix_is_silent_does_not_drown_the_rest() -> None:
    """Noise at -50 dB of full scale."""
    silent = torch.zeros(2, 30_000, dtype=torch.float64)
    murmur = 10 ** (-50 / 20) * noise(2, 30_000)
    measured = MixTarget(silent, RATE, replace(published(), warmup_s=0.0)).measure(murmur)
    assert float(measured.convergence("standard").mean()) > 5
    assert float(measured.convergence("guarded").mean()) < 1


def test_complaints_say_what_was_given() -> None:
    mix = noise(2, 900)
    target = MixTarget(mix, RATE, SMALL)
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: MixTarget(noise(1, 900), RATE, SMALL), r"\[2, T\], got \[1, 900\]"),
        (lambda: MixTarget(mix, RATE), "longer than its warm-up, got 0.03 s with 1 s"),
        (lambda: MixTarget(mix.half(), RATE, SMALL), "float32 or float64, got torch.float16"),
        (lambda: MixTarget(mix, RATE, replace(SMALL, dealt=0.5)), "needs them, got none"),
        (lambda: MixTarget(mix, RATE, SMALL, tracks=mix), r"\[K, 2, 900\], got \[2, 900\]"),
        (
            lambda: MixTarget(mix, RATE, SMALL, tracks=noise(3, 2, 900), presence=torch.ones(3)),
            r"\[2, 3\], got \[3\]",
        ),
        (lambda: target.loss(noise(2, 800)), r"\[B, 2, 900\], got \[2, 800\]"),
        (lambda: target.loss(noise(0, 2, 900)), r"\[B, 2, 900\], got \[0, 2, 900\]"),
        (lambda: MixTarget(mix, RATE, replace(SMALL, bands=400)), "every band needs a bin.*400 bands"),
        (lambda: presence([], RATE), "at least one segment"),
        (lambda: MixLossSettings(normalisation="other"), "published, standard, guarded, got 'other'"),  # type: ignore[arg-type]
        (lambda: MixLossSettings(weighting="C"), "published, exact, flat, got 'C'"),  # type: ignore[arg-type]
        (lambda: MixLossSettings(dealt=1.5), "dealt is a share from 0 to 1, got 1.5"),
        (lambda: MixLossSettings(sizes=()), r"sizes is one or more lengths from 16 on, got \(\)"),
        (lambda: MixLossSettings(floor=0.0), "floor is above 0, got 0.0"),
    ]
    for call, complaint in cases:
        with pytest.raises(ValueError, match=complaint):
            call()


# Quiet tracks.


def band(low_hz: float, high_hz: float, frames: int, seed: int) -> Tensor:
    """Stereo noise of root mean square 1 within a band."""
    spectrum = torch.fft.rfft(noise(2, frames, seed=seed))
    bins_hz = torch.linspace(0, RATE / 2, spectrum.shape[-1])
    filtered: Tensor = torch.fft.irfft(spectrum * ((bins_hz > low_hz) & (bins_hz < high_hz)), frames)
    return filtered / float(filtered.square().mean().sqrt())


def band_of_three() -> Tensor:
    """Keys, cymbals, and a shaker: two strokes of 60 ms, 31 dB below the rest in the mean; ``[3, 2, T]``."""
    frames = round(2.8 * RATE)
    shaker = torch.zeros(2, frames, dtype=torch.float64)
    for start_s in (0.7, 1.9):
        stroke = slice(round(start_s * RATE), round((start_s + 0.06) * RATE))
        shaker[:, stroke] = 0.02 * band(6000, 12_000, frames, seed=3)[:, stroke]
    return torch.stack([0.15 * band(200, 3000, frames, 1), 0.015 * band(200, 14_000, frames, 2), shaker])


def imperfect(audio: Tensor) -> Tensor:
    """What a search makes of it: a little dull, a little loud."""
    return 1.1 * (0.97 * audio + 0.03 * audio.roll(1, -1))


def test_a_quiet_short_track_is_not_lost() -> None:
    """Without the shaker, the published loss rises by less than pruning tolerates, ours 16 times as much."""
    tracks = band_of_three()
    mix = tracks.sum(0)
    shaker_db = 10 * math.log10(float(tracks[2].square().mean() / mix.square().mean()))
    assert shaker_db == pytest.approx(-31, abs=1)
    with_it, without = imperfect(mix), imperfect(tracks[:2].sum(0))
    plain = MixTarget(mix, RATE, replace(published(), warmup_s=0.0))
    assert float(plain.loss(without) - plain.loss(with_it)) == pytest.approx(0.006, abs=0.002)
    dealt = MixTarget(mix, RATE, replace(ours(), warmup_s=0.0), tracks=tracks)
    assert float(dealt.loss(without) - dealt.loss(with_it)) == pytest.approx(0.10, abs=0.02)
    kept, gone = dealt.measure(with_it).tracks, dealt.measure(without).tracks
    assert kept is not None and gone is not None
    assert float((gone - kept)[2]) == pytest.approx(0.57, abs=0.05)
    assert bool(((gone - kept)[:2].abs() < 0.01).all())


def test_what_is_dealt_out_is_the_mean_of_the_tracks() -> None:
    """Up to the bytes in which shares are kept."""
    tracks = band_of_three()
    target = MixTarget(tracks.sum(0), RATE, replace(ours(), warmup_s=0.0), tracks=tracks)
    measured = target.measure(torch.stack([tracks[:2].sum(0), tracks[1:].sum(0)]))
    assert measured.tracks is not None
    torch.testing.assert_close(measured.weighed.mean((-2, -1)), measured.tracks.mean(-1), rtol=0.01, atol=0)


def test_tracks_that_rest_get_nothing_and_leave_the_rest_to_the_others() -> None:
    tracks = band_of_three()
    chosen = replace(ours(), warmup_s=0.0)
    mix, found = tracks.sum(0), imperfect(tracks[:2].sum(0))
    resting = torch.cat([tracks, torch.zeros(1, *tracks.shape[1:], dtype=torch.float64)])
    four, three = (MixTarget(mix, RATE, chosen, tracks=each).measure(found) for each in (resting, tracks))
    assert four.tracks is not None and three.tracks is not None
    torch.testing.assert_close(four.total, three.total)
    torch.testing.assert_close(four.tracks, torch.cat([three.tracks, torch.zeros(1, dtype=torch.float64)]))


def test_a_rare_track_weighs_the_more_where_it_sounds() -> None:
    """Each track gets the same over the song: one that rests in a half counts twice in the other half."""
    playing = band_of_three()
    resting = playing.clone()
    resting[2] = 0
    chosen = replace(ours(), warmup_s=0.0)
    whole = presence([playing, resting], RATE, chosen)
    alone = presence([playing], RATE, chosen)
    torch.testing.assert_close(whole[:, 2], alone[:, 2] / 2)
    found = imperfect(playing[:2].sum(0))
    errors = [
        MixTarget(playing.sum(0), RATE, chosen, tracks=playing, presence=each).measure(found).tracks
        for each in (whole, alone)
    ]
    assert errors[0] is not None and errors[1] is not None
    torch.testing.assert_close(errors[0][2], 2 * errors[1][2])


def test_presence_of_noise_is_even() -> None:
    """Two tracks of equal power share every cell in the mean."""
    tracks = noise(2, 2, 20_000)
    found = presence([tracks], RATE, replace(ours(), warmup_s=0.0))
    torch.testing.assert_close(found, torch.full_like(found, 0.5), atol=0.01, rtol=0)


def test_pictures_of_silence_are_the_floor() -> None:
    transform = MelTransform(
        mel_bank(512, 12, 15_000.0, RATE), 900, RATE, weighting="exact", floor=0.02, dtype=torch.float64
    )
    expected = 0.02 * textbook.triangles(512, RATE, 12, 15_000.0).sum(1)
    torch.testing.assert_close(transform.silence, expected)
