"""Graphs as token sequences: nothing is lost, and the order is what it claims to be."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.random_graphs import random_graph, shuffled
from unpatch.blind.tokens import (
    NODE_ID,
    TARGET,
    TYPE,
    TokenType,
    decode,
    decoding_order,
    encode,
    in_decoding_order,
    pad,
    slots_of,
    tokenize,
    values_of,
    with_numbers,
)
from unpatch.blind.vocabulary import Vocabulary
from unpatch.graph.build import chain
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.graph.order import breadth_first
from unpatch.processors import PROCESSORS

SINGING = Vocabulary.of(PROCESSORS, "singing")
SEEDS = range(40)


def bare(graph: Graph) -> Graph:
    """Kinds and wires only."""
    edges = tuple(replace(edge, gain=1.0, confidence=None) for edge in graph.edges)
    return Graph(tuple(Node(node.kind, version=node.version) for node in graph.nodes), edges)


@pytest.mark.parametrize("seed", SEEDS)
def test_round_trip(seed: int) -> None:
    ordered = in_decoding_order(random_graph(seed), SINGING)
    assert decode(encode(ordered, SINGING), SINGING, PROCESSORS) == bare(ordered)


@pytest.mark.parametrize("seed", SEEDS)
def test_reordering_moves_every_node_with_its_wires(seed: int) -> None:
    graph = random_graph(seed)
    order = decoding_order(graph, SINGING)
    assert sorted(order) == list(range(len(graph)))
    ordered = in_decoding_order(graph, SINGING)
    back = {replace(e, source=order[e.source], target=order[e.target]) for e in ordered.edges}
    assert back == set(graph.edges)
    assert tuple(ordered.nodes) == tuple(graph.nodes[i] for i in order)


DRUM_WORDS = Vocabulary.of(PROCESSORS, "drums")


def test_the_bus_is_decoded_first_then_track_after_track() -> None:
    kinds = ("kick", "snare", "hat", "bell", "bell", "lowshelf", "mono_lfo", "mix", "mono_delay", "out")
    edges = (
        Edge(0, 3), Edge(3, 4), Edge(4, 7), Edge(1, 7), Edge(2, 5), Edge(6, 5, "lfo", "gain"), Edge(5, 7),
        Edge(7, 8), Edge(8, 9),
    )  # fmt: skip
    graph = check(Graph(tuple(map(Node, kinds)), edges), PROCESSORS)
    order = decoding_order(shuffled(graph, 3), DRUM_WORDS)
    names = [shuffled(graph, 3).nodes[i].kind for i in order]
    assert names == [
        "out",
        "mono_delay",
        "mix",
        "bell",
        "bell",
        "kick",
        "snare",
        "lowshelf",
        "hat",
        "mono_lfo",
    ]


def test_a_track_that_keys_another_waits_for_it() -> None:
    """The kick keys the snare's compressor: every edge must still lead to an older node."""
    kinds = ("kick", "snare", "bell", "compressor", "mix", "out")
    edges = (
        Edge(0, 2), Edge(2, 4), Edge(1, 3), Edge(2, 3, inlet="sidechain"), Edge(3, 4), Edge(4, 5),
    )  # fmt: skip
    graph = check(Graph(tuple(map(Node, kinds)), edges), PROCESSORS)
    names = [graph.nodes[i].kind for i in decoding_order(graph, DRUM_WORDS)]
    assert names == ["out", "mix", "compressor", "bell", "kick", "snare"]


@pytest.mark.parametrize("seed", SEEDS)
def test_edges_run_from_the_newest_node_to_older_ones(seed: int) -> None:
    rows = encode(in_decoding_order(random_graph(seed), SINGING), SINGING)
    newest = -1
    for row in rows[1:-1]:
        if row[TYPE] == TokenType.NODE:
            newest += 1
            assert row[NODE_ID] == newest
        else:
            assert row[NODE_ID] == newest
            assert row[TARGET] < newest
    assert rows[0, TYPE] == TokenType.START
    assert rows[-1, TYPE] == TokenType.END


def test_serial_graph_reads_backwards_and_breadth_first() -> None:
    graph = chain(PROCESSORS, "highpass2", ("chorus", {"mod": "mono_lfo"}), "distortion")
    ordered = in_decoding_order(graph, SINGING)
    kinds = [node.kind for node in ordered.nodes]
    assert kinds == ["out", "distortion", "chorus", "highpass2", "mono_lfo", "in"]
    plain = [graph.nodes[i].kind for i in breadth_first(graph)]
    assert sorted(plain[:3]) == sorted(kinds[:3])


