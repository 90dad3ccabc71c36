"""Standard MIDI files: times, tempo, time code, channels, and files that are damaged.

Files are written byte by byte after the Standard MIDI File specification 1.0, so that nothing is checked
against the library that reads them.
"""

import random
import struct
from pathlib import Path

import pytest

from unpatch.synth.drums.groove import GrooveFile, performances
from unpatch.synth.drums.midi import KeyPress, any_song, notes, percussion
from unpatch.synth.drums.midi_events import plain_song
from unpatch.synth.sources import SourceError

END = b"\0\xff\x2f\0"
KICK, SNARE = b"\x99\x24\x64", b"\x99\x26\x64"
BEAT = b"\x83\x60"
"""480 ticks."""


def midi(path: Path, *tracks: bytes, division: int = 480, kind: int = 1) -> Path:
    header = b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division)
    path.write_bytes(header + b"".join(b"MTrk" + struct.pack(">I", len(t)) + t for t in tracks))
    return path


def tempo(microseconds: int) -> bytes:
    return b"\xff\x51\x03" + microseconds.to_bytes(3, "big")


def times(path: Path) -> list[float]:
    return [note.time_s for note in notes(path)]


TWO = b"\0" + KICK + b"\x87\x68" + SNARE + END
"""Two strokes, 1,000 ticks apart."""


@pytest.mark.parametrize(
    ("division", "seconds"),
    [
        (480, 1_000 / 480 * 0.5),
        (0x7FFF, 1_000 / 32_767 * 0.5),
        (0xE728, 1.0),  # 25 frames of 40 ticks: a millisecond
        (0xE80A, 1_000 / 240),
        (0xE364, 1_000 / 100 * 1_001 / 30_000),  # 29.97 frames
        (0xE250, 1_000 / 2_400),
    ],
)
def test_divisions_are_ticks_per_beat_or_time_code(tmp_path: Path, division: int, seconds: float) -> None:
    assert times(midi(tmp_path / "a.mid", TWO, division=division)) == pytest.approx([0, seconds])


def test_time_code_knows_no_tempo(tmp_path: Path) -> None:
    track = b"\0" + tempo(1_000_000) + TWO
    assert times(midi(tmp_path / "a.mid", track, division=0xE728)) == pytest.approx([0, 1])


@pytest.mark.parametrize("division", [0, 0xE700, 0x8028, 0xFF28, 0xE428])
def test_divisions_without_a_meaning_are_refused(tmp_path: Path, division: int) -> None:
    with pytest.raises(SourceError, match=rf"a\.mid: .*division is 0x{division:04X}; allowed are") as refused:
        notes(midi(tmp_path / "a.mid", TWO, division=division))
    assert "\n" not in str(refused.value)


def test_a_change_of_tempo_holds_for_all_tracks_from_its_tick_on(tmp_path: Path) -> None:
    conductor = b"\0" + tempo(600_000) + BEAT + tempo(300_000) + END
    drums = b"\0" + KICK + BEAT + SNARE + BEAT + KICK + END
    assert times(midi(tmp_path / "a.mid", conductor, drums)) == pytest.approx([0, 0.6, 0.9])


def test_running_status_and_notes_of_velocity_0(tmp_path: Path) -> None:
    track = b"\0" + KICK + BEAT + b"\x24\0" + b"\0\x26\x40" + END
    assert notes(midi(tmp_path / "a.mid", track)) == (KeyPress(0.0, 36, 100, 9), KeyPress(0.5, 38, 64, 9))


def test_a_track_without_an_end_is_read_to_its_last_event(tmp_path: Path) -> None:
    assert times(midi(tmp_path / "a.mid", TWO.removesuffix(END), division=0xE728)) == pytest.approx([0, 1])


def test_the_largest_delta_time_is_kept(tmp_path: Path) -> None:
    track = b"\0" + KICK + b"\xff\xff\xff\x7f" + SNARE + END
    assert times(midi(tmp_path / "a.mid", track)) == pytest.approx([0, 0x0FFF_FFFF / 480 * 0.5])


@pytest.mark.parametrize(
    ("track", "reason"),
    [
        (b"\0" + KICK + b"\x81\x80\x80\x80\0" + SNARE + END, "a delta time of 268,435,456 ticks"),
        (b"\0" + KICK + b"\xff" * 5_000, "a number of variable length does not end"),
        (b"\0" + tempo(0) + TWO, "a tempo of 0 microseconds per beat"),
        (b"\0\x24\x64" + END, "running status without last_status"),
        (b"\0\x99\x24", "it ends too early"),
    ],
)
def test_damaged_tracks_are_refused_in_one_line(tmp_path: Path, track: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=rf"a\.mid: not readable as MIDI \({reason}") as refused:
        notes(midi(tmp_path / "a.mid", track))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    whole = midi(tmp_path / "a.mid", TWO).read_bytes()
    for length in range(len(whole)):
        (tmp_path / "b.mid").write_bytes(whole[:length])
        with pytest.raises(SourceError, match=r"b\.mid: not readable as MIDI"):
            notes(tmp_path / "b.mid")


