"""The canonical form: idempotent, blind to numbering, reached from any equivalent graph, same sound."""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest
import torch

from tests.random_graphs import random_graph, sample, shuffled
from unpatch.declaration import Channels, Processor
from unpatch.graph.build import chain
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import PROCESSORS
from unpatch.rendering import walk
from unpatch.rendering.energy import SILENCE_POWER

GRAPHS = 200
PLAYED = 120
"""Graphs that are rendered, which takes a second a dozen."""
SAMPLE_RATE = 16_000
FRAMES = 4_000
DRUMS = ("kick", "snare")
LINEAR = tuple(kind for kind, processor in PROCESSORS.items() if processor.lti)


def graph_number(seed: int) -> Graph:
    """Of all kinds where the seed is odd, of linear ones where it is even: there more can be moved."""
    sources = DRUMS if seed % 5 == 0 else ("in",)
    return random_graph(seed, kinds=None if seed % 2 else LINEAR, sources=sources, neutral=0.3)


def form(graph: Graph, *, energy: bool = True) -> Graph:
    return canonical(graph, PROCESSORS, energy=energy)


@pytest.mark.parametrize("energy", [True, False])
def test_twice_changes_nothing_and_numbering_does_not_matter(energy: bool) -> None:
    for seed in range(GRAPHS):
        graph = graph_number(seed)
        once = check(form(graph, energy=energy), PROCESSORS)
        assert form(once, energy=energy) == once, seed
        assert form(shuffled(graph, seed), energy=energy) == once, seed


@pytest.mark.parametrize("confidences", [(0.2, 0.8), (None, 0.8), (None, 0.0)])
@pytest.mark.parametrize("of_nodes", [True, False])
def test_branches_that_differ_in_confidence_alone_have_one_order(
    confidences: tuple[float | None, ...], of_nodes: bool
) -> None:
    def branches(*own: float | None) -> Graph:
        bells = [Node("bell", {"gain_db": 6.0}, confidence=one if of_nodes else 0.5) for one in own]
        wires = [
            Edge(0, i, gain=0.5, confidence=0.5 if of_nodes else one) for i, one in enumerate(own, start=1)
        ]
        return Graph(
            (Node("in"), *bells, Node("mix"), Node("out")), (*wires, Edge(1, 3), Edge(2, 3), Edge(3, 4))
        )

    one, other = (form(branches(*own)) for own in (confidences, confidences[::-1]))
    assert one == other
    found = (one.nodes[1:3], one.edges) if of_nodes else (one.edges, one.nodes)
    assert {part.confidence for part in found[0]} >= set(confidences)


# Sound


