"""The outside checks: what counts as which effect, what is drawn, files, instruments, figures.

What other packages play is tested where they are installed.
"""

import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from bench.checks.outside import answering
from bench.checks.outside import figures as outside_figures
from bench.checks.outside.answers import OTHER, OURS, Answer
from bench.checks.outside.clips import Clip, Played, clip_of
from bench.checks.outside.dry_material import Material, may_shift
from bench.checks.outside.everyday import (
    EFFECTS,
    LENGTHS,
    STEREO,
    Arriving,
    Everyday,
    Setting,
    drawn_effects,
    is_lossy,
    is_untouched,
)
from bench.checks.outside.families import (
    as_graph,
    by_family,
    effects_of,
    f1,
    family_of,
    named,
    shelves_as_one,
)
from bench.checks.outside.instruments import INSTRUMENTS, RATE, Note, notes, phrase, plucked
from bench.checks.outside.judging import Verdict, named_effects, words
from bench.checks.outside.listened_files import Coding, Format, read_back, written
from bench.checks.outside.main_knobs import BEFORE_S, MAIN, Knob, errors, ours, room, step_bit
from bench.studies.compare_models import ComparisonError, compared
from unpatch.estimates import Candidate, Estimate
from unpatch.graph.build import Step, chain
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.synth.draw import Draw

BY_FAMILY = {effect.family: effect for effect in EFFECTS}


def noise(seconds: float = 2.0, seed: int = 1) -> Tensor:
    samples = Draw(seed).noise(round(seconds * RATE))
    return torch.from_numpy(0.3 * samples).float().expand(2, -1).contiguous()


def levels(audio: Tensor, blocks: int = 200) -> np.ndarray:
    """Root mean squares ``[2, blocks]``."""
    return np.asarray(audio.double().square().view(2, blocks, -1).mean(-1).sqrt().numpy())


# Families


@pytest.mark.parametrize(
    ("step", "family"),
    [
        (("panning", {"pan": ("mono_lfo", {"frequency_hz": 2})}), "autopan"),
        (("panning", {"pan": ("stereo_lfo", {"frequency_hz": 2, "stereo_offset": 0.5})}), "tremolo"),
        (("gain", {"gain": ("mono_lfo", {"frequency_hz": 2})}), "tremolo"),
        (("gain", {"gain": ("stereo_lfo", {"frequency_hz": 2, "stereo_offset": 0.5})}), "autopan"),
    ],
)
def test_tremolo_and_auto_pan_are_told_apart_as_they_sound(step: Step, family: str) -> None:
    """In a tremolo left and right go up and down together, in an auto-pan in turn."""
    graph = chain(KINDS, step)
    assert effects_of(graph) == {family}
    left, right = levels(render(graph, noise(2.0), RATE, energy=False))
    together = np.corrcoef(left, right)[0, 1]
    assert together > 0.9 if family == "tremolo" else together < -0.5


def test_a_gain_that_stands_still_is_no_effect_but_a_pan_is() -> None:
    assert effects_of(chain(KINDS, ("gain", {"gain_db": 6}))) == set()
    assert effects_of(chain(KINDS, ("panning", {"pan": 0.5}))) == {"panning"}


def test_control_signals_are_no_effects() -> None:
    graph = chain(KINDS, ("phaser", {"mod": "stereo_lfo"}), "mix")
    assert effects_of(graph) == {"phaser"}


@pytest.mark.parametrize("family", sorted(MAIN))
def test_every_family_has_a_kind_and_is_recognised(family: str) -> None:
    graph = as_graph([family])
    (place,) = (one.place for one in named(graph))
    assert family_of(graph, place) == family
    assert {knob.name for knob in MAIN[family]} <= ours(graph, place, family, -20.0).keys()
    assert len(by_family(graph).nodes) == len(graph.nodes)


def test_low_and_high_shelves_may_count_as_one() -> None:
    assert shelves_as_one({"lowshelf", "highshelf", "bell"}) == {"shelf", "bell"}


def test_f1_of_sets() -> None:
    assert f1([], []) == 1.0
    assert f1({"bell"}, []) == f1([], {"bell"}) == 0.0
    assert f1({"bell", "gate"}, {"bell", "delay", "reverb"}) == pytest.approx(0.4)


