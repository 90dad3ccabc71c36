"""The report of a search and its live picture: figures that mean what they say, pages that stand alone."""

import json
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from unpatch.graph.data import Graph
from unpatch.mixing.console import console, prunable, without
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.loss_settings import MixLossSettings
from unpatch.mixing.results import SearchMoment, SearchProgress, SearchResult, by_letter
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SegmentSettings
from unpatch.pages.mix import Live, Mixdown, compose, page, write
from unpatch.pages.mix.history import history_svg, places
from unpatch.pages.mix.live import stage_in_words
from unpatch.pages.mix.losses import MixLosses
from unpatch.pages.mix.loudness import Loudness
from unpatch.pages.mix.mixdown import MIX, RECREATION, SUM
from unpatch.pages.mix.page import duration
from unpatch.pages.mix.record import Record
from unpatch.pages.mix.response_curve import curve_db
from unpatch.pages.mix.responses import Response, responses, write_responses
from unpatch.pages.mix.strips import strips
from unpatch.pages.mix.tradeoff import tradeoff_svg
from unpatch.rendering import render
from unpatch.stems.alignment import Alignment, Alignments, LeftOver
from unpatch.storage.results import RECORD

RATE = 16_000
GROUPS = {"<kick>": "drums", "snare": "drums", "lead": "vocals"}
FULL = console(GROUPS, lone=False)


class Wish(NamedTuple):
    strip: str
    kind: str
    values: dict[str, float]


def pruned(*wishes: Wish) -> Graph:
    """The console with these processors alone, all wet."""
    graph, kept = FULL, set[int]()
    for wish in wishes:
        strip = next(strip for strip in strips(FULL) if strip.name == wish.strip)
        node = next(n for n in strip.branch.nodes if FULL.nodes[n].kind == wish.kind)
        graph, kept = graph.with_parameters(node, {"weight": 1.0, **wish.values}), kept | {node}
    return without(graph, set(prunable(FULL)) - kept)


LOUD = Wish("<kick>", "console_gain", {"gain_db": 6.0})
SQUASHED = Wish("<kick>", "console_compressor", {"threshold_db": -30.0})
BENT = Wish("<kick>", "console_equalizer", {"bell_2_hz": 1000.0, "bell_2_db": 12.0, "bell_2_q": 1.0})
WET = Wish("drums", "console_reverb", {"weight": 0.3})
GRAPH = pruned(BENT, SQUASHED, LOUD, WET)


def noise(seconds: float = 2.0, tracks: int = 3) -> Tensor:
    return 0.1 * torch.randn(tracks, 2, round(seconds * RATE), generator=torch.Generator().manual_seed(0))


def moments() -> tuple[SearchMoment, ...]:
    before, after = by_letter(FULL), by_letter(GRAPH)
    return (
        SearchMoment("console", 20, 1.0, 0.9, before),
        SearchMoment("console", 40, 2.0, 0.5, before),
        SearchMoment("console", 40, 2.1, 0.45, before, judged=True),
        SearchMoment("prune 1/1", 28, 3.0, 0.46, after, 30, judged=True),
        SearchMoment("refit 1/1", 10, 4.0, 0.40, after),
        SearchMoment("refit 1/1", 10, 4.1, 0.41, after, judged=True),
    )


@cache
def take() -> Mixdown:
    audio = noise()
    mix = render(GRAPH, audio, RATE)
    found = SearchResult(GRAPH, FULL, 0.45, 0.41, 0.01, moments(), RATE, 75.0)
    evaluator = Evaluator(
        StemsAndMix(audio, mix, RATE, SegmentSettings(0.7, 0.1, 3)), MixLossSettings(warmup_s=0.1)
    )
    return compose(
        found, evaluator, list(audio), name="<song> & co", facts={"seed": "7"}, notes=["resampled"]
    )


@cache
def own_page() -> str:
    return page(take())


