"""Music to master, masters that are heard, and the study's tables."""

import json
import math
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tests.commands import printed
from tests.mastering_kit import debug, masters, toy_clips, trained, write_clips
from tests.songs import song
from unpatch.audio import AudioError
from unpatch.cli import main
from unpatch.estimation import estimate
from unpatch.mastering import study
from unpatch.mastering.bands import fitted
from unpatch.mastering.chains import MasteringChain, curve_db, grid_hz
from unpatch.mastering.clips import FRAMES, Clips, prepare
from unpatch.mastering.estimating import active_channels, averaged, estimate_chain, window_starts
from unpatch.mastering.measures import Figures, baseline_figures, examples, gain_error_db, model_figures
from unpatch.mastering.model import Mastering, calibrated
from unpatch.mastering.ours import ChainPrediction
from unpatch.mastering.sources import musdb_tracks, recordings_in, split_tracks, tracks_from
from unpatch.mastering.study import measure_study
from unpatch.mastering.table import SECTION, write
from unpatch.mastering.training import MasteringRun

RATE = 44_100


def write_song(path: Path, seconds: float = 30.0, seed: int = 0, rate: int = RATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, song(seconds, rate, seed).T, rate)
    return path


def test_clips_of_a_track_are_parts_of_it(tmp_path: Path) -> None:
    track = write_song(tmp_path / "songs" / "one.wav")
    counts = prepare(split_tracks(track.parent, tmp_path), tmp_path / "clips", per_track=2)
    (split,) = counts
    clips = Clips.load(tmp_path / "clips", split)
    assert len(clips) == counts[split] > 0
    whole, _ = soundfile.read(track, dtype="float32")
    for place, clip in enumerate(clips.about):
        start = round(clip.start_s * RATE)
        part = whole[start : start + FRAMES].mean(1)
        cut = clips.cut(place, 0, FRAMES).numpy()
        np.testing.assert_allclose(cut, part / np.abs(part).max(), atol=3 / 32_767)
        rms_db = 10 * math.log10(np.mean(cut**2))
        assert clip.crest_db == pytest.approx(-rms_db, abs=0.02)


def test_tracks_are_split_as_wholes_and_the_same_everywhere(tmp_path: Path) -> None:
    for place in range(16):
        (tmp_path / "a" / f"{place}.wav").parent.mkdir(exist_ok=True)
        (tmp_path / "a" / f"{place}.wav").write_bytes(b"x" * 400_001)
    split = {track.name: track.split for track in split_tracks(tmp_path / "a", tmp_path)}
    assert sorted(split.values()) == sorted(["val"] * 2 + ["test"] * 2 + ["train"] * 12)
    (tmp_path / "b").mkdir()
    (tmp_path / "a").rename(tmp_path / "b" / "a")
    assert {track.name: track.split for track in split_tracks(tmp_path / "b" / "a", tmp_path)} == split


def test_musdb_keeps_its_own_test_half(tmp_path: Path) -> None:
    for half, count in (("train", 9), ("test", 3)):
        for place in range(count):
            path = tmp_path / "musdb" / half / f"song {place}" / "mixture.wav"
            path.parent.mkdir(parents=True)
            path.write_bytes(b"RIFF")
    found = tracks_from([tmp_path / "musdb"], [], tmp_path)
    assert found == musdb_tracks(tmp_path / "musdb")
    assert sum(track.split == "test" for track in found) == 3
    assert sum(track.split == "val" for track in found) == 2
    assert all(track.path.parts[-3] == "test" for track in found if track.split == "test")
    (tmp_path / "odd" / "train").mkdir(parents=True)
    (tmp_path / "odd" / "test").mkdir()
    with pytest.raises(AudioError, match=r"mixture\.wav"):
        tracks_from([tmp_path / "odd"], [], tmp_path)


