"""Where stems lie in their mix: when, which way up, how loud, and whether at all."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.small_stems import RATE, multitrack, noise, write
from unpatch.audio import resample
from unpatch.mixing.segments import cut
from unpatch.stems import Alignment, Alignments, StemsError, align, load_multitrack
from unpatch.stems.alignment import SILENT_DB

SECONDS = 6.0
FRAMES = round(SECONDS * RATE)
NAMES = ("kick", "bass", "voice")


def stem(seed: int) -> Tensor:
    """``[2, T]``, with rests and not at the edges of the song."""
    audio = noise(seed, SECONDS, 2)
    time = torch.arange(FRAMES) / RATE
    return audio * ((time + 0.3 * seed) % 1 < 0.7) * (time > 0.3) * (time < SECONDS - 0.3)


TRACKS = {name: stem(seed) for seed, name in enumerate(NAMES)}


def late(audio: Tensor, samples: float) -> Tensor:
    """Moved by any fraction of samples, without wrapping around."""
    whole = math.floor(samples)
    moved = cut(audio, -whole, FRAMES)
    if whole == samples:
        return moved
    spectrum = torch.fft.rfft(moved, 2 * FRAMES)
    turn = -2 * math.pi * (samples - whole) * torch.arange(FRAMES + 1) / (2 * FRAMES)
    turned: Tensor = torch.fft.irfft(spectrum * torch.polar(torch.ones_like(turn), turn), 2 * FRAMES)
    return turned[..., :FRAMES]


def mixed(**places: tuple[float, float]) -> Tensor:
    """Each track so many samples late and times a factor; others as they are."""
    parts = [factor * late(TRACKS[name], at) for name, (at, factor) in places.items()]
    return torch.stack(parts + [TRACKS[name] for name in NAMES if name not in places]).sum(0)


def told(mix: Tensor, **extra: Tensor) -> tuple[Alignments, dict[str, Alignment]]:
    found = align(multitrack({**TRACKS, **extra}, mix))
    return found, {row.name: row for row in found.stems}


@pytest.mark.parametrize("samples", [0.0, 123.0, -61.0, 37.4, -0.5])
def test_a_stem_s_place_gain_and_polarity(samples: float) -> None:
    found, rows = told(mixed(bass=(samples, -0.5)))
    assert found.related
    assert found.plain or samples != round(samples)  # at half the rate a fraction of a sample is a filter
    assert found.explained == pytest.approx(1, abs=0.02)
    assert rows["bass"].delay_samples == pytest.approx(samples, abs=0.02)
    assert [rows[name].inverted for name in NAMES] == [False, True, False]
    assert rows["bass"].gain_db == pytest.approx(-6.02, abs=0.05)
    for name in ("kick", "voice"):
        assert rows[name].delay_samples == pytest.approx(0, abs=0.02)
        assert rows[name].gain_db == pytest.approx(0, abs=0.05)
    assert not found.offset_samples


def test_sides_have_gains_of_their_own() -> None:
    mix = mixed() - TRACKS["voice"] + torch.tensor([[1.0], [0.25]]) * TRACKS["voice"]
    voice = told(mix)[1]["voice"]
    assert (voice.left_db, voice.right_db) == pytest.approx((0, -12.04), abs=0.05)


def test_a_mix_that_comes_late_as_a_whole_is_said_to() -> None:
    shift = round(1.5 * RATE)
    found, rows = told(mixed(**dict.fromkeys(NAMES, (shift, 1.0))))
    assert all(row.delay_samples == pytest.approx(shift, abs=0.1) for row in rows.values())
    assert found.offset_samples == shift
    assert "Together the stems come 1.500 s too late for the mix; moved they fit." in found.remarks


def test_one_stem_that_is_far_away_is_found() -> None:
    rows = told(mixed(voice=(2 * RATE + 7, 1.0)))[1]
    assert rows["voice"].found
    assert rows["voice"].delay_samples == pytest.approx(2 * RATE + 7, abs=0.1)
    assert rows["kick"].delay_samples == pytest.approx(0, abs=0.1)


def test_an_unrelated_mix_is_said_plainly() -> None:
    found, rows = told(stem(9))
    assert not found.related
    assert not any(row.found for row in rows.values())
    assert found.remarks[0].startswith("The mix seems to have nothing to do with the stems")
    assert all("not found in the mix" in row.remarks for row in rows.values())


def test_a_stem_that_is_not_in_the_mix_is_said_to_be_missing() -> None:
    found, rows = told(mixed(), other=stem(9))
    assert found.related
    assert not rows["other"].found
    assert rows["other"].remarks == ("not found in the mix",)
    assert all(rows[name].found and not rows[name].remarks for name in NAMES)


def test_silent_stems_and_equal_ones_are_told() -> None:
    found, rows = told(mixed(), rest=torch.zeros(2, FRAMES), again=0.5 * TRACKS["kick"])
    assert found.related
    assert [row.name for row in found.stems] == [*NAMES, "rest", "again"]
    assert not rows["rest"].found
    assert rows["rest"].remarks == ("silent",)
    assert rows["rest"].gain_db == SILENT_DB
    assert "the same as kick" in rows["again"].remarks
    assert "the same as again" in rows["kick"].remarks


def test_what_an_equalizer_did_is_in_the_bands() -> None:
    spectrum = torch.fft.rfft(TRACKS["voice"])
    hz = torch.fft.rfftfreq(FRAMES, 1 / RATE)
    bent = torch.fft.irfft(spectrum * torch.where(hz > 1_000, 2.0, 0.5), FRAMES)
    found, rows = told(TRACKS["kick"] + TRACKS["bass"] + bent)
    assert not found.plain
    curve = dict(zip(found.bands_hz, rows["voice"].bands_db, strict=True))
    low = [db for band, db in curve.items() if 200 < band < 700 and db is not None]
    high = [db for band, db in curve.items() if 1_400 < band < 3_000 and db is not None]
    assert min(high) - max(low) == pytest.approx(12.04, abs=2)
    assert rows["voice"].delay_samples == pytest.approx(0, abs=0.1)


def test_stems_at_other_rates_are_placed_in_samples_of_the_mix(tmp_path: Path) -> None:
    write(tmp_path / "mix.wav", mixed(bass=(40.0, -1.0)))
    for name, rate in zip(NAMES, (RATE, 2 * RATE, 12_000), strict=True):
        write(tmp_path / f"{name}.wav", resample(TRACKS[name], RATE, rate), rate)
    rows = {row.name: row for row in align(load_multitrack(tmp_path)).stems}
    assert rows["bass"].delay_samples == pytest.approx(40, abs=0.1)
    assert rows["bass"].inverted
    assert [rows[name].delay_samples for name in ("kick", "voice")] == pytest.approx([0, 0], abs=0.1)


def test_programs_get_numbers_and_people_a_table() -> None:
    found, _ = told(mixed(), other=stem(9))
    data = found.data()
    assert (data["related"], data["sample_rate"]) == (True, RATE)
    assert [row["name"] for row in data["stems"]] == [*NAMES, "other"]
    assert data["stems"][0]["clarity"] is None
    assert all(name in found.text() for name in NAMES)


def test_the_table_stays_readable_whatever_stems_are_called() -> None:
    row = Alignment("\x1b[31m" + 40 * "very long ", True, 0.0, False, 0.0, 0.0, -0.0002, 0.9)
    lines = Alignments((row,), RATE, 0.9, plain=True).text().splitlines()
    assert lines[1].startswith(r"\x1b[31mvery long ")
    assert max(map(len, lines[:2])) < 150
    assert " 0.0 %" in lines[1]


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        (None, "no mix to compare the stems with"),
        (torch.zeros(2, FRAMES), "the mix is silent"),
        (TRACKS["kick"][:, : RATE // 2], "the mix lasts 0.5 s; at least 1 s"),
    ],
)
def test_what_cannot_be_compared_is_said(mix: Tensor | None, said: str) -> None:
    stems = {"kick": TRACKS["kick"] if mix is None else TRACKS["kick"][:, : mix.shape[-1]]}
    with pytest.raises(StemsError, match=said):
        align(multitrack(stems, mix))


def test_progress_of_a_comparison_is_told() -> None:
    steps: list[tuple[int, int]] = []
    align(multitrack({"kick": TRACKS["kick"]}, TRACKS["kick"]), report=lambda *step: steps.append(step))
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]
