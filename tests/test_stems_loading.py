"""Folders of stems: layouts, groups, rates and lengths, memory, refusals."""

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml

from tests.small_stems import RATE, folder_of, multitrack, noise, write
from unpatch.audio import AudioError, resample
from unpatch.stems import Multitrack, Stem, StemsError, load_multitrack
from unpatch.stems.mixes import is_mix, mix_among
from unpatch.stems.tape import Flat, resampled

# Layouts


def test_a_folder_of_stems_and_a_mix_elsewhere(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "stems", "Kick.wav", "Bass.flac", "LeadVox.aiff", "Pad.ogg")
    mix = write(tmp_path / "elsewhere" / "anything.wav", noise(9, channels=2))
    song = load_multitrack(folder, mix)
    assert song.groups == {
        "bass": ("Bass",), "drums": ("Kick",), "vocals": ("LeadVox",), "synths": ("Pad",)
    }  # fmt: skip
    assert song.sample_rate == RATE
    assert song.mix is not None
    torch.testing.assert_close(song.mix, noise(9, channels=2), rtol=0, atol=0)
    torch.testing.assert_close(song.stems[1].audio, noise(0).expand(2, -1), rtol=0, atol=0)


@pytest.mark.parametrize("mix", ["mix.wav", "Mixture.wav", "MySong_MIX.wav", "Full Mix 2.wav", "master.wav"])
def test_a_mix_in_the_folder_is_found_by_its_name(tmp_path: Path, mix: str) -> None:
    song = load_multitrack(folder_of(tmp_path / "My Song", "Kick.wav", "Bass.wav", mix))
    assert [stem.name for stem in song.stems] == ["Bass", "Kick"]
    assert song.mix is not None


def test_without_a_mix_there_is_none(tmp_path: Path) -> None:
    song = load_multitrack(folder_of(tmp_path, "Kick.wav", "Drum Mix.wav"))
    assert song.mix is None
    assert len(song.stems) == 2


def test_a_mix_is_preferred_to_a_rough_mix_and_neither_is_a_stem(tmp_path: Path) -> None:
    song = load_multitrack(folder_of(tmp_path, "Kick.wav", "rough_mix.wav", "mix.wav", "Master.wav"))
    assert [stem.name for stem in song.stems] == ["Kick"]
    torch.testing.assert_close(song.mix, noise(2).expand(2, -1), rtol=0, atol=0)
    assert "other mixes, no stems: Master.wav, rough_mix.wav" in song.notices


def test_the_mix_that_is_named_is_no_stem(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Kick.wav", "Bass.wav", "Evening.wav")
    song = load_multitrack(folder, folder / "Evening.wav")
    assert [stem.name for stem in song.stems] == ["Bass", "Kick"]


def test_two_files_that_may_be_the_mix_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StemsError, match=r"final mix.wav and mix.wav may each be the mix; give one"):
        load_multitrack(folder_of(tmp_path, "Kick.wav", "mix.wav", "final mix.wav"))


def test_mixing_secrets(tmp_path: Path) -> None:
    """A folder of dry recordings beside mixes, and groups as published; what they leave out is no stem."""
    dry = folder_of(tmp_path / "Song_Full", "01_Kick.wav", "02_BassDI.wav", "03_LeadVox.wav", "04_Unused.wav")
    folder_of(tmp_path, "mix.wav", "rough_mix.wav")
    groups = {"Drum": ["01_Kick.wav"], "Bass": ["02_BassDI.wav"], "LeadVox": ["03_LeadVox.wav"]}
    (tmp_path / "correspondence.yaml").write_text(yaml.safe_dump(groups, sort_keys=False))
    song = load_multitrack(tmp_path)
    assert song.groups == {"Drum": ("01_Kick",), "Bass": ("02_BassDI",), "LeadVox": ("03_LeadVox",)}
    assert song.notices == ("in no group, left out: 04_Unused.wav",)
    (tmp_path / "correspondence.yaml").unlink()
    assert set(load_multitrack(tmp_path).groups) == {"drums", "bass", "vocals", "other"}
    assert set(load_multitrack(dry, tmp_path / "mix.wav").groups) == {"drums", "bass", "vocals", "other"}