def test_packed_music_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "music.pk3", "w") as packed:
        packed.writestr("sound/../../escape.ogg", b"x" * 500_000)
        packed.writestr("jingle.ogg", b"x" * 100)
    found = recordings_in(tmp_path, tmp_path / "cache")
    assert [path.name for path in found] == ["escape.ogg"]
    assert found[0].is_relative_to(tmp_path)
    with pytest.raises(AudioError, match="no such folder"):
        recordings_in(tmp_path / "none", tmp_path)


def test_channels_that_are_heard() -> None:
    left, right = torch.from_numpy(song(3.0))
    silent = torch.zeros_like(left)
    assert active_channels(torch.stack((left, left))).shape[0] == 1
    assert active_channels(torch.stack((left, right))).shape[0] == 2
    torch.testing.assert_close(active_channels(torch.stack((silent, right))), right[None])


def test_windows_are_the_loudest_in_order_of_time() -> None:
    mono = 0.1 * torch.randn(100_000)
    mono[60_000:70_000] *= 20
    starts = window_starts(mono, 10_000, everywhere=False)
    assert starts == sorted(starts) and {55_000, 60_000, 65_000} <= set(starts)
    assert window_starts(mono[:10_000], 10_000, everywhere=False)[0] == 0
    spread = window_starts(mono, 10_000, everywhere=True)
    assert spread[0] == 0 and max(spread) > 80_000