@pytest.mark.parametrize(("kind", "reason"), [(2, "format 2"), (7, "format 7")])
def test_only_formats_with_one_time_axis_are_read(tmp_path: Path, kind: int, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        notes(midi(tmp_path / "a.mid", TWO, TWO, kind=kind))


def test_only_channel_10_is_struck_where_a_song_uses_several(tmp_path: Path) -> None:
    bass = b"\0\x90\x24\x64" + BEAT + b"\x90\x2b\x64" + END
    song = GrooveFile(midi(tmp_path / "song.mid", b"\0" + KICK + BEAT + SNARE + END, bass), 1)
    assert [(s.time_s, s.articulation) for s in song.strokes()] == [(0.0, "kick"), (0.5, "snare")]


def test_a_single_channel_is_the_drums_whatever_its_number(tmp_path: Path) -> None:
    alone = GrooveFile(midi(tmp_path / "alone.mid", b"\0\x90\x24\x64" + END), 1)
    assert [s.articulation for s in alone.strokes()] == ["kick"]


def test_a_song_without_percussion_has_no_strokes() -> None:
    assert percussion((KeyPress(0, 36, 100, 0), KeyPress(0, 38, 100, 1))) == ()


@pytest.mark.parametrize("duration", ["", "soon", "nan", "inf", "-1"])
def test_durations_in_a_list_are_numbers_of_seconds(tmp_path: Path, duration: str) -> None:
    (tmp_path / "info.csv").write_text(f"midi_filename,duration,split\na.mid,{duration},train\n")
    with pytest.raises(SourceError, match=rf"line 2 gives duration '{duration}'"):
        performances(tmp_path, "train")


def test_mutated_files_are_read_or_refused(tmp_path: Path) -> None:
    """Four hundred of them: a SourceError or notes with times that do not go back."""
    draw = random.Random(0)
    key, name = b"\0\xff\x59\x02\x01\0", b"\0\xff\x03\x02hi"
    sound = midi(tmp_path / "a.mid", b"\0" + tempo(500_000) + key + name + TWO, TWO).read_bytes()
    read = 0
    for _ in range(400):
        data = bytearray(sound)
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        (tmp_path / "b.mid").write_bytes(data)
        try:
            found = times(tmp_path / "b.mid")
        except SourceError:
            continue
        read += 1
        assert found == sorted(found)
    assert 40 < read < 360


RICH = (
    b"\0\xff\x03\x02hi" + b"\0\xff\x58\x04\x04\x02\x18\x08" + b"\0\xff\x59\x02\xfd\x01"
    + b"\0\xff\x54\x05\x41\0\0\0\0" + b"\0" + tempo(461_538)
    + b"\0\xb9\x04\x5a" + b"\x05\x04\x40" + b"\0" + KICK
    + b"\x10\xa9\x24\x33" + b"\0\xd9\x11" + b"\x07\xc9\x05" + b"\x81\x00\x99\x26\x40"
    + b"\x01\x26\0" + b"\0\x89\x24\x40" + b"\x02\xe9\0\x40" + END
)  # fmt: skip
"""All sorts of channel events and the usual meta events, with running status."""


def test_a_plain_file_is_read_as_by_the_library(tmp_path: Path) -> None:
    data = midi(tmp_path / "a.mid", RICH, TWO).read_bytes()
    song = plain_song(data)
    assert song is not None and song == any_song(data)
    assert [event.tempo for event in song.tracks[0]] == [461_538, None, None, None]


@pytest.mark.parametrize(
    "track",
    [
        b"\0\xf0\x02\x41\xf7" + TWO,  # a system event
        b"\0\xff\x7f\x01\x41" + TWO,  # a rare meta event
        b"\0\xff\x54\x05\x80\0\0\0\0" + TWO,  # an offset at no known frame rate
        b"\0\xff\x59\x02\x09\0" + TWO,  # a key with nine sharps
        b"\0\x24\x64" + END,  # running status of nothing
        b"\0\x99\x24\x80" + END,
        b"\0\xd9\x80" + END,
        b"\0\x99\x24",
    ],
)
def test_what_is_not_plain_is_left_to_the_library(tmp_path: Path, track: bytes) -> None:
    assert plain_song(midi(tmp_path / "a.mid", track).read_bytes()) is None


def test_of_a_mutated_file_both_readers_say_the_same(tmp_path: Path) -> None:
    """Whatever is taken for plain is read alike by both, notes, tempo, ticks and all."""
    draw, plain = random.Random(1), 0
    sound = midi(tmp_path / "a.mid", RICH, TWO).read_bytes()
    for _ in range(600):
        data = bytearray(sound)
        for _ in range(draw.randint(1, 3)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        if (song := plain_song(bytes(data))) is not None:
            plain += 1
            assert song == any_song(bytes(data))
    assert 100 < plain < 500
