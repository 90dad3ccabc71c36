"""Every figure, held against examples worked out by hand."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from tests.random_graphs import random_graph
from unpatch import metrics
from unpatch.blind import teacher_forced
from unpatch.blind.corpus import Batch, Corpus, item
from unpatch.blind.models.teacher_forcing import Mistakes, Outputs
from unpatch.blind.models.token_by_token import Logits, about_tokens, wrong_tokens
from unpatch.blind.teacher_forced import TeacherForced
from unpatch.blind.tokens import EDGE_TYPE, KIND, TARGET, TYPE, TokenType, in_decoding_order, pad, tokenize
from unpatch.blind.vocabulary import Vocabulary
from unpatch.graph.build import chain
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, Node
from unpatch.metrics import edit
from unpatch.processors import PROCESSORS

SINGING = Vocabulary.of(PROCESSORS, "singing")
TRUE = chain(PROCESSORS, "bell", "distortion", "mono_reverb")


def told(rows: torch.Tensor) -> Logits:
    """Logits of an oracle that always predicts the next token."""

    def sure(column: int, size: int) -> torch.Tensor:
        return torch.nn.functional.one_hot(rows[:, 1:, column].clamp_max(size - 1), size).float()

    return Logits(sure(TYPE, 3), sure(TARGET, 32), sure(KIND, len(SINGING.kinds)), sure(EDGE_TYPE, 28))


def errors(logits: Logits, numbers: torch.Tensor, batch: Batch) -> TeacherForced:
    mistakes = wrong_tokens(about_tokens(logits, batch.rows[:, 1:]))
    return teacher_forced.errors(numbers, mistakes, batch, SINGING.circular)


def batch_of(*graphs: Graph) -> Batch:
    tokens = pad([tokenize(graph, SINGING, PROCESSORS) for graph in graphs])
    rows, slots, units = (torch.from_numpy(a) for a in (tokens.rows, tokens.slots, tokens.units))
    dark = torch.zeros(len(graphs), 1, 1, 1)
    return Batch(dark, dark, rows, slots, units, torch.zeros(len(graphs), 0, 0))


def test_an_oracle_makes_no_error() -> None:
    batch = batch_of(TRUE, chain(PROCESSORS, "imager"))
    found = errors(told(batch.rows), batch.units, batch)
    for tally in (found.node_error, found.edge_error, found.end_error, found.parameter_error):
        np.testing.assert_array_equal(tally.total, [0, 0])
    np.testing.assert_array_equal(found.node_error.count, [4, 2])
    np.testing.assert_array_equal(found.edge_error.count, [4, 2])


def test_each_mistake_counts_where_it_belongs() -> None:
    """Tokens of TRUE: start out reverb > distortion > bell > in > end; 4 nodes after out, 4 edges."""
    batch = batch_of(TRUE)
    logits = told(batch.rows)
    logits.kind[0, 1] = logits.kind[0, 1].roll(1)  # what follows out: wrong kind
    logits.type[0, 2] = torch.tensor([1.0, 0.0, 0.0])  # an edge is taken for a node
    logits.target[0, 4] = logits.target[0, 4].roll(1)  # an edge to a wrong node
    logits.type[0, 9] = torch.tensor([1.0, 0.0, 0.0])  # the end is missed
    numbers = batch.units + 0.25 * (batch.slots >= 0)
    found = errors(logits, numbers, batch)
    assert found.node_error.mean == pytest.approx(1 / 4)
    assert found.edge_error.mean == pytest.approx(2 / 4)
    assert found.end_error.mean == pytest.approx(1)
    owners = [SINGING.slots[slot][0] for slot in batch.slots[batch.slots >= 0].tolist()]
    clipped = (numbers.clamp(0, 1) - batch.units)[batch.slots >= 0]
    knobs = [float(c) for c, owner in zip(clipped, owners, strict=True) if owner in PROCESSORS]
    assert found.parameter_error.mean == pytest.approx(np.mean(knobs))


def test_gains_are_told_apart_from_parameters() -> None:
    """An LFO's depth is a free gain: what is wrong there is no parameter error, and the other way round."""
    batch = batch_of(chain(PROCESSORS, ("chorus", {"mod": "mono_lfo"})))
    gains = (batch.rows[..., TYPE] == TokenType.EDGE)[..., None] & (batch.slots >= 0)
    inwards = torch.where(batch.units > 0.5, -0.25, 0.25)
    found = errors(told(batch.rows), batch.units + inwards * gains, batch)
    assert found.gain_error.mean == pytest.approx(0.25)
    assert found.parameter_error.mean == 0
    found = errors(told(batch.rows), batch.units + inwards * ~gains, batch)
    assert found.gain_error.mean == 0
    assert found.parameter_error.mean == pytest.approx(0.25)


