"""From audio to graph, whatever the audio is like."""

import math
from pathlib import Path

import pytest
import torch

from tests.small_models import debug_model, system
from unpatch.audio import AudioError, level_db
from unpatch.audio.windows import MOST_WINDOWS, cut, prepare, window_starts
from unpatch.blind.models import save_pretrained
from unpatch.blind.models.deciding import Deciding
from unpatch.drawing import draw
from unpatch.estimates import Candidate, merged, shares
from unpatch.estimation import estimate
from unpatch.graph.build import chain
from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.graph.time import after
from unpatch.processors import PROCESSORS
from unpatch.refining import leveled
from unpatch.refining.applying import apply
from unpatch.rendering import render
from unpatch.tasks import shipped_folder

MODEL = debug_model()
RATE = 44_100
WINDOW = MODEL.settings.features.frames
GREEDY = Deciding(beams=1, draws=0)


def noise(frames: int, channels: int = 2) -> torch.Tensor:
    return 0.1 * torch.randn(channels, frames, generator=torch.Generator().manual_seed(0))


def same(found: Graph, other: Graph) -> bool:
    """Equal but for the last digits of confidences and numbers."""
    return [n.kind for n in found.nodes] == [n.kind for n in other.nodes] and [
        (e.source, e.target, e.port_pair) for e in found.edges
    ] == [(e.source, e.target, e.port_pair) for e in other.edges]


@pytest.mark.parametrize("frames", [2, 700, WINDOW, WINDOW + 1, 3 * WINDOW])
def test_any_length_gives_valid_graphs(frames: int) -> None:
    found = estimate(noise(frames), RATE, model=MODEL)
    assert found.candidates
    for candidate in found.candidates:
        check(candidate.graph, PROCESSORS)
        assert 0 <= candidate.probability <= 1
        assert 0 <= candidate.stray_mass <= 1
    assert found.graph == found.candidates[0].graph


def test_a_notebook_shows_the_best_graph() -> None:
    found = estimate(noise(WINDOW), RATE, model=MODEL)
    assert found._repr_svg_() == draw(found.graph).svg()


@pytest.mark.parametrize("rate", [8_000, 48_000, 192_000])
def test_any_sample_rate(rate: int) -> None:
    check(estimate(noise(rate), rate, model=MODEL, deciding=GREEDY).graph, PROCESSORS)


def test_mono_is_stereo_with_equal_channels() -> None:
    mono = noise(WINDOW, 1)
    graphs = [
        estimate(a, RATE, model=MODEL, deciding=GREEDY).graph for a in (mono[0], mono, mono.expand(2, -1))
    ]
    assert graphs[0] == graphs[1] == graphs[2]


def test_turning_it_down_moves_only_what_follows_the_level() -> None:
    audio = noise(WINDOW)
    a, b = (estimate(gain * audio, RATE, model=MODEL, deciding=GREEDY).graph for gain in (1.0, 0.5))
    assert same(a, b)
    for loud, quiet in zip(a.nodes, b.nodes, strict=True):
        for name, value in loud.parameters.items():
            knob = PROCESSORS[loud.kind].parameters[name]
            expected = min(max(value - 6.0206 * knob.follows_level, knob.low), knob.high)
            assert quiet.parameters[name] == pytest.approx(expected, abs=1e-3 * (knob.high - knob.low))


def test_a_folder_is_as_good_as_a_model(tmp_path: Path) -> None:
    save_pretrained(MODEL, tmp_path)
    audio = noise(WINDOW)
    a, b = (estimate(audio, RATE, model=m, deciding=GREEDY).graph for m in (MODEL, tmp_path))
    assert a == b


def test_candidates_differ_and_fall_in_expected_f1() -> None:
    found = estimate(noise(WINDOW), RATE, model=MODEL, deciding=Deciding(beams=5, draws=6))
    expected = [candidate.expected_f1 or 0.0 for candidate in found.candidates]
    assert expected == sorted(expected, reverse=True)
    assert len(expected) > 1
    assert not any(
        same(a.graph, b.graph) for i, a in enumerate(found.candidates) for b in found.candidates[:i]
    )


