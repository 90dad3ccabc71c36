"""The console, its strips, and the passages of a song that are heard."""

import math

import pytest
import torch
from torch import Tensor

from tests.toy_console import RATE, TOYS, noises
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.graph.order import topological_order
from unpatch.mixing.console import TYPES, console, letter_of, prunable, without
from unpatch.mixing.segments import StemsAndMix, cut, drawn_start, scored_starts
from unpatch.mixing.settings import SegmentSettings
from unpatch.mixing.subgraphs import Subgraph, sounding, values_of
from unpatch.mixing.tree import Tree
from unpatch.rendering import oracle, render
from unpatch.synth.draw import Draw

GROUPS = {"kick": "drums", "bass": "bass", "snare": "drums", "voice": "vocals"}
SEGMENTS = SegmentSettings(length_s=0.5, warmup_s=0.1, judged=6)


def kinds(graph: Graph) -> list[str]:
    return [node.kind for node in graph.nodes]


def path(graph: Graph, node: int) -> list[str]:
    """What is met on the way to ``out``."""
    found = [graph.nodes[node].kind]
    while edges := graph.edges_from(node):
        node = edges[0].target
        found.append(graph.nodes[node].name or graph.nodes[node].kind)
    return found


# --- the console ------------------------------------------------------------------------------------


def test_tracks_go_through_their_strip_their_group_and_its_strip() -> None:
    graph = check(console(GROUPS, "eg", registry=TOYS), TOYS)
    assert [graph.nodes[node].name for node in graph.sources] == list(GROUPS)
    strip = ["console_equalizer", "console_gain"]
    for source, group in zip(graph.sources, GROUPS.values(), strict=True):
        assert path(graph, source) == ["in", *strip, group, *strip, "out"]
    assert len(prunable(graph)) == 2 * (4 + 3)


def test_a_group_of_one_can_do_without_a_strip() -> None:
    graph = console(GROUPS, "g", lone=False, registry=TOYS)
    assert path(graph, graph.sources[1]) == ["in", "console_gain", "bass", "out"]
    assert path(graph, graph.sources[0]) == ["in", "console_gain", "drums", "console_gain", "out"]


def test_a_master_bus() -> None:
    graph = check(console(GROUPS, "g", master=True, registry=TOYS), TOYS)
    assert path(graph, graph.sources[3])[-3:] == ["master", "console_gain", "out"]


def test_a_console_of_wires_is_the_sum_of_its_tracks() -> None:
    graph = console(GROUPS, "", registry=TOYS)
    audio = noises(4, 0.1)
    torch.testing.assert_close(render(graph, audio, RATE, energy=False, registry=TOYS), audio.sum(0))


def test_133_tracks_are_not_too_many() -> None:
    groups = {f"track {i}": f"bus {i % 26}" for i in range(133)}
    graph = check(console(groups, "ecgr", registry=TOYS), TOYS)
    assert len(graph.sources) == 133
    assert len(prunable(graph)) == 4 * (133 + 26)
    assert len(topological_order(graph)) == len(graph)


@pytest.mark.parametrize(
    ("groups", "chain", "aligned", "message"),
    [
        ({}, "g", (), "at least one track"),
        ({"a": "b"}, "ge", (), "in that order"),
        ({"a": "b"}, "gg", (), "each once"),
        ({"a": "b"}, "x", (), "letters of ecnsgdr"),
        ({"a": "b"}, "g", ("c",), "no track 'c'"),
    ],
)
def test_what_is_not_a_console_is_refused(
    groups: dict[str, str], chain: str, aligned: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        console(groups, chain, aligned=aligned, registry=TOYS)


def test_types_have_letters() -> None:
    assert "".join(TYPES) == "ecnsgdr"
    assert letter_of("published_gate") == "n"
    assert letter_of("console_gain") == "g"


def test_taking_out_wires_what_fed_it_to_what_it_fed() -> None:
    graph = console(GROUPS, "ecg", registry=TOYS)
    gone = frozenset(prunable(graph)[::2])
    left = check(without(graph, gone), TOYS)
    assert kinds(left) == [node.kind for i, node in enumerate(graph.nodes) if i not in gone]
    quiet = graph
    for node in gone:
        quiet = quiet.with_parameters(node, {"weight": 0.0})
    audio = noises(4, 0.2)
    sounds = [oracle(each, audio, RATE, energy=False, registry=TOYS) for each in (left, quiet)]
    torch.testing.assert_close(*sounds)


# --- strips -----------------------------------------------------------------------------------------


def test_a_console_is_a_tree_of_strips() -> None:
    tree = Tree.of(console(GROUPS, "eg", master=True, registry=TOYS))
    assert [len(level) for level in tree.levels] == [4, 3, 1]
    assert all(len(branch.nodes) == 2 for branch in tree.branches)
    for i, branch in enumerate(tree.branches):
        behind = tree.onward(i)
        assert behind is None or tree.branches[behind].head == branch.target
        assert all(tree.home[node] == i for node in branch.nodes)


def test_strips_one_after_another_sound_like_the_whole() -> None:
    graph = console(GROUPS, "ecgr", registry=TOYS)
    audio = noises(4, 0.3)
    tree = Tree.of(graph)
    at: dict[int, Tensor] = dict(zip(graph.sources, audio, strict=True))
    for branch in tree.branches:
        made = render(branch.graph(graph)[0], at[branch.head][None], RATE, energy=False, registry=TOYS)
        at[branch.target] = at.get(branch.target, torch.zeros_like(made)) + made
    whole = render(graph, audio, RATE, energy=False, registry=TOYS)
    torch.testing.assert_close(at[graph.sink], whole, atol=1e-4, rtol=0)


def test_gains_on_wires_stay_where_they_are() -> None:
    nodes = (Node("in"), Node("console_compressor"), Node("console_gain", {"gain_db": 6.0}), Node("out"))
    graph = Graph(nodes, (Edge(0, 1, gain=0.5), Edge(1, 2, gain=3.0), Edge(2, 3, gain=-1.0)))
    (branch,) = Tree.of(graph).branches
    for gone in ((), (2,), (1, 2)):
        alone, kept = branch.graph(graph, gone)
        assert kept == tuple(node for node in (1, 2) if node not in gone)
        same = without(graph, gone)
        sounds = [oracle(g, noises(1, 0.1), RATE, energy=False, registry=TOYS) for g in (alone, same)]
        torch.testing.assert_close(*sounds)


def test_what_is_no_tree_is_said() -> None:
    nodes = (Node("in"), Node("console_gain"), Node("console_reverb"), Node("mix"), Node("out"))
    graph = Graph(nodes, (Edge(0, 1), Edge(0, 2), Edge(1, 3), Edge(2, 3), Edge(3, 4)))
    with pytest.raises(GraphError, match="feeds 2 inlets"):
        Tree.of(graph)


def test_silent_tracks_need_not_be_rendered() -> None:
    graph = console(GROUPS, "ecgr", registry=TOYS)
    audio = noises(4, 0.2)
    audio[1:3] = 0
    whole = values_of(graph, TOYS)
    part = Subgraph.of(*sounding(graph, [graph.sources[0], graph.sources[3]]), whole, TOYS)
    check(part.graph, TOYS)
    track_peaks = render(
        part.graph, audio[[0, 3]], RATE, numbers=part.numbers(whole.values), energy=False, registry=TOYS
    )
    assert len(part.index) == 4 * 10  # two tracks and two groups with ten knobs each
    torch.testing.assert_close(track_peaks, render(graph, audio, RATE, energy=False, registry=TOYS))


# --- passages ---------------------------------------------------------------------------------------


def song(seconds: float, tracks: int = 2, settings: SegmentSettings = SEGMENTS) -> StemsAndMix:
    stems = noises(tracks, seconds)
    return StemsAndMix(stems, stems.sum(0), RATE, settings)


@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.41, 1.0, 2.4])
def test_every_sample_of_a_short_song_is_judged(seconds: float) -> None:
    one = song(seconds)
    judged = torch.zeros(one.frames, dtype=torch.bool)
    for start in scored_starts(one):
        judged[max(0, start + one.warmup) : start + one.length] = True
    assert judged.all()


