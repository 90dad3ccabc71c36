"""Stems are found wherever they lie; and what they do not explain of a mix is named: moving levels, limiters,
effects on the sides, missing stems."""

import math

import pytest
import torch
from torch import Tensor

from tests.small_stems import RATE, multitrack, noise
from unpatch.mixing.segments import cut
from unpatch.stems import Alignment, Alignments, Stem, align
from unpatch.stems.lags import Far

SECONDS = 15.0
FRAMES = round(SECONDS * RATE)
TIME = torch.arange(FRAMES) / RATE
NAMES = ("kick", "bass", "voice", "hats")


def stem(seed: int) -> Tensor:
    """``[2, T]``, mono, of phrases at times of its own."""
    generator = torch.Generator().manual_seed(100 + seed)
    phrases = (torch.rand(round(4 * SECONDS), generator=generator) < 0.6).float()
    levels = 0.3 + 0.7 * torch.rand(len(phrases), generator=generator)
    shape = torch.nn.functional.interpolate((phrases * levels)[None, None], FRAMES, mode="linear")[0]
    return (noise(seed, SECONDS) * shape * (TIME > 0.3) * (TIME < SECONDS - 0.3)).expand(2, -1).contiguous()


TRACKS = {name: stem(seed) for seed, name in enumerate(NAMES)}
PANNED = {
    name: torch.tensor([[1.0 + 0.3 * (k - 1.5)], [1.0 - 0.3 * (k - 1.5)]]) * TRACKS[name]
    for k, name in enumerate(NAMES)
}
MIX = torch.stack(list(PANNED.values())).sum(0)


def compared(mix: Tensor, **stems: Tensor) -> tuple[Alignments, dict[str, Alignment]]:
    found = align(multitrack(stems or TRACKS, mix))
    return found, {row.name: row for row in found.stems}


def room(audio: Tensor, seconds: float, seed: int = 7) -> Tensor:
    """Noise that decays by 60 dB in some seconds, as an impulse response of unit power."""
    response = noise(seed, seconds, len(audio)) * 10 ** (
        -3 * torch.arange(round(seconds * RATE)) / RATE / seconds
    )
    response = response / response.square().sum(1, keepdim=True).sqrt()
    size = 2 * FRAMES
    wet: Tensor = torch.fft.irfft(torch.fft.rfft(audio, size) * torch.fft.rfft(response, size), size)
    return wet[:, :FRAMES]


def test_gains_and_pans_leave_nothing_to_remark_on() -> None:
    found, rows = compared(MIX)
    assert found.plain
    assert found.summary().endswith("by gains, pans and delays alone.")
    assert not found.remarks
    assert not any(row.remarks for row in rows.values())
    assert found.left_over.share < 1e-4


@pytest.mark.parametrize("seconds", [0.5, -0.5, 5.0, -5.0])
def test_a_stem_is_found_anywhere_in_the_song(seconds: float) -> None:
    """It plays for 0.4 s only and is tonal, so that chance explains something of it anywhere."""
    tone = 0.2 * torch.sin(2 * math.pi * 440 * TIME) * torch.sin(2 * math.pi * 1.3 * TIME).clamp_min(0)
    short = (tone + 0.02 * noise(11, SECONDS)[0]) * ((TIME > 7) & (TIME < 8.4))
    stems = {**TRACKS, "short": short.expand(2, -1).contiguous()}
    samples = round(seconds * RATE)
    found, rows = compared(MIX + cut(stems["short"], -samples, FRAMES), **stems)
    assert rows["short"].found
    assert rows["short"].delay_samples == pytest.approx(samples, abs=0.1)
    assert all(rows[name].delay_samples == pytest.approx(0, abs=0.1) for name in NAMES)
    assert found.plain


def test_in_a_song_of_a_second_there_is_no_room_elsewhere() -> None:
    """A mix that is four samples early is found there, not at the far end of the correlation."""
    rate = 44_100
    audio = noise(1, 1.0, 2, rate)
    early = Stem("early", "", cut(audio, 4, rate))
    place = Far(early, rate, rate).place(Stem("stem", "", audio), 0)
    assert abs(place.samples + 4) <= 4