def test_the_loudest_window_is_heard() -> None:
    audio = noise(6 * WINDOW)
    audio[:, 3 * WINDOW : 4 * WINDOW] *= 4
    assert window_starts(audio, WINDOW, "loudest") == [3 * WINDOW]
    found = estimate(audio, RATE, model=MODEL, deciding=GREEDY)
    assert found.windows_s == (3 * WINDOW / RATE,)
    alone = estimate(audio[:, 3 * WINDOW : 4 * WINDOW], RATE, model=MODEL, deciding=GREEDY)
    assert same(found.graph, alone.graph)


def test_all_windows_leave_out_pauses_and_stay_few() -> None:
    audio = noise(40 * WINDOW)
    audio[:, 10 * WINDOW : 20 * WINDOW] = 0
    starts = window_starts(audio, WINDOW, "all")
    assert 8 <= len(starts) <= MOST_WINDOWS
    assert not any(10 * WINDOW <= start <= 19 * WINDOW for start in starts)
    assert window_starts(noise(100), WINDOW, "all") == [0]


def test_short_recordings_are_followed_by_silence() -> None:
    audio = noise(10)
    window = cut(audio, [0], 25)[0]
    assert torch.equal(window[:, :10], audio)
    assert (window[:, 10:] == 0).all()


@pytest.mark.parametrize(
    ("audio", "message"),
    [
        (torch.zeros(2, 1_000), "nothing to estimate"),
        (torch.full((2, 1_000), math.nan), "NaN"),
        (torch.full((2, 1_000), math.inf), "infinite"),
        (torch.ones(6, 1_000), r"\(6, 1000\)"),
        (torch.ones(0), "no samples"),
    ],
)
def test_what_cannot_be_estimated_is_refused(audio: torch.Tensor, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        estimate(audio, RATE, model=MODEL)


def test_resampling_keeps_duration() -> None:
    assert prepare(noise(24_000), 48_000, 44_100).shape == (2, 22_050)


def test_unknown_task_is_refused() -> None:
    with pytest.raises(ValueError, match="'whistling'"):
        shipped_folder("whistling")


def test_phases_are_those_of_the_recording_s_beginning() -> None:
    """An oscillator that is a quarter round where the window begins, two seconds into the recording."""
    graph = chain(PROCESSORS, ("panning", {"pan": ("mono_lfo", {"frequency_hz": 0.3, "phase": 0.25})}))
    (begun,) = (n.parameters["phase"] for n in after(graph, -2.0).nodes if "phase" in n.parameters)
    assert begun == pytest.approx((0.25 - 0.6) % 1)
    audio = noise(RATE)
    played = render(graph, audio, RATE, energy=False)
    later = render(after(graph, 0.5), audio[:, RATE // 2 :], RATE, energy=False)
    torch.testing.assert_close(later, played[:, RATE // 2 :], atol=1e-4, rtol=0)


def test_another_task_is_refused() -> None:
    with pytest.raises(ValueError, match="trained for the task 'singing', not 'drums'"):
        estimate(noise(WINDOW), RATE, "drums", model=MODEL)


# --- candidates -------------------------------------------------------------------------------------


def test_graphs_written_differently_are_one_candidate() -> None:
    """Two static filters commute; what follows a distortion does not."""
    spellings = [chain(PROCESSORS, *steps) for steps in (("bell", "highpass2"), ("highpass2", "bell"))]
    other = chain(PROCESSORS, "distortion", "bell")
    found = merged(
        [Candidate(g, p, 0.0) for g, p in zip([*spellings, other], (0.1, 0.2, 0.25), strict=True)], PROCESSORS
    )
    assert [c.probability for c in found] == pytest.approx([0.3, 0.25])
    assert found[0].graph == spellings[1]
    assert sum(c.share for c in found) == pytest.approx(1)


def test_shares_keep_the_order_and_are_less_far_apart_than_probabilities() -> None:
    assert shares([0.4, 0.1], sharpness=1.0) == pytest.approx([0.8, 0.2])
    assert shares([0.4, 0.1], sharpness=0.5) == pytest.approx([2 / 3, 1 / 3])
    assert shares([0.0, 0.0]) == [0.5, 0.5]


def test_with_the_dry_signal_candidates_are_ordered_by_their_sound() -> None:
    dry = noise(WINDOW)
    wet = render(chain(PROCESSORS, ("lowpass2", {"frequency_hz": 500})), dry, RATE)
    found = estimate(wet, RATE, model=MODEL, dry=dry, deciding=Deciding(beams=1, draws=4))
    blind = estimate(wet, RATE, model=MODEL, deciding=GREEDY)
    told = [c.distance for c in found.candidates if c.distance is not None]
    assert len(told) == len(found.candidates) > len(blind.candidates)
    assert told == sorted(told)
    assert told[0] == pytest.approx(leveled([found.graph], dry, wet, RATE)[0][1])
    assert all(c.distance is None for c in blind.candidates)
    assert found.top(2).candidates == found.candidates[:2]


def test_a_model_that_hears_the_dry_signal_is_given_it() -> None:
    model = debug_model(of=system("with_dry"))
    seen: list[torch.Tensor] = []
    model.encoder.register_forward_pre_hook(lambda _, args: seen.append(args[0].dry))
    estimate(noise(WINDOW), RATE, model=model, dry=noise(WINDOW, 1), deciding=GREEDY)
    estimate(noise(WINDOW), RATE, model=model, deciding=GREEDY)
    assert float(seen[0].max()) > 0
    assert float(seen[1].max()) == -1


def test_sources_of_another_task_are_refused() -> None:
    with pytest.raises(ValueError, match="task 'singing' has the sources in"):
        estimate(noise(WINDOW), RATE, model=MODEL, dry={"kick": noise(WINDOW)}, deciding=GREEDY)


# --- applying ---------------------------------------------------------------------------------------


def test_applying_keeps_the_level_and_mixes_by_amount() -> None:
    graph = chain(PROCESSORS, ("lowpass2", {"frequency_hz": 800}))
    mine = 0.3 * noise(RATE, 1)
    wet, half, none = (apply(graph, mine, RATE, amount=amount) for amount in (1.0, 0.5, 0.0))
    for audio in (wet, half, none):
        assert level_db(audio) == pytest.approx(level_db(mine), abs=1e-3)
    torch.testing.assert_close(none, mine.expand(2, -1))
    torch.testing.assert_close(wet, render(graph, mine, RATE), atol=1e-5, rtol=0)
    both = mine.expand(2, -1) + wet
    torch.testing.assert_close(half, both * (half.norm() / both.norm()))


def test_applied_thresholds_follow_the_level() -> None:
    """A take 20 dB louder than what the graph was made for is compressed the same."""
    graph = chain(
        PROCESSORS, ("compressor", {"threshold_db": -40, "ratio": 10}), ("distortion", {"gain_db": 30})
    )
    quiet = 0.1 * noise(RATE)
    made_for_db = level_db(quiet)
    one, ten = (apply(graph, gain * quiet, RATE, made_for_db=made_for_db) for gain in (1.0, 10.0))
    torch.testing.assert_close(ten, 10 * one, atol=2e-4, rtol=0)
    stays = apply(graph, 10 * quiet, RATE)
    assert float((stays - 10 * one).abs().max()) > 0.02


def test_what_cannot_be_applied_is_refused() -> None:
    graph = chain(PROCESSORS, "bell")
    with pytest.raises(ValueError, match=r"amount is 1\.2; allowed are 0 to 1"):
        apply(graph, noise(100), RATE, amount=1.2)
    with pytest.raises(AudioError, match="nothing"):
        apply(graph, torch.zeros(2, 100), RATE)
    with pytest.raises(ValueError, match="plays in, but the audio given is that of kick"):
        apply(graph, {"kick": noise(100)}, RATE)
