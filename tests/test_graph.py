"""Graph data: JSON, check, orders, chain, text."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.random_graphs import random_graph, shuffled
from unpatch.graph import order
from unpatch.graph.build import chain
from unpatch.graph.check import carries_control, check, complete, inlets
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.graph.text import MINUS, gain_text, to_text
from unpatch.processors import PROCESSORS

SEEDS = range(200)
DRUMS = ("kick", "snare", "hat")


def example() -> Graph:
    """in -> highpass2 -> crossover -> (low: distortion, high: bitcrush) -> mix -> compressor -> out."""
    nodes = (
        Node("in"),
        Node("highpass2", {"frequency_hz": 120.0, "q": 0.71}, confidence=0.96),
        Node("crossover", {"frequency_hz": 850.0}),
        Node("mono_lfo", {"frequency_hz": 0.5, "phase": 0.0}),
        Node("distortion", {"gain_db": 12.0}),
        Node("bitcrush", {"bit": 6.0}, confidence=0.5),
        Node("mix"),
        Node("compressor", {"threshold_db": -18.0, "ratio": 4.0}),
        Node("out"),
    )
    edges = (
        Edge(0, 1),
        Edge(1, 2),
        Edge(3, 2, "lfo", "frequency", 0.3),
        Edge(2, 4, "low"),
        Edge(2, 5, "high"),
        Edge(4, 6),
        Edge(5, 6, gain=-0.5),
        Edge(6, 7),
        Edge(1, 7, inlet="sidechain"),
        Edge(7, 8),
    )
    return Graph(nodes, edges)


def two_equalizers(*edges: Edge, **parameters: float) -> Graph:
    """Nodes 0 in, 1 bell, 2 bell, 3 mono_lfo, 4 out; by default in series."""
    series = edges or (Edge(0, 1), Edge(1, 2), Edge(3, 2, "lfo", "gain"), Edge(2, 4))
    nodes = (Node("in"), Node("bell", parameters), Node("bell"), Node("mono_lfo"), Node("out"))
    return Graph(nodes, series)


# JSON


@pytest.mark.parametrize("seed", SEEDS)
def test_json_round_trip(seed: int) -> None:
    graph = random_graph(seed, sources=DRUMS if seed % 4 == 0 else ("in",))
    assert Graph.from_json(graph.to_json()) == graph
    assert Graph.from_json(graph.to_json(indent=None).encode()) == graph


def test_json_is_written_under_schema_and_version_with_confidences() -> None:
    data = json.loads(example().to_json())
    assert (data["schema"], data["schema_version"]) == ("unpatch.graph", 1)
    assert data["nodes"][1] == {
        "kind": "highpass2",
        "parameters": {"frequency_hz": 120.0, "q": 0.71},
        "version": 1,
        "confidence": 0.96,
    }
    assert data["edges"][6] == {"source": 5, "target": 6, "outlet": "out", "inlet": "input", "gain": -0.5}


def test_fields_left_out_take_their_defaults() -> None:
    text = (
        '{"schema": "unpatch.graph", "schema_version": 1,'
        ' "nodes": [{"kind": "in"}, {"kind": "out"}], "edges": [{"source": 0, "target": 1}]}'
    )
    assert Graph.from_json(text) == Graph((Node("in"), Node("out")), (Edge(0, 1),))


def changed(path: tuple[Any, ...], value: object) -> str:
    """The example's JSON with one place set to another value."""
    data: Any = example().to_dict()
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON: Expecting property name"),
        ("[]", "graph must be an object, got []"),
        ('{"schema": "other"}', "not a graph: schema is 'other', expected 'unpatch.graph'"),
        (changed(("schema_version",), 2), "graph has schema version 2; this program reads 1"),
        (changed(("schema_version",), True), "graph has schema version True; this program reads 1"),
        (changed(("colour",), "red"), "graph has an unknown field 'colour'"),
        (changed(("nodes",), None), "nodes must be a list, got None"),
        (changed(("nodes", 2), 7), "node 2 must be an object, got 7"),
        (changed(("nodes", 2, "kind"), 7), "node 2 kind must be a string, got 7"),
        (changed(("nodes", 2, "gain"), 7), "node 2 has an unknown field 'gain'"),
        (changed(("nodes", 2, "version"), 1.5), "node 2 version must be a whole number, got 1.5"),
        (changed(("nodes", 1, "parameters", "q"), "1"), "node 1 q must be a number, got '1'"),
        (changed(("nodes", 1, "parameters", "q"), True), "node 1 q must be a number, got True"),
        (changed(("nodes", 1, "parameters", "q"), math.nan), "not JSON: NaN is not a number"),
        (changed(("nodes", 1, "parameters", "q"), -math.inf), "not JSON: -Infinity is not a number"),
        (changed(("nodes", 1, "parameters", "q"), 10**400), "node 1 q must be finite, got 1000000"),
        (changed(("edges", 3, "source"), "2"), "edge 3 source must be a whole number, got '2'"),
        (changed(("edges", 3, "gain"), [1]), "edge 3 gain must be a number, got [1]"),
        (changed(("edges", 3), {"source": 1}), "edge 3 lacks the field 'target'"),
        ('{"schema": 1, "schema": 1}', "field 'schema' is written twice in one object"),
        ("[" * 100_000, "not JSON: nested too deeply"),
        (
            changed(("nodes", 1, "parameters", "q"), 1).replace('"q": 1', '"q": 1e999'),
            "node 1 q must be finite",
        ),
    ],
)
def test_json_errors_are_one_precise_line(text: str, message: str) -> None:
    with pytest.raises(GraphError) as error:
        Graph.from_json(text)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 160