def test_a_phase_is_compared_on_the_circle() -> None:
    """A phase of 0.95 for one of 0.05 is a tenth of a turn away, a frequency so far off 0.9 of its range."""
    lfo = {"phase": 0.05, "frequency_hz": PROCESSORS["mono_lfo"].parameters["frequency_hz"].low}
    batch = batch_of(chain(PROCESSORS, ("vibrato", {"mod": ("mono_lfo", lfo)})))
    for name, off, apart in (("phase", 0.9, 0.1), ("frequency_hz", 0.9, 0.9)):
        asked = batch.slots == SINGING.slots.index(("mono_lfo", name))
        found = errors(told(batch.rows), batch.units + off * asked, batch)
        assert found.parameter_error.total[0] == pytest.approx(apart, abs=1e-6), name


def test_steps_count_alike_in_short_and_long_graphs() -> None:
    """One wrong node of 1 + 4 is a fifth, not the mean of 1 and 0."""
    short = chain(PROCESSORS)
    batch = batch_of(short, TRUE)
    logits = told(batch.rows)
    logits.kind[0, 1] = logits.kind[0, 1].roll(1)
    assert errors(logits, batch.units, batch).node_error.mean == pytest.approx(1 / 5)


def test_a_model_is_asked_where_it_lies_and_judged_on_the_cpu() -> None:
    corpus = Corpus((item(torch.zeros(1, 1, 1), TRUE, SINGING, PROCESSORS),))
    asked: list[str] = []

    class Elsewhere(torch.nn.Module):
        vocabulary = SINGING

        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1, device="meta"))

        def forward(self, given: Batch) -> Outputs:
            asked.extend(tensor.device.type for tensor in given)
            batch = corpus.batch([0])
            return Outputs(about_tokens(told(batch.rows), batch.rows[:, 1:]), batch.units, batch.units, None)

        def mistakes(self, outputs: Outputs, batch: Batch) -> Mistakes:
            return wrong_tokens(outputs.choices)

    found = teacher_forced.teacher_forced(Elsewhere(), corpus)
    assert asked == ["meta"] * len(Batch._fields)
    assert found.node_error.mean == 0


def test_out_does_not_count_as_a_node() -> None:
    batch = batch_of(TRUE)
    logits = told(batch.rows)
    logits.kind[0, 0] = logits.kind[0, 0].roll(1)
    assert errors(logits, batch.units, batch).node_error.mean == 0


def test_intersection_over_union_counts_multisets() -> None:
    found = chain(PROCESSORS, "bell", "bell", "mono_reverb")
    # {in, bell, reverb} of {in, bell, bell, distortion, reverb}
    assert metrics.intersection_over_union(found, TRUE) == pytest.approx(3 / 5)
    assert metrics.intersection_over_union(TRUE, TRUE) == 1


def drum_graph(*tracks: tuple[str, ...], bus: tuple[str, ...] = ()) -> Graph:
    """Serial tracks, each from a source, summed at a mix and played through a serial bus."""
    kinds: list[str] = []
    edges: list[Edge] = []
    ends: list[int] = []
    for track in tracks:
        first = len(kinds)
        kinds += track
        edges += [Edge(i, i + 1) for i in range(first, len(kinds) - 1)]
        ends.append(len(kinds) - 1)
    start = len(kinds)
    kinds += ["mix", *bus, "out"]
    edges += [Edge(end, start) for end in ends]
    edges += [Edge(i, i + 1) for i in range(start, len(kinds) - 1)]
    return check(Graph(tuple(map(Node, kinds)), tuple(edges)), PROCESSORS)


def test_drums_are_compared_track_by_track() -> None:
    true = drum_graph(("kick", "bell"), ("snare", "distortion"), bus=("compressor",))
    found = drum_graph(("kick", "bell", "bell"), ("hat", "distortion"), bus=("compressor",))
    # kick {kick, bell} of {kick, bell, bell}; snare and hat in one of them only; bus {mix, compressor} alike
    assert metrics.intersection_over_union(found, true) == pytest.approx((2 / 3 + 0 + 0 + 1) / 4)
    assert metrics.intersection_over_union(true, true) == 1


