"""Audio files: round trips, refusals of what cannot be trusted, streaming, resampling."""

import math
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from tests.test_files import file_size_limit
from unpatch.audio import (
    AudioError,
    check_sounds,
    fit_full_scale,
    level_db,
    load,
    loudest,
    resample,
    save,
    stretches,
)

RATE = 8_000


def sine(frequency_hz: float, seconds: float, rate: int = RATE, level: float = 0.5) -> Tensor:
    time = torch.arange(round(seconds * rate), dtype=torch.float64) / rate
    return (level * torch.sin(2 * math.pi * frequency_hz * time)).float().expand(2, -1).clone()


@pytest.mark.parametrize(
    ("ending", "tolerance"), [(".wav", 2e-7), (".flac", 2e-7), (".aiff", 2e-7), (".ogg", 0.1)]
)
def test_what_is_saved_is_loaded(tmp_path: Path, ending: str, tolerance: float) -> None:
    audio = torch.cat([sine(440, 0.5)[:1], sine(660, 0.5)[:1]])
    save(tmp_path / f"a{ending}", audio, RATE)
    found, rate = load(tmp_path / f"a{ending}")
    assert rate == RATE
    torch.testing.assert_close(found, audio, rtol=0, atol=tolerance)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_encodings_agree(tmp_path: Path, subtype: str) -> None:
    audio = sine(300, 0.2)
    soundfile.write(tmp_path / "a.wav", audio.T.numpy(), RATE, subtype=subtype)
    torch.testing.assert_close(load(tmp_path / "a.wav")[0], audio, rtol=0, atol=0.02)


def test_mono_is_put_on_both_channels(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sine(300, 0.1)[0].numpy(), RATE, subtype="FLOAT")
    torch.testing.assert_close(load(tmp_path / "a.wav")[0], sine(300, 0.1))


def test_a_failed_save_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    save(path, sine(300, 0.1), RATE)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(soundfile.SoundFile, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        save(path, sine(600, 0.1), RATE)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_minute_of_ogg_is_written(tmp_path: Path) -> None:
    """Its encoder takes as much stack as it is given audio at once."""
    save(tmp_path / "a.ogg", sine(440, 60, 44_100), 44_100)
    found, _ = load(tmp_path / "a.ogg")
    assert found.shape[-1] == 60 * 44_100
    assert level_db(found) == pytest.approx(level_db(sine(440, 60, 44_100)), abs=0.1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_only_numbers_are_saved(tmp_path: Path, value: float) -> None:
    audio = sine(300, 0.1)
    audio[0, 5] = value
    with pytest.raises(AudioError, match=r"a\.wav: .* NaN or infinite"):
        save(tmp_path / "a.wav", audio, RATE)
    assert not list(tmp_path.iterdir())


def test_nothing_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"a\.wav: the audio holds no samples"):
        save(tmp_path / "a.wav", torch.zeros(2, 0), RATE)


@pytest.mark.parametrize(
    ("channels", "rate", "message"),
    [
        (3, RATE, "shape .3, 800."),
        (300, RATE, "shape .300, 800."),
        (2, 7_999, "7999 Hz"),
        (2, 192_001, "192001 Hz"),
        (2, 0, "0 Hz"),
        (2, -RATE, "-8000 Hz"),
    ],
)
@pytest.mark.parametrize("ending", [".wav", ".flac", ".aiff", ".ogg"])
def test_what_would_not_be_loaded_is_not_saved(
    tmp_path: Path, ending: str, channels: int, rate: int, message: str
) -> None:
    """More than 255 channels end the process inside libvorbis."""
    with pytest.raises(AudioError, match=message):
        save(tmp_path / f"a{ending}", sine(300, 0.1)[:1].expand(channels, -1), rate)
    assert not list(tmp_path.iterdir())


def test_more_than_an_hour_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"lasts 1\.1 h"):
        save(tmp_path / "a.wav", torch.zeros(1, 1).expand(2, 3_960 * RATE), RATE)


