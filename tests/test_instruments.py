"""Notes on SoundFonts: pitch against equal temperament, loops, velocity, envelope and filter measured."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.toy_soundfonts import (
    ATTENUATION,
    KEY,
    LOOPS,
    SAMPLE,
    SUSTAIN,
    VELOCITY,
    Generators,
    span,
    write_soundfont,
)
from unpatch.storage.fetch import default_cache
from unpatch.synth.draw import Draw
from unpatch.synth.instruments import catalogue
from unpatch.synth.instruments.catalogue import Font, Program
from unpatch.synth.instruments.phrases import Note
from unpatch.synth.instruments.player import Instrument, gain_of
from unpatch.synth.instruments.sources import InstrumentSources, instrument
from unpatch.synth.mixture import Mixture
from unpatch.synth.soundfonts.font import Floats, SoundFont
from unpatch.synth.sources import SAMPLE_RATE, SourceError

SR = SAMPLE_RATE
ATTACK, RELEASE = 34, 38
LOOPED: Generators = ((LOOPS, 1), (SAMPLE, 0))
SHORT_RELEASE: Generators = ((RELEASE, -2400), *LOOPED)
"""A quarter of a second for 100 dB."""


@pytest.fixture
def tone() -> Floats:
    """Ten periods of 441 Hz, root key 60: the loop, from sample 100 to 900, is eight of them."""
    return (0.5 * np.sin(2 * np.pi * np.arange(1000) / 100)).astype(np.float32)


def play(
    folder: Path, samples: Floats, zones: Sequence[Generators], notes: Sequence[Note], seconds: float = 2.0
) -> Floats:
    path = write_soundfont(folder / "a.sf2", samples, zones, loop=(100, 900))
    return Instrument(SoundFont(path), 128, 0).play(notes, round(seconds * SR))


def pitch_hz(audio: Floats) -> float:
    """Place of the highest peak of the spectrum, by a parabola through three bins of its logarithm."""
    spectrum = np.log(np.abs(np.fft.rfft(audio * np.hanning(len(audio)))) + 1e-12)
    at = int(spectrum.argmax())
    before, top, after = spectrum[at - 1 : at + 2]
    return float((at + 0.5 * (before - after) / (before - 2 * top + after)) * SR / len(audio))


def level_db(audio: Floats) -> float:
    return float(10 * np.log10(np.mean(np.square(audio, dtype=np.float64)) + 1e-20))


@pytest.mark.parametrize("key", range(36, 97, 6))
def test_notes_are_tuned_to_equal_temperament(tmp_path: Path, tone: Floats, key: int) -> None:
    heard = play(tmp_path, tone, [LOOPED], [Note(0, 2, key, 100)])
    cents = 1200 * np.log2(pitch_hz(heard[SR // 4 :]) / (441 * 2 ** ((key - 60) / 12)))
    assert abs(cents) < 1.5


@pytest.mark.parametrize("key", [48, 60, 67])
def test_a_loop_goes_on_without_a_click(tmp_path: Path, tone: Floats, key: int) -> None:
    """What is heard is the sine that was sampled: 100 loops on, the difference is noise of 16 bits."""
    heard = play(tmp_path, tone, [LOOPED], [Note(0, 2, key, 127)])[SR // 2 : SR // 2 + 30_000]
    frequency = 441 * 2 ** ((key - 60) / 12)
    t = np.arange(len(heard)) / SR
    basis = np.stack([np.sin(2 * np.pi * frequency * t), np.cos(2 * np.pi * frequency * t)], axis=1)
    fitted = basis @ np.linalg.lstsq(basis, heard, rcond=None)[0]
    assert level_db(heard - fitted) < level_db(heard) - 55


def test_level_rises_with_velocity_by_forty_decibels_a_tenfold(tmp_path: Path, tone: Floats) -> None:
    levels = []
    for velocity in (20, 50, 80, 110, 127):
        heard = play(tmp_path, tone, [LOOPED], [Note(0, 1, 60, velocity)], 0.5)
        levels.append(level_db(heard[SR // 4 :]))
        assert levels[-1] - levels[0] == pytest.approx(40 * np.log10(velocity / 20), abs=0.01)
    assert levels == sorted(levels)
    assert gain_of(127) == 1


def test_velocity_layers_are_chosen_by_velocity(tmp_path: Path, tone: Floats) -> None:
    soft = ((VELOCITY, span(0, 63)), (ATTENUATION, 120), *LOOPED)
    hard = ((VELOCITY, span(64, 127)), *LOOPED)
    path = write_soundfont(tmp_path / "a.sf2", tone, [soft, hard], loop=(100, 900))
    instrument = Instrument(SoundFont(path), 128, 0)
    levels = [level_db(instrument.play([Note(0, 1, 60, v)], SR // 2)[SR // 4 :]) for v in (63, 64)]
    assert levels[1] - levels[0] == pytest.approx(12 + 40 * np.log10(64 / 63), abs=0.01)


def test_keys_outside_of_every_zone_are_silent(tmp_path: Path, tone: Floats) -> None:
    assert not play(tmp_path, tone, [((KEY, span(50, 59)), *LOOPED)], [Note(0, 1, 60, 100)]).any()


def test_a_note_that_is_let_go_falls_in_its_release_time_and_ends_without_a_click(
    tmp_path: Path, tone: Floats
) -> None:
    """A quarter of a second for 100 dB: 40 dB after a tenth of a second, silence after 0.175 s."""
    heard = play(tmp_path, tone, [SHORT_RELEASE], [Note(0, 1.0, 60, 127)])
    held, later = level_db(heard[SR - 441 : SR]), level_db(heard[round(1.1 * SR) :][:441])
    assert later - held == pytest.approx(-40 - 2, abs=1)
    assert not heard[round(1.176 * SR) :].any()
    assert np.abs(np.diff(heard[round(1.16 * SR) :])).max() < 1e-3


def test_an_attack_rises_in_a_straight_line(tmp_path: Path, tone: Floats) -> None:
    heard = play(tmp_path, tone, [((ATTACK, 0), *LOOPED)], [Note(0, 2, 60, 127)])
    halves = [np.abs(heard[round(s * SR) :][:441]).max() for s in (0.25, 0.5, 0.75, 1.2)]
    assert np.array(halves) / halves[-1] == pytest.approx([0.255, 0.505, 0.755, 1], abs=0.02)


def test_a_note_begins_where_it_is_said_to_and_one_that_began_before_still_sounds(
    tmp_path: Path, tone: Floats
) -> None:
    whole = play(tmp_path, tone, [SHORT_RELEASE], [Note(0, 1.5, 60, 100)])
    later = play(tmp_path, tone, [SHORT_RELEASE], [Note(0.5, 1.5, 60, 100)])
    before = play(tmp_path, tone, [SHORT_RELEASE], [Note(-0.5, 1.5, 60, 100)])
    shift = SR // 2
    assert not later[:shift].any()
    assert later[shift:] == pytest.approx(whole[: len(whole) - shift], abs=1e-6)
    assert before[: len(whole) - shift] == pytest.approx(whole[shift:], abs=1e-6)


def test_notes_add_up(tmp_path: Path, tone: Floats) -> None:
    one, other = Note(0, 1.0, 60, 100), Note(0.3, 0.4, 67, 80)
    both = play(tmp_path, tone, [SHORT_RELEASE], [one, other])
    apart = [play(tmp_path, tone, [SHORT_RELEASE], [note]) for note in (one, other)]
    assert both == pytest.approx(apart[0] + apart[1], abs=1e-6)


def test_the_same_key_twice_is_one_sound_of_two_lengths(tmp_path: Path, tone: Floats) -> None:
    short, long = Note(0, 0.2, 60, 100), Note(0.5, 1.0, 60, 100)
    both = play(tmp_path, tone, [SHORT_RELEASE], [short, long])
    alone = play(tmp_path, tone, [SHORT_RELEASE], [short])
    assert both[: SR // 2] == pytest.approx(alone[: SR // 2], abs=1e-6)


def test_a_preset_that_is_missing_is_told(tmp_path: Path, tone: Floats) -> None:
    path = write_soundfont(tmp_path / "a.sf2", tone, [LOOPED])
    with pytest.raises(ValueError, match=r"a\.sf2: has no preset 0:5"):
        Instrument(SoundFont(path), 0, 5).play([Note(0, 1, 60, 100)], 100)


# --- sources -------------------------------------------------------------------------------------

TOY = Font("toy", "fluid-soundfont-gm", "toy.sf2")
PROGRAM = Program("organ", 0, "keys", 40, 80, bank=128)


@pytest.fixture
def root(tmp_path: Path, tone: Floats, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the one SoundFont that there is, with one instrument."""
    place = tmp_path / TOY.place
    place.parent.mkdir(parents=True)
    zone = ((SUSTAIN, 0), (LOOPS, 1), (SAMPLE, 0))
    write_soundfont(place, tone, [zone], loop=(100, 900))
    monkeypatch.setattr(catalogue, "FONTS", (TOY,))
    monkeypatch.setattr(catalogue, "PROGRAMS", (PROGRAM,))
    return tmp_path


