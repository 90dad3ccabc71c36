"""A graph of chosen effects: what is taken out, what is put in and where."""

import pytest

from unpatch.blind.consensus import KindOrder, with_effects
from unpatch.graph.build import Step, chain
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.insert import insert, main_line
from unpatch.graph.order import topological_order
from unpatch.processors import EVERYDAY
from unpatch.synth.prune import prune

NONE = KindOrder({})


def kinds(graph: Graph) -> list[str]:
    """Of the processors, from input to output."""
    order = topological_order(check(graph, EVERYDAY))
    return [graph.nodes[i].kind for i in order if graph.nodes[i].is_processor]


def parallel() -> Graph:
    """A bell beside a compressor, mixed, then a reverb."""
    names = ("in", "bell", "compressor", "mix", "stereo_reverb", "out")
    wires = ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (4, 5))
    return check(Graph(tuple(map(Node, names)), tuple(Edge(a, b) for a, b in wires)), EVERYDAY)


def test_what_is_not_chosen_is_taken_out() -> None:
    graph = chain(EVERYDAY, "bell", "bitcrush", "stereo_reverb")
    assert kinds(with_effects(graph, ["stereo_reverb", "bell"], NONE, EVERYDAY, 20)) == [
        "bell",
        "stereo_reverb",
    ]


def test_an_akin_kind_does() -> None:
    graph = chain(EVERYDAY, "mono_reverb")
    assert with_effects(graph, ["stereo_reverb"], NONE, EVERYDAY, 20) == graph


def test_nothing_chosen_leaves_a_wire() -> None:
    assert kinds(with_effects(parallel(), [], NONE, EVERYDAY, 20)) == []


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (
            [("compressor", "highpass2"), ("highpass2", "stereo_reverb")],
            ["compressor", "highpass2", "stereo_reverb"],
        ),
        ([("highpass2", "compressor")], ["highpass2", "compressor", "stereo_reverb"]),
        ([("stereo_reverb", "highpass2")], ["compressor", "stereo_reverb", "highpass2"]),
        ([], ["compressor", "stereo_reverb", "highpass2"]),
    ],
)
def test_what_is_missing_goes_where_others_have_it(
    others: list[tuple[Step, ...]], expected: list[str]
) -> None:
    graph = chain(EVERYDAY, "compressor", "stereo_reverb")
    order = KindOrder.of([chain(EVERYDAY, *steps) for steps in others], EVERYDAY)
    assert (
        kinds(with_effects(graph, ["compressor", "stereo_reverb", "highpass2"], order, EVERYDAY, 20))
        == expected
    )


def test_what_must_be_moved_comes_with_an_oscillator() -> None:
    found = with_effects(chain(EVERYDAY, "bell"), ["bell", "chorus"], NONE, EVERYDAY, 20)
    assert sorted(kinds(found)) == ["bell", "chorus", "mono_lfo"]
    (place,) = (i for i, node in enumerate(found.nodes) if node.kind == "chorus")
    assert {edge.inlet for edge in found.edges_into(place)} == {"input", "mod"}


def test_parallel_branches_are_not_the_main_line() -> None:
    line = main_line(parallel(), EVERYDAY)
    ends = {(parallel().edges[wire].source, parallel().edges[wire].target) for wire in line}
    assert ends == {(3, 4), (4, 5)}


def test_a_full_graph_gets_nothing() -> None:
    graph = chain(EVERYDAY, "bell", "compressor")
    assert with_effects(graph, ["bell", "compressor", "chorus"], NONE, EVERYDAY, 2) == graph


def test_every_effect_can_be_put_into_a_wire() -> None:
    graph = chain(EVERYDAY, "bell")
    for kind, processor in EVERYDAY.items():
        if processor.is_effect:
            found = check(insert(graph, 1, kind, EVERYDAY, driver="mono_lfo"), EVERYDAY)
            assert [k for k in kinds(found) if k != "mono_lfo"] == ["bell", kind]


def test_bypassing_what_stands_beside_a_side_chain_leaves_no_wire_twice() -> None:
    """A source that feeds both inlets of a compressor, one of them through a bell as well."""
    nodes = tuple(map(Node, ("in", "bell", "compressor", "out")))
    wires = (Edge(0, 1), Edge(0, 2, inlet="sidechain"), Edge(1, 2), Edge(0, 2), Edge(2, 3))
    graph = check(Graph(nodes, wires), EVERYDAY)
    found = check(prune(graph, EVERYDAY, [1]).graph, EVERYDAY)
    assert kinds(found) == ["compressor"]