def test_a_processor_in_another_track_does_not_count() -> None:
    """The multisets of the whole graphs agree; no track does wholly."""
    true = drum_graph(("kick", "bell"), ("snare", "distortion"))
    found = drum_graph(("kick", "distortion"), ("snare", "bell"))
    assert metrics.intersection_over_union(found, true) == pytest.approx((1 / 3 + 1 / 3 + 1) / 3)


def test_what_does_not_reach_out_still_counts() -> None:
    """As a node-by-node system may decode it: a bell that nothing hears."""
    loose = Graph((*TRUE.nodes, Node("bell")), TRUE.edges)
    assert metrics.intersection_over_union(loose, TRUE) == pytest.approx(4 / 5)
    drums = drum_graph(("kick", "bell"), ("snare",))
    loose = Graph((*drums.nodes, Node("bell")), drums.edges)
    assert metrics.intersection_over_union(loose, drums) == pytest.approx((1 + 1 + 1 / 2) / 3)


def test_singing_is_one_track_however_often_it_begins() -> None:
    """As a node-by-node system may decode it: ``in`` twice makes no bus, none at all loses nothing else."""
    twice = Graph((*TRUE.nodes, Node("in")), (*TRUE.edges, Edge(len(TRUE), 1)))
    assert metrics.intersection_over_union(twice, TRUE) == pytest.approx(4 / 5)
    never = Graph(tuple(node for node in TRUE.nodes if not node.is_source))
    assert metrics.intersection_over_union(never, TRUE) == pytest.approx(3 / 4)
    sure = replace(twice, nodes=tuple(replace(node, confidence=0.5) for node in twice.nodes))
    assert [verdict.right for verdict in metrics.predictions_of(sure, TRUE)] == [True] * 3


def test_as_many_sounds_as_targets_are_compared() -> None:
    sounds = torch.randn(3, 2, 4_000, generator=torch.Generator().manual_seed(0))
    assert metrics.spectral_distance(sounds, sounds).shape == (3,)
    with pytest.raises(ValueError, match="argument 2 is longer"):
        metrics.spectral_distance(sounds[:2], sounds)


def test_audible_f1_counts_sets_of_effects() -> None:
    """Mixes, splits and oscillators do not count; untouched recordings that are taken for such are right."""
    nodes = tuple(map(Node, ("in", "crossover", "bell", "mix", "compressor", "mono_lfo", "chorus", "out")))
    wires = (Edge(0, 1), Edge(1, 2, "low"), Edge(1, 3, "high"), Edge(2, 3), Edge(3, 4), Edge(4, 6))
    true = check(Graph(nodes, (*wires, Edge(5, 6, "lfo", "mod"), Edge(6, 7))), PROCESSORS)
    found, untouched = chain(PROCESSORS, "bell", "lowpass2"), chain(PROCESSORS)
    assert metrics.audible_f1(found, true, PROCESSORS) == pytest.approx(2 * 1 / (2 + 3))
    assert metrics.audible_f1(untouched, true, PROCESSORS) == 0
    assert metrics.audible_f1(untouched, untouched, PROCESSORS) == 1


def test_effect_f1_counts_sets() -> None:
    found = chain(PROCESSORS, "bell", "bell", "mono_reverb", "imager", "panning")
    # precision 2/4, recall 2/3
    assert metrics.effect_f1(found, TRUE) == pytest.approx(2 * 2 / 7)


@pytest.mark.parametrize(
    ("steps", "tau"),
    [
        (("bell", "distortion", "mono_reverb"), 1),
        (("mono_reverb", "distortion", "bell"), -1),
        (("distortion", "bell", "imager", "mono_reverb"), 1 / 3),
        (("bell", "imager"), math.nan),
        (("bell", "distortion", "bell"), math.nan),
    ],
)
def test_order_correlation(steps: tuple[str, ...], tau: float) -> None:
    found = metrics.order_correlation(chain(PROCESSORS, *steps), TRUE, PROCESSORS)
    assert found == pytest.approx(tau, nan_ok=True)


def test_order_does_not_depend_on_numbering_nor_on_what_commutes() -> None:
    for seed in range(20):
        graph = random_graph(seed, 8)
        found = metrics.order_correlation(in_decoding_order(graph, SINGING), graph, PROCESSORS)
        assert math.isnan(found) or found == 1
    swapped, plain = (chain(PROCESSORS, *k) for k in (("highpass2", "bell"), ("bell", "highpass2")))
    assert metrics.order_correlation(swapped, plain, PROCESSORS) == 1