@pytest.mark.parametrize("short", [1, 300, 20_000])
@pytest.mark.parametrize("ending", [".wav", ".flac", ".aiff", ".ogg"])
def test_a_file_that_is_cut_off_by_a_full_disk_is_not_saved(tmp_path: Path, ending: str, short: int) -> None:
    """libsndfile reports success where the end of a FLAC or Ogg file was refused."""
    path = tmp_path / f"a{ending}"
    noise = 0.1 * torch.randn(2, 3 * 44_100, generator=torch.Generator().manual_seed(0))
    save(path, noise, 44_100)
    before = path.read_bytes()
    with file_size_limit(len(before) - short), pytest.raises(OSError, match="too large") as refusal:
        save(path, noise, 44_100)
    assert refusal.value.filename == str(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_lowers_what_would_clip(tmp_path: Path) -> None:
    save(tmp_path / "a.wav", sine(300, 0.1, level=4.0), RATE)
    assert float(load(tmp_path / "a.wav")[0].abs().max()) == pytest.approx(1.0, abs=1e-3)


def test_quiet_audio_keeps_its_level() -> None:
    assert torch.equal(fit_full_scale(sine(300, 0.1)), sine(300, 0.1))


def test_unknown_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"\.wav, \.flac"):
        save(tmp_path / "a.mp4", sine(300, 0.1), RATE)


# Refusals


def _write(path: Path, audio: Tensor, rate: int = RATE) -> None:
    soundfile.write(path, audio.T.numpy(), rate, subtype="FLOAT")


def _poison(path: Path, value: float) -> None:
    audio = sine(300, 0.1)
    audio[1, 17] = value
    _write(path, audio)


def _patch_rate(path: Path) -> None:
    _write(path, sine(300, 0.1))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 24, 1)
    path.write_bytes(data)


def _truncated_flac(path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 2))
    soundfile.write(path, noise, RATE, format="FLAC")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _truncated(path: Path, audio_format: str = "WAV") -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 2))
    soundfile.write(path, noise, RATE, format=audio_format, subtype="PCM_24")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _piped(path: Path) -> None:
    """A WAV whose writer did not know how long it would get."""
    _write(path, sine(300, 0.2))
    data = bytearray(path.read_bytes())
    for place in (4, data.find(b"data") + 4):
        struct.pack_into("<I", data, place, 0x7FFF_FFFF)
    path.write_bytes(data)


