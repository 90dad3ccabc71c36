"""Mastering towards a reference: levels that do not matter, faults that are named, room that is used."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.signal
import soundfile
import torch

import unpatch
from tests.songs import song
from unpatch.audio import AudioError
from unpatch.cli import main
from unpatch.dsp.oversampled_clip import OversampledClipper
from unpatch.mastering.matching.analysis import analysed
from unpatch.mastering.matching.clipping import MOST_DB
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.song import Matched, processed_with_preset
from unpatch.mastering.matching.source import AudioInMemory
from unpatch.mastering.matching.spectrum import POINTS_HZ
from unpatch.mastering.matching.telling import as_data, in_words
from unpatch.processors import KINDS

RATE = 44_100
SONG = song(3)
CRUSHED = np.tanh(4 * song(3, seed=1)).astype(np.float32)


def towards(reference: Any, target: Any, **more: Any) -> Matched:
    return unpatch.match(torch.from_numpy(target), torch.from_numpy(reference), RATE, **more)


def gained(audio: Any, gain_db: float) -> Any:
    return (audio * np.float32(10 ** (gain_db / 20))).astype(np.float32)


def faults_of(audio: Any) -> str:
    return " ".join(analysed(AudioInMemory(np.asarray(audio, np.float32), RATE, "a.wav")).profile.warnings)


# --- level ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain() -> Matched:
    return towards(CRUSHED, SONG)


@pytest.mark.parametrize("gain_db", [-6, -20, -40, 12])
def test_level_of_the_target_does_not_matter(plain: Matched, gain_db: float) -> None:
    other = towards(CRUSHED, gained(SONG, gain_db))
    apart = (other.audio - plain.audio).numpy()
    assert 10 * np.log10(np.square(apart).mean() / np.square(plain.audio.numpy()).mean()) < -60
    assert other.done.gain_db == pytest.approx(plain.done.gain_db - gain_db, abs=0.02)
    # The settings are the same, and levels that are reported move with the file.
    assert other.master.graph().nodes[1].kind == plain.master.graph().nodes[1].kind
    ours, theirs = (as_data(found.done)["clipper"]["threshold_dbfs"] for found in (other, plain))
    assert ours == pytest.approx(theirs + gain_db, abs=0.05)


@pytest.mark.parametrize("gain_db", [-40, -3, 6, 18])
def test_settings_that_were_found_can_be_saved(tmp_path: Path, gain_db: float) -> None:
    target = np.clip(gained(SONG, gain_db), -1, 1)
    found = towards(SONG, target).master
    found.save(tmp_path / "preset.json")
    again = Master.load(tmp_path / "preset.json")
    assert again.graph() == replace(found, input_db=0.0).graph()
    np.testing.assert_allclose(again.curves_db, found.curves_db, atol=1e-3)
    for node in found.graph().nodes:
        for name, value in node.parameters.items():
            assert value in KINDS[node.kind].parameters[name], (node.kind, name, value)


def test_what_has_no_weighted_loudness_is_refused_in_one_line() -> None:
    time = np.arange(2 * RATE) / RATE
    subsonic = 0.01 * np.sin(2 * np.pi * 0.5 * time) * np.ones((2, 1))
    with pytest.raises(AudioError, match="silence"):
        towards(SONG, np.zeros((2, RATE), np.float32))
    assert np.isfinite(towards(SONG, subsonic.astype(np.float32)).audio.numpy()).all()


# --- faults by name -------------------------------------------------------------------------------


def test_direct_current_is_removed_and_reported() -> None:
    shifted = SONG + np.array([[0.05], [0.0]], np.float32)
    found, without = towards(CRUSHED, shifted), towards(CRUSHED, SONG)
    assert "the target: direct current of -26.0 dBFS in the left channel was removed" in found.done.warnings
    apart = (found.audio - without.audio).numpy()
    assert 10 * np.log10(np.square(apart).mean() / np.square(without.audio.numpy()).mean()) < -40
    assert "direct current" not in faults_of(SONG)


@pytest.mark.parametrize(("gain", "words"), [(0.0, "is silent"), (0.01, "is 40 dB quieter")])
def test_a_silent_or_quiet_channel_is_reported(gain: float, words: str) -> None:
    assert f"a.wav: the right channel {words}" in faults_of(SONG[:1] * np.array([[1], [gain]]))
    assert "channel" not in faults_of(SONG)


def test_a_silent_channel_of_the_target_stays_silent() -> None:
    found = towards(CRUSHED, SONG * np.array([[1], [0]], np.float32))
    left, right = (float(np.square(channel).mean()) for channel in found.audio.numpy())
    assert right < 1e-6 * left


@pytest.mark.parametrize("level", [1.0, 0.02])
def test_clipping_is_reported_at_any_level(level: float) -> None:
    clipped = level * np.clip(2 * SONG, -0.6, 0.6)
    assert "a.wav: clipped in" in faults_of(clipped)
    assert "clipped" not in faults_of(level * SONG)
    tone = np.round(32_767 * np.sin(2 * np.pi * 40 * np.arange(RATE) / RATE)) / 32_768
    assert "clipped" not in faults_of(tone * np.ones((2, 1)))


def test_a_lossy_reference_is_reported_and_its_missing_band_is_not_imitated() -> None:
    low = scipy.signal.firwin(511, 16_000, fs=RATE)
    lossy = scipy.signal.oaconvolve(SONG, low[None], mode="same", axes=1).astype(np.float32)
    found = towards(lossy, SONG)
    assert any("reference 1: its band ends at 16" in warning for warning in found.done.warnings)
    highest = [abs(curve[POINTS_HZ > 14_000]).max() for curve in found.master.curves_db]
    assert max(highest) < 0.5
    assert "band" not in faults_of(SONG)


def test_a_mono_reference_leaves_the_width_alone() -> None:
    found = towards(np.repeat(CRUSHED[:1], 2, axis=0), SONG)
    assert "reference 1: has no stereo image; the width is not matched to it" in found.done.warnings
    assert found.master.width == 1


def test_limits_that_were_reached_are_reported() -> None:
    middle, side = (SONG[0] + SONG[1]) / 2, (SONG[0] - SONG[1]) / 2
    wide = np.stack([middle + 8 * side, middle - 8 * side])
    narrow = np.stack([middle + side / 2, middle - side / 2])
    limits = towards(wide, narrow).master.limits
    assert any(limit.startswith("width 16.0") and "limit of 2" in limit for limit in limits)
    steep = scipy.signal.sosfilt(scipy.signal.butter(4, 1_000, fs=RATE, output="sos"), SONG, axis=1)
    limits = towards(steep.astype(np.float32), SONG).master.limits
    assert any(limit.startswith("eq mid: -") and "limit of 15 dB" in limit for limit in limits)
    assert not towards(SONG, SONG).master.limits


def test_warnings_stand_in_text_data_and_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, reference, page = (tmp_path / name for name in ("a.wav", "b.wav", "r.html"))
    soundfile.write(target, SONG.T * [1, 0], RATE)
    soundfile.write(reference, np.clip(2 * SONG, -0.6, 0.6).T, RATE)
    with pytest.raises(SystemExit) as ended:
        main([*map(str, ("match", target, reference, "-o", tmp_path / "m.wav", "--report", page)), "--json"])
        raise SystemExit(0)
    assert not ended.value.code
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    html = page.read_text()
    for fault in (f"{target}: the right channel is silent", f"{reference}: clipped in"):
        assert any(warning.startswith(fault) for warning in warnings)
        assert fault in html
    found = towards(CRUSHED, SONG * np.array([[1], [0]], np.float32))
    assert "warning      the target: the right channel is silent" in in_words(found.done)


# --- room -----------------------------------------------------------------------------------------


def test_a_loudness_that_leaves_room_is_reached_without_clipper_compressor_and_limiter() -> None:
    found = towards(CRUSHED, SONG, lufs=-24.0, true_peak_db=-1.0)
    assert found.done.after.lufs == pytest.approx(-24, abs=0.05)
    assert found.done.after.true_peak_db < -1
    assert found.master.clip_db is None
    assert found.master.dynamics is None or not found.master.dynamics.above
    assert not found.done.limited


def test_a_loudness_that_is_not_reached_is_reported() -> None:
    found = towards(CRUSHED, SONG, lufs=-2.0, true_peak_db=-6.0)
    assert found.done.after.true_peak_db <= -6
    assert found.done.warnings[-1].startswith("loudness -2.0 LUFS was not reached")


def test_a_preset_clips_no_more_than_the_next_song_needs(plain: Matched) -> None:
    preset, clicks = plain.master, 0.1 * SONG
    assert preset.clip_db is not None
    clicks[:, ::RATE] = 0.9
    for song_of, wanted in ((SONG, preset.clip_db), (clicks, None)):
        with processed_with_preset(preset, AudioInMemory(song_of, RATE)) as (master, _, played):
            most = MOST_DB - played.levels.true_peak_db if wanted is None else wanted
            assert master.clip_db == pytest.approx(most, abs=0.01)
    with processed_with_preset(preset.at(-40.0, None), AudioInMemory(SONG, RATE)) as (master, _, _):
        assert master.clip_db is None


# --- oversampled clipper --------------------------------------------------------------------------


def clipped(audio: Any, threshold: float, size: int) -> Any:
    clipper = OversampledClipper(threshold)
    parts = [clipper.push(audio[:, start : start + size]) for start in range(0, audio.shape[1], size)]
    return np.concatenate([*parts, clipper.flush()], axis=1)


def test_clipper_is_four_times_oversampled() -> None:
    low = scipy.signal.firwin(255, 15_000, fs=RATE)[None]
    audio = scipy.signal.oaconvolve(SONG, low, mode="same", axes=1).astype(np.float32)
    ours = clipped(audio, 0.2, 65_536)
    above = scipy.signal.resample_poly(audio, 4, 1, axis=1)
    theirs = scipy.signal.resample_poly(np.clip(above, -0.2, 0.2), 1, 4, axis=1)[:, : SONG.shape[1]]
    # The filters of the other one end lower.
    apart, done = (
        scipy.signal.oaconvolve(x, low, mode="same", axes=1) for x in (ours - theirs, audio - theirs)
    )
    assert np.square(apart).mean() < 1e-3 * np.square(done).mean()
    ours = clipped(SONG, 0.2, 65_536)
    np.testing.assert_array_equal(clipped(SONG, 0.2, 1_009), ours)
    np.testing.assert_array_equal(clipped(SONG, 2.0, 1_009), SONG)


def test_harmonics_above_half_the_rate_do_not_fold_back() -> None:
    tone = np.sin(2 * np.pi * 7_000 * np.arange(RATE) / RATE) * np.ones((2, 1))
    spectrum = np.abs(np.fft.rfft(clipped(tone.astype(np.float32), 0.5, RATE)[0] * np.blackman(RATE)))
    folded = [spectrum[abs(7_000 * k - RATE * round(7_000 * k / RATE))] for k in (5, 7, 9, 11)]
    assert 20 * np.log10(max(folded) / spectrum.max()) < -70