# Knobs


def test_errors_of_factors_are_alike_both_ways() -> None:
    knob = Knob("frequency_hz", "Hz", "factor", 1.26)
    assert knob.error(500, 1_000) == pytest.approx(knob.error(2_000, 1_000)) == pytest.approx(2)
    assert math.isinf(knob.error(0, 1_000))
    assert errors("delay", {"delay_ms": 210.0}, {"delay_ms": 200.0}) == {"delay_ms": pytest.approx(0.05)}
    assert errors("reverb", {"wet_db": -6.0}, {"rt60_s": 1.0}) == {}


@pytest.mark.parametrize(("rt60_s", "wet_db"), [(0.5, -6.0), (1.5, 3.0), (4.0, -15.0)])
def test_a_room_is_measured_as_it_was_made(rt60_s: float, wet_db: float) -> None:
    """A direct sound, and noise behind it that dies away exponentially."""

    def play(impulse: Tensor) -> Tensor:
        late = round(0.02 * RATE)
        time_s = np.arange(impulse.shape[1] - round(BEFORE_S * RATE) - late) / RATE
        tail = Draw(3).noise(len(time_s)) * 10 ** (-3 * time_s / rt60_s)
        tail *= 0.5 * math.sqrt(10 ** (wet_db / 10) / np.square(tail).sum())
        out = impulse.clone()
        out[:, -len(tail) :] += torch.from_numpy(tail).float()
        return out

    found = room(play, RATE)
    assert found["rt60_s"] == pytest.approx(rt60_s, rel=0.08)
    assert found["wet_db"] == pytest.approx(wet_db, abs=0.1)


def test_our_reverbs_are_measured_by_the_same_ruler() -> None:
    """A room of twice the time is found twice as long; the mix sets the energy."""
    small, large = (
        ours(chain(KINDS, ("stereo_reverb", {"size": size, "damping": 0, "mix": 0.5})), 1, "reverb", 0.0)
        for size in (0.3, 0.5)
    )
    assert large["rt60_s"] / small["rt60_s"] == pytest.approx(40**0.2, rel=0.15)
    wetter = ours(chain(KINDS, ("stereo_reverb", {"size": 0.3, "damping": 0, "mix": 0.8})), 1, "reverb", 0.0)
    assert wetter["wet_db"] - small["wet_db"] == pytest.approx(20 * math.log10(4), abs=1.0)


def test_our_quantisation_step_is_what_it_is_taken_for() -> None:
    """Of a slow ramp through 5 bits."""
    graph = chain(KINDS, ("bitcrush", {"bit": 5}))
    ramp = torch.linspace(-0.5, 0.5, 20_000).expand(2, -1)
    step = float(np.diff(np.unique(render(graph, ramp, RATE, energy=False)[0].numpy())).max())
    assert ours(graph, 1, "bitcrush", -12.0)["step_bit"] == pytest.approx(step_bit(step, -12.0), abs=1e-3)


def test_thresholds_and_drives_follow_the_level() -> None:
    """A recording 6 dB louder with a threshold 6 dB higher and a drive 6 dB lower is set alike."""
    for family, name, sign in (("compressor", "threshold_db", 1), ("distortion", "gain_db", -1)):
        knob = MAIN[family][-1].name
        quiet, loud = (
            ours(chain(KINDS, (family, {name: value})), 1, family, level)[knob]
            for value, level in ((-20 * sign, -18.0), (-20 * sign + 6 * sign, -12.0))
        )
        if family == "compressor":
            assert quiet == pytest.approx(-2.0)
        assert quiet == pytest.approx(loud)


# What is drawn


def drawn_chains(count: int = 3_000) -> list[list[tuple[Everyday, str]]]:
    return [drawn_effects(Draw(11, i)) for i in range(count)]


def test_chains_have_the_lengths_and_families_that_are_stated() -> None:
    chains = drawn_chains()
    lengths = Counter(map(len, chains))
    for length, share in LENGTHS.items():
        assert lengths[length] / len(chains) == pytest.approx(share, abs=0.03)
    families = Counter(effect.family for some in chains for effect, _ in some)
    assert families.keys() == BY_FAMILY.keys()
    makes = {make for some in chains for _, make in some}
    assert makes == {make for effect in EFFECTS for make in effect.makes}
    assert all(len({effect.family for effect, _ in some}) == len(some) for some in chains)