def test_segments_of_instruments_are_reproducible_and_name_their_licence(root: Path) -> None:
    sources = InstrumentSources.open([root], "train")
    sources.check()
    levels = []
    for i in range(12):
        one, again = (sources.segment(Draw(i), 60_000) for _ in range(2))
        assert torch.equal(one.audio, again.audio)
        assert one.audio.shape == (1, 60_000)
        assert float(one.audio.abs().max()) <= 1
        assert (one.performer, one.category, one.licence) == ("toy organ", "instrument", "MIT")
        assert one.files == ("toy.sf2",)
        levels.append(level_db(one.audio[0].numpy()))
    assert max(levels) - min(levels) > 5


def test_a_mixture_plays_the_soundfonts_of_a_folder(root: Path) -> None:
    mixture = Mixture.open([root], "train", "permissive")
    assert list(mixture.sources) == ["instrument"]
    assert mixture.segment(Draw(0), 60_000).category == "instrument"
    assert [credit.performers for credit in mixture.credits()] == [("organ",)]
    with pytest.raises(SourceError, match="no instruments of split 'dev'"):
        Mixture.open([root], "dev")


def test_every_instrument_sounds_from_its_lowest_to_its_highest_key_and_in_tune() -> None:
    """On the real SoundFonts, where they were fetched: its own pitch repeats, within a quarter of a tone."""
    cache = default_cache()
    if len(catalogue.fonts_in(cache)) < len(catalogue.FONTS):
        pytest.skip("`unpatch data fetch instruments` has not been run")
    for font in catalogue.FONTS:
        for program in catalogue.PROGRAMS:
            played = instrument(cache / font.place, program.bank, program.number)
            key = (program.low + program.high) // 2
            for place in (program.low, program.high):
                assert all(played.zones(place, velocity) for velocity in (12, 127)), (font, program)
            heard = played.play([Note(0, 1, key, 90)], SR)[SR // 8 : SR // 2]
            assert level_db(heard) > -65, (font, program)
            if program.name != "glockenspiel":  # whose partials are no harmonics
                assert abs(cents_off(heard, key)) < 25, (font, program)


def cents_off(audio: Floats, key: int) -> float:
    """Between a key of equal temperament and the highest autocorrelation within a semitone of it."""
    pitch = 440 * 2 ** ((key - 69) / 12)
    spectrum = np.abs(np.fft.rfft(audio - audio.mean(), 1 << 17)) ** 2
    alike = np.fft.irfft(spectrum, 1 << 20)  # interpolated eight times
    period = 8 * SR / pitch
    low, high = round(period / 2 ** (1 / 12)), round(period * 2 ** (1 / 12))
    return float(1200 * np.log2(period / (low + int(alike[low:high].argmax()))))