def test_json_of_a_nan_is_refused() -> None:
    with pytest.raises(GraphError, match="NaN or an infinity"):
        two_equalizers(q=math.nan).to_json()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def try_to_read(text: str | bytes) -> None:
    """Reading and checking may only fail with GraphError, in one line."""
    try:
        check(Graph.from_json(text), PROCESSORS)
    except GraphError as error:
        assert "\n" not in str(error)
        str(error).encode()


@settings(deadline=None)
@given(JSON)
def test_any_json_is_a_graph_or_a_graph_error(value: object) -> None:
    try_to_read(json.dumps(value))


@settings(deadline=None)
@given(st.text() | st.binary())
def test_any_text_is_a_graph_or_a_graph_error(text: str | bytes) -> None:
    try_to_read(text)


@settings(max_examples=300, deadline=None)
@given(st.data(), JSON)
def test_any_damage_to_a_graph_is_a_graph_error(data: st.DataObject, value: object) -> None:
    """Walk to a random place in a valid file and put anything there, or take it away."""
    top: Any = example().to_dict()
    place, step = top, data.draw(st.sampled_from(sorted(top)))
    while isinstance(place[step], dict | list) and place[step] and data.draw(st.booleans()):
        place = place[step]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        step = data.draw(st.sampled_from(keys))
    if data.draw(st.booleans()):
        place[step] = value
    else:
        del place[step]
    try_to_read(json.dumps(top))


# Check


def test_the_example_is_valid() -> None:
    assert check(example(), PROCESSORS) is not None


def with_node(position: int, node: Node) -> Graph:
    graph = example()
    return replace(graph, nodes=(*graph.nodes[:position], node, *graph.nodes[position + 1 :]))


def with_edge(position: int, **changes: Any) -> Graph:
    graph = example()
    edges = list(graph.edges)
    edges[position] = replace(edges[position], **changes)
    return replace(graph, edges=tuple(edges))