def test_order_does_not_depend_on_how_nodes_are_listed() -> None:
    graph = chain(
        PROCESSORS, "bell", ("flanger", {"mod": "stereo_lfo"}), "bitcrush", ("phaser", {"mod": "mono_lfo"})
    )
    expected = tokenize(graph, SINGING, PROCESSORS)
    for seed in range(10):
        again = tokenize(shuffled(graph, seed), SINGING, PROCESSORS)
        np.testing.assert_array_equal(again.rows, expected.rows)
        np.testing.assert_array_equal(again.units, expected.units)


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_come_back(seed: int) -> None:
    graph = in_decoding_order(random_graph(seed), SINGING)
    slots = slots_of(encode(graph, SINGING), SINGING)
    units = values_of(graph, slots, SINGING, PROCESSORS)
    again = with_numbers(bare(graph), slots, units, SINGING, PROCESSORS)
    for old, new in zip(graph.nodes, again.nodes, strict=True):
        assert new.parameters == pytest.approx(dict(old.parameters), rel=1e-4, abs=1e-4)
    for old_edge, new_edge in zip(graph.edges, again.edges, strict=True):
        alone = sum((e.target, e.inlet) == (old_edge.target, old_edge.inlet) for e in graph.edges) == 1
        silent = alone and old_edge.outlet not in ("lfo", "env")
        assert new_edge.gain == pytest.approx(1.0 if silent else old_edge.gain, abs=1e-6)


@pytest.mark.parametrize("level_db", [-40.0, -15.0])
def test_levels_are_told_relative_to_the_recording(level_db: float) -> None:
    """A threshold goes with the level, a drive and a word length against it; nothing else moves."""
    graph = chain(
        PROCESSORS,
        ("compressor", {"threshold_db": -30.0}),
        ("distortion", {"gain_db": 24.0}),
        ("bitcrush", {"bit": 8.0}),
        "bell",
    )
    told = tokenize(graph, SINGING, PROCESSORS, level_db)
    ordered = bare(in_decoding_order(graph, SINGING))

    def played(at_db: float) -> dict[str, Mapping[str, float]]:
        again = with_numbers(ordered, told.slots, told.units, SINGING, PROCESSORS, at_db)
        return {node.kind: node.parameters for node in again.nodes}

    same, louder = played(level_db), played(level_db + 6.0206)
    for node in graph.nodes:
        assert same[node.kind] == pytest.approx(dict(node.parameters), rel=1e-4, abs=1e-4)
    assert louder["compressor"]["threshold_db"] == pytest.approx(-30 + 6.0206, abs=1e-4)
    assert louder["distortion"]["gain_db"] == pytest.approx(24 - 6.0206, abs=1e-4)
    assert louder["bitcrush"]["bit"] == pytest.approx(7, abs=1e-4)
    assert louder["bell"] == same["bell"]


def test_padding_is_marked() -> None:
    short = tokenize(chain(PROCESSORS, "mix"), SINGING, PROCESSORS)
    long = tokenize(chain(PROCESSORS, "bell", "imager"), SINGING, PROCESSORS)
    batch = pad([short, long])
    np.testing.assert_array_equal(batch.rows[0, : len(short)], short.rows)
    assert (batch.rows[0, len(short) :, TYPE] == TokenType.PAD).all()
    assert (batch.slots[0, len(short) :] == -1).all()
    np.testing.assert_array_equal(batch.units[1], long.units)


def test_edge_types_join_equal_signals() -> None:
    control = {"lfo", "env"}
    for outlet, inlet in SINGING.edge_types:
        assert (outlet in control) == (inlet in {"frequency", "gain", "mod", "pan"})


def test_every_parameter_has_a_slot_of_its_own() -> None:
    declared = [(kind, name) for kind, p in PROCESSORS.items() for name in p.parameters]
    assert list(SINGING.slots) == [*declared, ("edge", "gain")]


def test_a_changed_registry_is_refused() -> None:
    SINGING.require(PROCESSORS)
    newer = replace(PROCESSORS["bell"], version=PROCESSORS["bell"].version + 1)
    with pytest.raises(GraphError, match="version 1 of bell"):
        SINGING.require({**PROCESSORS, "bell": newer})
    with pytest.raises(GraphError, match="bell; installed: missing"):
        SINGING.require({kind: p for kind, p in PROCESSORS.items() if kind != "bell"})


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(GraphError, match="'kick' is not in this model's vocabulary"):
        tokenize(chain(PROCESSORS, "bell", source="kick"), SINGING, PROCESSORS)
