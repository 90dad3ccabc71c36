"""The report: figures that mean what they say, a page that stands alone."""

import base64
import io
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image
from torch import Tensor

import unpatch
from unpatch.demo import embedded_graph, embedded_voice, processed_voice
from unpatch.estimates import Candidate, Estimate, shares
from unpatch.graph.build import chain
from unpatch.graph.data import Edge, Graph, Node
from unpatch.pages.estimate import EstimateReport, compose, page, verdict, write
from unpatch.pages.estimate.axes import round_ticks
from unpatch.pages.estimate.curve import curve_svg, turns
from unpatch.pages.estimate.measures import distance, match_level, spectrograms_db, third_octaves
from unpatch.pages.estimate.spectrogram import MOST_COLUMNS, difference_svg, spectrogram_svg
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.processors import PROCESSORS
from unpatch.refining import fit
from unpatch.refining.problem import FitMoment
from unpatch.rendering import render
from unpatch.storage.results import RECORD

RATE = 44_100


def noise(seconds: float = 2.0, seed: int = 0) -> Tensor:
    return 0.1 * torch.randn(2, round(seconds * RATE), generator=torch.Generator().manual_seed(seed))


@cache
def take() -> EstimateReport:
    dry, wet, rate = processed_voice()
    graph = chain(PROCESSORS, ("highpass2", {"frequency_hz": 300}), "compressor")
    nodes = tuple(replace(node, confidence=0.5) if node.is_processor else node for node in graph.nodes)
    found = replace(graph, nodes=nodes)
    rendered = render(found, dry, rate)
    return EstimateReport(
        "<take> & co", found, wet, rendered, dry, rate, "voice", True, embedded_graph(), facts={"seed": "7"}
    )


@cache
def own_page() -> str:
    return page(take())


def test_equal_takes_have_no_distance() -> None:
    apart = distance(noise(), noise(), RATE)
    assert (apart.level_db, apart.spectrum_db, apart.spectrogram_db, apart.multi_scale) == (0, 0, 0, 0)


def test_a_gain_changes_the_level_and_nothing_else() -> None:
    apart = distance(noise(), noise() / 2, RATE)
    assert apart.level_db == pytest.approx(-6.02, abs=0.01)
    assert apart.spectrum_db == pytest.approx(0, abs=1e-3)
    assert apart.spectrogram_db == pytest.approx(0, abs=1e-3)


def test_a_bell_shows_where_it_acts() -> None:
    bell = chain(PROCESSORS, ("bell", {"frequency_hz": 1000, "q": 1, "gain_db": 12}))
    wet = render(bell, noise(4), RATE, energy=False)
    centres, before = third_octaves(noise(4), RATE)
    gain = third_octaves(wet, RATE)[1] - before
    assert float(gain[centres == 1000]) == pytest.approx(12, abs=0.5)
    assert gain[centres < 150].abs().max() < 0.5


def test_third_octaves_of_white_noise_rise_by_a_decibel_a_band() -> None:
    centres, level = third_octaves(noise(20), RATE)
    high = level[centres > 400]
    assert (high.diff().mean() - 10 * np.log10(2) / 3).abs() < 0.05


def test_spectrograms_share_one_floor() -> None:
    loud, quiet = spectrograms_db((noise(), noise() * 1e-6), RATE)
    assert float(quiet.max() - quiet.min()) == 0
    assert float(loud.max() - quiet.max()) == pytest.approx(80)


def test_silence_is_left_silent() -> None:
    assert float(match_level(torch.zeros(2, 10), noise()).abs().max()) == 0


