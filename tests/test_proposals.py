"""What an analysis of wet against dry proposes, against settings that are known.

Effects are played by the processors, and where that is simple by formulas of their own.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from unpatch.audio import resample
from unpatch.demo import embedded_voice
from unpatch.graph.build import chain
from unpatch.graph.check import check
from unpatch.processors import EVERYDAY, MASTERING, PROCESSORS
from unpatch.refining.proposals import Moving, Pair, Proposal, Stage, planted, proposals
from unpatch.refining.proposals.echoes import echoes
from unpatch.refining.proposals.gains import gains
from unpatch.refining.proposals.image import image, sine, tremolo
from unpatch.refining.proposals.moving_delays import moving_delay, phaser
from unpatch.refining.proposals.pair import Floats
from unpatch.refining.proposals.pitch import pitch
from unpatch.refining.proposals.plain import plain
from unpatch.refining.proposals.responses import PROTOTYPES, response_db
from unpatch.refining.proposals.rooms import rooms
from unpatch.refining.proposals.shapes import shapes
from unpatch.refining.proposals.tone import everyday, tone
from unpatch.rendering import render

RATE = 44_100


def voice(seconds: float = 3.0) -> Tensor:
    """From the middle of the embedded phrase, ``[2, T]``."""
    audio, rate = embedded_voice()
    assert rate == RATE
    return audio[:, 2 * rate : round((2 + seconds) * rate)]


def played(*stages: Stage) -> Pair:
    """The voice before and after these stages."""
    graph, _ = planted(chain(PROCESSORS), 0, stages, PROCESSORS)
    return Pair.of(voice(), render(graph, voice(), RATE), RATE)


def proposed(found: list[Proposal], kind: str) -> Stage:
    """The first lone proposal of a kind."""
    return next(one[0] for one in found if len(one) == 1 and one[0].kind == kind)


def lfo(inlet: str, depth: float, hertz: float, phase: float) -> Moving:
    return Moving("mono_lfo", inlet, depth, {"frequency_hz": hertz, "phase": phase})


# --- equalizers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PROTOTYPES)
@pytest.mark.parametrize("hertz", [90.0, 3_000.0])
def test_closed_forms_are_what_the_processors_do(kind: str, hertz: float) -> None:
    settings = {"frequency_hz": hertz, "q": 1.3, "gain_db": -7.0}
    settings = {name: settings[name] for name in PROCESSORS[kind].parameters}
    impulse = torch.zeros(1, 2, 1 << 16, dtype=torch.float64)
    impulse[..., 0] = 1
    knobs: dict[str, Any] = {n: torch.tensor([v]).double() for n, v in settings.items()}
    answer = PROCESSORS[kind]({"input": impulse}, sample_rate=RATE, **knobs)["out"][0, 0].numpy()
    bins = np.arange(1, 1 << 15, 37)
    measured = 20 * np.log10(np.abs(np.fft.rfft(answer))[bins] + 1e-12)
    expected = response_db(kind, settings, bins * RATE / (1 << 16), RATE)
    audible = expected > -90
    np.testing.assert_allclose(measured[audible], expected[audible], atol=0.02)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("highpass2", {"frequency_hz": 150.0, "q": 0.7071}),
        ("highpass4", {"frequency_hz": 300.0, "q": 0.7071}),
        ("lowpass2", {"frequency_hz": 5_000.0, "q": 0.7071}),
        ("lowpass4", {"frequency_hz": 3_000.0, "q": 0.7071}),
        ("bandpass2", {"frequency_hz": 1_000.0, "q": 1.5}),
        ("bell", {"frequency_hz": 2_500.0, "q": 1.2, "gain_db": 4.0}),
        ("lowshelf", {"frequency_hz": 250.0, "q": 0.7071, "gain_db": -5.0}),
        ("highshelf", {"frequency_hz": 6_000.0, "q": 0.7071, "gain_db": 4.0}),
    ],
)
def test_the_first_section_is_the_one_that_was_used(kind: str, settings: dict[str, float]) -> None:
    found = tone(played(Stage(kind, settings)))[0]
    assert [stage.kind for stage in found] == [kind]
    assert found[0].settings["frequency_hz"] == pytest.approx(settings["frequency_hz"], rel=0.05)
    assert found[0].settings["q"] == pytest.approx(settings["q"], rel=0.1)
    if "gain_db" in settings:
        assert found[0].settings["gain_db"] == pytest.approx(settings["gain_db"], abs=0.3)


def test_notches_lie_where_they_were() -> None:
    found = proposed(tone(played(Stage("bandreject2", {"frequency_hz": 800.0, "q": 1.0}))), "bandreject2")
    assert found.settings["frequency_hz"] == pytest.approx(800, rel=0.05)


def test_a_shelf_is_named_at_its_own_end() -> None:
    """A low shelf of -5 dB is a high one of 5 dB but for the level."""
    low = Stage("lowshelf", {"frequency_hz": 250.0, "q": 0.7071, "gain_db": -5.0})
    high = Stage("highshelf", {"frequency_hz": 250.0, "q": 0.7071, "gain_db": 5.0})
    hertz = np.geomspace(30, 18_000, 50)
    curves = [response_db(stage.kind, stage.settings, hertz, RATE) for stage in (low, high)]
    np.testing.assert_allclose(curves[1] - curves[0], 5, atol=1e-6)
    assert everyday(high) == everyday(low) == low
    loud = Stage("lowshelf", {"frequency_hz": 6_000.0, "q": 0.7, "gain_db": -3.0})
    assert everyday(loud) == Stage("highshelf", {"frequency_hz": 6_000.0, "q": 0.7, "gain_db": 3.0})


def test_two_sections_are_told_apart_at_any_level() -> None:
    bell = Stage("bell", {"frequency_hz": 900.0, "q": 1.0, "gain_db": 6.0})
    cut = Stage("highpass4", {"frequency_hz": 250.0, "q": 0.7071})
    pair = played(bell, cut)
    found = next(one for one in tone(Pair(pair.dry, 0.01 * pair.wet, RATE)) if len(one) == 2)
    both = {stage.kind: stage.settings for stage in found}
    assert both["bell"]["gain_db"] == pytest.approx(6, abs=1)
    assert both["bell"]["frequency_hz"] == pytest.approx(900, rel=0.1)
    assert both["highpass4"]["frequency_hz"] == pytest.approx(250, rel=0.1)


# --- echoes and rooms -------------------------------------------------------------------------------


def test_an_echo_that_was_added_by_hand() -> None:
    """Plain copies: time, share and feedback are those that were added."""
    dry, frames = voice(), round(0.287 * RATE)
    wet = dry.clone()
    for n, gain in ((1, 0.5), (2, 0.5 * 0.4), (3, 0.5 * 0.4**2)):
        wet[:, n * frames :] += gain * dry[:, : -n * frames]
    found = proposed(echoes(Pair.of(dry, wet, RATE)), "mono_delay").settings
    assert found["delay_ms"] == pytest.approx(287, abs=0.1)
    assert found["mix"] / (1 - found["mix"]) == pytest.approx(0.5, rel=0.1)
    assert found["feedback"] == pytest.approx(0.4, abs=0.06)
    assert found["frequency_hz"] > 10_000


@pytest.mark.parametrize("kind", ["mono_delay", "pingpong_delay"])
def test_echoes_behind_a_lowpass(kind: str) -> None:
    settings = {"delay_ms": 350.0, "feedback": 0.4, "mix": 0.35, "frequency_hz": 5_000.0}
    found = echoes(played(Stage(kind, settings)))[0][0]
    assert found.kind == kind
    assert found.settings["delay_ms"] == pytest.approx(350, abs=0.5)
    assert found.settings["mix"] == pytest.approx(0.35, abs=0.05)
    assert found.settings["feedback"] == pytest.approx(0.4, abs=0.1)
    assert found.settings["frequency_hz"] == pytest.approx(5_000, rel=0.25)


@pytest.mark.parametrize(("size", "mix"), [(0.35, 0.25), (0.6, 0.3)])
def test_the_size_of_a_room_and_its_share(size: float, mix: float) -> None:
    found = proposed(
        rooms(played(Stage("stereo_reverb", {"size": size, "damping": 0.3, "mix": mix}))), "stereo_reverb"
    )
    assert found.settings["size"] == pytest.approx(size, abs=0.1)
    assert found.settings["mix"] == pytest.approx(mix, abs=0.06)


def test_decaying_noise_has_the_time_it_decays_in() -> None:
    """60 dB in 0.8 s, which is size 0.376."""
    noise = torch.randn(RATE, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    response = 10 ** (-3 * torch.arange(RATE) / RATE / 0.8) * noise * 0.01
    response[0] = 1
    dry = voice()
    wet = torch.fft.irfft(torch.fft.rfft(dry.double(), 1 << 19) * torch.fft.rfft(response, 1 << 19), 1 << 19)[
        :, : dry.shape[-1]
    ]
    found = rooms(Pair.of(dry, wet, RATE))[0][0].settings
    assert 0.2 * 40 ** found["size"] == pytest.approx(0.8, rel=0.25)


# --- levels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ratio"), [("compressor", 4.0), ("compressor", 2.0), ("noisegate", 8.0), ("expander", 2.5)]
)
def test_dynamics_from_the_gain_over_time(kind: str, ratio: float) -> None:
    settings = {"threshold_db": -28.0, "ratio": ratio, "attack_ms": 6.0, "release_ms": 140.0, "knee_db": 4.0}
    pair = played(Stage(kind, settings))
    found = proposed(gains(Pair(pair.dry, 0.1 * pair.wet, RATE)), kind).settings
    assert found["threshold_db"] == pytest.approx(-28, abs=1)
    assert found["ratio"] == pytest.approx(ratio, rel=0.2)
    assert found["attack_ms"] == pytest.approx(6, rel=0.3)
    assert found["release_ms"] == pytest.approx(140, rel=0.2)


# --- shapes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gain_db", "hardness", "asymmetry"), [(24, 0.2, 0.1), (12, 0.7, 0.0), (30, 0.0, 0.5)]
)
def test_the_curve_of_a_clipper(gain_db: float, hardness: float, asymmetry: float) -> None:
    settings = {"gain_db": gain_db, "hardness": hardness, "asymmetry": asymmetry}
    found = proposed(shapes(played(Stage("distortion", settings))), "distortion").settings
    assert found["gain_db"] == pytest.approx(gain_db, abs=1)
    assert found["asymmetry"] == pytest.approx(asymmetry, abs=0.05)


def test_a_tanh_is_a_soft_clipper() -> None:
    wet = torch.tanh(10 * voice())
    found = proposed(shapes(Pair.of(voice(), wet, RATE)), "distortion").settings
    assert found["gain_db"] == pytest.approx(20, abs=0.5)
    assert found["hardness"] == pytest.approx(0, abs=0.1)
    assert found["asymmetry"] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("bit", [4, 6, 8.5])
def test_word_lengths(bit: float) -> None:
    assert proposed(shapes(played(Stage("bitcrush", {"bit": bit}))), "bitcrush").settings[
        "bit"
    ] == pytest.approx(bit, abs=0.02)


def test_steps_of_a_crusher_that_hears_something_else() -> None:
    """Behind a filter the curve is none, but the values lie on a grid of 2^-5."""
    wet = torch.round(voice().flip(-1) * 32) / 32
    wet *= (voice().square().mean() / wet.square().mean()).sqrt()
    grid = shapes(Pair.of(voice(), wet, RATE))[-1][0].settings
    step = float(torch.unique(wet.abs())[1])
    assert grid["bit"] == pytest.approx(1 - math.log2(step), abs=0.05)


# --- pitch ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("semitone", [-7.0, -0.5, 3.0, 12.0])
def test_semitones(semitone: float) -> None:
    found = pitch(played(Stage("pitchshift", {"semitone": semitone})))
    assert found[0][0].settings["semitone"] == pytest.approx(semitone, abs=0.1)


def test_a_tape_that_runs_faster() -> None:
    """Resampled by 2^(1/4): three semitones up; the frames no longer belong together, the spectra do."""
    dry = voice()
    fast = resample(dry, round(RATE * 2**0.25), RATE)
    wet = torch.nn.functional.pad(fast, (0, dry.shape[-1] - fast.shape[-1]))
    found = pitch(Pair.of(dry[:, : RATE // 3], wet[:, : RATE // 3], RATE))
    assert min(abs(one[0].settings["semitone"] - 3) for one in found) < 0.1


def test_no_shift_is_not_proposed() -> None:
    assert all(abs(one[0].settings["semitone"]) > 0.1 for one in pitch(Pair.of(voice(), voice(), RATE)))


# --- image ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pan", [-0.7, 0.25])
def test_where_a_sound_stands(pan: float) -> None:
    assert proposed(image(played(Stage("panning", {"pan": pan}))), "panning").settings[
        "pan"
    ] == pytest.approx(pan, abs=0.01)


def test_how_a_sound_wanders() -> None:
    moved = lfo("pan", 0.4, 1.7, 0.3)
    found = next(one[0] for one in image(played(Stage("panning", {"pan": 0.2}, moved))) if one[0].moved)
    assert found.moved is not None
    assert found.moved.depth == pytest.approx(0.4, abs=0.05)
    assert found.moved.settings["frequency_hz"] == pytest.approx(1.7, rel=0.02)
    assert found.moved.settings["phase"] == pytest.approx(0.3, abs=0.03)
    assert found.settings["pan"] == pytest.approx(0.2, abs=0.05)


def test_a_level_that_goes_up_and_down() -> None:
    """By a factor of a sine, 8 dB each way, three times a second."""
    seconds = torch.arange(voice().shape[-1]) / RATE
    wet = voice() * 10 ** (8 * torch.sin(2 * torch.pi * (3 * seconds + 0.4)) / 20)
    found = tremolo(Pair.of(voice(), wet, RATE))[0][0]
    assert found.moved is not None
    assert 24 * found.moved.depth == pytest.approx(8, abs=0.8)
    assert found.moved.settings["frequency_hz"] == pytest.approx(3, rel=0.02)
    assert abs(_turn(found.moved.settings["phase"] - 0.4)) < 0.03
    assert found.kinds <= EVERYDAY.keys()


def test_how_wide_a_sound_is() -> None:
    dry = torch.stack([voice()[0], voice()[0] + 0.5 * voice()[0].flip(0)])
    mid, side = dry.mean(0), (dry[0] - dry[1]) / 2
    wet = torch.stack([mid + 1.6 * side, mid - 1.6 * side])
    assert proposed(image(Pair.of(dry, wet, RATE)), "imager").settings["width"] == pytest.approx(
        1.6, abs=0.01
    )


def test_the_sine_that_explains_a_trace() -> None:
    seconds = (np.arange(400) + 0.5) * 0.01
    trace: Floats = 0.1 + 0.6 * np.sin(2 * np.pi * (2.3 * seconds + 0.15))
    found = sine(trace, np.ones(400), 0.01)
    assert found[:4] == pytest.approx((0.1, 0.6, 2.3, 0.15), abs=0.01)
    assert found.explained > 0.99


# --- movement ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "delay_ms", "mix", "moved"),
    [
        ("chorus", 15.0, 0.5, lfo("mod", 0.3, 0.8, 0.2)),
        ("flanger", 3.0, 0.5, lfo("mod", 0.4, 0.5, 0.7)),
        ("vibrato", 4.0, 1.0, lfo("mod", 0.3, 5.0, 0.1)),
    ],
)
def test_delays_that_move(kind: str, delay_ms: float, mix: float, moved: Moving) -> None:
    settings = {"delay_ms": delay_ms, "mix": mix, "feedback": 0.2}
    found = proposed(moving_delay(played(Stage(kind, settings, moved))), kind)
    assert found.moved is not None
    assert found.settings["delay_ms"] == pytest.approx(delay_ms, rel=0.05)
    assert found.moved.depth == pytest.approx(moved.depth, rel=0.15)
    assert found.moved.settings["frequency_hz"] == pytest.approx(moved.settings["frequency_hz"], abs=0.06)
    assert abs(_turn(found.moved.settings["phase"] - moved.settings["phase"])) < 0.07


def test_notches_that_move() -> None:
    moved = lfo("mod", 0.3, 0.9, 0.5)
    settings = {"frequency_hz": 900.0, "mix": 0.5, "feedback": 0.3}
    found = proposed(phaser(played(Stage("phaser", settings, moved))), "phaser")
    assert found.moved is not None
    assert found.settings["frequency_hz"] == pytest.approx(900, rel=0.2)
    assert found.moved.settings["frequency_hz"] == pytest.approx(0.9, rel=0.05)
    assert abs(_turn(found.moved.settings["phase"] - 0.5)) < 0.06


def _turn(cycles: float) -> float:
    """Of the circle, the short way."""
    return (cycles + 0.5) % 1.0 - 0.5


# --- all of them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "audio",
    [
        lambda: torch.zeros(2, RATE),
        lambda: voice(0.05),
        lambda: torch.randn(2, 300, generator=torch.Generator().manual_seed(0)),
        lambda: torch.ones(2, RATE) * 0.5,
    ],
)
def test_odd_signals_are_no_trouble(audio: Callable[[], Tensor]) -> None:
    """Silence, fractions of a second, direct current: settings stay inside of their ranges."""
    dry = audio()
    for proposal in proposals(Pair.of(dry, dry.flip(-1), RATE), PROCESSORS, every_kind=True):
        graph, _ = planted(chain(PROCESSORS), 0, proposal, PROCESSORS)
        check(graph, PROCESSORS)


def test_every_kind_is_tried_once() -> None:
    kinds = {stage.kind for one in plain(PROCESSORS) for stage in one}
    assert {"bell", "chorus", "panning", "stereo_reverb"} <= kinds
    assert not kinds & {"mix", "mono_lfo", "crossover", "midside_split", "envelope_follower"}
    assert {stage.kind for one in plain(MASTERING) for stage in one} <= MASTERING.keys()


def test_a_sound_that_runs_past() -> None:
    graph, new = planted(
        chain(PROCESSORS), 0, (Stage("pitchshift", {"semitone": 5.0}, beside=0.5),), PROCESSORS
    )
    check(graph, PROCESSORS)
    assert {graph.nodes[i].kind for i in new} == {"pitchshift", "mix"}
    wet = render(graph, voice(1.0), RATE)
    lone, _ = planted(chain(PROCESSORS), 0, (Stage("pitchshift", {"semitone": 5.0}),), PROCESSORS)
    expected = 0.5 * voice(1.0) + render(lone, voice(1.0), RATE)
    scale = (wet.square().sum() / expected.square().sum()).sqrt()
    torch.testing.assert_close(wet, expected * scale, atol=1e-5, rtol=0)