def test_what_the_stems_leave_over_stands_at_the_top_and_in_the_table() -> None:
    row = Alignment("lead", True, 7.0, False, 0.0, -3.0, 0.9, 1.0, remarks=("level moves by 6.0 dB",))
    found = Alignments(
        (row,), RATE, 0.87, False, left_over=LeftOver(share=0.125), remarks=("What is left <moves>.",)
    )
    html = page(replace(take(), alignments=found))
    assert html.index("What is left &lt;moves&gt;.") < html.index("Stems in the mix")
    assert "level moves by 6.0 dB" in html
    assert "The stems explain 87 % of the mix" in html and "the residual is 9 dB below the mix" in html


# --- figures --------------------------------------------------------------------------------------


def test_the_true_graph_has_no_loss_and_the_plain_sum_has() -> None:
    """The mix was made by the graph: nothing differs but rounding and the passage's missing past."""
    losses = take().losses
    assert losses[RECREATION].parts[0].total < 0.05 < losses[SUM].parts[0].total
    torch.testing.assert_close(take().sounds[RECREATION], take().sounds[MIX], atol=1e-5, rtol=0)


def test_losses_weigh_left_right_mid_and_side_as_published() -> None:
    losses: MixLosses = take().losses[SUM]
    for parts in losses.parts:
        assert parts.total == pytest.approx(0.5 * parts.lr + 0.25 * parts.m + 0.25 * parts.s)
    assert losses.sought == pytest.approx(losses.parts[1].total, rel=1e-4)  # these settings are the paper's


def test_loudness_of_a_full_scale_sine() -> None:
    """ITU-R BS.1770: a 0 dBFS sine of 997 Hz on one channel reads -3.01 LUFS."""
    time = torch.arange(5 * 48_000) / 48_000
    sine = torch.sin(2 * torch.pi * 997 * time)
    measured = Loudness.of(torch.stack([sine, torch.zeros_like(sine)]), 48_000)
    assert measured.lufs == pytest.approx(-3.01, abs=0.05)
    assert measured.peak_db == pytest.approx(0, abs=0.01)


def test_loudness_of_silence_and_of_next_to_nothing() -> None:
    assert Loudness.of(torch.zeros(2, RATE), RATE).lufs == -math.inf
    assert math.isnan(Loudness.of(torch.ones(2, 10), RATE).lufs)


def test_the_loudest_excerpt_is_shown() -> None:
    mix = 0.01 * noise(20.0, 1)[0]
    mix[:, 12 * RATE : 14 * RATE] *= 50
    part = replace(take(), sounds={MIX: mix}).excerpt(4.0)
    assert part.start <= 12 * RATE < 14 * RATE <= part.stop


# --- impulse responses ----------------------------------------------------------------------------


def of(strip: str, number: int, graph: Graph = GRAPH) -> Response:
    found = responses(graph, RATE)
    return next(r for r in found if (r.stretch.strip.name, r.stretch.number) == (strip, number))


def test_there_is_one_for_each_linear_part() -> None:
    names = [response.file_name for response in responses(GRAPH, RATE)]
    assert names == ["kick-1-equalizer.wav", "kick-2-gain.wav", "drums-1-reverb.wav"]


def test_a_gain_is_an_impulse_of_its_level() -> None:
    response = of("<kick>", 2)
    assert (len(response.audio), response.zero) == (2, 0)
    assert float(response.audio[0, 0]) == pytest.approx(10 ** (6 / 20), rel=1e-4)
    assert float(response.audio[:, 1:].abs().max()) < 1e-5


def test_convolution_with_it_is_the_processor() -> None:
    response, audio = of("drums", 1), noise(1.0, 1)[0].double().numpy()
    wet = render(response.stretch.chain, torch.from_numpy(audio).float(), RATE).numpy()
    kernel = response.audio.double().numpy()
    silent = np.zeros_like(kernel[0])
    matrix = np.stack([*kernel] if len(kernel) == 4 else [kernel[0], silent, silent, kernel[1]]).reshape(
        2, 2, -1
    )
    size = audio.shape[-1] + matrix.shape[-1]
    spectra = np.fft.rfft(audio, size), np.fft.rfft(matrix, size)
    made = np.fft.irfft(np.einsum("if,iof->of", *spectra), size)[:, response.zero :][:, : audio.shape[-1]]
    np.testing.assert_allclose(made, wet, atol=1e-3 * np.abs(wet).max())