def test_the_page_needs_nothing_from_outside() -> None:
    links = re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?([^\"')\s>]+)", own_page())
    assert links
    assert all(link.startswith("data:") for link in links)
    outside = set(re.findall(r"https?://[^\"'\s<]+", own_page()))
    assert outside <= {"http://www.w3.org/2000/svg"}


def test_text_is_escaped() -> None:
    assert "&lt;take&gt; &amp; co" in own_page()
    assert "<take>" not in own_page()


def test_the_page_shows_graph_truth_values_and_facts() -> None:
    assert own_page().count("<svg") == 2 + 3 + 1  # graphs, spectrograms, spectrum
    for text in ("The graph that was used", "300 Hz", "50%", "<dt>seed</dt><dd>7</dd>", "Difference"):
        assert text in own_page()


def test_embedded_audio_is_the_audio() -> None:
    for key, audio in (("reference", take().reference), ("re-render", take().rendered), ("dry", take().dry)):
        found = re.search(rf'id="audio-{key}">([^<]+)<', own_page())
        assert found is not None
        samples, rate = soundfile.read(io.BytesIO(base64.b64decode(found[1])))
        assert rate == take().sample_rate
        loudest = max(1.0, float(audio.abs().max()))
        np.testing.assert_allclose(samples.T, audio.numpy() / loudest, atol=2**-15)


def test_one_processor_is_singular() -> None:
    assert "processors found" in own_page()
    found = chain(PROCESSORS, "bell")
    assert "processor found" in page(replace(take(), found=found, has_own_dry=False))


def estimated(*probabilities: float) -> Estimate:
    graph = chain(PROCESSORS, ("highpass2", {"frequency_hz": 300}))
    told = zip(probabilities, shares(probabilities), strict=True)
    return Estimate(tuple(Candidate(graph, p, 0.0, share) for p, share in told), (0.0,), 3.6, -20.0)


def test_a_report_is_one_call(tmp_path: Path) -> None:
    dry, wet, rate = processed_voice()
    files = unpatch.report(estimated(3e-7, 1e-7), wet, rate, tmp_path, name="mine", dry=dry[:1])
    assert {*tmp_path.iterdir()} == {path for path in vars(files).values() if path} | {tmp_path / RECORD}
    text = files.report.read_text()
    assert "mean difference" in text
    other = unpatch.report(estimated(1.0), wet, rate, tmp_path / "other")
    assert "is not known" in other.report.read_text()
    with pytest.raises(ValueError, match="equally long"):
        unpatch.report(estimated(1.0), wet, rate, tmp_path / "third", dry=dry[:, :rate])
    assert not (tmp_path / "third").exists()


def test_a_failed_report_leaves_the_old_one(tmp_path: Path) -> None:
    write(take(), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="NaN"):
        write(replace(take(), name="new", rendered=take().rendered * math.nan), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_oscillators_of_an_excerpt_are_where_they_would_be() -> None:
    """A minute of a vibrato, of which the page shows the last part."""
    graph = chain(PROCESSORS, ("panning", {"pan": ("mono_lfo", {"frequency_hz": 0.37})}))
    dry = noise(EXCERPT_S + 4)
    wet = render(graph, dry, RATE, energy=False)
    found = Estimate((Candidate(graph, 1.0, 0.0),), (float(EXCERPT_S),), 3.6, -20.0)
    shown = compose(found, wet, RATE, dry=dry)
    level = (shown.rendered * shown.reference).sum() / shown.rendered.square().sum()
    assert shown.reference.shape[-1] == EXCERPT_S * RATE
    torch.testing.assert_close(shown.rendered * level, shown.reference, atol=1e-3, rtol=0)


def test_the_verdict_names_effects_by_how_sure_they_are() -> None:
    graph = chain(PROCESSORS, "bell", "compressor", "bell", "mono_reverb")
    shares = iter((0.6, 0.95, 0.3, 0.85))
    nodes = tuple(replace(n, confidence=next(shares)) if n.is_processor else n for n in graph.nodes)
    found = estimated(0.1)
    text = verdict(replace(graph, nodes=nodes), found)
    assert text == "sure: compressor, mono reverb; likely: bell; perhaps: bell"


def test_an_untouched_recording_is_called_so() -> None:
    nothing = Graph((Node("in"), Node("out")), (Edge(0, 1),))
    assert (
        verdict(nothing, replace(estimated(0.1), untouched=0.82)) == "No audible processing (probability 82%)"
    )
    assert verdict(nothing, estimated(0.1)) == "No audible processing"


@pytest.mark.parametrize(
    ("confidence", "untouched", "ending"),
    [(0.3, 0.28, "; or no audible processing (probability 28%)"), (0.3, 0.1, ""), (0.6, 0.28, "")],
)
def test_where_all_is_uncertain_the_recording_may_be_untouched(
    confidence: float, untouched: float, ending: str
) -> None:
    graph = chain(PROCESSORS, "compressor")
    nodes = tuple(replace(n, confidence=confidence) if n.is_processor else n for n in graph.nodes)
    text = verdict(replace(graph, nodes=nodes), replace(estimated(0.1), untouched=untouched))
    assert text == f"{'perhaps' if confidence < 0.5 else 'likely'}: compressor{ending}"


def test_without_the_own_dry_signal_there_are_no_distances() -> None:
    text = page(replace(take(), has_own_dry=False, truth=None))
    assert "is not known" in text
    assert "mean difference" not in text
    assert "Difference" not in text


def test_the_embedded_voice_is_a_real_dry_phrase() -> None:
    voice, rate = embedded_voice()
    assert rate == RATE
    assert voice.shape[-1] > 8 * rate
    assert torch.equal(voice[0], voice[1])
    assert 0.3 < float(voice.abs().max()) < 1


def pixels(svg: str) -> list[np.ndarray]:
    """The pictures inside a diagram, as red, green, blue."""
    found = re.findall(r"data:image/png;base64,([^\"]+)", svg)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")) for data in found]


def test_a_spectrogram_is_brighter_where_it_is_louder_and_has_its_high_bands_on_top() -> None:
    levels = torch.linspace(-90, 0, 16)[:, None].expand(16, 30)
    picture, bar = pixels(spectrogram_svg(levels, [100.0 * i for i in range(1, 17)], RATE, loudest_db=0))
    assert picture.shape == (16, 30, 3)
    brightness = picture.mean((1, 2))
    assert (np.diff(brightness) <= 0).all()
    assert (picture[0] == bar[0]).all()
    assert (picture[-1] == bar[-1]).all()


def test_a_difference_is_blue_where_weaker_and_red_where_stronger() -> None:
    difference = torch.tensor([[-30.0, 0.0, 30.0]])
    weaker, equal, stronger = pixels(difference_svg(difference, [1000.0], RATE))[0][0].astype(int)
    assert weaker[2] > weaker[0] + 50
    assert stronger[0] > stronger[2] + 50
    assert equal.min() > 250


def test_a_long_spectrogram_has_no_more_columns_than_a_screen() -> None:
    picture, _ = pixels(spectrogram_svg(torch.zeros(4, 9000), [100.0, 200.0, 300.0, 400.0], RATE, 0.0))
    assert picture.shape[1] == MOST_COLUMNS


@pytest.mark.parametrize(
    ("end", "ticks"),
    [(9.1, [0, 2, 4, 6, 8]), (60, [0, 20, 40, 60]), (0.11, [0, 0.02, 0.04, 0.06, 0.08, 0.1])],
)
def test_ticks_are_round(end: float, ticks: list[float]) -> None:
    assert round_ticks(end) == pytest.approx(ticks)


# --- how it was found -------------------------------------------------------------------------------


@cache
def refined() -> EstimateReport:
    dry, wet, rate = processed_voice()
    found = estimated(0.3, 0.1)
    fitted = fit(found.graph, dry, wet, rate, cpu_seconds=None, renders=6)
    return compose(found, wet, rate, dry=dry, fitted=fitted, applied=(dry[:, :rate], wet[:, :rate]))


def test_the_refinement_is_shown_before_and_after() -> None:
    text = page(refined())
    fitted = refined().fitted
    assert fitted is not None
    assert f"from {fitted.before:.3f} to {fitted.after:.3f}" in text
    assert 'id="audio-before-refining"' in text
    assert refined().found == fitted.graph
    assert text.count(" renders</title>") == len(turns(fitted.moments))


def test_candidates_stand_in_a_table_with_their_shares() -> None:
    text = page(refined())
    first, second = shares([0.3, 0.1])
    assert f"{first:.0%}" in text
    assert f"{second:.0%}" in text
    assert text.count("<details>") == 2
    assert "Candidates" not in page(take())


def test_another_recording_has_a_player_of_its_own() -> None:
    text = page(refined())
    assert text.count('class="player"') == 2
    assert text.count('id="applied-') == 2
    assert page(take()).count('class="player"') == 1


def test_the_curve_marks_only_what_is_new() -> None:
    told = [
        FitMoment(0.1, 1, 0.5, "candidate"),
        FitMoment(0.2, 2, 0.4, "numbers"),
        FitMoment(0.3, 3, 0.3, "numbers"),
    ]
    assert turns(told) == told[:2]
    assert curve_svg(told, 1.0).count("<circle") == 2


def test_the_curve_of_a_recording_that_equals_the_dry_signal_is_flat_at_zero() -> None:
    equal = [FitMoment(0.1, 1, 0.0, "start"), FitMoment(0.4, 3, 0.0, "gradient")]
    assert "nan" not in curve_svg(equal, 1.0)