def without_edge(position: int) -> Graph:
    graph = example()
    return replace(graph, edges=graph.edges[:position] + graph.edges[position + 1 :])


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (with_node(2, Node("crosover")), "node 2: unknown kind 'crosover'; did you mean 'crossover'?"),
        (with_node(2, Node("x\ny")), r"node 2: unknown kind 'x\ny'"),
        (
            with_node(1, Node("highpass2", version=7)),
            "node 1 (highpass2): made with version 7 of this processor, installed is version 1",
        ),
        (
            with_node(1, Node("highpass2", {"frequency": 9})),
            "node 1 (highpass2): unknown parameter 'frequency'; did you mean 'frequency_hz'?",
        ),
        (
            with_node(1, Node("highpass2", {"zz": 9})),
            "node 1 (highpass2): unknown parameter 'zz'; it has frequency_hz, q",
        ),
        (with_node(0, Node("in", {"gain_db": 1})), "node 0 (in): unknown parameter 'gain_db'; it has none"),
        (
            with_node(1, Node("highpass2", {"q": math.nan})),
            "node 1 (highpass2): q is nan, which is not a finite number",
        ),
        (
            with_node(1, Node("highpass2", {"frequency_hz": 5})),
            "node 1 (highpass2): frequency_hz is 5, allowed are 20 to 20000 Hz",
        ),
        (
            with_node(1, Node("highpass2", confidence=1.5)),
            "node 1 (highpass2): confidence is 1.5, allowed are 0 to 1",
        ),
        (with_node(8, Node("in")), "graph has no node 'out'"),
        (with_node(0, Node("out")), "graph has 2 nodes 'out' (0, 8), allowed is one"),
        (with_edge(3, target=9), "edge 3: there is no node 9, nodes are 0 to 8"),
        (with_edge(3, source=-1), "edge 3: there is no node -1, nodes are 0 to 8"),
        (
            with_edge(3, outlet="lo"),
            "edge 3 (2 (crossover) -> 4 (distortion)): crossover has no outlet 'lo'; it has low, high",
        ),
        (
            with_edge(3, inlet="sidechain"),
            "edge 3 (2 (crossover) -> 4 (distortion)): distortion has no inlet 'sidechain'; it has input",
        ),
        (with_edge(3, target=0), "edge 3 (2 (crossover) -> 0 (in)): in has no inlet 'input'; it has none"),
        (
            with_edge(2, outlet="lfo", inlet="input"),
            "edge 2 (3 (mono_lfo) -> 2 (crossover)): outlet 'lfo' gives control, inlet 'input' takes audio",
        ),
        (
            with_edge(1, inlet="frequency"),
            "edge 1 (1 (highpass2) -> 2 (crossover)): outlet 'out' gives audio, "
            "inlet 'frequency' takes control",
        ),
        (
            with_edge(3, gain=math.inf),
            "edge 3 (2 (crossover) -> 4 (distortion)): gain is inf, which is not a finite number",
        ),
        (
            with_edge(5, source=5),
            "edge 6 (5 (bitcrush) -> 6 (mix)): same wire as edge 5, 'out' to 'input'",
        ),
        (without_edge(1), "node 2 (crossover): nothing is connected to its inlet 'input'"),
        (without_edge(6), "node 5 (bitcrush): no path leads from it to 'out'"),
        (without_edge(2), "node 3 (mono_lfo): no path leads from it to 'out'"),
        (
            with_edge(1, source=7),
            "cycle: 2 (crossover) -> 4 (distortion) -> 6 (mix) -> 7 (compressor) -> 2 (crossover)",
        ),
        (with_edge(1, source=2, outlet="low"), "cycle: 2 (crossover) -> 2 (crossover)"),
        (Graph(), "graph has no node 'out'"),
    ],
)
def test_check_says_in_one_line_what_is_wrong_and_where(graph: Graph, message: str) -> None:
    with pytest.raises(GraphError) as error:
        check(graph, PROCESSORS)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_required_modulation_inlets_are_required() -> None:
    graph = Graph((Node("in"), Node("chorus"), Node("out")), (Edge(0, 1), Edge(1, 2)))
    with pytest.raises(GraphError, match=r"node 1 \(chorus\): nothing is connected to its inlet 'mod'"):
        check(graph, PROCESSORS)