def test_a_folder_for_each_group(tmp_path: Path) -> None:
    folder_of(tmp_path / "Rhythm", "Kick.wav", "Bass.wav")
    folder_of(tmp_path / "Voices", "A.wav", "B.wav")
    song = load_multitrack(folder_of(tmp_path, "mix.wav"))
    assert song.groups == {"Rhythm": ("Bass", "Kick"), "Voices": ("A", "B")}


def test_musdb(tmp_path: Path) -> None:
    song = load_multitrack(
        folder_of(tmp_path, "mixture.wav", "drums.wav", "bass.wav", "other.wav", "vocals.wav")
    )
    assert song.groups == {name: (name,) for name in ("bass", "drums", "other", "vocals")}
    assert song.mix is not None


def medley(root: Path) -> Path:
    """A song of MedleyDB with three stems, two of the same instrument."""
    raw = folder_of(
        root / "A_Song_RAW", "A_RAW_01_01.wav", "A_RAW_01_02.wav", "A_RAW_02_01.wav", "A_RAW_03_01.wav"
    )
    folder_of(root / "A_Song_STEMS", "A_STEM_01.wav", "A_STEM_02.wav", "A_STEM_03.wav")
    folder_of(root, "A_Song_MIX.wav")
    stems: dict[str, tuple[str, dict[str, object]]] = {
        "S01": ("drum set", {"R01": "kick drum", "R02": "snare drum"}),
        "S02": ("male singer", {"R01": "male singer"}),
        "S03": ("male singer", {"R01": ["male singer", "clean electric guitar"]}),
    }
    told = {
        "mix_filename": "A_Song_MIX.wav",
        "raw_dir": raw.name,
        "stems": {
            stem: {
                "instrument": instrument,
                "raw": {
                    take: {"filename": f"A_RAW_{stem[1:]}_{take[1:]}.wav", "instrument": played}
                    for take, played in takes.items()
                },
            }
            for stem, (instrument, takes) in stems.items()
        },
    }
    (root / "A_Song_METADATA.yaml").write_text(yaml.safe_dump(told))
    return root


def test_medleydb(tmp_path: Path) -> None:
    song = load_multitrack(medley(tmp_path))
    assert song.groups == {
        "drum set": ("kick drum S01.R01", "snare drum S01.R02"),
        "male singer S02": ("male singer S02.R01",),
        "male singer S03": ("male singer and clean electric guitar S03.R01",),
    }
    assert song.mix is not None


def test_medleydb_with_recordings_or_metadata_missing_is_refused(tmp_path: Path) -> None:
    folder = medley(tmp_path)
    (folder / "A_Song_RAW" / "A_RAW_02_01.wav").unlink()
    with pytest.raises(StemsError, match=r"S02 R01 is .*A_RAW_02_01.wav, which is not there"):
        load_multitrack(folder)
    (folder / "A_Song_METADATA.yaml").write_text("stems: [1]")
    with pytest.raises(StemsError, match=r"'stems' is missing or no mapping"):
        load_multitrack(folder)
    (folder / "A_Song_METADATA.yaml").unlink()
    with pytest.raises(StemsError, match=r"has RAW and STEMS as MedleyDB has, but no file \*_METADATA.yaml"):
        load_multitrack(folder)


def test_many_tracks_and_groups(tmp_path: Path) -> None:
    """As many as the largest song of the published study has."""
    names = [f"{i:03d}_Part{i % 26}.wav" for i in range(133)]
    folder = folder_of(tmp_path, *names, seconds=0.01)
    (folder / "groups.yaml").write_text("".join(f"g{i}: '*_Part{i}.wav'\n" for i in range(26)))
    song = load_multitrack(folder)
    assert len(song.stems) == 133
    assert len(song.groups) == 26


def test_equal_names_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    folder_of(tmp_path / "Left", "Mic.wav")
    folder_of(tmp_path / "Right", "Mic.wav")
    assert [stem.name for stem in load_multitrack(tmp_path).stems] == ["Left/Mic.wav", "Right/Mic.wav"]


# Groups