def test_repeated_music_is_placed_where_it_fits_best_and_said_to_be_ambiguous() -> None:
    """A bar of a second, thirteen times and 0.4 s late: it fits nearly as well a bar earlier or later."""
    loop = torch.zeros(2, FRAMES)
    loop[:, RATE : 14 * RATE] = (noise(21, 1.0) * (TIME[:RATE] < 0.8)).repeat(1, 13)
    samples = round(0.4 * RATE)
    rows = compared(MIX + cut(loop, -samples, FRAMES), **TRACKS, loop=loop)[1]
    assert rows["loop"].delay_samples == pytest.approx(samples, abs=0.1)
    assert any("nearly as well (repeated music)" in remark for remark in rows["loop"].remarks)


def test_a_place_between_samples_of_the_low_rate_is_not_lost_to_another_bar() -> None:
    """Songs are searched at half of this rate: 0.5 s is half a sample off there, the bars before and behind,
    which fit to 11/12, are not."""
    rate, bar = 22_050, 41_343
    loop = noise(41, bar / rate, rate=rate).repeat(1, 12)
    late = torch.nn.functional.pad(loop, (11_025, 0))
    mix, frames = Stem("mix", "", late.expand(2, -1)), late.shape[-1]
    place = Far(mix, frames, rate).place(Stem("loop", "", loop.expand(2, -1)), 0)
    assert abs(place.samples - 11_025) <= 2
    assert place.alike == 2


def test_a_stem_of_another_song_is_named_and_not_moved() -> None:
    found, rows = compared(MIX, **TRACKS, other=stem(9))
    assert not rows["other"].found
    assert found.remarks == ("Not found in the mix, and left in place: other.",)


def test_a_missing_stem_is_noticed() -> None:
    found, rows = compared(MIX, **{name: TRACKS[name] for name in NAMES if name != "voice"})
    assert not found.plain
    assert found.explained == pytest.approx(1 - _share("voice"), abs=0.02)
    (remark,) = found.remarks
    assert remark.endswith("the residual moves with the level of no stem: a stem seems to be missing.")
    assert not any(row.remarks for row in rows.values())


def _share(name: str) -> float:
    return float(PANNED[name].square().sum() / MIX.square().sum())


@pytest.mark.parametrize(
    "gains", [10 ** (-12 * TIME / SECONDS / 20), 10 ** (5 * torch.sin(2 * math.pi * TIME / 7) / 20)]
)
def test_automation_is_named_with_its_stem(gains: Tensor) -> None:
    found, rows = compared(MIX + (gains - 1) * PANNED["voice"])
    assert not found.plain
    assert any("Levels move over the song: voice by" in remark for remark in found.remarks)
    assert rows["voice"].remarks[0].endswith("(automation or dynamics)")
    assert 4 < rows["voice"].range_db < 12
    assert not any(rows[name].remarks for name in NAMES if name != "voice")
    assert not any("missing" in remark for remark in found.remarks)


def test_a_compressed_stem_is_told_from_automation() -> None:
    """Phrases of 2 s at seven levels over 24 dB, of which a ratio of 2:1 leaves half."""
    levels = 10 ** (-torch.tensor([0, 16, 4, 24, 12, 20, 8, 0]) / 20)
    loudness = levels[(TIME / 2).long().clamp_max(7)]
    uneven = noise(31, SECONDS).expand(2, -1) * loudness
    _, rows = compared(MIX + uneven * loudness**-0.5, **TRACKS, uneven=uneven)
    assert rows["uneven"].by_level < -0.8
    assert rows["uneven"].remarks[0].endswith("(compressed)")


@pytest.mark.parametrize("drive", [2.0, 4.0])
def test_a_limited_mix_is_noticed(drive: float) -> None:
    found, _ = compared(torch.tanh(drive * MIX / MIX.abs().amax()))
    assert not found.plain
    assert found.left_over.limited_places > 5
    assert any(remark.startswith("The mix is limited or clipped") for remark in found.remarks)
    assert "\n! The mix is limited or clipped" in found.text()
    assert not any("missing" in remark for remark in found.remarks)


def test_a_side_signal_that_the_stems_cannot_make_is_noticed() -> None:
    wet = 0.7 * room(MIX.mean(0, keepdim=True), 1.2)
    found, _ = compared(MIX + torch.cat([wet, -wet]))
    assert found.left_over.side_share > 0.9
    assert any("% of the side signal" in remark for remark in found.remarks)
    assert not any("missing" in remark for remark in found.remarks)


def test_a_reverb_is_said_to_move_with_its_stem() -> None:
    found, _ = compared(MIX + 0.5 * room(PANNED["voice"], 1.0))
    assert found.left_over.follows == ("voice",)
    assert found.remarks[-1].endswith("the residual moves with the level of voice.")
    assert found.data()["left_over"]["along"] == ["voice"]