def test_width_stands_behind_what_makes_a_sound_wide() -> None:
    for some in drawn_chains():
        families = [effect.family for effect, _ in some]
        if "imager" in families:
            before = some[: families.index("imager")]
            assert any(effect.family in STEREO or make in STEREO for effect, make in before)


def test_pitches_that_may_not_be_shifted_are_not() -> None:
    assert not any(
        effect.family == "pitchshift"
        for i in range(500)
        for effect, _ in drawn_effects(Draw(2, i), may_shift=False)
    )
    assert may_shift("CC BY 4.0")
    assert not may_shift("terms (edits allowed except pitch/formant manipulation)")


RANGES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "highpass": {"frequency_hz": (60, 300)},
    "lowpass": {"frequency_hz": (3_000, 14_000)},
    "lowshelf": {"frequency_hz": (80, 400), "gain_db": (-9, 9)},
    "highshelf": {"frequency_hz": (2_500, 9_000), "gain_db": (-9, 9)},
    "bell": {"frequency_hz": (150, 6_000), "gain_db": (-10, 10)},
    "compressor": {"ratio": (2, 8)},
    "delay": {"delay_ms": (80, 600), "mix": (0.2, 0.5)},
    "reverb": {"mix": (0.15, 0.5)},
    "pitchshift": {"semitone": (-12, 12)},
    "panning": {"pan": (-0.9, 0.9)},
}


@pytest.mark.parametrize("family", sorted(RANGES))
def test_knobs_are_in_everyday_ranges_and_use_them(family: str) -> None:
    effect, arriving = BY_FAMILY[family], Arriving(noise(0.5), RATE)
    settings = [effect.knobs(Draw(4, i), arriving, make) for i in range(300) for make in sorted(effect.makes)]
    for name, (low, high) in RANGES[family].items():
        values = [knobs[name] for knobs in settings]
        assert low <= min(values) <= low + 0.15 * (high - low)
        assert high - 0.15 * (high - low) <= max(values) <= high


def test_gains_and_shifts_are_never_next_to_nothing() -> None:
    arriving = Arriving(noise(0.5), RATE)
    for family, name, least in (
        ("bell", "gain_db", 4),
        ("lowshelf", "gain_db", 3),
        ("pitchshift", "semitone", 1),
    ):
        effect = BY_FAMILY[family]
        values = [abs(effect.knobs(Draw(4, i), arriving, next(iter(effect.makes)))[name]) for i in range(200)]
        assert min(values) >= least


def test_compressors_take_four_to_twelve_decibels_off_what_is_loud() -> None:
    """By their static curve, whatever the ratio and the level of what arrives."""
    for gain in (0.05, 1.0):
        arriving = Arriving(gain * noise(1.0), RATE)
        loud_db = arriving.peaks_db(0.9)
        for i in range(200):
            knobs = BY_FAMILY["compressor"].knobs(Draw(5, i), arriving, "Faust compressor")
            taken_db = (loud_db - knobs["threshold_db"]) * (1 - 1 / knobs["ratio"])
            assert 4 - 1e-6 <= taken_db <= 12 + 1e-6


def test_a_sixth_is_untouched_and_a_third_of_either_is_lossy() -> None:
    numbers = range(180)
    bare = [n for n in numbers if is_untouched(n)]
    assert len(bare) == 30
    assert sum(map(is_lossy, bare)) == 10
    assert sum(map(is_lossy, numbers)) == 60


# Dry sounds


@pytest.mark.parametrize("pitch", [28, 40, 57, 69, 79])
def test_strings_are_in_tune(pitch: int) -> None:
    note = Note(0.0, 1.0, pitch, 0.7)
    sound = plucked(note, RATE, Draw(1), decay_s=4.0, softness=0.12, place=0.13)
    size = 2**20
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    low, high = (round(note.frequency_hz * factor * size / RATE) for factor in (0.85, 1.18))
    found_hz = (low + int(np.argmax(spectrum[low:high]))) * RATE / size
    assert abs(1_200 * math.log2(found_hz / note.frequency_hz)) < 3