def test_groups_file(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Kick In.wav", "Snare.wav", "Gtr [L].wav", "Bass.wav", "mix.wav")
    groups = tmp_path / "my.yaml"
    groups.write_text("low: [bass, KICK*]\nguitar: 'Gtr [L].wav'\nrest: '*'\n")
    song = load_multitrack(folder, groups=groups)
    assert song.groups == {"low": ("Bass", "Kick In"), "guitar": ("Gtr [L]",), "rest": ("Snare",)}
    assert song.mix is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drums: [kik.wav]", r"'kik.wav' of group 'drums' fits no file; there are Bass.wav, Kick.wav"),
        ("a: Kick.wav\nb: Kick.wav", r"Kick.wav is in groups 'a' and 'b'"),
        ("- Kick.wav", r"is a mapping of groups to file names"),
        ("", r"is a mapping of groups to file names"),
        ("drums: {in: Kick.wav}", r"group 'drums' holds .*; a file name or a list of them is expected"),
        ("drums: [1, [2]]", r"group 'drums' holds \['1', \['2'\]\]; a file name or a list"),
        ("drums:", r"group 'drums' holds None; a file name or a list"),
        ("no: 2020-13-45", r"'2020-13-45' of group 'no' fits no file"),
        ("808: " + "9" * 6000, r"'9+' of group '808' fits no file"),
        ("a: &all [Kick.wav]\nb: *all", r"references such as \*all are not supported, line 2"),
        (
            "a: !!python/object:os.system x",
            r"tag 'tag:yaml.org,2002:python/object:os.syste' is not supported, line 1",
        ),
        ("a: !!binary x", r"tag .*binary' is not supported"),
        ("a: Kick.wav\na: Bass.wav", r"key 'a' is written twice in one mapping, line 2"),
        ("- " * 5_000, r"nested too deeply"),
        ("a: [Kick.wav", r"is not valid YAML: .*, line 1"),
    ],
)
def test_a_groups_file_that_says_nothing_sensible_is_refused(tmp_path: Path, text: str, said: str) -> None:
    folder = folder_of(tmp_path, "Kick.wav", "Bass.wav")
    (folder / "groups.yaml").write_text(text)
    with pytest.raises(StemsError, match=said) as refused:
        load_multitrack(folder)
    assert "\n" not in str(refused.value)


def test_names_in_a_groups_file_are_what_is_written(tmp_path: Path) -> None:
    """YAML takes 808, no and 2020-01-01 for a number, a truth value and a day."""
    folder = folder_of(tmp_path, "808.wav", "no.wav", "2020-01-01.wav")
    (folder / "groups.yaml").write_text("1: [808, no]\ntrue: 2020-01-01")
    assert load_multitrack(folder).groups == {"1": ("808", "no"), "true": ("2020-01-01",)}


def test_a_groups_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StemsError, match=r"none.yaml: No such file"):
        load_multitrack(folder_of(tmp_path, "Kick.wav"), groups=tmp_path / "none.yaml")


def test_names_of_mixes() -> None:
    yes = [
        "x/mix.wav",
        "Song/Song_MIX.wav",
        "The Piano/The Piano Mix.wav",
        "a/FINAL MIX v2.wav",
        "a/Mix01.wav",
    ]
    assert all(is_mix(Path(name)) for name in yes)
    no = ["a/Drum Mix.wav", "a/Instrumental Mix.wav", "a/Kick.wav", "a/Mix Bus Room.wav", "a/Remix Vox.wav"]
    assert not any(is_mix(Path(name)) for name in no)
    assert mix_among([Path("s/Band - Title (Mix).wav"), Path("s/Kick.wav")]) == Path(
        "s/Band - Title (Mix).wav"
    )
    assert mix_among([Path("s/Kick.wav")]) is None


# Rates, lengths, channels


def test_all_is_brought_to_the_rate_of_the_mix_and_the_longest_length(tmp_path: Path) -> None:
    long, short = noise(1, 1.0, rate=16_000), noise(2, 0.4, channels=2)
    write(tmp_path / "Long.wav", long, 16_000)
    write(tmp_path / "Short.wav", short)
    write(tmp_path / "mix.wav", noise(3, 0.6))
    song = load_multitrack(tmp_path)
    assert (song.sample_rate, song.frames, song.mix_frames) == (RATE, RATE, round(0.6 * RATE))
    first, second = song.stems
    torch.testing.assert_close(first.audio[:1], resample(long, 16_000, RATE), rtol=0, atol=1e-6)
    assert torch.equal(second.audio[:, : short.shape[1]], short)
    assert not second.audio[:, short.shape[1] :].any()
    assert song.notices == (
        "resampled from 16000 Hz to 8000 Hz: Long.wav",
        "silence put behind, to 1 s: Short.wav by 0.6 s, mix.wav by 0.4 s",
    )