def test_the_curve_is_the_equalizer_s() -> None:
    hz, levels = curve_db(of("<kick>", 1).sides[0], RATE)
    peak = int((hz - 1000).abs().argmin())
    assert float(levels[peak]) == pytest.approx(12, abs=0.3)
    assert int(levels.argmax()) == pytest.approx(peak, abs=2)


def test_reverberation_falls_by_60_db_in_the_time_that_is_told() -> None:
    response = of("drums", 1)
    decay = response.audio.double().square().sum(0)
    after = decay[response.zero + round(response.rings_s * RATE) :].sum()
    assert float(after / decay[response.zero :].sum()) == pytest.approx(1e-6, rel=0.2)


def test_a_filter_that_sounds_early_says_where_its_impulse_is(tmp_path: Path) -> None:
    groups = {"a": "x", "b": "x"}
    graph = console(groups, "e", strip="published", lone=False)
    node = prunable(graph)[0]
    curve = tuple(12.0 if 100 < i < 120 else 0.0 for i in range(1024))
    curved = replace(graph.nodes[node], curves={"magnitude_db": curve})
    graph = replace(graph, nodes=(*graph.nodes[:node], curved, *graph.nodes[node + 1 :]))
    found = responses(graph, RATE)
    assert found[0].zero > 0
    write_responses(found, tmp_path)
    index = json.loads((tmp_path / "index.json").read_text())
    assert index[0]["impulse_at_sample"] == found[0].zero
    assert {entry["file"] for entry in index} == {path.name for path in tmp_path.glob("*.wav")}


def test_files_are_as_loud_as_the_responses_and_old_ones_go(tmp_path: Path) -> None:
    write_responses(responses(GRAPH, RATE), tmp_path)
    audio, rate = soundfile.read(tmp_path / "kick-2-gain.wav")
    assert (rate, audio.max()) == (RATE, pytest.approx(10 ** (6 / 20), rel=1e-4))
    (tmp_path / "mine.wav").write_bytes(b"")
    write_responses(responses(pruned(LOUD), RATE), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"index.json", "kick-1-gain.wav", "mine.wav", RECORD}


def test_names_that_are_alike_do_not_overwrite_each_other(tmp_path: Path) -> None:
    found = responses(GRAPH, RATE)
    write_responses([found[1], found[1]], tmp_path)
    assert len(list(tmp_path.glob("*.wav"))) == 2


# --- the page -------------------------------------------------------------------------------------


