"""Searches by a loss that is dealt out to the tracks: a quiet one that sounds once keeps what it has."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

import unpatch
from tests.toy_console import noises
from unpatch.graph.data import Graph
from unpatch.mixing.aligned import evaluator_of
from unpatch.mixing.console import console, prunable
from unpatch.mixing.loss import MixTarget, presence
from unpatch.mixing.loss_settings import LOSSES, MixLossSettings, name_of, ours, published
from unpatch.mixing.results import SearchResult
from unpatch.mixing.resumable import run_search
from unpatch.mixing.segments import StemsAndMix, all_starts
from unpatch.mixing.settings import SegmentSettings, debug
from unpatch.mixing.tree import Tree

RATE = 8_000
SEGMENTS = SegmentSettings(1.0, 0.2, 6)
SETTINGS = replace(
    debug(),
    console=replace(debug().console, chain="g"),
    segments=SEGMENTS,
    fit=replace(debug().fit, steps=4, refit_steps=2),
    prune=replace(debug().prune, rounds=1),
)
TRACKS = ("drums", "keys", "bell")
GAINS = (2.0, 0.5, 3.0)


def tracks(seconds: float = 10.0) -> Tensor:
    """``[3, 2, T]``; the last one sounds for a sixth of a second, far below the others."""
    audio = noises(3, seconds)
    audio[2] *= 0.1
    audio[2, :, : 5 * RATE] = 0
    audio[2, :, 5 * RATE + RATE // 6 :] = 0
    return audio


def song() -> StemsAndMix:
    audio = tracks()
    return StemsAndMix(audio, (torch.tensor(GAINS)[:, None, None] * audio).sum(0), RATE, SEGMENTS)


def found_by(loss: MixLossSettings) -> SearchResult:
    one = song()
    assert isinstance(one.stems, Tensor)
    stems = dict(zip(TRACKS, one.stems, strict=True))
    return unpatch.search(stems, one.mix, RATE, settings=replace(SETTINGS, loss=loss), alignment=False)


def kept(graph: Graph) -> set[str | None]:
    """Tracks that still have a gain."""
    tree = Tree.of(graph)
    return {graph.nodes[tree.branches[tree.home[node]].head].name for node in prunable(graph)}


def test_what_the_published_loss_takes_from_a_quiet_track_ours_leaves_it() -> None:
    by_published, by_ours = found_by(published()), found_by(ours())
    assert kept(by_published.graph) == {"drums", "keys"}
    assert kept(by_ours.graph) == {"drums", "keys", "bell"}


def test_tracks_are_heard_where_they_lie_and_as_loud_as_they_are() -> None:
    one = song()
    assert isinstance(one.stems, Tensor)
    late = replace(one, stems=one.stems.roll(-40, -1))  # 5 ms before their place
    graph = console(dict.fromkeys(TRACKS, "all"), "g", aligned=TRACKS)
    for source in graph.sources:
        graph = graph.with_parameters(graph.edges_from(source)[0].target, {"delay_ms": 5.0})
    evaluator = evaluator_of(graph, late, replace(SETTINGS, loss=ours()))
    assert evaluator.tracks_of is not None
    passage = late.passage(round(4.5 * RATE))
    wanted = torch.tensor(GAINS)[:, None, None] * one.passage(passage.start).stems
    tracks_of = evaluator.tracks_of(passage)
    assert float((tracks_of - wanted).square().sum() / wanted.square().sum()) < 1e-3
    assert float((tracks_of[2] - wanted[2]).square().sum() / wanted[2].square().sum()) < 1e-3
    assert evaluator.loss.warmup_s == SEGMENTS.warmup_s


def test_presence_is_that_in_the_whole_song() -> None:
    one = song()
    evaluator = evaluator_of(console(dict.fromkeys(TRACKS, "all"), "g"), one, replace(SETTINGS, loss=ours()))
    assert evaluator.tracks_of is not None
    tracks_of = [evaluator.tracks_of(one.passage(start)) for start in all_starts(one)]
    passage = one.passage(round(4.5 * RATE))
    target = MixTarget(
        passage.mix,
        RATE,
        evaluator.loss,
        tracks=evaluator.tracks_of(passage),
        presence=presence(tracks_of, RATE, evaluator.loss),
    )
    audio = 0.9 * passage.mix
    assert float(evaluator.target(passage).loss(audio)) == float(target.loss(audio))
    alone = MixTarget(passage.mix, RATE, evaluator.loss, tracks=evaluator.tracks_of(passage))
    assert float(alone.loss(audio)) != float(target.loss(audio))


class Watched:
    """A track that remembers how much of it was read at most."""

    most = 0

    def __init__(self, audio: Tensor) -> None:
        self.audio = audio

    def segment(self, start: int, frames: int) -> Tensor:
        Watched.most = max(Watched.most, frames)
        return StemsAndMix(self.audio[None], self.audio, RATE).track(0, start, frames)


def test_no_song_is_read_as_a_whole() -> None:
    audio = tracks(40.0)
    one = StemsAndMix([Watched(track) for track in audio], audio.sum(0), RATE, SEGMENTS)
    evaluator = evaluator_of(console(dict.fromkeys(TRACKS, "all"), "g"), one, replace(SETTINGS, loss=ours()))
    assert all(float(target.loss(torch.zeros(2, RATE))) > 0 for target in evaluator.targets)
    assert Watched.most <= 20 * RATE  # 20 s are read for the levels


def test_a_search_by_another_loss_is_another_search(tmp_path: Path) -> None:
    graph, one = console(dict.fromkeys(TRACKS, "all"), "g"), song()
    brief = replace(SETTINGS, fit=replace(SETTINGS.fit, steps=1), prune=replace(SETTINGS.prune, rounds=0))
    run_search(graph, one, replace(brief, loss=published()), folder=tmp_path)
    with pytest.raises(ValueError, match=r"another search, where .*settings.loss.dealt is 0.5, was 0.0"):
        run_search(graph, one, replace(brief, loss=ours()), folder=tmp_path)


def test_losses_have_names() -> None:
    assert {name: name_of(replace(make(), warmup_s=0.3)) for name, make in LOSSES.items()} == {
        name: name for name in ("published", "standard", "ours")
    }
    assert name_of(MixLossSettings(dealt=0.1)) == "other"