def test_without_a_mix_the_rate_is_that_of_most_stems_or_as_asked(tmp_path: Path) -> None:
    folder_of(tmp_path, "A.wav", "B.wav", rate=16_000)
    write(tmp_path / "C.wav", noise(5))
    assert load_multitrack(tmp_path).sample_rate == 16_000
    asked = load_multitrack(tmp_path, sample_rate=12_000)
    assert asked.sample_rate == 12_000
    assert asked.frames == 6_000


@pytest.mark.parametrize(("from_hz", "to_hz"), [(48_000, 44_100), (8_000, 44_100), (44_100, 8_000)])
def test_resampling_block_by_block_is_resampling_at_once(from_hz: int, to_hz: int) -> None:
    audio = noise(0, 0.7, channels=2, rate=from_hz)
    blocks = iter([block.numpy() for block in torch.split(audio.T, 3_001)])
    found = torch.cat([torch.from_numpy(block) for block in resampled(blocks, from_hz, to_hz, 2)]).T
    torch.testing.assert_close(found, resample(audio, from_hz, to_hz), rtol=0, atol=1e-6)


def test_mono_is_put_on_both_channels_and_costs_nothing(tmp_path: Path) -> None:
    write(tmp_path / "Mono.wav", noise(1))
    write(tmp_path / "Twice.wav", noise(2).expand(2, -1))
    write(tmp_path / "Wide.wav", noise(3, channels=2))
    stems = {stem.name: stem for stem in load_multitrack(tmp_path).stems}
    assert {name: stem.mono for name, stem in stems.items()} == {"Mono": True, "Twice": True, "Wide": False}
    for name, seed in (("Mono", 1), ("Twice", 2)):
        assert torch.equal(stems[name].audio, noise(seed).expand(2, -1))


# Memory


@pytest.mark.parametrize("start", [-30, 0, 100, 3_990, 5_000])
def test_a_segment_is_a_slice_with_silence_around(tmp_path: Path, start: int) -> None:
    write(tmp_path / "Kick.wav", noise(1, channels=2))
    write(tmp_path / "Bass.wav", noise(2))
    song = load_multitrack(tmp_path)
    around = torch.nn.functional.pad(noise(1, channels=2), (100, 2_000))
    expected = around[:, 100 + start : 150 + start]
    assert torch.equal(song.segment(start, 50)[1], expected)
    assert torch.equal(Stem("a", "b", noise(1, channels=2)).segment(start, 50), expected)


def test_what_is_loaded_outlives_its_files_and_can_be_worked_on(tmp_path: Path) -> None:
    path = write(tmp_path / "Kick.wav", noise(1, channels=2))
    stem = load_multitrack(tmp_path).stems[0]
    path.unlink()
    audio = stem.audio
    audio[:, 0] = 7.0
    del stem
    gc.collect()
    assert torch.equal(audio[:, 1:], noise(1, channels=2)[:, 1:])


def test_writing_to_what_is_mapped_does_not_reach_the_tape(tmp_path: Path) -> None:
    write(tmp_path / "Kick.wav", noise(1))
    stem = load_multitrack(tmp_path).stems[0]
    stem.audio[0, :5] = 1.0
    assert torch.equal(stem.segment(0, 5), noise(1)[:, :5].expand(2, -1))


@pytest.mark.parametrize("shift", [-700, -3, 0, 5, 4_500])
def test_a_tape_moved_in_time(tmp_path: Path, shift: int) -> None:
    write(tmp_path / "Kick.wav", noise(1, channels=2))
    stem = load_multitrack(tmp_path).stems[0]
    assert stem.tape is not None
    moved = stem.tape.later(shift, 3_000).audio()
    assert torch.equal(moved, stem.segment(-shift, 3_000))


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    load_multitrack(folder_of(tmp_path, "A.wav", "B.wav"), report=lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]


# Clipping