def _hours(path: Path, hours: float) -> None:
    """A WAV of silence that occupies no disk: the header promises what a sparse file holds."""
    soundfile.write(path, np.zeros(0), RATE, subtype="PCM_16")
    frames = round(hours * 3600) * RATE
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 4, len(data) - 8 + 2 * frames)
    struct.pack_into("<I", data, len(data) - 4, 2 * frames)
    path.write_bytes(data)
    with path.open("r+b") as file:
        file.truncate(len(data) + 2 * frames)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "no such file"),
    "directory": (lambda path: path.mkdir(), "is a directory"),
    "link to nothing": (lambda path: path.symlink_to("nowhere"), "no such file"),
    "link to itself": (lambda path: path.symlink_to(path.name), "symbolic links"),
    "text": (lambda path: path.write_text("this is no audio\n" * 50), "not readable as audio"),
    "empty": (lambda path: path.touch(), "is empty"),
    "no samples": (lambda path: _write(path, torch.zeros(2, 0)), "no samples"),
    "NaN": (lambda path: _poison(path, math.nan), "NaN or infinite"),
    "infinite": (lambda path: _poison(path, math.inf), "NaN or infinite"),
    "six channels": (lambda path: _write(path, sine(300, 0.1).repeat(3, 1)), "6 channels"),
    "1 Hz header": (_patch_rate, "sample rate 1 Hz"),
    "truncated FLAC": (_truncated_flac, "cut off"),
    "truncated WAV": (_truncated, "cut off"),
    "truncated AIFF": (lambda path: _truncated(path, "AIFF"), "cut off"),
    "truncated AU": (lambda path: _truncated(path, "AU"), "cut off"),
    "three hours": (lambda path: _hours(path, 3), "lasts 3.0 h"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_clear_line(tmp_path: Path, case: str) -> None:
    path = tmp_path / "a.wav"
    make, message = REFUSED[case]
    make(path)
    with pytest.raises(AudioError, match=message) as refusal:
        load(path)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zeros.wav").symlink_to("/dev/zero")
    for name in ("pipe.wav", "zeros.wav"):
        with pytest.raises(AudioError, match="is a pipe or a device"):
            load(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "a.wav", sine(300, 0.1))
    (tmp_path / "a.wav").chmod(0)
    with pytest.raises(AudioError, match=r"a\.wav: cannot be read \(Permission denied\)"):
        load(tmp_path / "a.wav")


@pytest.mark.parametrize("name", ["\udcff\udcfe.wav", "a\nb.wav", "-", "--help.wav", "x" * 251 + ".wav"])
def test_any_name_can_be_loaded(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every name is UTF-8, and libsndfile takes ``-`` for the standard input."""
    _write(tmp_path / "a.wav", sine(300, 0.1))
    (tmp_path / "a.wav").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert torch.equal(load(name)[0], sine(300, 0.1))


def test_names_and_folders_that_are_not_utf_8_can_be_saved_to(tmp_path: Path) -> None:
    path = tmp_path / "\udcff" / "\udcfe.wav"
    save(path, sine(300, 0.1), RATE)
    torch.testing.assert_close(load(path)[0], sine(300, 0.1), rtol=0, atol=2e-7)


@dataclass(frozen=True)
class Unsaid:
    """Where in a file of some format its length stands, behind a marker, and how it is left open."""

    audio_format: str
    marker: bytes
    offset: int
    value: bytes


@pytest.mark.parametrize(
    "case",
    [
        Unsaid("WAV", b"data", 4, bytes(4)),
        Unsaid("WAV", b"data", 4, b"\xff" * 4),
        Unsaid("WAVEX", b"data", 4, bytes(4)),
        Unsaid("RF64", b"ds64", 16, bytes(8)),
        Unsaid("RF64", b"ds64", 16, b"\xff" * 8),
        Unsaid("AIFF", b"SSND", 4, bytes(4)),
        Unsaid("AU", b".snd", 8, bytes(4)),
        Unsaid("AU", b".snd", 8, b"\xff" * 4),
        Unsaid("CAF", b"data", 4, bytes(8)),
        Unsaid("CAF", b"data", 4, b"\xff" * 8),
        Unsaid("W64", b"data\xf3\xac", 16, bytes(8)),
        Unsaid("FLAC", b"fLaC", 22, bytes(4)),
    ],
    ids=lambda case: f"{case.audio_format} {case.value[0]:x}",
)
@pytest.mark.parametrize("silent", [False, True])
def test_audio_is_read_whose_length_the_header_leaves_open(
    tmp_path: Path, case: Unsaid, silent: bool
) -> None:
    """As programs leave it that write into a pipe or are stopped; the file is as long as it is."""
    path = tmp_path / "a.audio"
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 2)) * (not silent)
    soundfile.write(path, audio, RATE, format=case.audio_format, subtype="PCM_16")
    said = soundfile.read(path, dtype="float32")[0]
    data = bytearray(path.read_bytes())
    place = data.index(case.marker) + case.offset
    data[place : place + len(case.value)] = case.value
    path.write_bytes(data)
    assert np.array_equal(load(path)[0].numpy().T, said)
    middle = list(stretches(path, 0.25))[2]
    assert np.array_equal(middle.audio.numpy().T, said[RATE // 2 : RATE * 3 // 4])


def test_tags_behind_no_audio_are_not_audio(tmp_path: Path) -> None:
    _write(tmp_path / "a.wav", torch.zeros(2, 0))
    with (tmp_path / "a.wav").open("ab") as file:
        file.write(b"LIST" + struct.pack("<I", 12) + b"INFOINAM" + bytes(4))
    with pytest.raises(AudioError, match="no samples"):
        load(tmp_path / "a.wav")


def test_a_flac_file_of_unknown_length_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    _truncated_flac(tmp_path / "a.flac")
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[22:26] = bytes(4)
    (tmp_path / "a.flac").write_bytes(data)
    with pytest.raises(AudioError, match="decoder"):
        load(tmp_path / "a.flac")


@pytest.mark.parametrize(("peak", "is_read"), [(2.0**31, True), (1e10, False), (1e30, False)])
def test_samples_are_read_as_far_as_they_can_be_squared(tmp_path: Path, peak: float, is_read: bool) -> None:
    audio = sine(300, 0.1)
    audio[1, 17] = -peak
    _write(tmp_path / "a.wav", audio)
    if is_read:
        assert torch.equal(load(tmp_path / "a.wav")[0], audio)
    else:
        with pytest.raises(AudioError, match=rf"holds samples of {peak:.2g}".replace("+", r"\+")):
            load(tmp_path / "a.wav")


def test_raw_samples_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(bytes(1_000))
    with pytest.raises(AudioError, match=r"a\.raw: raw samples do not say"):
        load(tmp_path / "a.raw")


def test_a_piped_file_is_read_to_its_end(tmp_path: Path) -> None:
    _piped(tmp_path / "a.wav")
    assert torch.equal(load(tmp_path / "a.wav")[0], sine(300, 0.2))


def test_one_sample_is_a_signal(tmp_path: Path) -> None:
    _write(tmp_path / "a.wav", torch.full((2, 1), 0.25))
    assert torch.equal(load(tmp_path / "a.wav")[0], torch.full((2, 1), 0.25))


@pytest.mark.parametrize("level", [0.0, 1e-5])
def test_silence_is_told(level: float) -> None:
    with pytest.raises(AudioError, match="song: silence"):
        check_sounds(torch.full((2, 10), level), "song")


def test_direct_current_is_silence() -> None:
    with pytest.raises(AudioError, match="song: silence"):
        check_sounds(torch.tensor([[0.5], [-0.25]]).expand(2, 100), "song")
    check_sounds(0.25 + sine(300, 0.2, level=0.01), "song")


def test_what_can_be_heard_passes() -> None:
    check_sounds(sine(300, 0.2, level=0.01), "song")


# Streaming


def test_stretches_are_the_whole_recording(tmp_path: Path) -> None:
    audio = sine(300, 1.3)
    _write(tmp_path / "a.wav", audio)
    found = list(stretches(tmp_path / "a.wav", 0.5))
    assert [stretch.start_s for stretch in found] == [0, 0.5, 1.0]
    assert torch.equal(torch.cat([stretch.audio for stretch in found], dim=1), audio)


def test_the_loudest_stretch_is_found(tmp_path: Path) -> None:
    audio = sine(300, 4.0, level=0.01)
    audio[:, round(2.5 * RATE) : round(3.5 * RATE)] = sine(300, 1.0)
    _write(tmp_path / "a.wav", audio)
    found = loudest(tmp_path / "a.wav", 1.0)
    assert found.start_s == 2.5
    assert torch.equal(found.audio, sine(300, 1.0))


@pytest.mark.parametrize("seconds", [4.0, 6.0])
@pytest.mark.parametrize("level", [0.5, 0.0])
def test_silence_after_the_sound_does_not_shorten_the_loudest_stretch(
    tmp_path: Path, seconds: float, level: float
) -> None:
    _write(tmp_path / "a.wav", torch.cat([sine(300, 2.0, level=level), torch.zeros(2, 8 * RATE)], dim=1))
    found = loudest(tmp_path / "a.wav", seconds)
    assert found.start_s == 0
    assert found.audio.shape[-1] == seconds * RATE


def test_a_recording_shorter_than_the_stretch_is_taken_whole(tmp_path: Path) -> None:
    _write(tmp_path / "a.wav", sine(300, 0.3))
    assert torch.equal(loudest(tmp_path / "a.wav", 10.0).audio, sine(300, 0.3))


def test_three_hours_are_streamed_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    _hours(path, 3)
    longest = 0
    for stretch in stretches(path, 60):
        longest = max(longest, stretch.audio.numel())
    assert longest == 2 * 60 * RATE
    assert stretch.start_s == 3 * 3600 - 60


# Level and resampling


def test_level_of_a_full_scale_sine_is_3_db_below_full_scale() -> None:
    assert level_db(sine(100, 1.0, level=1.0)) == pytest.approx(-3.01, abs=0.01)
    assert level_db(torch.zeros(2, 9)) == -math.inf


@pytest.mark.parametrize(("from_hz", "to_hz"), [(8_000, 44_100), (48_000, 44_100), (192_000, 22_050)])
def test_resampling_keeps_a_sine(from_hz: int, to_hz: int) -> None:
    found = resample(sine(1_000, 0.5, from_hz), from_hz, to_hz)
    expected = sine(1_000, 0.5, to_hz)
    middle = slice(to_hz // 10, to_hz * 4 // 10)
    assert abs(found.shape[-1] - expected.shape[-1]) <= 1
    torch.testing.assert_close(found[:, middle], expected[:, middle], rtol=0, atol=1e-4)


def test_resampling_removes_what_would_fold_back() -> None:
    found = resample(sine(10_000, 0.5, 44_100), 44_100, 16_000)
    assert level_db(found[:, 2_000:-2_000]) < -100