def test_branches_have_no_order() -> None:
    """in > split into distortion and bitcrush > mix: nothing is before the other."""
    nodes = tuple(map(Node, ("in", "distortion", "bitcrush", "mix", "out")))
    graph = Graph(nodes, tuple(Edge(*ends) for ends in ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4))))
    serial = chain(PROCESSORS, "bitcrush", "distortion")
    assert math.isnan(metrics.order_correlation(serial, graph, PROCESSORS))


def test_exact_match_sees_through_equivalent_writing() -> None:
    swapped = chain(PROCESSORS, "highpass2", "bell")
    assert metrics.exact_match(swapped, chain(PROCESSORS, "bell", "highpass2"), PROCESSORS) == 1
    other_values = chain(PROCESSORS, ("bell", {"gain_db": -9}), "highpass2")
    assert metrics.exact_match(swapped, other_values, PROCESSORS) == 1
    nonlinear = chain(PROCESSORS, "distortion", "bell")
    assert metrics.exact_match(nonlinear, chain(PROCESSORS, "bell", "distortion"), PROCESSORS) == 0


def test_exact_match_counts_processors_whose_defaults_are_neutral() -> None:
    found = chain(PROCESSORS, "imager", "bell", "pitchshift")
    assert metrics.exact_match(found, chain(PROCESSORS, "bell", "panning"), PROCESSORS) == 0
    assert metrics.exact_match(found, chain(PROCESSORS, "bell"), PROCESSORS) == 0
    assert metrics.exact_match(found, found, PROCESSORS) == 1


@pytest.mark.parametrize(
    ("steps", "strokes"),
    [
        (("bell", "distortion", "mono_reverb"), 0),
        (("bell", "bitcrush", "mono_reverb"), 1),  # a node renamed
        (("bell", "mono_reverb"), 4),  # a node and both its wires removed, a wire added
        (("bell", "distortion", "mono_reverb", "imager"), 4),
        ((), 7),  # in and two more removed with three wires, the reverb renamed to in
    ],
)
def test_edit_distance_counts_strokes(steps: tuple[str, ...], strokes: int) -> None:
    other = chain(PROCESSORS, *steps)
    assert metrics.edit_distance(other, TRUE) == metrics.edit_distance(TRUE, other) == strokes


def test_a_wire_at_another_inlet_is_one_stroke() -> None:
    graph = chain(PROCESSORS, ("chorus", {"mod": "mono_lfo"}), "compressor")
    side = Edge(graph.sources[0], next(i for i, n in enumerate(graph.nodes) if n.kind == "compressor"))
    keyed, doubled = (
        Graph(graph.nodes, (*graph.edges, replace(side, inlet=i))) for i in ("sidechain", "input")
    )
    assert metrics.edit_distance(keyed, doubled) == 1
    assert metrics.edit_distance(keyed, graph) == 1


def test_out_stays_out() -> None:
    """Three effects play into ``out``; in the truth into a mix before it. Were ``out`` to become the mix, 3
    strokes would do. One effect becomes the mix instead (1), is added anew (1), two wires leave ``out`` (2)
    and three reach the mix (3)."""
    effects = ("bell", "chorus", "distortion")
    nodes = (Node("out"), *(Node(kind) for kind in effects))
    found = Graph(nodes, tuple(Edge(i, 0) for i in (1, 2, 3)))
    true = Graph((*nodes, Node("mix")), (*(Edge(i, 4) for i in (1, 2, 3)), Edge(4, 0)))
    assert metrics.edit_distance(found, true) == metrics.edit_distance(true, found) == 7


def test_large_graphs_are_bounded_from_above() -> None:
    """Above the exact limit the bound is never below, and is 0 for the same graph numbered otherwise."""
    for seed in range(6):
        one, other = random_graph(seed, 2), random_graph(seed + 50, 2)
        assert len(one) * len(other) <= edit.EXACT_PAIRS
        bound = edit._strokes(one, other, edit._matching(one, other))
        assert metrics.edit_distance(one, other) <= bound
    kinds = ("highpass2", "bell", "compressor", "distortion", "chorus", "mono_delay", "imager", "panning")
    steps = [(k, {"mod": "mono_lfo"}) if k == "chorus" else k for k in kinds]
    large = chain(PROCESSORS, *steps)
    assert metrics.edit_distance(in_decoding_order(large, SINGING), large) == 0
    assert metrics.edit_distance(large, chain(PROCESSORS, *steps[1:])) == 4


