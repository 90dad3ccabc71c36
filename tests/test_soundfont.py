"""Drum kits out of SoundFont 2 files, against the SoundFont Technical Specification 2.04.

Asked by hand, tinysoundfont 0.3.7 rendered the fonts of ``CASES`` and the coarse start offset at the same
pitches, but for the range that does not come first, which it obeys and FluidSynth ignores.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.toy_kits import SR
from tests.toy_soundfonts import (
    ATTENUATION,
    COARSE_TUNE,
    DECAY,
    HOLD,
    INSTRUMENT,
    KEY,
    LOOPS,
    PLAIN,
    ROOT,
    SAMPLE,
    SUSTAIN,
    VELOCITY,
    Generators,
    span,
    write_soundfont,
)
from unpatch.synth.drums.kit import Floats
from unpatch.synth.drums.soundfont import DrumSoundFont
from unpatch.synth.soundfonts.tables import SoundFontError

PLAYED: Generators = ((SAMPLE, 0),)


@pytest.fixture
def tone() -> Floats:
    """20 ms of 100 Hz; the samples 100 to 541 are one period."""
    return (0.5 * np.sin(2 * np.pi * 100 * np.arange(882) / SR)).astype(np.float32)


def pitch_hz(audio: Floats) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 1 << 19))
    return float(np.argmax(spectrum) * SR / (1 << 19))


def test_a_soundfont_is_played_at_the_pitch_of_the_key(tmp_path: Path, tone: Floats) -> None:
    write_soundfont(tmp_path / "a.sf2", tone, [[(KEY, span(36, 72)), (LOOPS, 1), (SAMPLE, 0)]])
    font = DrumSoundFont(tmp_path / "a.sf2")
    for key, expected_hz in ((60, 100), (72, 200), (48, 50)):
        (take,) = font.takes(128, 0, key)
        assert pitch_hz(take.sound()[: 2 * SR]) == pytest.approx(expected_hz, rel=0.005)
    assert font.takes(128, 0, 80) == []


def test_velocity_layers_and_attenuation_of_a_soundfont(tmp_path: Path, tone: Floats) -> None:
    """Two layers of the same sample are one, the louder; a layer alone is as soft as it says."""
    soft = [(VELOCITY, span(0, 63)), (ROOT, 60), (ATTENUATION, 200), (SAMPLE, 0)]
    write_soundfont(tmp_path / "a.sf2", tone, [[(VELOCITY, span(0, 127)), (ATTENUATION, 200), (SAMPLE, 0)]])
    (quiet,) = DrumSoundFont(tmp_path / "a.sf2").takes(128, 0, 60)
    write_soundfont(tmp_path / "b.sf2", tone, [soft, [(VELOCITY, span(64, 127)), (SAMPLE, 0)]])
    (loud,) = DrumSoundFont(tmp_path / "b.sf2").takes(128, 0, 60)
    assert loud.top == 1
    assert np.abs(quiet.sound()).max() == pytest.approx(0.05, rel=0.01)
    assert np.abs(loud.sound()).max() == pytest.approx(0.5, rel=0.01)


def test_the_volume_envelope_of_a_soundfont_falls_by_100_db_in_its_decay_time(
    tmp_path: Path, tone: Floats
) -> None:
    """Hold half a second, then a decay of two seconds: 25 dB down after another half second."""
    zone = [(HOLD, -1200), (DECAY, 1200), (SUSTAIN, 1000), (LOOPS, 1), (SAMPLE, 0)]
    write_soundfont(tmp_path / "a.sf2", tone, [zone])
    (take,) = DrumSoundFont(tmp_path / "a.sf2").takes(128, 0, 60)
    levels = [np.abs(take.sound()[round(t * SR) :][:441]).max() for t in (0.1, 0.45, 1.0)]
    assert levels[1] == pytest.approx(levels[0], rel=0.01)
    assert 20 * np.log10(levels[2] / levels[0]) == pytest.approx(-25, abs=0.5)


@pytest.mark.parametrize("data", [b"", b"R", b"RIFF" + bytes(200), bytes(5_000)])
def test_what_is_no_soundfont_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.sf2").write_bytes(data)
    with pytest.raises(SoundFontError, match=r"a\.sf2: .*not a SoundFont"):
        DrumSoundFont(tmp_path / "a.sf2")


OCTAVE: Generators = ((COARSE_TUNE, 12),)

CASES: dict[str, tuple[Sequence[Generators], Sequence[Generators], float]] = {
    "plain": ([PLAYED], PLAIN, 100),
    "a first zone without a sample sets what the others leave open": ([OCTAVE, PLAYED], PLAIN, 200),
    "a later zone without a sample is ignored": ([PLAYED, OCTAVE], PLAIN, 100),
    "also before another that has one": ([((KEY, span(0, 59)), *PLAYED), OCTAVE, PLAYED], PLAIN, 100),
    "a first preset zone without an instrument": ([PLAYED], [OCTAVE, *PLAIN], 200),
    "a later one is ignored": ([PLAYED], [((KEY, span(0, 59)), (INSTRUMENT, 0)), OCTAVE, *PLAIN], 100),
    "a preset adds to its instrument": ([(*OCTAVE, *PLAYED)], [(*OCTAVE, (INSTRUMENT, 0))], 400),
    "what comes behind the sample is ignored": ([(*PLAYED, *OCTAVE)], PLAIN, 100),
    "a range that does not come first is ignored": ([(*OCTAVE, (KEY, span(0, 10)), *PLAYED)], PLAIN, 200),
}


@pytest.mark.parametrize("case", CASES)
def test_zones_are_those_of_the_specification(tmp_path: Path, tone: Floats, case: str) -> None:
    inner, outer, expected_hz = CASES[case]
    path = write_soundfont(tmp_path / "a.sf2", np.tile(tone, 25), inner, preset=outer)
    (take,) = DrumSoundFont(path).takes(128, 0, 60)
    assert pitch_hz(take.sound()[: SR // 2]) == pytest.approx(expected_hz, rel=0.02)


def test_a_preset_s_velocities_limit_those_of_its_instrument(tmp_path: Path, tone: Floats) -> None:
    layers = [((VELOCITY, span(0, 90)), *PLAYED), ((VELOCITY, span(91, 127)), (ATTENUATION, 200), *PLAYED)]
    preset = [((VELOCITY, span(0, 63)), (INSTRUMENT, 0))]
    (take,) = DrumSoundFont(write_soundfont(tmp_path / "a.sf2", tone, layers, preset=preset)).takes(
        128, 0, 60
    )
    assert take.top == pytest.approx(63 / 127)
    assert np.abs(take.sound()).max() == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("generator", [4, 0])
def test_offsets_move_the_beginning_of_a_sample(tmp_path: Path, tone: Floats, generator: int) -> None:
    """In steps of 32,768 samples, or of one: there the sound is louder."""
    step = {4: 32_768, 0: 20_000}[generator]
    samples = np.concatenate([0.1 * np.ones(step), 0.5 * np.ones(SR)]).astype(np.float32)
    zone = ((generator, 1 if generator == 4 else step), *PLAYED)
    (take,) = DrumSoundFont(write_soundfont(tmp_path / "a.sf2", samples, [zone])).takes(128, 0, 60)
    assert take.sound()[: SR // 2] == pytest.approx(0.5, abs=1e-3)
    assert take.sound()[SR + 1] == 0


def test_coarse_offsets_move_the_end_and_the_loop(tmp_path: Path, tone: Floats) -> None:
    samples = np.concatenate([np.zeros(32_768, np.float32), np.tile(tone, 10)])
    zone = ((4, 1), (45, 1), (50, 1), (12, -1), (LOOPS, 1), *PLAYED)
    path = write_soundfont(tmp_path / "a.sf2", samples, [zone], end=2 * 32_768 + 8_820)
    (take,) = DrumSoundFont(path).takes(128, 0, 60)
    assert pitch_hz(take.sound()) == pytest.approx(100, rel=0.005)
    assert np.abs(take.sound()[-441:]).max() == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("pitch", [200, 255])
def test_a_sample_without_a_pitch_has_that_of_key_60(tmp_path: Path, tone: Floats, pitch: int) -> None:
    path = write_soundfont(tmp_path / "a.sf2", tone, [((LOOPS, 1), *PLAYED)], pitch=pitch)
    (take,) = DrumSoundFont(path).takes(128, 0, 60)
    assert pitch_hz(take.sound()) == pytest.approx(100, rel=0.005)


def test_amounts_beyond_their_limits_are_limited(tmp_path: Path, tone: Floats) -> None:
    """An attenuation below zero would be a gain of 3,276 dB."""
    path = write_soundfont(tmp_path / "a.sf2", tone, [((ATTENUATION, -32_768), *PLAYED)])
    (take,) = DrumSoundFont(path).takes(128, 0, 60)
    assert np.abs(take.sound()).max() == pytest.approx(0.5, rel=0.01)


def test_a_preset_without_zones_plays_nothing(tmp_path: Path, tone: Floats) -> None:
    assert (
        DrumSoundFont(write_soundfont(tmp_path / "a.sf2", tone, [PLAYED], preset=[])).takes(128, 0, 60) == []
    )


@pytest.mark.parametrize(
    ("zone", "more", "message"),
    [
        (PLAYED, {"rate": 0}, "sample 's' has a rate of 0 Hz; allowed are 400 to 192000"),
        (PLAYED, {"rate": 4_000_000_000}, "has a rate of 4000000000 Hz"),
        (PLAYED, {"end": 1_000_000}, "sample 's' spans samples 0 to 1000000; the file holds 928"),
        (((0, 900), *PLAYED), {}, "spans samples 900 to 882"),
        (((0, -1), *PLAYED), {}, "spans samples -1 to 882"),
        (((LOOPS, 1), *PLAYED), {"loop": (100, 5_000)}, "loops from 100 to 5000 of its 882 samples"),
        (((LOOPS, 1), *PLAYED), {"loop": (100, 100)}, "loops from 100 to 100"),
        (((SAMPLE, 1),), {}, "points to sample 1; the last is 0"),
        (((SAMPLE, 40_000),), {}, "points to sample 40000; the last is 0"),
        (PLAYED, {"preset": [((INSTRUMENT, 5),)]}, "points to instrument 5; the last is 0"),
        (PLAYED, {"bags": 9}, "instrument 0 spans records 0 to 9; there are 1"),
        (PLAYED, {"kind": 0x8001}, "is not in the file as 16-bit samples"),
        (PLAYED, {"kind": 0x11}, "is not in the file as 16-bit samples"),
        (((ROOT, 0), (LOOPS, 1), (56, 1_200), *PLAYED), {}, r"played \+720 semitones from its pitch"),
    ],
)
def test_damaged_samples_and_zones_are_refused_in_one_line(
    tmp_path: Path, tone: Floats, zone: Generators, more: dict[str, Any], message: str
) -> None:
    font = DrumSoundFont(write_soundfont(tmp_path / "a.sf2", tone, [zone], **more))
    with pytest.raises(SoundFontError, match=rf"a\.sf2: .*{message}") as refused:
        font.takes(128, 0, 60)
    assert "\n" not in str(refused.value)


def test_a_loop_out_of_range_does_not_matter_where_it_is_not_played(tmp_path: Path, tone: Floats) -> None:
    font = DrumSoundFont(write_soundfont(tmp_path / "a.sf2", tone, [PLAYED], loop=(5_000, 2)))
    assert len(font.takes(128, 0, 60)) == 1


def test_mutated_files_are_played_or_refused(tmp_path: Path, tone: Floats) -> None:
    draw = random.Random(0)
    zones = [OCTAVE, ((KEY, span(0, 100)), (LOOPS, 1), *PLAYED), PLAYED]
    sound = write_soundfont(tmp_path / "a.sf2", tone[:300], zones, loop=(10, 200)).read_bytes()
    played = 0
    for _ in range(300):
        data = bytearray(sound[: draw.randrange(len(sound))] if draw.random() < 0.1 else sound)
        for _ in range(draw.randint(1, 4)):
            data[-draw.randint(1, min(700, len(data)))] = draw.randrange(256)
        (tmp_path / "b.sf2").write_bytes(data)
        try:
            found = DrumSoundFont(tmp_path / "b.sf2").takes(128, 0, 60)
        except SoundFontError:
            continue
        played += 1
        assert all(np.isfinite(take.sound()).all() for take in found)
    assert 30 < played < 290