def test_complete_fills_in_defaults_and_keeps_what_is_there() -> None:
    graph = complete(two_equalizers(gain_db=3.0), PROCESSORS)
    declared = PROCESSORS["bell"].parameters
    assert graph.nodes[1].parameters == {n: k.default for n, k in declared.items()} | {"gain_db": 3.0}
    assert list(graph.nodes[1].parameters) == list(declared)
    assert graph.nodes[0].parameters == {}
    assert complete(graph, PROCESSORS) == graph


# Orders


def networkx_of(graph: Graph) -> "nx.DiGraph[int]":
    reference: nx.DiGraph[int] = nx.DiGraph()
    reference.add_nodes_from(range(len(graph)))
    reference.add_edges_from((edge.source, edge.target) for edge in graph.edges)
    return reference


@pytest.mark.parametrize("seed", range(20))
def test_playing_order_lists_feeders_first_and_changes_nothing_else(seed: int) -> None:
    graph = random_graph(seed)
    played = order.in_playing_order(graph)
    assert all(edge.source < edge.target for edge in played.edges)
    named, again = networkx_of(graph), networkx_of(played)
    for of, drawn in ((graph, named), (played, again)):
        nx.set_node_attributes(drawn, {i: repr(node) for i, node in enumerate(of.nodes)}, "is")
    assert nx.is_isomorphic(named, again, node_match=lambda a, b: bool(a["is"] == b["is"]))


def test_playing_order_of_a_decoded_chain_begins_with_its_source() -> None:
    """Decoded graphs begin with ``out``."""
    nodes = ("out", "compressor", "chorus", "mono_lfo", "bell", "in")
    wires = (Edge(5, 4), Edge(4, 2), Edge(3, 2, "lfo", "mod"), Edge(2, 1), Edge(1, 0))
    found = order.in_playing_order(check(Graph(tuple(map(Node, nodes)), wires), PROCESSORS))
    assert [node.kind for node in found.nodes] == ["in", "bell", "mono_lfo", "chorus", "compressor", "out"]