def test_places_where_the_peak_is_held_are_counted(tmp_path: Path) -> None:
    time = torch.arange(4_000) / RATE
    hot = (1.5 * torch.sin(2 * torch.pi * 100 * time)).clamp(-0.98, 0.98)[None]
    write(tmp_path / "Hot.wav", hot, subtype="PCM_16")
    write(tmp_path / "Low.wav", 0.3 * hot)
    write(tmp_path / "Sine.wav", 0.98 * torch.sin(2 * torch.pi * 50 * time)[None], subtype="PCM_16")
    clipped = {stem.name: stem.clipped for stem in load_multitrack(tmp_path).stems}
    assert clipped == {"Hot": 100, "Low": 0, "Sine": 0}


def test_only_the_highest_level_counts_across_blocks() -> None:
    flat = Flat()
    blocks = [torch.full((8, 1), level).numpy() for level in (0.6, 0.9, 0.7, 0.9)]
    assert len(list(flat.watched(iter(blocks)))) == 4
    assert (flat.places, round(flat.peak, 3)) == (2, 0.9)


# Bad input


def test_files_that_are_no_audio_are_ignored_and_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Kick.wav")
    for name in ("cover.jpg", "Session.als", ".DS_Store", "._Kick.wav"):
        (folder / name).write_bytes(b"x")
    assert load_multitrack(folder).notices == ("no audio, ignored: cover.jpg, Session.als",)


def test_one_stem_works(tmp_path: Path) -> None:
    song = load_multitrack(folder_of(tmp_path, "Kick.wav", "mix.wav"))
    assert len(song.stems) == 1


Case = Callable[[Path], object]
REFUSED: dict[str, tuple[Case, type[ValueError], str]] = {
    "no folder": (lambda at: load_multitrack(at / "x"), StemsError, "no such folder"),
    "a file": (
        lambda at: load_multitrack(write(at / "a.wav", noise(1))), StemsError, "a folder of stems is expected"
    ),
    "empty": (load_multitrack, StemsError, "holds no stems"),
    "only a mix": (lambda at: load_multitrack(folder_of(at, "mix.wav")), StemsError, "holds no stems"),
    "no mix there": (
        lambda at: load_multitrack(folder_of(at, "a.wav"), at / "mix.wav"), AudioError, "no such file"
    ),
    "stem.mp4": (lambda at: load_multitrack(touch(at / "a.stem.mp4")), StemsError, "MUSDB18-HQ has the same"),
    "folder of stem.mp4": (
        lambda at: load_multitrack(touch(at / "a.stem.mp4").parent), StemsError, "MUSDB18-HQ has the same"
    ),
    "m4a": (lambda at: load_multitrack(touch(at / "a.m4a").parent), StemsError, ".m4a files cannot be read"),
    "no audio within": (
        lambda at: load_multitrack(touch(at / "a.wav").parent), AudioError, "a.wav: not readable as audio"
    ),
    "silence": (lambda at: load_multitrack(silent(at, "a.wav")), StemsError, "the stem is silent"),
    "only silence": (
        lambda at: load_multitrack(silent(at, "a.wav", "b.wav")), StemsError, "all stems are silent"
    ),
    "silent mix": (
        lambda at: load_multitrack(silent(folder_of(at, "a.wav"), "mix.wav")), StemsError, "mix is silent"
    ),
}  # fmt: skip


def touch(path: Path) -> Path:
    path.write_bytes(b"no audio")
    return path


def silent(folder: Path, *names: str) -> Path:
    for name in names:
        write(folder / name, torch.zeros(1, 100))
    return folder


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_ends_in_one_line(tmp_path: Path, case: str) -> None:
    act, kind, said = REFUSED[case]
    with pytest.raises(kind, match=said) as refused:
        act(tmp_path)
    assert "\n" not in str(refused.value)


def test_a_multitrack_of_nothing_or_of_odds_and_ends_is_refused() -> None:
    with pytest.raises(StemsError, match="at least one is needed"):
        Multitrack((), None, RATE)
    with pytest.raises(
        StemsError, match=r"b has shape \(2, 90\); stems and mix are \[2, T\] and equally long"
    ):
        multitrack({"a": torch.ones(2, 99), "b": torch.ones(2, 90)}, None)
    with pytest.raises(StemsError, match="the mix has shape"):
        multitrack({"a": torch.ones(2, 99)}, torch.ones(1, 99))
    with pytest.raises(StemsError, match="given twice: a"):
        Multitrack((Stem("a", "g", torch.ones(2, 9)), Stem("a", "g", torch.ones(2, 9))), None, RATE)