def test_strings_die_away_as_told() -> None:
    note = Note(0.0, 1.0, 45, 0.7)
    sound = plucked(note, 2 * RATE, Draw(1), decay_s=1.5, softness=0.05, place=0.2)
    low = np.abs(np.fft.rfft(sound.reshape(2, RATE) * np.hanning(RATE)))[:, 105:116].max(axis=1)
    assert 20 * np.log10(low[0] / low[1]) == pytest.approx(60 / 1.5, abs=3)


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_instruments_play_phrases_that_are_always_the_same(name: str) -> None:
    one, again, other = (phrase(name, Draw(7, seed), 2.0) for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert np.isfinite(one).all()
    assert np.abs(one).max() == pytest.approx(1.0, abs=2e-3)
    low, high = INSTRUMENTS[name].pitches
    assert all(low <= note.pitch <= high for note in notes(INSTRUMENTS[name], Draw(7, 0, 0), 5.0))


def toy_voices(root: Path) -> Path:
    """A folder with a singer and a speaker."""
    rows = ["file\tsinger\tkind\tsplit\tlicense"]
    for name, kind in (("anna", "sung_song"), ("bert", "speech")):
        samples = 0.3 * Draw(8).noise(6 * RATE)
        soundfile.write(root / f"{name}.wav", samples, RATE)
        rows.append(f"{name}.wav\t{name}\t{kind}\tval_unseen\tCC0 1.0")
    (root / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return root


def test_dry_sounds_are_voices_speech_and_instruments_some_without_highs(tmp_path: Path) -> None:
    material = Material(toy_voices(tmp_path))
    drawn = [material.drawn(Draw(9, i)) for i in range(40)]
    assert {dry.category for dry in drawn} == {"voice", "speech", "instrument"}
    limited = [dry for dry in drawn if dry.band_hz is not None]
    assert 2 <= len(limited) <= 16
    for dry in drawn:
        assert -14.1 <= 20 * math.log10(float(np.abs(dry.audio).max())) <= -2.9
    for dry in limited:
        power = np.square(np.abs(np.fft.rfft(dry.audio)))
        assert dry.band_hz is not None
        above = power[round((dry.band_hz + 300) * len(dry.audio) / RATE) :].sum()
        assert above < 1e-4 * power.sum()


def test_a_folder_without_speech_is_refused(tmp_path: Path) -> None:
    toy_voices(tmp_path)
    (tmp_path / "index.tsv").write_text(
        "file\tsinger\tkind\tsplit\nanna.wav\tanna\tsung_song\tval_unseen\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="has no speech"):
        Material(tmp_path)


# Files


@pytest.mark.parametrize(
    ("coding", "kbps", "sample_rate"),
    [
        ("float", 0, 44_100),
        ("wav", 0, 24_000),
        ("mp3", 128, 44_100),
        ("mp3", 64, 22_050),
        ("ogg", 160, 48_000),
        ("opus", 96, 44_100),
        ("m4a", 96, 44_100),
    ],
)
def test_files_come_back_aligned_and_as_large_as_asked_for(
    coding: Coding, kbps: int, sample_rate: int
) -> None:
    time_s = torch.arange(3 * sample_rate) / sample_rate
    left = 0.3 * torch.sin(2 * math.pi * 300 * time_s * (1 + time_s))  # a sweep has one alignment only
    audio = torch.stack([left, 0.5 * left]) + 0.01 * torch.from_numpy(
        np.stack([Draw(i).noise(len(left)) for i in (1, 2)])
    )
    audio = audio.float()
    how = Format(coding, kbps)
    data = written(audio, sample_rate, how, Draw(1))
    back, rate = read_back(data, how)
    assert rate == (48_000 if coding == "opus" else sample_rate)
    if kbps:
        assert 0.5 * kbps <= len(data) * 8 / 3 / 1_000 <= 1.3 * kbps
    if coding == "float":
        assert torch.equal(back, audio)
    elif rate == sample_rate:
        length = min(back.shape[1], audio.shape[1])
        error = (
            (back - audio)[:, :length] if back.shape == audio.shape else back[:, :length] - audio[:, :length]
        )
        assert float(error.square().mean() / audio.square().mean()) < (1e-6 if coding == "wav" else 0.05)


# Clips on disk


class ToySuite:
    """Clips of noise; counts how often one is made."""

    name, version, seed, count, peers = "toy", 3, 5, 4, "nobody"

    def __init__(self) -> None:
        self.made = 0

    def make(self, number: int) -> tuple[Clip, bytes]:
        self.made += 1
        played = (Played("delay", "pedalboard Delay", {"delay_ms": 200.0 + number}),)
        how = Format("float")
        clip = Clip(number, "anna", "voice", played, how, RATE, 12_000.0)
        return clip, written(noise(0.1, seed=number + 1), RATE, how, Draw(0))


def test_clips_are_made_once_and_come_back_as_they_were(tmp_path: Path) -> None:
    suite = ToySuite()
    first, audio, rate = clip_of(suite, 2, tmp_path)
    again, same, _ = clip_of(suite, 2, tmp_path)
    fresh, heard, _ = clip_of(suite, 2, None)
    assert suite.made == 2
    assert rate == RATE
    assert torch.equal(audio, same)
    assert torch.equal(audio, heard)
    assert str(first) == str(again) == str(fresh)
    assert (tmp_path / "toy-v3-seed5" / "0002.wav").is_file()


def test_an_interrupted_clip_is_made_anew(tmp_path: Path) -> None:
    """The description comes last: sound without it is no clip."""
    suite = ToySuite()
    clip_of(suite, 0, tmp_path)
    (tmp_path / "toy-v3-seed5" / "0000.json").unlink()
    clip_of(suite, 0, tmp_path)
    assert suite.made == 2


def test_every_clip_is_answered_and_held_against_the_chain_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guess that hears nothing: for the first clip it is the chain of one behind the last."""

    def heard(audio: Tensor, rate: int, task: str, **_: object) -> Estimate:
        assert (rate, task) == (RATE, "singing")
        graph = chain(KINDS, "mono_delay")
        return Estimate((Candidate(graph, 1.0, 0.0),), (0.0,), 3.63, -20.0, untouched=0.1)

    chains: Sequence[Sequence[str]] = (["bell"], [], ["delay", "reverb"], ["gate"])

    class Chains(ToySuite):
        def make(self, number: int) -> tuple[Clip, bytes]:
            return clip(number, "anna", *chains[number]), super().make(number)[1]

    monkeypatch.setattr(answering, "estimate", heard)
    monkeypatch.setattr(answering.Wanted, "opened", lambda _: Chains())
    wanted = answering.Wanted("toy", Path(), 5, {OURS: None}, None)
    found = answering.answers(wanted, 3, jobs=1)
    assert [one.clip.number for one in found] == [0, 1, 2]
    assert [one.verdicts[OTHER].families for one in found] == [{"gate"}, {"bell"}, set()]
    assert [[s.right for s in one.verdicts[OURS].named] for one in found] == [[False], [False], [True]]
    assert found[0].verdicts[OURS].untouched == 0.1


# Verdicts and figures


def clip(number: int, performer: str, *families: str, kbps: int = 0) -> Clip:
    played = tuple(Played(family, f"pedalboard {family}") for family in families)
    coding: Coding = "mp3" if kbps else "wav"
    return Clip(number, performer, "voice", played, Format(coding, kbps), RATE)


def guessed(one: Clip, *kinds: str, confidence: float = 0.9) -> Answer:
    graph = chain(KINDS, *kinds)
    nodes = [node.to_dict() | {"confidence": confidence} for node in graph.nodes]
    sure = type(graph).from_dict({**graph.to_dict(), "nodes": nodes})
    return Answer(one, {OURS: Verdict(sure, named_effects(sure, one))})


def test_of_two_effects_of_one_family_one_is_right() -> None:
    one = clip(0, "anna", "highpass")
    verdict = guessed(one, "highpass2", "highpass4", "bell").verdicts[OURS]
    assert [(s.family, s.right) for s in verdict.named] == [
        ("highpass", True),
        ("highpass", False),
        ("bell", False),
    ]
    assert words([verdict]) == {"sure": (3, 1)}


def toy_answers() -> list[Answer]:
    return [
        guessed(clip(0, "anna", "delay", "bell"), "mono_delay", "bell"),
        guessed(clip(1, "anna", "delay"), "bell", confidence=0.6),
        guessed(clip(2, "bert", "lowshelf", kbps=64), "highshelf", confidence=0.3),
        guessed(clip(3, "bert"), "bell"),
        guessed(clip(4, "anna")),
    ]


def test_figures_by_hand() -> None:
    answers = toy_answers()
    head = outside_figures.headline(answers, OURS)
    assert head["effect-set F1"].mean == pytest.approx(1 / 3)
    assert head["shelves as one"].mean == pytest.approx(2 / 3)
    assert head["F1 with the untouched"].mean == pytest.approx((1 + 0 + 0 + 0 + 1) / 5)
    assert head["all effects, none else"].mean == pytest.approx(1 / 3)
    effects = outside_figures.by_effect(answers, OURS)
    assert effects["delay"] == (2, 1, 1)
    assert effects["bell"] == (1, 3, 1)
    assert effects["lowshelf"] == (1, 0, 0)
    assert effects["highshelf"] == (0, 1, 0)
    assert effects["shelf (either)"] == (1, 1, 1)
    parts = outside_figures.by_part(answers, OURS)
    assert parts["lossy files"].mean == 0.0
    assert parts["2 effects"].mean == 1.0
    bare = outside_figures.untouched(answers, OURS)
    assert bare is not None
    assert (bare.number, bare.recognised.mean, bare.named, bare.sure) == (2, 0.5, 0.5, 1)
    assert bare.families == {"bell": 1}
    assert outside_figures.passed_over(answers, OURS) == 0
    assert words([answer.verdicts[OURS] for answer in answers]) == {
        "sure": (3, 2),
        "likely": (1, 0),
        "perhaps": (1, 0),
    }


def as_results(answers: list[Answer]) -> list[Any]:
    """As a file of results has them."""
    clips = [
        {**answer.clip.to_dict(), "guesses": {OURS: {"families": sorted(answer.verdicts[OURS].families)}}}
        for answer in answers
    ]
    return list(json.loads(json.dumps(clips)))


def test_two_models_are_compared_clip_by_clip() -> None:
    one, other = toy_answers(), toy_answers()
    other[1] = guessed(other[1].clip, "mono_delay")
    rows = compared(as_results(other), as_results(one))
    better, worse, apart = rows["effect-set F1"]
    assert better - worse == pytest.approx(apart.mean) == pytest.approx(1 / 3)
    assert apart.low <= apart.mean <= apart.high
    assert rows["untouched recognised"][2].mean == 0.0
    same = compared(as_results(one), as_results(one))
    assert all(figure.mean == figure.low == figure.high == 0.0 for _, _, figure in same.values())


def test_other_clips_are_not_compared() -> None:
    one, other = as_results(toy_answers()), as_results(toy_answers())
    other[2]["played"][0]["family"] = "gate"
    with pytest.raises(ComparisonError, match="clip 2 is not the same"):
        compared(one, other)
    with pytest.raises(ComparisonError, match="5 clips, the other 4"):
        compared(one, other[:4])


# What the peers play, where they are installed


@pytest.fixture(scope="module")
def players() -> Any:
    pytest.importorskip("pedalboard")
    pytest.importorskip("cyfaust")
    from bench.checks.outside import players

    return players


MAKES = [(effect.family, make) for effect in EFFECTS for make in sorted(effect.makes)]


@pytest.mark.parametrize(("family", "make"), MAKES, ids=str)
@pytest.mark.parametrize("sample_rate", [44_100, 22_050])
def test_everybody_plays(players: Any, family: str, make: str, sample_rate: int) -> None:
    """Something finite that is not what came in, as long as it was; main knobs are told."""
    audio = noise(1.0) * torch.linspace(1, 0.05, RATE)
    if family == "imager":
        audio = torch.stack([audio[0], noise(1.0, seed=2)[0]])
    arriving = Arriving(audio, sample_rate)
    setting = Setting(family, make, BY_FAMILY[family].knobs(Draw(6), arriving, make))
    played = players.play(setting, audio, sample_rate)
    assert played.shape == audio.shape
    assert torch.isfinite(played).all()
    assert float((played - audio).abs().max()) > 1e-3
    assert {knob.name for knob in MAIN[family]} <= players.told(setting, arriving).keys()


def played(players: Any, make: str, audio: Tensor, **knobs: float) -> Tensor:
    family = next(family for family, one in MAKES if one == make)
    return torch.as_tensor(players.play(Setting(family, make, knobs), audio, RATE))


@pytest.mark.parametrize("make", ["pedalboard Delay", "Faust echo", "Faust ping-pong"])
def test_echoes_come_when_they_are_told_to(players: Any, make: str) -> None:
    impulse = torch.zeros(2, RATE)
    impulse[:, 0] = 0.5
    knobs = {"delay_ms": 250.0, "feedback": 0.0, "mix": 0.5, "frequency_hz": 9_000.0}
    echo = played(players, make, impulse, **knobs).abs()[0]
    echo[:100] = 0
    assert int(echo.argmax()) / RATE == pytest.approx(0.25, abs=0.001)


@pytest.mark.parametrize("make", ["pedalboard PitchShift", "Faust transpose"])
def test_pitches_move_by_semitones(players: Any, make: str) -> None:
    tone = 0.3 * torch.sin(2 * math.pi * 440 * torch.arange(2 * RATE) / RATE).expand(2, -1).contiguous()
    spectrum = np.abs(np.fft.rfft(played(players, make, tone, semitone=7.0)[0][RATE // 2 :].numpy()))
    found_hz = float(np.argmax(spectrum)) * RATE / (2 * len(spectrum) - 2)
    assert 12 * math.log2(found_hz / 440) == pytest.approx(7, abs=0.3)


@pytest.mark.parametrize(
    ("make", "knobs", "at_hz", "gain_db"),
    [
        ("pedalboard HighpassFilter", {"order": 2}, 200, -6),  # two of the first order, 3 dB each
        ("Faust highpass", {"order": 4}, 200, -3),
        ("Faust lowpass", {"order": 2}, 200, -3),
        ("pedalboard PeakFilter", {"gain_db": 8, "q": 1}, 200, 8),
        ("Faust peak_eq", {"gain_db": -8, "q": 1}, 200, -8),
        ("pedalboard LowShelfFilter", {"gain_db": 6}, 20, 6),
        ("Faust low_shelf", {"gain_db": 6}, 20, 6),
        ("Faust high_shelf", {"gain_db": -6}, 5_000, -6),
    ],
)
def test_equalizers_do_what_their_knobs_say(
    players: Any, make: str, knobs: dict[str, float], at_hz: float, gain_db: float
) -> None:
    impulse = torch.zeros(2, RATE)
    impulse[:, 0] = 0.5
    spectrum = np.abs(np.fft.rfft(played(players, make, impulse, frequency_hz=200.0, **knobs)[0].numpy()))
    assert 20 * math.log10(spectrum[round(at_hz)] / 0.5) == pytest.approx(gain_db, abs=0.4)


def test_faust_says_what_it_cannot_compile(players: Any) -> None:
    from bench.checks.outside import faust

    with pytest.raises(ValueError, match="does not compile"):
        faust.play("fi.no_such_filter", noise(0.1), RATE)
    with pytest.raises(ValueError, match="has 1 inputs"):
        faust.play("_", noise(0.1), RATE)


@pytest.mark.parametrize("flushed", [False, True])
def test_faust_leaves_denormal_numbers_as_they_were(players: Any, flushed: bool) -> None:
    """Its compiler would end the process where they count as nought."""
    from bench.checks.outside import faust

    tiny = np.array([np.finfo(np.float64).smallest_subnormal])
    torch.set_flush_denormal(flushed)
    faust.play("par(i, 2, fi.high_shelf(5.8, 6170.1))", noise(0.1), RATE)
    assert (float((tiny * 1.0)[0]) == 0.0) == flushed
    torch.set_flush_denormal(False)


def test_the_everyday_suite_is_always_the_same(players: Any, tmp_path: Path) -> None:
    from bench.checks.outside.everyday_suite import EverydaySuite

    suite = EverydaySuite(toy_voices(tmp_path), seed=1)
    one, data = suite.make(1)
    again, same = EverydaySuite(tmp_path, seed=1).make(1)
    assert one == again
    assert data == same
    assert suite.make(5)[0].played == ()
    assert io.BytesIO(data).getbuffer().nbytes > 1_000