def test_the_page_needs_nothing_from_outside() -> None:
    links = re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?([^\"')\s>]+)", own_page())
    assert all(link.startswith("data:") for link in links)
    assert set(re.findall(r"https?://[^\"'\s<]+", own_page())) <= {"http://www.w3.org/2000/svg"}


def test_the_page_says_what_was_found() -> None:
    text = own_page()
    assert "&lt;song&gt; &amp; co" in text
    assert "<song>" not in text
    assert "<kick>" not in text
    assert f"{len(prunable(GRAPH))} of {len(prunable(FULL))}" in text
    for said in (
        "&lt;kick&gt;",
        "+6.0 dB",
        "30% wet",
        "<dt>seed</dt><dd>7</dd>",
        "resampled",
        "L_lr",
        "LUFS",
    ):
        assert said in text
    assert text.count('class="take"') == 3
    assert text.count('class="spectrogram"') == 2
    assert text.count("response") >= len(take().responses)


def test_everything_is_written(tmp_path: Path) -> None:
    files = write(take(), tmp_path)
    assert all(path.exists() for path in vars(files).values())
    assert Graph.from_json(files.graph.read_text()) == GRAPH
    assert Graph.from_json(files.console.read_text()) == FULL
    audio, rate = soundfile.read(files.audio)
    made = take().sounds[RECREATION].numpy()
    np.testing.assert_allclose(audio.T, made / max(1, np.abs(made).max()), atol=2**-22)
    assert rate == RATE


def test_history_counts_steps_of_fits_alone() -> None:
    assert [place.steps for place in places(moments())] == [20, 40, 40, 40, 50, 50]
    picture = history_svg(moments())
    assert picture.count("<circle") == 3
    assert f"gain: {by_letter(GRAPH)['g']} left" in picture
    assert tradeoff_svg(moments(), 0.01).count("<circle") == 3
    assert tradeoff_svg((), 0.01) == ""


@pytest.mark.parametrize(
    ("seconds", "said"), [(42, "42 s"), (720, "12 min"), (3900, "1 h 05 min"), (3599, "1 h 00 min")]
)
def test_durations_in_words(seconds: float, said: str) -> None:
    assert duration(seconds) == said


# --- the live picture -----------------------------------------------------------------------------


def updated(live: Live, *news: SearchProgress) -> str:
    for progress in news:
        live.update(progress)
    return live.path.read_text()


BEGUN = SearchProgress("console", 0, 40, math.nan, 28, math.nan, FULL)
HALF = SearchProgress("console", 20, 40, 0.5, 28, 30.0)
PRUNED = SearchProgress("refit 1/1", 0, 10, math.nan, 4, 5.0, GRAPH)


def live_at(folder: Path) -> Live:
    return Live(folder, folder / "search", "<song>", 50, every_s=0.0)


def test_the_picture_follows_the_search(tmp_path: Path) -> None:
    live = live_at(tmp_path)
    text = updated(live, BEGUN, HALF)
    assert '<meta http-equiv="refresh"' in text
    for said in ("Running: fitting the console, step 20 of 40", "0.500", "28 of 28", "30 s", "&lt;song&gt;"):
        assert said in text
    assert "<song>" not in text
    assert text.count('class="gone"') == 0
    text = updated(live, PRUNED)
    assert text.count('class="gone"') == len(prunable(FULL)) - len(prunable(GRAPH))
    assert "4 of 28" in text


def test_it_ends_with_a_link_to_the_report(tmp_path: Path) -> None:
    live = live_at(tmp_path)
    updated(live, BEGUN, HALF)
    live.finished(take().found, "report.html")
    text = live.path.read_text()
    assert "0.410" in text
    assert text.count('class="gone"') == len(prunable(FULL)) - len(prunable(GRAPH))
    assert 'href="report.html"' in text
    assert "refresh" not in text


def test_it_says_how_to_go_on_and_knows_the_past_then(tmp_path: Path) -> None:
    live = live_at(tmp_path)
    updated(live, BEGUN, HALF)
    live.stopped()
    assert "Run the same command again to continue" in live.path.read_text()
    again = live_at(tmp_path)
    assert again.seconds >= live.record.seconds
    updated(again, replace(HALF, step=10, loss=0.7, graph=FULL))
    assert [moment.step for moment in again.record.moments] == [0, 10]
    assert again.record.console == live.record.console


def test_a_damaged_record_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text('{"moments": 3}')
    assert Record.load(tmp_path) == Record()


def test_the_page_is_never_half_written(tmp_path: Path) -> None:
    """It is written aside, so that no other file is left."""
    updated(live_at(tmp_path), BEGUN, HALF)
    assert {path.name for path in tmp_path.iterdir()} == {"live.html", "search"}


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("console", "fitting the console, step 3 of 9"),
        ("prune 2/6", "pruning, round 2/6, processor 3 of 9"),
        ("refit 2/6", "fitting after round 2/6 of pruning, step 3 of 9"),
        ("finish", "finishing"),
    ],
)
def test_stages_in_words(stage: str, said: str) -> None:
    assert stage_in_words(SearchProgress(stage, 3, 9, 0.1, 5, 1.0)) == said