@pytest.mark.parametrize("seed", range(40))
def test_topological_order_is_the_smallest_one(seed: int) -> None:
    graph = shuffled(random_graph(seed), seed)
    assert list(order.topological_order(graph)) == list(
        nx.lexicographical_topological_sort(networkx_of(graph))
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_cycle_is_found_where_there_is_one(seed: int) -> None:
    graph = shuffled(random_graph(seed), seed)
    assert order.find_cycle(graph) == ()
    first, last = order.topological_order(graph)[0], graph.sink
    cyclic = replace(graph, edges=(*graph.edges, Edge(last, first)))
    cycle = order.find_cycle(cyclic)
    assert cycle[0] == cycle[-1]
    assert len(set(cycle)) == len(cycle) - 1
    assert all(networkx_of(cyclic).has_edge(a, b) for a, b in pairwise(cycle))


@pytest.mark.parametrize("seed", range(40))
def test_breadth_first_visits_by_distance_to_out(seed: int) -> None:
    graph = shuffled(random_graph(seed), seed)
    distance = nx.single_source_shortest_path_length(networkx_of(graph).reverse(), graph.sink)
    steps = [distance[node] for node in order.breadth_first(graph)]
    assert steps == sorted(steps)
    assert len(steps) == len(graph)


@pytest.mark.parametrize("seed", range(40))
def test_gates_are_immediate_dominators(seed: int) -> None:
    graph = random_graph(seed, sources=DRUMS)
    reference = networkx_of(graph)
    roots = [node for node in reference if not reference.in_degree(node)]
    reference.add_edges_from((-1, root) for root in roots)
    dominators = nx.immediate_dominators(reference, -1)
    expected = {node: gate for node, gate in dominators.items() if node != -1 and gate not in (-1, None)}
    assert order.gates(graph) == expected


@pytest.mark.parametrize("seed", range(40))
def test_a_track_holds_what_one_source_reaches(seed: int) -> None:
    """Against networkx: along audio wires, without sidechains, as the declarations tell them."""
    graph = random_graph(seed, sources=DRUMS)
    audio = nx.DiGraph((e.source, e.target) for e in graph.edges if goes_through(e, graph))
    audio.add_nodes_from(range(len(graph)))
    moving = {e.source for e in graph.edges if carries_control(e, graph, PROCESSORS)}
    for node, track in enumerate(order.groups(graph)):
        reaching = (nx.ancestors(audio, node) | {node}) & set(graph.sources)
        if node not in moving:
            assert track == (reaching.pop() if len(reaching) == 1 and node != graph.sink else None)


def goes_through(edge: Edge, graph: Graph) -> bool:
    """Whether an edge brings the audio that a node processes."""
    port = next(p for p in inlets(graph.nodes[edge.target], PROCESSORS) if p.name == edge.inlet)
    return port.signal == "audio" and port.required


def test_inlets_are_called_as_the_order_of_tracks_takes_them() -> None:
    for processor in PROCESSORS.values():
        for port in processor.inlets:
            assert (port.name in order.AUDIO_INLETS) == (port.signal == "audio")
            assert (port.name in order.THROUGH_INLETS) == (port.signal == "audio" and port.required)


def keyed_drums() -> Graph:
    """A kick keys the compressor of a snare; a follower of the snare moves the kick; the bus has an echo."""
    kinds = ("snare", "kick", "compressor", "bell", "envelope_follower", "mix", "mono_delay", "out")
    edges = (
        Edge(0, 2), Edge(1, 2, inlet="sidechain"), Edge(1, 3), Edge(2, 4), Edge(4, 3, "env", "gain"),
        Edge(2, 5), Edge(3, 5), Edge(5, 6), Edge(6, 7),
    )  # fmt: skip
    return check(Graph(tuple(map(Node, kinds)), edges), PROCESSORS)


def test_what_listens_to_one_track_and_moves_another_belongs_to_the_other() -> None:
    assert order.groups(keyed_drums()) == (0, 1, 0, 1, 1, None, None, None)


def test_what_moves_two_tracks_belongs_to_the_first_and_what_moves_the_bus_to_the_bus() -> None:
    kinds = ("kick", "hat", "bell", "bell", "mono_lfo", "mono_lfo", "mix", "lowpass2", "out")
    edges = (
        Edge(0, 2), Edge(1, 3), Edge(4, 3, "lfo", "gain"), Edge(4, 2, "lfo", "gain"), Edge(2, 6), Edge(3, 6),
        Edge(6, 7), Edge(5, 7, "lfo", "frequency"), Edge(5, 3, "lfo", "frequency"), Edge(7, 8),
    )  # fmt: skip
    graph = check(Graph(tuple(map(Node, kinds)), edges), PROCESSORS)
    assert order.groups(graph)[4:6] == (0, None)


def test_groups_of_a_graph_that_cannot_be_rendered() -> None:
    """A cycle, a node that nothing reaches, and no sink."""
    graph = Graph(tuple(map(Node, ("kick", "bell", "bell", "mix"))), (Edge(0, 1), Edge(1, 2), Edge(2, 1)))
    assert order.groups(graph) == (0, 0, 0, None)


# Chain


def test_chain_is_serial_complete_and_checked() -> None:
    lfo = ("mono_lfo", {"frequency_hz": 2})
    graph = chain(PROCESSORS, "highpass2", ("panning", {"pan": 0.25}), ("chorus", {"mix": 0.3, "mod": lfo}))
    assert [node.kind for node in graph.nodes] == ["in", "highpass2", "panning", "mono_lfo", "chorus", "out"]
    assert [(e.source, e.target, e.outlet, e.inlet) for e in graph.edges] == [
        (0, 1, "out", "input"),
        (1, 2, "out", "input"),
        (3, 4, "lfo", "mod"),
        (2, 4, "out", "input"),
        (4, 5, "out", "input"),
    ]
    assert graph.nodes[2].parameters == {"pan": 0.25}
    assert graph.nodes[3].parameters["frequency_hz"] == 2.0
    assert complete(graph, PROCESSORS) == graph


def test_chain_of_nothing_is_a_wire() -> None:
    assert chain(PROCESSORS, source="kick") == Graph((Node("kick"), Node("out")), (Edge(0, 1),))


def test_chain_refuses_what_it_does_not_know() -> None:
    with pytest.raises(GraphError, match="unknown kind 'compresor'; did you mean 'compressor'"):
        chain(PROCESSORS, "compresor")
    with pytest.raises(GraphError, match="unknown parameter 'gain'"):
        chain(PROCESSORS, ("distortion", {"gain": 3}))


# Text


def test_text_shows_splits_merges_modulation_and_sidechains() -> None:
    assert to_text(example(), PROCESSORS).splitlines() == [
        "0  in",
        "1  highpass2  frequency 120 Hz · q 0.71                              sure     96 %",
        "2  crossover  frequency 850 Hz",
        "3  ~ frequency, depth 0.3: mono_lfo  frequency 0.5 Hz · phase 0 cyc",
        "4  ├─ [low] distortion  gain 12.0 dB",
        f"5  ├─ [high] bitcrush  bit 6 bit → ø {MINUS}6.0 dB                         likely   50 %",
        "6  mix",
        f"7  compressor  threshold {MINUS}18.0 dB · ratio 4",
        "   < sidechain from 1 highpass2",
        "8  out",
    ]


def test_text_has_words_for_the_confidence_of_processors_alone() -> None:
    nodes = (Node("in"), Node("bitcrush", confidence=0.5), Node("mix"), Node("out"))
    wires = (Edge(0, 1), Edge(1, 2), Edge(0, 2, confidence=0.99), Edge(2, 3))
    lines = to_text(Graph(nodes, wires), PROCESSORS).splitlines()
    assert [line.split()[-3:] for line in lines if line.endswith("50 %")] == [["likely", "50", "%"]]
    (wire,) = [line for line in lines if line.endswith("99 %")]
    assert "sure" not in wire


@pytest.mark.parametrize("seed", SEEDS)
def test_text_has_every_node_once_under_its_number(seed: int) -> None:
    graph = shuffled(random_graph(seed, sources=DRUMS if seed % 4 == 0 else ("in",)), seed)
    lines = [line.split(maxsplit=1) for line in str(graph).splitlines()]
    numbered = {int(line[0]): line[1] for line in lines if line[0].isdigit()}
    assert sum(line[0].isdigit() for line in lines) == len(numbered) == len(graph)
    for number, text in numbered.items():
        assert graph.nodes[number].kind in text


def test_text_of_no_graph_is_its_data() -> None:
    assert str(Graph()) == "Graph(nodes=(), edges=())"
    for edge in (Edge(5, 0), Edge(0, 0)):
        graph = Graph((Node("out"),), (edge,))
        assert str(graph) == repr(graph)


@pytest.mark.parametrize(
    ("kind", "name", "value", "text"),
    [
        ("highpass2", "frequency_hz", 1234.0, "frequency 1.23 kHz"),
        ("mono_lfo", "frequency_hz", 0.05, "frequency 0.05 Hz"),
        ("highpass2", "frequency_hz", 440.4, "frequency 440 Hz"),
        ("compressor", "threshold_db", -18.04, f"threshold {MINUS}18.0 dB"),
        ("mono_delay", "delay_ms", 1500.0, "delay 1.5 s"),
        ("stereo_lfo", "stereo_offset", 0.25, "stereo offset 0.25 cyc"),
        ("mono_delay", "stereo_offset", 0.25, "stereo offset 0.25 oct"),
    ],
)
def test_settings_carry_the_declared_unit(kind: str, name: str, value: float, text: str) -> None:
    graph = Graph((Node("in"), Node(kind, {name: value}), Node("out")), (Edge(0, 1), Edge(1, 2)))
    assert text in to_text(graph, PROCESSORS)
    assert f"{name} " in to_text(graph)  # without declarations the full name carries the unit


def test_edge_gains_are_shown_in_decibels() -> None:
    texts = ["", f"{MINUS}6.0 dB", f"ø {MINUS}6.0 dB", f"{MINUS}∞ dB", ""]
    assert [gain_text(g) for g in (1, 0.5, -0.5, 0, 0.995)] == texts