def test_large_graphs_are_matched_by_the_wires_at_their_nodes() -> None:
    """Of nine processors, some of one kind, one is missing: a node and two wires are added, one removed."""
    steps = ["bell", "bitcrush", "bell", "imager", "bell", "bitcrush", "bell", "panning", "bell"]
    large = chain(PROCESSORS, *steps)
    for missing in (2, 4, 6):
        fewer = chain(PROCESSORS, *steps[:missing], *steps[missing + 1 :])
        assert len(large) * len(fewer) > edit.EXACT_PAIRS
        assert metrics.edit_distance(fewer, large) == 4


def test_relative_edit_distance_is_a_share() -> None:
    assert metrics.relative_edit_distance(TRUE, TRUE) == 0
    one, other = chain(PROCESSORS, "bell"), chain(PROCESSORS, "imager")
    assert metrics.relative_edit_distance(one, other) == pytest.approx(1 / 8)  # of 2 nodes and 2 wires each


def sure(graph: Graph, *confidences: float) -> Graph:
    """The graph with confidences on its processors, in order."""
    told = iter(confidences)
    nodes = [replace(n, confidence=next(told) if n.is_processor else None) for n in graph.nodes]
    return Graph(tuple(nodes), graph.edges)


def test_the_surest_of_a_kind_are_the_right_ones() -> None:
    found = sure(chain(PROCESSORS, "bell", "bell", "imager"), 0.3, 0.8, 0.6)
    assert sorted(metrics.predictions_of(found, TRUE)) == [(0.3, False), (0.6, False), (0.8, True)]
    assert metrics.predictions_of(TRUE, TRUE) == []  # nobody said how sure it was


def test_a_processor_is_right_in_its_own_track_only() -> None:
    true = drum_graph(("kick", "bell"), ("snare",))
    found = drum_graph(("kick",), ("snare", "bell"))
    found = sure(found, *(0.9 for node in found.nodes if node.is_processor))
    assert sorted(metrics.predictions_of(found, true)) == [(0.9, False), (0.9, True)]  # the bell, the mix


def test_calibration_error_by_hand() -> None:
    """Of four told with 0.8 one is right: 0.55 off; of one told with 0.25 none: 0.25 off."""
    told = [metrics.Prediction(0.8, i == 0) for i in range(4)] + [metrics.Prediction(0.25, False)]
    assert metrics.calibration_error(told) == pytest.approx((4 * 0.55 + 0.25) / 5)
    assert [b.size for b in metrics.reliability(told)] == [1, 4]
    assert metrics.calibration_error([metrics.Prediction(1.0, True)] * 3) == 0
    assert math.isnan(metrics.calibration_error([]))


def test_invalid_is_what_the_check_refuses() -> None:
    assert metrics.invalid(TRUE, PROCESSORS) == 0
    assert metrics.invalid(Graph((Node("in"), Node("out")), ()), PROCESSORS) == 1


def test_prototype_forgets_numbers() -> None:
    graph = chain(PROCESSORS, ("bell", {"gain_db": -9}))
    louder = Graph(graph.nodes, tuple(Edge(e.source, e.target, gain=0.5) for e in graph.edges))
    assert metrics.prototype(louder, PROCESSORS) == chain(PROCESSORS, "bell")


def test_spectral_distance_by_hand() -> None:
    """Half the amplitude: |Y - X| / Y = 1/2 and, far above the floor, |log10| difference = log10 2."""
    generator = torch.Generator().manual_seed(0)
    target = torch.randn(2, 2, 32_000, generator=generator)
    assert metrics.spectral_distance(target, target) == pytest.approx([0, 0])
    half = metrics.spectral_distance(target / 2, target)
    assert half == pytest.approx([(0.5 + math.log10(2)) / 2] * 2, rel=0.03)
    quiet = metrics.spectral_distance(1e-3 * target / 2, 1e-3 * target)
    torch.testing.assert_close(quiet, half)


