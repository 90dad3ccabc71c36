"""Whole searches: what was done to a mix is found, the same every time, and after a kill at any moment."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

import unpatch
from unpatch.dsp.spectrum import Spectrum, fast_size
from unpatch.graph.data import Graph
from unpatch.mixing.console import ORDER, console, letter_of, prunable
from unpatch.mixing.gain_merging import matrix
from unpatch.mixing.inputs import gathered
from unpatch.mixing.results import SearchResult
from unpatch.mixing.segments import cut
from unpatch.mixing.settings import SearchSettings, debug
from unpatch.mixing.start import placed
from unpatch.mixing.tree import Tree
from unpatch.stems import Alignment, Alignments, Multitrack, Stem, StemsError

RATE, SECONDS = 16_000, 6.0
FRAMES = round(RATE * SECONDS)


def stem(seed: int) -> Tensor:
    """Bursts of coloured noise ``[2, T]``, other for each seed."""
    draw = torch.Generator().manual_seed(seed)
    white = torch.randn(2, FRAMES, generator=draw)
    hz = torch.fft.rfftfreq(FRAMES, 1 / RATE)
    tilt = 1 / (1 + (hz / (300 * 2.0**seed)) ** 2) ** 0.5
    audio: Tensor = torch.fft.irfft(torch.fft.rfft(white) * tilt, FRAMES)
    beats = (torch.arange(FRAMES) * (2 + 0.7 * seed) / RATE) % 1
    return 0.2 * audio / audio.std() * torch.exp(-3 * beats)


TRACKS = {name: stem(i) for i, name in enumerate(("kick", "bass", "keys", "voice"))}


def settings(chain: str, steps: int = 60, rounds: int = 3, seed: int = 0) -> SearchSettings:
    base = debug()
    return replace(
        base,
        console=replace(base.console, chain=chain),
        segments=replace(base.segments, length_s=2.0, warmup_s=0.5, judged=4),
        fit=replace(base.fit, steps=steps, refit_steps=15, rate=0.05),
        prune=replace(base.prune, rounds=rounds),
        seed=seed,
    )


def delayed(audio: Tensor, samples: float) -> Tensor:
    """Any fraction of samples later."""
    spectrum = Spectrum.of(audio[None], fast_size(2 * FRAMES))
    turn = -2 * math.pi * spectrum.frequencies_hz(RATE) * samples / RATE
    return Spectrum(spectrum.bins * torch.polar(torch.ones_like(turn), turn), spectrum.size).samples(FRAMES)[
        0
    ]


def strips(graph: Graph) -> dict[str, set[str]]:
    """Track or bus to the letters of the processors in its strip."""
    tree = Tree.of(graph)
    found: dict[str, set[str]] = {}
    for node in prunable(graph):
        name = graph.nodes[tree.branches[tree.home[node]].head].name
        found.setdefault(str(name), set()).add(letter_of(graph.nodes[node].kind))
    return found


def gains(graph: Graph) -> dict[str, tuple[float, float]]:
    """Track to its gains on both sides in dB, of a graph in which nothing but gains is left."""
    tree = Tree.of(graph)
    found = {}
    for source in graph.sources:
        sides = [1.0, 1.0]
        branch: int | None = tree.by_head[source]
        while branch is not None:
            for node in tree.branches[branch].nodes:
                if (factors := matrix(graph.nodes[node])) is not None:
                    sides = [side * factor for side, factor in zip(sides, factors, strict=True)]
            branch = tree.onward(branch)
        found[str(graph.nodes[source].name)] = tuple(20 * math.log10(abs(side)) for side in sides)
    return found  # type: ignore[return-value]


@pytest.fixture(scope="module")
def levelled() -> tuple[Mapping[str, tuple[float, float]], SearchResult]:
    """A mix of gains and pans alone, one track late and turned over, and what was found."""
    wanted = {"kick": (-3.0, -3.0), "bass": (2.0, -4.0), "keys": (-12.0, -1.5), "voice": (0.0, 0.0)}
    tracks = {**TRACKS, "bass": -delayed(TRACKS["bass"], 37.4)}
    sides = {name: torch.tensor([[10 ** (db / 20)] for db in pair]) for name, pair in wanted.items()}
    mix = sum((sides[name] * audio for name, audio in tracks.items()), torch.zeros(2, FRAMES))
    return wanted, unpatch.search(TRACKS, mix, RATE, settings=settings(ORDER, steps=10, rounds=1))


def test_a_mix_of_gains_and_pans_is_recovered(
    levelled: tuple[Mapping[str, tuple[float, float]], SearchResult],
) -> None:
    wanted, found = levelled
    for name, sides in gains(found.graph).items():
        assert sides == pytest.approx(wanted[name], abs=0.1), name


def test_a_late_track_that_is_turned_over_is_put_right(
    levelled: tuple[Mapping[str, tuple[float, float]], SearchResult],
) -> None:
    graph = levelled[1].graph
    (moved,) = [node for node in graph.nodes if node.kind == "alignment"]
    assert moved.parameters["delay_ms"] * RATE / 1000 == pytest.approx(37.4, abs=0.1)
    assert moved.parameters["polarity"] == -1
    (place,) = [edge.source for edge in graph.edges if graph.nodes[edge.target] is moved]
    assert graph.nodes[place].name == "bass"


@pytest.fixture(scope="module")
def sparse() -> tuple[dict[str, set[str]], SearchResult]:
    """A mix through a known sparse graph: a shelf on one track, gains on two."""
    graph = console(dict.fromkeys(TRACKS, "all"), "eg")
    tree = Tree.of(graph)
    wanted = {"kick": {"g"}, "keys": {"e"}, "voice": {"g"}}
    for node in prunable(graph):
        name = str(graph.nodes[tree.branches[tree.home[node]].head].name)
        letter = letter_of(graph.nodes[node].kind)
        there = letter in wanted.get(name, set())
        knobs = {"g": {"gain_db": -6.0, "pan": 0.0}, "e": {"high_shelf_db": 9.0}}[letter] if there else {}
        graph = graph.with_parameters(node, {**knobs, "weight": float(there)})
    mix = unpatch.render(graph, torch.stack(list(TRACKS.values())), RATE)
    return wanted, unpatch.search(TRACKS, mix, RATE, settings=settings("eg"))


def test_a_sparse_graph_is_found(sparse: tuple[dict[str, set[str]], SearchResult]) -> None:
    wanted, found = sparse
    true = {(name, letter) for name, letters in wanted.items() for letter in letters}
    kept = {(name, letter) for name, letters in strips(found.graph).items() for letter in letters}
    assert 2 * len(true & kept) / (len(true) + len(kept)) >= 0.8, kept
    assert found.loss <= 0.05
    assert found.pruning_ratio >= 0.5


def test_history_tells_the_way(sparse: tuple[dict[str, set[str]], SearchResult]) -> None:
    history = sparse[1].history
    assert history[0].stage == "console"
    assert [moment.seconds for moment in history] == sorted(moment.seconds for moment in history)
    counts = [sum(moment.processors.values()) for moment in history]
    assert counts == sorted(counts, reverse=True)
    assert sum(moment.trials for moment in history) > 0


def test_equal_seeds_find_equal_graphs() -> None:
    mix = 0.5 * TRACKS["kick"] + delayed(TRACKS["bass"], 5.0)
    tracks = {name: TRACKS[name] for name in ("kick", "bass")}
    quick = settings("cg", steps=8, rounds=1)
    one, other = (unpatch.search(tracks, mix, RATE, settings=quick) for _ in range(2))
    assert one.graph == other.graph and one.loss == other.loss


def test_nothing_but_gains_is_left_of_a_plain_mix(
    levelled: tuple[Mapping[str, tuple[float, float]], SearchResult],
) -> None:
    found = levelled[1]
    assert set().union(*strips(found.graph).values()) == {"g"}
    assert found.loss < 0.01


def test_one_stem_is_enough() -> None:
    found = unpatch.search(
        {"voice": TRACKS["voice"]}, 0.5 * TRACKS["voice"], RATE, settings=settings("g", 5, 1)
    )
    assert gains(found.graph)["voice"] == pytest.approx((-6.02, -6.02), abs=0.1)


def test_tracks_in_a_row_are_numbered() -> None:
    found = unpatch.search(
        [TRACKS["kick"], TRACKS["bass"][:1]], TRACKS["kick"], RATE, settings=settings("g", 2, 0)
    )
    assert [found.graph.nodes[i].name for i in found.graph.sources] == ["track 1", "track 2"]
    named = gathered([Stem("kick", "drums", TRACKS["kick"])], TRACKS["kick"], RATE, None)
    assert named.groups == {"drums": ("kick",)}


def test_a_stem_that_is_far_away_is_moved_and_that_is_said() -> None:
    late = 4_000  # 250 ms; an alignment in a graph reaches 100
    mix = TRACKS["kick"] + 0.5 * cut(TRACKS["voice"], -late, FRAMES)
    tracks = {name: TRACKS[name] for name in ("kick", "voice")}
    found = unpatch.search(tracks, mix, RATE, settings=settings("g", 5, 1))
    assert found.notices == ("voice: moved by +4,000 samples to where it is in the mix",)
    assert gains(found.graph)["voice"] == pytest.approx((-6.02, -6.02), abs=0.1)
    moved = torch.stack([TRACKS["kick"], cut(TRACKS["voice"], -late, FRAMES)])
    torch.testing.assert_close(unpatch.render(found.graph, moved, RATE), mix, atol=0.02, rtol=0)


# --- stopped at any moment --------------------------------------------------------------------------

CHILD = """
import sys, torch
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.test_search_whole import TRACKS, RATE, settings
from dataclasses import replace
import unpatch
torch.set_num_threads(1)
wanted = replace(settings("cg", steps=30, rounds=2), save_every=3)
mix = 0.5 * TRACKS["kick"] + 0.8 * TRACKS["bass"]
tracks = {name: TRACKS[name] for name in ("kick", "bass")}
found = unpatch.search(tracks, mix, RATE, settings=wanted, folder=Path(sys.argv[1]),
                       report=lambda told: print(told.stage, told.step, flush=True))
