"""Mastering towards a reference: against independent meters and textbook references, and end to end."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyebur128
import pyloudnorm
import pytest
import scipy.signal
import soundfile
import torch

import unpatch
from tests.songs import song
from unpatch.cli import BAD_INPUT, main
from unpatch.dsp.limiter import Limiter
from unpatch.dsp.loudness import loudness_range
from unpatch.graph.build import chain
from unpatch.mastering.matching.analysis import analysed
from unpatch.mastering.matching.dynamics import DynamicsMatch
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.matching import WHOLLY, Amounts, find_master
from unpatch.mastering.matching.meter import Meter
from unpatch.mastering.matching.processing import last_stage, processed, through
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.response import impulse_response
from unpatch.mastering.matching.source import AudioInMemory
from unpatch.mastering.matching.spectrum import POINTS_HZ, third_octaves
from unpatch.mastering.matching.writing import encoded
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.storage.results import RECORD

RATE = 44_100
SONG = song()
Refuse = Callable[..., str]


@pytest.fixture(autouse=True)
def denormals_as_before() -> Any:
    yield
    torch.set_flush_denormal(False)


def levels(audio: Any, rate: int = RATE, size: int = 10_007) -> Any:
    meter = Meter(rate)
    for start in range(0, audio.shape[1], size):
        meter.push(np.ascontiguousarray(audio[:, start : start + size]))
    return meter.levels()


def some_master(**other: Any) -> Master:
    knobs = {name: knob.default for name, knob in KINDS["mastering_equalizer"].parameters.items()}
    given: dict[str, Any] = {
        "mid": {**knobs, "low_shelf_db": 4.0, "peak_2_db": -5.0},
        "side": {**knobs, "high_shelf_db": 3.0},
        "curves_db": np.zeros((2, len(POINTS_HZ))),
        "width": 1.3,
        "dynamics": DynamicsMatch(True, -20.0, 0.5, 8.0, 90.0),
        "clip_db": 4.0,
        "made_for_lufs": -20.0,
        "lufs": -12.0,
        "ceiling_db": -1.0,
    }
    return Master(**(given | other))


# --- meters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_loudness_and_true_peak_are_those_of_other_meters(rate: int) -> None:
    audio = song(6, rate)
    found = levels(audio, rate)
    other = pyebur128.R128State(
        2, rate, pyebur128.MeasurementMode.MODE_I | pyebur128.MeasurementMode.MODE_TRUE_PEAK
    )
    other.add_frames(np.ascontiguousarray(audio.T).ravel(), audio.shape[1])
    assert found.lufs == pytest.approx(pyebur128.get_loudness_global(other), abs=0.1)
    assert found.lufs == pytest.approx(
        pyloudnorm.Meter(rate).integrated_loudness(audio.T.astype(float)), abs=0.1
    )
    theirs = max(pyebur128.get_true_peak(other, channel) for channel in range(2))
    assert found.true_peak_db == pytest.approx(20 * np.log10(theirs), abs=0.1)


def test_true_peak_of_a_sine_between_samples() -> None:
    sine = np.sin(2 * np.pi * np.arange(RATE) / 4 + np.pi / 4) * np.hanning(RATE)
    found = levels(0.5 * np.stack([sine, sine]).astype(np.float32))
    assert found.peak == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)
    assert found.true_peak_db == pytest.approx(20 * np.log10(0.5), abs=0.1)


def test_loudness_range_of_two_levels() -> None:
    energies = np.repeat([1.0, 0.1], 3000)  # 30 s each, 10 dB apart
    assert loudness_range(energies, 441) == pytest.approx(10, abs=0.1)


# --- limiter --------------------------------------------------------------------------------------


def test_limiter_holds_the_true_peak_and_leaves_the_rest_alone() -> None:
    audio = np.concatenate([0.1 * SONG, 4 * SONG, 0.1 * SONG], axis=1)
    limiter = Limiter(0.5, RATE)
    limited = np.concatenate([limiter.push(audio), limiter.flush()], axis=1)
    assert limited.shape == audio.shape
    assert levels(limited).true_peak <= 0.5
    np.testing.assert_array_equal(limited[:, : 2 * RATE], audio[:, : 2 * RATE])
    np.testing.assert_allclose(limited[:, -RATE:], audio[:, -RATE:], rtol=1e-3, atol=1e-5)


# --- streaming ------------------------------------------------------------------------------------


def test_chain_is_what_the_renderer_makes_of_the_graph() -> None:
    master = some_master(input_db=-3.0)
    ours = np.concatenate(list(through(master, AudioInMemory(SONG, RATE))), axis=1)
    theirs = render(replace(master, clip_db=None).graph(), torch.from_numpy(SONG)[None], RATE).numpy()
    assert np.abs(ours - theirs).max() < 2e-4


def test_streamed_is_whole() -> None:
    curves = 3 * np.sin(np.arange(len(POINTS_HZ)) / 9) * np.array([[1.0], [0.5]])
    master, source = some_master(curves_db=curves), AudioInMemory(SONG, RATE)
    whole = np.concatenate(list(through(master, source, size=len(SONG[0]))), axis=1)
    for size in (997, 65_536):
        np.testing.assert_array_equal(np.concatenate(list(through(master, source, size)), axis=1), whole)
    with processed(master, source) as played:
        one = np.concatenate(list(last_stage(played, master, 9.0, len(SONG[0]))), axis=1)
        np.testing.assert_array_equal(
            np.concatenate(list(last_stage(played, master, 9.0, 1009)), axis=1), one
        )
    assert levels(whole, size=997).lufs == pytest.approx(levels(whole, size=whole.shape[1]).lufs, abs=1e-9)


def test_filter_is_a_plain_convolution() -> None:
    curve = 4 * np.cos(np.arange(len(POINTS_HZ)) / 12)
    none = some_master(
        mid=None, side=None, curves_db=np.stack([curve, curve]), width=1.0, dynamics=None, clip_db=None
    )
    ours = np.concatenate(list(through(none, AudioInMemory(SONG, RATE), 5000)), axis=1)
    response = impulse_response(curve, None, RATE)
    theirs = scipy.signal.oaconvolve(SONG, response[None], axes=1)[:, : SONG.shape[1]]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


# --- what it is for -------------------------------------------------------------------------------


def test_a_song_matched_to_itself_stays_as_it_is() -> None:
    found = unpatch.match(torch.from_numpy(SONG), torch.from_numpy(SONG), RATE)
    apart = found.audio.numpy() - SONG
    assert 10 * np.log10(np.square(apart).mean() / np.square(SONG).mean() + 1e-20) < -60


def damaged(audio: Any) -> Any:
    shelf = (
        "console_equalizer",
        {"low_shelf_hz": 200, "low_shelf_db": 6, "low_cut_hz": 10, "high_cut_hz": 24_000},
    )
    compressor = ("compressor", {"threshold_db": -18, "ratio": 3, "attack_ms": 10, "release_ms": 120})
    graph = chain(KINDS, shelf, compressor)
    return 0.7 * render(graph, torch.from_numpy(audio)[None], RATE, energy=False)


def test_shelf_and_compression_are_undone() -> None:
    found = unpatch.match(damaged(SONG), torch.from_numpy(SONG), RATE)
    goal, after = found.done.goal, found.done.after
    assert goal is not None
    assert np.abs(octaves_apart(after, goal)).max() < 1
    assert after.crest_db == pytest.approx(goal.crest_db, abs=0.5)
    assert after.lufs == pytest.approx(goal.lufs, abs=0.1)
    assert after.true_peak_db <= goal.true_peak_db + 0.1


def test_a_compressor_is_undone_by_an_expander_and_other_music_is_no_compressor() -> None:
    whole = song(16)
    settings = {"threshold_db": -18, "ratio": 2, "attack_ms": 10, "release_ms": 120}
    graph = chain(KINDS, ("compressor", settings))
    pressed = render(graph, torch.from_numpy(whole)[None], RATE, energy=False).numpy()
    found = dynamics_towards(whole, pressed)
    assert found is not None
    assert not found.above
    assert 1.3 < found.ratio < 2.2
    assert dynamics_towards(np.tanh(3 * song(8, seed=7)), whole) is None


def dynamics_towards(reference: Any, target: Any) -> DynamicsMatch | None:
    goal = analysed(AudioInMemory(reference, RATE)).profile
    return find_master(analysed(AudioInMemory(target, RATE)), goal, WHOLLY).dynamics


def octaves_apart(one: Profile, other: Profile) -> Any:
    hz, apart = third_octaves(one.spectra_db[0] - other.spectra_db[0])
    return apart[(hz > 40) & (hz < 16_000)]


def test_amounts_of_zero_do_nothing() -> None:
    other = torch.from_numpy(0.2 * song(6, seed=5)).flip(0)
    found = unpatch.match(torch.from_numpy(SONG), other, RATE, amounts=Amounts(0, 0, 0, 0, 0))
    np.testing.assert_array_equal(found.audio.numpy(), SONG)


def test_loudness_and_true_peak_that_are_asked_for() -> None:
    found = unpatch.match(damaged(SONG), torch.from_numpy(SONG), RATE, lufs=-11.0, true_peak_db=-2.0)
    after = levels(found.audio.numpy())
    assert after.lufs == pytest.approx(-11, abs=0.1)
    assert after.true_peak_db <= -2


def test_other_rates_of_the_reference_make_no_difference() -> None:
    same = unpatch.match(damaged(SONG), torch.from_numpy(SONG), RATE)
    high = scipy.signal.resample_poly(SONG, 160, 147, axis=1).astype(np.float32)
    other = unpatch.match(damaged(SONG), torch.from_numpy(high), RATE, reference_rate=48_000)
    assert np.abs(octaves_apart(same.done.after, other.done.after)).max() < 0.5


def test_several_references_are_averaged() -> None:
    quiet = torch.from_numpy(0.5 * SONG)
    found = unpatch.match(quiet, [quiet, torch.from_numpy(SONG)], RATE)
    assert found.done.after.lufs - found.done.before.lufs == pytest.approx(3.01, abs=0.1)


def test_sixteen_bits_are_dithered_and_twenty_four_come_back() -> None:
    coarse = np.full((2, 50_000), 0.3 / 32_768, np.float32)
    written = next(iter(encoded([coarse], 16)))
    assert written.mean() == pytest.approx(0.3, abs=0.01)
    assert written.std() > 0.5
    exact = (np.arange(-50, 50) / 2**23).astype(np.float32)[None].repeat(2, 0)
    written = next(iter(encoded([exact], 24)))
    np.testing.assert_array_equal(written[:, 0], 256 * np.arange(-50, 50))


# --- presets and the command ------------------------------------------------------------------------


def test_preset_comes_back(tmp_path: Path) -> None:
    master = some_master()
    master.save(tmp_path / "p.json")
    again = Master.load(tmp_path / "p.json")
    assert json.loads(again.to_json()) == json.loads(master.to_json())
    assert again.graph() == master.graph()


def test_command_writes_everything_and_its_preset_masters_another_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, reference, other = (tmp_path / name for name in ("a.wav", "b.wav", "c.flac"))
    soundfile.write(target, damaged(SONG).numpy().T, RATE)
    soundfile.write(reference, SONG.T, RATE)
    soundfile.write(other, song(2, 48_000, seed=4).T, 48_000)
    extras = ["--save-preset", tmp_path / "p.json", "--report", tmp_path / "r.html", "--ab", tmp_path / "ab"]
    run("match", target, reference, "-o", tmp_path / "m.wav", "--bits", 16, *extras)
    told = capsys.readouterr().out
    assert "eq mid" in told
    assert soundfile.info(tmp_path / "m.wav").subtype == "PCM_16"
    page = (tmp_path / "r.html").read_text()
    assert "<svg" in page
    assert ">Levels matched.</p>" in page  # all of it is played: no part is named
    before, after = (profile_of_file(tmp_path / "ab" / f"{name}.wav") for name in ("before", "after"))
    assert before.lufs == pytest.approx(after.lufs, abs=0.1)
    run("match", "--preset", tmp_path / "p.json", other, "-o", tmp_path / "n.wav", "--json")
    data = json.loads(capsys.readouterr().out)
    info = soundfile.info(tmp_path / "n.wav")
    assert (info.samplerate, info.frames) == (48_000, 96_000)
    assert data["levels"]["after"]["lufs"] == pytest.approx(levels(SONG).lufs, abs=0.3)


def profile_of_file(path: Path) -> Profile:
    audio, rate = soundfile.read(path, dtype="float32")
    return analysed(AudioInMemory(np.ascontiguousarray(audio.T), rate)).profile


def run(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
        raise SystemExit(0)
    assert not ended.value.code


@pytest.mark.parametrize(("rate", "channels"), [(RATE, 1), (192_000, 2), (8_000, 2)])
def test_mono_and_other_rates(tmp_path: Path, rate: int, channels: int) -> None:
    soundfile.write(tmp_path / "a.wav", song(1.5, rate)[:channels].T, rate)
    soundfile.write(tmp_path / "b.wav", song(2, seed=3, level=0.3).T, RATE)
    run("match", tmp_path / "a.wav", tmp_path / "b.wav", "-o", tmp_path / "m.wav")
    audio, kept = soundfile.read(tmp_path / "m.wav")
    assert (kept, audio.shape) == (rate, (round(1.5 * rate), 2))
    assert np.isfinite(audio).all()


def bad(kind: str, folder: Path) -> Path:
    path = folder / "bad.wav"
    audio = {
        "silent": np.zeros((RATE, 2)),
        "short": SONG[:, : RATE // 4].T,
        "nan": np.where(np.arange(RATE)[:, None] == 500, np.nan, SONG[:, :RATE].T),
    }
    if kind in audio:
        soundfile.write(path, audio[kind], RATE, "FLOAT")
    elif kind == "text":
        path.write_text("not audio")
    return path


@pytest.mark.parametrize("kind", ["missing", "text", "silent", "short", "nan"])
@pytest.mark.parametrize("place", ["target", "reference"])
def test_bad_audio_is_refused(
    kind: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.wav"
    soundfile.write(good, SONG[:, :RATE].T, RATE)
    pair = [bad(kind, tmp_path), good] if place == "target" else [good, bad(kind, tmp_path)]
    assert "bad.wav" in refused(capsys, *pair, "-o", tmp_path / "m.wav")
    assert not (tmp_path / "m.wav").exists()


def test_what_cannot_be_written_or_read_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, file = tmp_path / "good.wav", tmp_path / "file"
    soundfile.write(good, SONG[:, :RATE].T, RATE)
    file.write_text("{}")
    refused(capsys, good, good, "-o", file / "m.wav")
    refused(capsys, good, good, "-o", good)
    refused(capsys, good, good, "-o", tmp_path / "m.xyz")
    refused(capsys, good, good, "-o", tmp_path / "m.flac", "--bits", 32)
    refused(capsys, good, "-o", tmp_path / "m.wav")
    assert "preset" in refused(capsys, good, "--preset", file, "-o", tmp_path / "m.wav")
    refused(capsys, good, good, "--eq", 1.5, "-o", tmp_path / "m.wav")


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["match", *(str(a) for a in arguments)])
    told = capsys.readouterr().err
    assert ended.value.code == BAD_INPUT
    assert told.startswith("unpatch: ")
    assert told.count("\n") == 1
    return told


def test_folder_of_songs(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for i in range(2):
        soundfile.write(tmp_path / "in" / f"{i}.wav", song(1, seed=i).T, RATE)
    soundfile.write(tmp_path / "b.wav", song(1, seed=3).T, RATE)
    run("match", tmp_path / "in", tmp_path / "b.wav", "-o", tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [RECORD, "0.wav", "1.wav"]