def test_intervals_hold_what_is_played_and_many_windows_narrow_nothing_falsely() -> None:
    model = Mastering(debug("chain_ours").model)
    calibrated(model, masters("chain_ours"))
    audio = torch.from_numpy(song(12.0, seed=3))
    estimated = estimate_chain(model.eval(), audio, RATE)
    assert len(estimated.windows_s) > 1
    for setting in estimated.settings:
        assert setting.low <= setting.value <= setting.high
    assert sorted(estimated.curve_db)[(len(estimated.curve_db) - 1) // 2] == pytest.approx(0, abs=1e-5)
    louder = estimate_chain(model, 0.2 * audio, RATE)
    for one, other in zip(estimated.settings, louder.settings, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-2, abs=1e-2)


def test_averages_are_of_probabilities() -> None:
    """Two windows that are sure of different values leave both possible."""
    logits = torch.full((2, 1, 4), -20.0)
    logits[0, 0, 0] = logits[1, 0, 3] = 20.0
    whole = averaged(ChainPrediction(logits, torch.zeros(2, 3), torch.zeros(2, 1)))
    torch.testing.assert_close(whole.shares[0, 0], torch.tensor([0.5, 0, 0, 0.5]), atol=1e-6, rtol=0)


def test_bands_are_fitted_to_a_curve() -> None:
    kind = "mastering_equalizer"
    true = torch.rand(3, len(MasteringChain((kind,))), generator=torch.Generator().manual_seed(2))
    target = curve_db(true, kind, grid_hz())
    target -= target.mean(-1, keepdim=True)
    start = torch.full_like(true, 0.5)

    def apart(units: torch.Tensor) -> torch.Tensor:
        curve = curve_db(units, kind, grid_hz())
        return (curve - curve.mean(-1, keepdim=True) - target).square().mean(-1).sqrt()

    found = fitted(start, target, kind)
    assert (apart(found) < 0.35 * apart(start)).all()
    assert ((found > 0) & (found < 1)).all()


def test_gain_error_knows_a_tremolo_and_not_a_level() -> None:
    dry = torch.randn(2, 44_100)
    time = torch.arange(44_100) / 44_100
    swing_db = 3 * torch.sign(torch.sin(2 * math.pi * 4 * time))
    assert float(gain_error_db(0.3 * dry, dry, dry).max()) < 1e-3
    found = gain_error_db(dry * 10 ** (swing_db / 20), dry, dry)
    assert found.tolist() == pytest.approx([3.0, 3.0], abs=3.1)
    assert float(found.min()) > 2.5


def test_truth_has_no_error_and_doing_nothing_the_whole(tmp_path: Path) -> None:
    clips = toy_clips()
    own = baseline_figures("identity", "equalizer", clips, 4, 16_384)
    (example,) = examples(clips, MasteringChain.from_name("equalizer"), 4, 16_384, "harsh")
    curve = curve_db(example.units, "mastering_equalizer", grid_hz(200))
    level = (curve - curve.median(-1, keepdim=True).values).square().mean(-1).sqrt()
    assert own.values["curve_db"] == pytest.approx(level.tolist())
    half = baseline_figures("half", "compressor", clips, 4, 16_384)
    (squeezed,) = examples(clips, MasteringChain.from_name("compressor"), 4, 16_384, "harsh")
    assert half.values["mse_q"] == pytest.approx((squeezed.units - 0.5).square().mean(-1).tolist())


def test_figures_of_ours_have_intervals(tmp_path: Path) -> None:
    run = trained("chain_ours", tmp_path)
    found = model_figures(run.folder / "model", toy_clips(), 3, "chain")
    assert {"mse_y", "mel", "mse_q", "curve_db", "gain_db", "covered", "width"} == set(found.values)
    assert len(found.tracks) == 3
    assert all(0 <= share <= 1 for share in found.values["covered"])
    assert np.isfinite([list(own) for own in found.values.values()]).all()


def test_the_page_of_a_small_study(tmp_path: Path) -> None:
    data, runs = write_clips(tmp_path / "data"), tmp_path / "runs"
    for rest in ("equalizer_tfe", "equalizer_mee", "chain_ours", "equalizer_ours_brief"):
        trained(rest, runs / f"mastering_debug_{rest}")
    trained("equalizer_tfe", runs / "mastering_debug_equalizer_tfe-s1", seed=1)
    found = measure_study(runs, data, size="debug", limit=3, cache=tmp_path / "kept")
    assert len(found.seeds("test", "equalizer", "tfe")) == 2
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n\n{SECTION.begin}\nSTALE FIGURES\n{SECTION.end}\n\nafter\n", encoding="utf-8")
    write(found, page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before") and text.endswith("after\n") and "STALE FIGURES" not in text
    for words in ("### Table 2", "### Table 3", "### Table 4", "### Table 5", "±", "TFE less MEE, Mel"):
        assert words in text, words
    predicted = json.loads(page.with_suffix(".json").read_text())
    cell = next(
        c for c in predicted["cells"] if c["system"] == "tfe" and c["split"] == "test" and c["seed"] == 0
    )
    once = found.cells["test", "equalizer", "tfe", 0].values["mel"]
    assert cell["mel"] == pytest.approx(np.mean(once))
    again = measure_study(runs, data, size="debug", limit=3, cache=tmp_path / "kept")
    assert again.cells["test", "equalizer", "tfe", 0] == found.cells["test", "equalizer", "tfe", 0]


def test_figures_of_other_code_or_clips_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, runs = write_clips(tmp_path / "data"), tmp_path / "runs"
    trained("equalizer_tfe", runs / "mastering_debug_equalizer_tfe")
    measured: list[str] = []

    def figures(folder: Path, clips: Clips, count: int, chain: str) -> Figures:
        measured.append(chain)
        return Figures(("track",), {"mel": [1.0]})

    monkeypatch.setattr(study, "model_figures", figures)
    monkeypatch.setattr(study, "baseline_figures", lambda *given: Figures(("track",), {"mel": [2.0]}))

    def newly_measured() -> int:
        measured.clear()
        measure_study(runs, data, size="debug", limit=2, splits=("test",), seeds=1, cache=tmp_path / "kept")
        return len(measured)

    assert (newly_measured(), newly_measured()) == (1, 0)
    np.save(data / "test.npy", toy_clips().samples[::-1])
    assert (newly_measured(), newly_measured()) == (1, 0)
    monkeypatch.setattr(study, "code", lambda: "another measure")
    assert (newly_measured(), newly_measured()) == (1, 0)


def test_training_takes_a_limit_and_other_clips_to_validate_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, other = write_clips(tmp_path / "data"), write_clips(tmp_path / "other")
    np.save(other / "val.npy", toy_clips().samples // 2)
    given: list[tuple[Clips, Clips]] = []

    def noted(
        preset: object, clips: Clips, folder: Path, *, validation: Clips, report: object
    ) -> MasteringRun:
        given.append((clips, validation))
        return MasteringRun(Mastering(debug("chain_ours").model), folder, 0)

    monkeypatch.setattr("unpatch.mastering.training.train_mastering", noted)
    command = ("train", "mastering_debug_chain_ours", "--data", data, "-o", tmp_path / "run")
    printed(capsys, *command)
    printed(capsys, *command, "--limit", 2, "--validation", other)
    (clips, validation), (fewer, others) = given
    assert (len(clips), len(validation)) == (6, 6)
    np.testing.assert_array_equal(validation.samples, toy_clips().samples)
    assert (len(fewer), len(others)) == (2, 2)
    np.testing.assert_array_equal(fewer.samples, toy_clips().samples[:2])
    np.testing.assert_array_equal(others.samples, toy_clips().samples[:2] // 2)
    assert [clip.track for clip in fewer.about] == [clip.track for clip in toy_clips().about[:2]]


@pytest.mark.parametrize(
    ("command", "options", "does"),
    [
        (
            "evaluate --table --study mastering --data data",
            ("--baseline", "x", "--no-sound", "--levels", "2", "--workers", "2"),
            "evaluate --table --study mastering",
        ),
        (
            "evaluate --table --data data",
            ("--baseline", "x", "--no-sound", "--levels", "2"),
            "evaluate --table --study blind",
        ),
        (
            "evaluate runs/model --data data",
            ("--runs", "x", "--size", "debug", "--page", "x.md"),
            "evaluate of one model",
        ),
        (
            "estimate x.wav --task mastering",
            ("--beams", "2", "--draws", "3"),
            "estimate --task mastering",
        ),
    ],
)
def test_options_that_would_not_be_used_are_refused(
    command: str, options: tuple[str, ...], does: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), *options])
    message = capsys.readouterr().err.strip()
    assert ended.value.code == 2
    names = ", ".join(option for option in options if option.startswith("--"))
    assert len(message.splitlines()) == 1
    assert message.endswith(f"{does} does not use {names}")


def test_a_master_is_estimated_and_refined_with_its_mix(tmp_path: Path) -> None:
    dry = torch.from_numpy(song(4.0, seed=5))
    chain = MasteringChain.from_name("chain")
    units = torch.full((1, len(chain)), 0.5)
    units[0, 0] = 0.9
    wet = torch.stack([chain.play(units, own[None])[0] for own in dry])
    found = estimate(wet, RATE, "mastering", dry=dry)
    assert found.graph.sources
    assert {node.kind for node in found.graph.nodes if node.is_processor} <= set(chain.kinds)


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_song(tmp_path / "music" / "one.wav", 25.0)
    write_song(tmp_path / "master.wav", 5.0, seed=2, rate=48_000)

    run = partial(printed, capsys)
    run("data", "prepare", "mastering", "--root", tmp_path / "music", "-o", tmp_path / "cut")
    data = write_clips(tmp_path / "data")
    runs = tmp_path / "runs" / "mastering_debug_chain_ours"
    run("train", "mastering_debug_chain_ours", "--data", data, "-o", runs)
    options = ("--runs", tmp_path / "runs", "--data", data, "--size", "debug", "--limit", 2)
    page = tmp_path / "page.md"
    run("evaluate", "--table", "--study", "mastering", *options, "--page", page)
    assert "### Table 5" in page.read_text(encoding="utf-8")
    predicted = json.loads(
        run("estimate", tmp_path / "master.wav", "--task", "mastering", "-o", tmp_path / "out", "--json")
    )
    assert predicted["graph"]
    assert (tmp_path / "out" / "report.html").exists()