Path(sys.argv[1], "found.json").write_text(found.graph.to_json())
"""


def child(folder: Path) -> "subprocess.Popen[str]":
    root = str(Path(__file__).parent.parent)
    words = [sys.executable, "-c", CHILD, str(folder), root]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


def test_killed_at_any_moment_it_finds_the_same(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with child(whole) as running:
        running.communicate(timeout=300)
    kills = 0
    for lines in (3, 9):  # of progress, before it is killed
        with child(broken) as running:
            assert running.stdout is not None
            for _ in range(lines):
                running.stdout.readline()
            time.sleep(0.05)
            running.send_signal(signal.SIGKILL)
        kills += not (broken / "found.json").exists()
    assert kills > 0
    with child(broken) as running:
        running.communicate(timeout=300)
    assert json.loads((broken / "found.json").read_text()) == json.loads((whole / "found.json").read_text())


# --- what cannot be searched --------------------------------------------------------------------------


def test_a_mix_of_something_else_is_refused() -> None:
    with pytest.raises(StemsError, match="--anyway searches all the same"):
        unpatch.search({"kick": TRACKS["kick"]}, stem(7), RATE, settings=settings("g", 2, 0))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mix": None}, "without a mix"),
        ({"sample_rate": None}, "without a sample rate"),
        ({"mix": torch.zeros(2, FRAMES)}, "the mix is silent"),
        ({"stems": {"kick": torch.zeros(2, FRAMES)}}, "all stems are silent"),
        ({"stems": {}}, "there are no stems"),
        ({"mix": torch.ones(2, 100)}, "equally long"),
        ({"groups": {"drum": "drums"}}, "groups name a track 'drum'; there are kick"),
        ({"stems": []}, "there are no stems"),
        ({"stems": [TRACKS["kick"], TRACKS["bass"][:, :-1]]}, "equally long"),
    ],
)
def test_what_cannot_be_searched_is_said(given: dict[str, object], said: str) -> None:
    whole: dict[str, object] = {"stems": {"kick": TRACKS["kick"]}, "mix": TRACKS["kick"], "sample_rate": RATE}
    with pytest.raises(StemsError, match=said):
        unpatch.search(**{**whole, **given}, settings=settings("g", 2, 0))  # type: ignore[arg-type]


def test_a_tolerance_is_no_less_than_nothing() -> None:
    with pytest.raises(ValueError, match=r"tolerance is -0.1; allowed are 0 to 1,000"):
        unpatch.search({"kick": TRACKS["kick"]}, TRACKS["kick"], RATE, tolerance=-0.1)


def test_rates_must_agree() -> None:
    multitrack = Multitrack((Stem("kick", "all", TRACKS["kick"]),), TRACKS["kick"], RATE)
    with pytest.raises(StemsError, match="at 16000 Hz, not at 44100"):
        gathered(multitrack, None, 44_100, None)


@pytest.mark.parametrize("delay", [-5_000.0, 12_345.25])
def test_stems_that_are_far_away_are_moved_themselves(delay: float) -> None:
    multitrack = Multitrack((Stem("kick", "all", TRACKS["kick"]),), TRACKS["kick"], RATE)
    row = Alignment("kick", True, delay, False, 0.0, 0.0, 1.0, 1.0)
    moved = placed(multitrack, Alignments((row,), RATE, 1.0, True))
    torch.testing.assert_close(moved.stems[0].audio, multitrack.stems[0].segment(-round(delay), FRAMES))
    assert moved.notices == (f"kick: moved by {round(delay):+,} samples to where it is in the mix",)
    near = placed(multitrack, Alignments((replace(row, delay_samples=10.0),), RATE, 1.0, True))
    assert near.stems == multitrack.stems