def test_first_and_last_second_of_a_long_song_are_judged() -> None:
    one = song(20)
    starts = scored_starts(one)
    assert starts[0] == -one.warmup
    assert starts[-1] + one.length == one.frames
    assert len(starts) == 6
    gaps = torch.tensor(starts).diff()
    assert int(gaps.max() - gaps.min()) <= 1


def test_a_track_that_sounds_once_is_judged() -> None:
    stems = noises(2, 20)
    stems[1] = 0
    stems[1, :, 70_000:70_400] = 0.3
    one = StemsAndMix(stems, stems.sum(0), RATE, SEGMENTS)
    assert max(float(one.track_peaks(start)[1]) for start in scored_starts(one)) > 0.2
    even = StemsAndMix(stems, stems.sum(0), RATE, SegmentSettings(0.5, 0.1, 6, balanced=0.0))
    hears = [
        sum(float(each.track_peaks(drawn_start(each, Draw(i)))[1]) > 0.2 for i in range(200))
        for each in (one, even)
    ]
    assert hears[0] > 40
    assert hears[1] < 20


def test_passages_where_the_mix_is_silent_are_left_out() -> None:
    one = song(20)
    one.mix[:, : 12 * RATE] = 0
    assert all(start + one.length > 12 * RATE for start in scored_starts(one))
    assert all(drawn_start(one, Draw(i)) + one.length > 12 * RATE for i in range(20))
    one = song(5)
    one.mix[:] = 0
    with pytest.raises(ValueError, match="silent"):
        drawn_start(one, Draw(0))


def test_drawn_passages_reach_both_ends() -> None:
    one = song(2)
    starts = [drawn_start(one, Draw(i)) for i in range(400)]
    assert -one.warmup <= min(starts) < -0.9 * one.warmup
    assert one.last >= max(starts) > one.last - 0.05 * RATE
    assert all(drawn_start(one, Draw(i)) == starts[i] for i in range(5))


def test_a_passage_is_what_sounds_there() -> None:
    one = song(1.0)
    passage = one.passage(-100)
    assert passage.stems.shape == (2, 2, one.length)
    assert not passage.mix[:, :100].any()
    torch.testing.assert_close(passage.mix[:, 100:], one.mix[:, : one.length - 100])
    torch.testing.assert_close(passage.stems.sum(0), passage.mix)
    inside = cut(one.mix, 10, 50)
    assert inside.untyped_storage().data_ptr() == one.mix.untyped_storage().data_ptr()
    assert cut(one.mix, one.frames - 5, 20)[:, 5:].abs().max() == 0
    assert cut(one.mix, one.frames + 5, 20).shape == (2, 20)


def test_activity_never_misses_a_sound() -> None:
    one = song(3.0, 3)
    assert isinstance(one.stems, Tensor)
    one.stems[1] = 0
    one.stems[1, 0, 9_999] = 0.5
    for start in range(-one.warmup, one.last, 311):
        passage = one.passage(start)
        loud = passage.stems.abs().amax((1, 2)) > 1e-5
        assert all(active or not sounds for active, sounds in zip(passage.active, loud, strict=True))
    assert not math.isnan(float(one.levels.sum()))