def noise(graph: Graph, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (len(graph.sources), 2, FRAMES)
    return 0.3 * torch.randn(shape, generator=generator, dtype=torch.float64)


def rendered(graph: Graph, seed: int, energy: bool) -> tuple[torch.Tensor, bool]:
    """The sound ``[2, T]``, and whether some node gives less than what the energy rule takes for silence."""
    walked = walk(graph, noise(graph, seed), SAMPLE_RATE, energy=energy)
    powers = [
        float(signal.square().mean())
        for (node, outlet), signal in walked.signals.items()
        if outlet not in ("lfo", "env") and graph.nodes[node].is_processor
    ]
    return walked.audio, any(0 < power < SILENCE_POWER for power in powers)


@pytest.mark.parametrize(("rule", "moving_regions"), [(True, False), (False, False), (False, True)])
def test_the_sound_stays_within_minus_90_db(rule: bool, moving_regions: bool) -> None:
    """In float64, so that the order of rounding errors is not what is measured.

    The energy rule leaves alone what lies below -120 dB, so that what remains of a sound that two
    nodes together have wiped out does depend on their order: such graphs are passed over.
    """
    heard = changed = 0
    for seed in range(PLAYED + PLAYED // 4):
        graph = graph_number(seed)
        moved = form(graph, energy=not moving_regions)
        before, silent_before = rendered(graph, seed, rule)
        after, silent_after = rendered(moved, seed, rule)
        if rule and (silent_before or silent_after):
            continue
        error, power = float((after - before).square().mean()), float(before.square().mean())
        assert error <= 1e-9 * power + 1e-24, (seed, 10 * math.log10(error / power))
        heard += 1
        changed += moved != graph
    assert heard >= PLAYED
    assert changed >= PLAYED // 2


def test_a_region_is_not_linear_under_the_energy_rule() -> None:
    """Why regions stay where they are: swapping one with a filter is heard."""
    region_first = Graph(
        (Node("in"), Node("lowpass2"), Node("mix"), Node("highpass2"), Node("out")),
        (Edge(0, 1), Edge(1, 2), Edge(0, 2), Edge(2, 3), Edge(3, 4)),
    )
    region_last = Graph(
        (Node("in"), Node("highpass2"), Node("lowpass2"), Node("mix"), Node("out")),
        (Edge(0, 1), Edge(1, 2), Edge(2, 3), Edge(1, 3), Edge(3, 4)),
    )
    assert form(region_first) != form(region_last)
    assert form(region_first, energy=False) == form(region_last, energy=False)
    difference = rendered(region_first, 0, True)[0] - rendered(region_last, 0, True)[0]
    assert difference.square().mean() > 1e-4 * rendered(region_first, 0, True)[0].square().mean()


def region(*branches: str) -> Callable[[Graph], Graph]:
    """Lengthen a graph, before ``out``, by parallel branches and the dry signal."""

    def lengthen(graph: Graph) -> Graph:
        (last,) = graph.edges_into(graph.sink)
        first = len(graph) - 1
        mix = first + len(branches)
        inner = [
            edge
            for node in range(first, mix)
            for edge in (Edge(last.source, node), Edge(node, mix, gain=0.5))
        ]
        nodes = (*graph.nodes[:-1], *map(Node, branches), Node("mix"), Node("out"))
        kept = [edge for edge in graph.edges if edge != last]
        return Graph(nodes, (*kept, *inner, Edge(last.source, mix), Edge(mix, mix + 1)))

    return lengthen


def test_two_wires_into_one_inlet_are_summed_at_a_mix() -> None:
    """Both ways of writing it are one graph."""
    nodes = tuple(map(Node, ("in", "bitcrush", "distortion", "out")))
    direct = Graph(nodes, (Edge(0, 1), Edge(1, 2, gain=0.5), Edge(0, 2), Edge(2, 3)))
    mixed = Graph(
        (*nodes[:3], Node("mix"), Node("out")),
        (Edge(0, 1), Edge(1, 3, gain=0.5), Edge(0, 3), Edge(3, 2), Edge(2, 4)),
    )
    assert "mix" in kinds(form(direct, energy=True))
    assert form(direct, energy=True) == form(mixed, energy=True)


def test_regions_are_sorted_by_size_behind_single_nodes_where_the_rule_is_off() -> None:
    pieces = [region("bell"), region("lowshelf"), region("bell", "lowpass2"), region("highpass4")]
    forms = set()
    for order in permutations(pieces):
        graph = Graph((Node("in"), Node("out")), (Edge(0, 1),))
        for lengthen in order:
            graph = lengthen(graph)
        forms.add(form(graph, energy=False))
    (only,) = forms
    in_order = ["bell", "mix", "highpass4", "mix", "lowshelf", "mix", "bell", "lowpass2", "mix"]
    assert kinds(only) == in_order


SINGLE = [
    kind
    for kind, p in PROCESSORS.items()
    if p.lti and len(p.outlets) == 1 and sum(port.required for port in p.inlets) == 1
]


def call(processor: Processor, inputs: dict[str, torch.Tensor], values: dict[str, float]) -> torch.Tensor:
    settings: dict[str, Any] = values
    return processor(inputs, sample_rate=SAMPLE_RATE, **settings)["out"]


def responses(processor: Processor, seed: int) -> list[torch.Tensor]:
    """What an impulse left or right makes of left and right: LL, LR, RL, RR (from, to)."""
    impulse = torch.zeros(2, 2, FRAMES, dtype=torch.float64)
    impulse[0, 0, 0] = impulse[1, 1, 0] = 1
    values = sample(processor, random.Random(seed).random)
    out = call(processor, {"input": impulse}, values)
    return [out[0, 0], out[0, 1], out[1, 0], out[1, 1]]


def measured_channels(answers: Iterable[list[torch.Tensor]]) -> Channels:
    apart = mirrored = True
    for ll, lr, rl, rr in answers:
        scale = 1e-9 * max(float(response.abs().max()) for response in (ll, lr, rl, rr))
        apart &= bool((lr.abs().max() <= scale) & (rl.abs().max() <= scale))
        mirrored &= bool(((ll - rr).abs().max() <= scale) & ((lr - rl).abs().max() <= scale))
    if apart:
        return "same" if mirrored else "apart"
    return "midside" if mirrored else "crossed"


@pytest.mark.parametrize("kind", SINGLE)
def test_what_a_kind_does_to_the_channels_is_declared(kind: str) -> None:
    processor = PROCESSORS[kind]
    assert measured_channels(responses(processor, seed) for seed in range(6)) == processor.channels


NEUTRAL = [
    kind
    for kind, p in PROCESSORS.items()
    if p.has_audio_output and any(knob.neutral is not None for knob in p.parameters.values())
]


@pytest.mark.parametrize("kind", NEUTRAL)
def test_neutral_processors_are_wires_at_any_level(kind: str) -> None:
    """Whatever the other knobs and control inlets do: this is what lets them be dropped."""
    processor = PROCESSORS[kind]
    values = sample(processor, random.Random(1).random)
    values |= {name: k.neutral for name, k in processor.parameters.items() if k.neutral is not None}
    loud = 8 * torch.randn(1, 2, FRAMES, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    moving = torch.linspace(-1, 1, FRAMES, dtype=torch.float64).expand(1, 1, -1)
    inputs = {
        port.name: loud if port.signal == "audio" else moving for port in processor.inlets if port.required
    }
    out = call(processor, inputs, values)
    torch.testing.assert_close(out, loud, rtol=1e-12, atol=1e-12)


# Rules, one by one


def serial(*steps: str | tuple[str, dict[str, float]]) -> Graph:
    return chain(PROCESSORS, *steps)


def kinds(graph: Graph) -> list[str]:
    return [node.kind for node in graph.nodes if node.is_processor]


def test_linear_nodes_are_sorted_by_kind_then_by_their_values() -> None:
    graph = serial("lowpass2", ("bell", {"frequency_hz": 3000}), "highpass2", ("bell", {"frequency_hz": 200}))
    assert kinds(form(graph)) == ["bell", "bell", "highpass2", "lowpass2"]
    frequencies = [node.parameters["frequency_hz"] for node in form(graph).nodes if node.kind == "bell"]
    assert frequencies == [200, 3000]


def test_nonlinear_nodes_are_barriers() -> None:
    assert kinds(form(serial("lowpass2", "bitcrush", "highpass2", "bell"))) == [
        "lowpass2",
        "bitcrush",
        "bell",
        "highpass2",
    ]


def test_modulated_nodes_are_barriers() -> None:
    moving = chain(PROCESSORS, "lowpass2", ("highpass2", {"frequency": "mono_lfo"}), "bell")
    audio = [node.kind for node in form(moving).nodes if node.kind not in ("in", "out", "mono_lfo")]
    assert audio == ["lowpass2", "highpass2", "bell"]


def test_only_what_commutes_on_two_channels_is_swapped() -> None:
    left = {"pan": -0.5}
    narrow = {"width": 0.5}
    first, second = ("panning", left), ("imager", narrow)
    assert form(serial(first, second)) != form(serial(second, first))
    assert form(serial(first, "mono_delay")) == form(serial("mono_delay", first))
    assert kinds(form(serial("pingpong_delay", second, "bell"))) == ["bell", "pingpong_delay", "imager"]


def test_gains_inside_a_run_move_behind_it() -> None:
    nodes = (Node("in"), Node("bell"), Node("highpass2"), Node("bitcrush"), Node("out"))
    gains = (0.5, 0.25, 0.5, 0.5)
    graph = Graph(nodes, tuple(Edge(i, i + 1, gain=gain) for i, gain in enumerate(gains)))
    assert [edge.gain for edge in form(graph).edges] == [1, 1, 0.0625, 0.5]


def test_neutral_nodes_are_dropped_with_what_moves_them() -> None:
    nodes = (Node("in"), Node("bell"), Node("mono_lfo"), Node("chorus", {"mix": 0.0}), Node("out"))
    edges = (Edge(0, 1), Edge(2, 3, "lfo", "mod"), Edge(1, 3, gain=0.5), Edge(3, 4, gain=0.5))
    assert form(Graph(nodes, edges)) == Graph(
        (nodes[0], nodes[1], nodes[4]), (Edge(0, 1), Edge(1, 2, gain=0.25))
    )


def test_a_neutral_knob_that_is_moved_or_left_open_keeps_its_node() -> None:
    moved = chain(PROCESSORS, ("bell", {"gain_db": 0, "gain": "mono_lfo"}))
    assert "bell" in kinds(form(moved))
    prototype = Graph((Node("in"), Node("panning"), Node("out")), (Edge(0, 1), Edge(1, 2)))
    assert form(prototype) == prototype


def test_a_neutral_node_with_a_sidechain_keeps_the_source_that_feeds_it() -> None:
    nodes = (Node("kick"), Node("snare"), Node("compressor", {"ratio": 1.0}), Node("out"))
    graph = Graph(nodes, (Edge(0, 2), Edge(1, 2, inlet="sidechain"), Edge(2, 3)))
    assert form(graph) == graph


def test_sums_stand_at_mixes_and_mixes_are_flat() -> None:
    nodes = (Node("in"), Node("bitcrush"), Node("distortion"), Node("mix"), Node("mix"), Node("out"))
    nested = (
        Edge(0, 1),
        Edge(0, 2),
        Edge(1, 3, gain=0.5),
        Edge(0, 3),
        Edge(3, 4, gain=0.5),
        Edge(2, 4),
        Edge(4, 5),
    )
    open_sum = (Edge(0, 1), Edge(0, 2), Edge(1, 3, gain=0.25), Edge(0, 3, gain=0.5), Edge(2, 3))
    flat = Graph((*nodes[:3], Node("out")), open_sum)
    assert form(Graph(nodes, nested)) == form(flat)
    assert kinds(form(flat)) == ["bitcrush", "distortion", "mix"]


def test_wires_that_come_to_lie_on_each_other_are_added() -> None:
    nodes = (Node("in"), Node("bell", {"gain_db": 0.0}), Node("mix"), Node("out"))
    graph = Graph(nodes, (Edge(0, 1), Edge(1, 2, gain=0.5), Edge(0, 2, gain=0.25), Edge(2, 3)))
    assert form(graph) == Graph((nodes[0], nodes[3]), (Edge(0, 1, gain=0.75),))


def test_sources_come_first_in_their_order() -> None:
    nodes = (Node("snare"), Node("mix"), Node("out"), Node("kick"))
    graph = Graph(nodes, (Edge(0, 1, gain=0.5), Edge(3, 1), Edge(1, 2)))
    expected = Graph(
        (Node("kick"), Node("snare"), Node("mix"), Node("out")),
        (Edge(0, 2), Edge(1, 2, gain=0.5), Edge(2, 3)),
    )
    assert form(graph) == expected


def test_two_inputs_are_two_signals() -> None:
    nodes = (Node("in"), Node("in"), Node("bitcrush"), Node("mix"), Node("out"))
    first = Graph(nodes, (Edge(0, 2), Edge(2, 3), Edge(1, 3), Edge(3, 4)))
    second = Graph(nodes, (Edge(1, 2), Edge(2, 3), Edge(0, 3), Edge(3, 4)))
    assert form(first) != form(second)


# The normal form is reached from every equivalent graph


Move = Callable[[Graph, random.Random], Graph]


def insert_wire(graph: Graph, rng: random.Random) -> Graph:
    """Put a node that does nothing into a random audio edge."""
    places = [i for i, edge in enumerate(graph.edges) if is_audio(graph, edge)]
    place = rng.choice(places)
    edge = graph.edges[place]
    wires = (Node("mix"), Node("bell", {"gain_db": 0.0}), Node("imager", {"width": 1.0}))
    new = len(graph)
    edges = list(graph.edges)
    edges[place] = replace(edge, target=new, inlet="input")
    edges.append(Edge(new, edge.target, inlet=edge.inlet))
    return Graph((*graph.nodes, rng.choice(wires)), tuple(edges))


def is_audio(graph: Graph, edge: Edge) -> bool:
    target = graph.nodes[edge.target]
    inlet = None if target.is_sink else PROCESSORS[target.kind].inlet(edge.inlet)
    return inlet is None or inlet.signal == "audio"


def nest_mix(graph: Graph, rng: random.Random) -> Graph:
    """Let some inputs of a mix pass through a mix of their own, half as loud and then twice."""
    groups = [[i for i, e in enumerate(graph.edges) if e.target == n] for n in nodes_of(graph, "mix")]
    groups = [group for group in groups if len(group) > 2]
    if not groups:
        return graph
    group = rng.choice(groups)
    inner = rng.sample(group, rng.randint(2, len(group) - 1))
    edges = list(graph.edges)
    for place in inner:
        edges[place] = replace(edges[place], target=len(graph), gain=edges[place].gain / 2)
    edges.append(Edge(len(graph), graph.edges[group[0]].target, gain=2.0))
    return Graph((*graph.nodes, Node("mix")), tuple(edges))


def nodes_of(graph: Graph, kind: str) -> list[int]:
    return [n for n, node in enumerate(graph.nodes) if node.kind == kind]


def movable(graph: Graph) -> list[int]:
    """Unmodulated linear nodes with one wire in and one outlet."""
    return [
        n
        for n, node in enumerate(graph.nodes)
        if node.kind in SINGLE and node.kind != "mix" and len(list(graph.edges_into(n))) == 1
    ]


def move_gain(graph: Graph, rng: random.Random) -> Graph:
    """Double the gain before a linear node and halve what comes behind it."""
    candidates = movable(graph)
    if not candidates:
        return graph
    node = rng.choice(candidates)
    factors = [2.0 if edge.target == node else 0.5 if edge.source == node else 1.0 for edge in graph.edges]
    edges = [replace(edge, gain=edge.gain * f) for edge, f in zip(graph.edges, factors, strict=True)]
    return replace(graph, edges=tuple(edges))


def swap(graph: Graph, rng: random.Random) -> Graph:
    """Exchange two neighbours of a run of which one does the same to both channels."""
    candidates = [
        (edge.source, edge.target)
        for edge in graph.edges
        if {edge.source, edge.target} <= set(movable(graph))
        and len(list(graph.edges_from(edge.source))) == 1
        and "same" in {PROCESSORS[graph.nodes[end].kind].channels for end in (edge.source, edge.target)}
    ]
    if not candidates:
        return graph
    first, second = rng.choice(candidates)
    nodes = list(graph.nodes)
    nodes[first], nodes[second] = nodes[second], nodes[first]
    return replace(graph, nodes=tuple(nodes))


@pytest.mark.parametrize(
    ("energy", "moves"),
    [
        (True, (insert_wire, nest_mix, swap, move_gain)),
        # Wires into a region keep their gains, and a region among others keeps its mix.
        (False, (insert_wire, swap)),
    ],
)
def test_equivalent_graphs_have_one_form(energy: bool, moves: tuple[Move, ...]) -> None:
    for seed in range(GRAPHS):
        rng = random.Random(seed)
        goal = form(graph_number(seed), energy=energy)
        graph = goal
        for move in rng.choices(moves, k=8):
            graph = check(move(graph, rng), PROCESSORS)
        assert form(shuffled(graph, seed), energy=energy) == goal, seed


# Numbering of graphs full of twins


def ladder(*rings: int) -> Graph:
    """Equal bitcrushers, each pair of ring neighbours mixed and distorted, all mixed in the end."""
    pairs, start = [], 1
    for size in rings:
        ring = [*range(start, start + size), start]
        pairs += list(pairwise(ring))
        start += size
    crushers = start - 1
    mixes = range(start, start + crushers)
    drives = range(mixes.stop, mixes.stop + crushers)
    last, sink = drives.stop, drives.stop + 1
    edges = [Edge(0, n) for n in range(1, start)]
    for pair, mix, drive in zip(pairs, mixes, drives, strict=True):
        edges += [Edge(pair[0], mix), Edge(pair[1], mix), Edge(mix, drive), Edge(drive, last)]
    many = [Node("bitcrush")] * crushers + [Node("mix")] * crushers + [Node("distortion")] * crushers
    return check(Graph((Node("in"), *many, Node("mix"), Node("out")), (*edges, Edge(last, sink))), PROCESSORS)


@pytest.mark.parametrize("rings", [(6,), (3, 3), (4, 3)])
def test_numbering_does_not_matter_where_all_nodes_look_alike(rings: tuple[int, ...]) -> None:
    goal = form(ladder(*rings))
    assert all(form(shuffled(ladder(*rings), seed)) == goal for seed in range(5))


def test_one_ring_of_six_is_not_two_of_three() -> None:
    """Every node has like neighbours in both, so that refining colours alone cannot tell them apart."""
    assert form(ladder(6)) != form(ladder(3, 3))


def test_many_equal_branches_are_numbered_at_once() -> None:
    branches = 30
    edges = [edge for n in range(1, branches + 1) for edge in (Edge(0, n), Edge(n, branches + 1))]
    nodes = (Node("in"), *[Node("bitcrush")] * branches, Node("mix"), Node("out"))
    graph = Graph(nodes, (*edges, Edge(branches + 1, branches + 2)))
    assert form(shuffled(graph, 1)) == form(graph)
