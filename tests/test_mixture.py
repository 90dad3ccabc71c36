"""Dry signals from several folders: which are learnt from, and which are only measured on."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from unpatch.synth.draw import Draw
from unpatch.synth.mixture import Mixture, without_rumble
from unpatch.synth.produce import Dataset, read_manifest, write_shards
from unpatch.synth.sources import SAMPLE_RATE, SourceError, Sources

FRAMES = 20_000
COLUMNS = "file\tsinger\tkind\tsplit\tlicense\torigin"
ROWS = (
    ("anna", "sung_song", "train", "CC BY 4.0", "here"),
    ("anna", "sung_song", "val_seen", "CC BY 4.0", "here"),
    ("ben", "sung_phrases", "train", "CC BY-NC 4.0", "there"),
    ("carl", "speech", "train", "CC0", "here"),
    ("dora", "sung_song", "train", "MIT", "here"),
    ("emil", "sung_song", "val_unseen", "CC BY-NC-SA 4.0", "there"),
)


def write_index(folder: Path, rows: tuple[tuple[str, ...], ...]) -> Path:
    """A folder of recordings, each a tone with pauses, and their list."""
    folder.mkdir()
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    lines = [COLUMNS]
    for i, (singer, *rest) in enumerate(rows):
        tone = 0.3 * np.sin(2 * np.pi * 110 * (i + 2) * t) * (t % 0.5 < 0.4)
        soundfile.write(folder / f"{i}.wav", tone, SAMPLE_RATE)
        kind, split, licence, origin = rest
        lines.append("\t".join((f"{i}.wav", singer, kind, split, licence, origin)))
    (folder / "index.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("roots")
    return write_index(place / "one", ROWS[:3]), write_index(place / "two", ROWS[3:])


def performers(mixture: Mixture) -> set[str]:
    return {name for credit in mixture.credits() for name in credit.performers}


def test_only_permissive_recordings_are_learnt_from(roots: tuple[Path, Path]) -> None:
    for split, expected in (("train", {"anna", "carl"}), ("val_seen", {"anna"}), ("val_unseen", {"emil"})):
        assert performers(Mixture.open(roots, split, "permissive", ["dora"])) == expected
    assert performers(Mixture.open(roots, "dev", "permissive", ["ben", "dora"])) == {"ben", "dora"}
    assert performers(Mixture.open(roots, "train")) == {"anna", "ben", "carl", "dora"}


def test_segments_name_performer_category_licence_and_files(roots: tuple[Path, Path]) -> None:
    mixture = Mixture.open(roots, "train", "permissive")
    drawn = [mixture.segment(Draw(i), FRAMES) for i in range(60)]
    assert {(s.performer, s.category, s.licence) for s in drawn} == {
        ("anna", "voice", "CC BY 4.0"),
        ("dora", "voice", "MIT"),
        ("carl", "speech", "CC0"),
    }
    assert {file for s in drawn for file in s.files} == {"one/0.wav", "two/0.wav", "two/1.wav"}
    assert all(s.audio.shape == (1, FRAMES) and s.audio.abs().max() <= 1.01 for s in drawn)
    counts = Counter(s.category for s in drawn)
    assert counts["voice"] > 2 * counts["speech"]


def test_a_segment_is_the_same_again(roots: tuple[Path, Path]) -> None:
    one, other = (Mixture.open(roots).segment(Draw(5), FRAMES) for _ in range(2))
    assert torch.equal(one.audio, other.audio)
    assert one.files == other.files


def pitch_hz(audio: torch.Tensor) -> float:
    spectrum = np.abs(np.fft.rfft(audio.numpy() * np.hanning(audio.numel()), 1 << 18))
    return float(spectrum.argmax() * SAMPLE_RATE / (1 << 18))


def test_only_permissive_voices_change_their_speed(roots: tuple[Path, Path]) -> None:
    """Anna's tone is at 220 Hz, Ben's, whose licence is not permissive, at 440 Hz."""
    mixture = Mixture.open(roots, "train")
    drawn = [mixture.segment(Draw(i), FRAMES) for i in range(120)]
    pitches = {
        name: np.array([pitch_hz(s.audio[0]) for s in drawn if s.performer == name])
        for name in ("anna", "ben")
    }
    semitones = 12 * np.log2(pitches["anna"] / 220)
    assert 0.2 < (np.abs(semitones) > 0.1).mean() < 0.8
    assert np.abs(semitones).max() < 3.1
    assert pitches["ben"] == pytest.approx(440, abs=3)


def test_rumble_goes_and_voices_stay() -> None:
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    for frequency, expected_db in ((5.0, -31.1), (100.0, 0.0)):
        tone = np.sin(2 * np.pi * frequency * t).astype(np.float32)
        late = without_rumble(tone)[SAMPLE_RATE:]
        level_db = 10 * np.log10(2 * np.mean(np.square(late, dtype=np.float64)))
        assert level_db == pytest.approx(expected_db, abs=0.3)


@pytest.mark.parametrize(
    ("rows", "arguments", "message"),
    [
        (ROWS[:1], {"development": ["nobody"]}, "nobody is called nobody; there are anna"),
        ((("a", "", "train", "mine", ""),), {"licences": "permissive"}, r"0\.wav: unknown licence 'mine'"),
        (
            (("a", "", "train", "CC BY-NC 4.0", ""),),
            {"licences": "permissive"},
            "no dry signals of split 'train'",
        ),
        (ROWS[:1], {"split": "dev"}, "no dry signals of split 'dev'"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(tmp_path: Path, rows, arguments, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SourceError, match=message):
        Mixture.open([write_index(tmp_path / "a", rows)], **arguments)


def test_a_folder_that_holds_nothing_is_not_passed_over(roots: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"no recordings in {tmp_path}, and no SoundFonts"):
        Mixture.open([*roots, tmp_path])
    with pytest.raises(SourceError, match="gone is not a folder"):
        Mixture.open([*roots, tmp_path / "gone"])


def test_one_folder_is_read_as_ever(roots: tuple[Path, Path]) -> None:
    assert type(Dataset(str(roots[0])).sources()) is Sources


def test_a_data_set_notes_its_sources_and_belongs_to_them(roots: tuple[Path, Path], tmp_path: Path) -> None:
    dataset = Dataset(
        str(roots[0]), frames=FRAMES, shard_size=1, more_roots=(str(roots[1]),), licences="permissive"
    )
    write_shards(tmp_path, dataset, 0)
    noted = read_manifest(tmp_path)["sources"]
    assert {tuple(credit["performers"]) for credit in noted} == {("anna",), ("carl",), ("dora",)}
    assert all(credit["commercial_use"] and not credit["share_alike"] for credit in noted)
    with pytest.raises(ValueError, match="differs in licences, sources"):
        write_shards(
            tmp_path, Dataset(str(roots[0]), frames=FRAMES, shard_size=1, more_roots=(str(roots[1]),)), 0
        )