def test_spectral_distance_is_the_formula_written_out() -> None:
    """Six scales, frames of a periodic Hann window that begin every quarter of it; the floor is 1 % of the
    target's root mean square. Engel et al., DDSP (ICLR 2020), with floor and normalisation."""
    generator = np.random.default_rng(0)
    target, found = generator.standard_normal((2, 2, 3_000))
    target[:, 1_000:2_000] *= 1e-3

    def magnitudes(audio: np.ndarray, size: int) -> np.ndarray:
        padded = np.pad(audio / np.sqrt(np.mean(target**2)), ((0, 0), (size // 2, size // 2)))
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
        starts = range(0, padded.shape[1] - size + 1, size // 4)
        return np.abs([np.fft.rfft(padded[:, start : start + size] * window) for start in starts])

    scales = []
    for size in (2048, 1024, 512, 256, 128, 64):
        y, x = magnitudes(target, size), magnitudes(found, size)
        floor = 0.01 * np.sqrt(np.mean(y**2))
        logarithms = np.abs(np.log10(y + floor) - np.log10(x + floor))
        scales.append(np.abs(y - x).sum() / y.sum() / 2 + logarithms.mean() / 2)
    distance = metrics.spectral_distance(torch.from_numpy(found), torch.from_numpy(target))
    assert float(distance) == pytest.approx(np.mean(scales), rel=1e-9)


def test_spectral_distance_grows_with_error_and_hears_both_channels() -> None:
    generator = torch.Generator().manual_seed(0)
    target, noise = torch.randn(2, 2, 16_000, generator=generator)
    distances = [float(metrics.spectral_distance(target + a * noise, target)) for a in (0, 0.1, 0.3, 1)]
    assert all(b > a for a, b in pairwise(distances))
    one_channel = torch.stack([target[0], 0 * target[1]])
    assert float(metrics.spectral_distance(one_channel, target)) > 0.3


def test_bootstrap_interval_has_the_textbook_width() -> None:
    values = np.random.default_rng(0).normal(3, 2, 900)
    tally = metrics.Tally.of_known(np.append(values, np.nan).tolist())
    found = metrics.Bootstrap([str(i) for i in range(901)]).figure(tally)
    expected = 1.96 * values.std() / 30
    assert found.mean == pytest.approx(values.mean())
    assert found.count == 900
    assert found.high - found.mean == pytest.approx(expected, rel=0.1)
    assert found.mean - found.low == pytest.approx(expected, rel=0.1)


def test_intervals_speak_of_singers() -> None:
    """What differs by singer only is as sure as the number of singers says, however often each sings."""
    random = np.random.default_rng(1)
    own = random.normal(3, 2, 100)
    singers, values = np.repeat(np.arange(100), 30), np.repeat(own, 30)
    bootstrap = metrics.Bootstrap([str(i) for i in singers])
    assert (bootstrap.unit, bootstrap.size) == ("singers", 100)
    found = bootstrap.figure(metrics.Tally.of(values.tolist()))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * own.std() / 10, rel=0.12)
    alone = metrics.Bootstrap(["one"] * 3_000)
    assert (alone.unit, alone.size) == ("examples", 3_000)


def test_a_resampled_mean_weighs_by_count() -> None:
    tally = metrics.Tally(np.array([1.0, 0.0]), np.array([1.0, 4.0]))
    found = metrics.Bootstrap(["a", "b"]).figure(tally)
    assert (found.low, found.mean, found.high) == (0, 0.2, 1)


def test_examples_that_are_left_out_do_not_weigh() -> None:
    tally = metrics.Tally.of_known([2.0, 4.0, 9.0]).only(np.array([True, True, False]))
    assert tally.mean == 3.0
    assert tally.count.sum() == 2


def test_ratios_are_of_the_same_resamples() -> None:
    """Twice the error everywhere is twice the error, however much singers differ."""
    values = np.random.default_rng(0).uniform(0.1, 5, 60)
    bootstrap = metrics.Bootstrap([str(i // 6) for i in range(60)])
    one, other = (metrics.Tally.of((k * values).tolist()) for k in (2, 1))
    found = bootstrap.ratio(one, other)
    assert [found.low, found.mean, found.high] == pytest.approx([2, 2, 2])
    assert bootstrap.figure(one).high - bootstrap.figure(one).low > 0.5


def test_what_is_not_known_has_no_interval() -> None:
    bootstrap = metrics.Bootstrap(["a", "b"])
    nothing = bootstrap.figure(metrics.Tally.of_known([math.nan, math.nan]))
    assert math.isnan(nothing.mean)
    assert nothing.count == 0
    some, zero = metrics.Tally.of([1.0, 2.0]), metrics.Tally.of([0.0, 1.0])
    ratio = bootstrap.ratio(some, zero)
    assert ratio.mean == 3
    assert math.isnan(ratio.low)
    assert math.isnan(ratio.high)
