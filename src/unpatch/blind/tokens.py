"""Graph to token sequence and back.

The order is the paper's: start, ``out``, then breadth-first against the edges, each node followed by
its edges, then end; of several sources the mixing bus first, then one track after another. Where plain
breadth-first search takes a node as soon as one of its targets has been visited, ours waits for all of them
(a breadth-first *topological* order, Kahn's algorithm with a queue). On the serial stretches that most graphs
consist of the two agree; where they differ ours has two merits: an edge always runs from the newest node to
an older one, so that one node id describes it as in the paper, and no sequence can describe a cycle.

A token is one row of five integers (:data:`COLUMNS`):

=======  ============  ==============  ===========  ================
token    node id       target id       kind         edge type
=======  ============  ==============  ===========  ================
START    0             0               0            0
NODE     its own       its own         its kind     0
EDGE     newest node   an older node   0            (outlet, inlet)
END      0             0               0            0
TASK     as START, for the parameter task
=======  ============  ==============  ===========  ================

Numbers belong to tokens: parameters to nodes, gains to edges. Two quantities are inaudible in a
recording of unknown loudness and left out. An audio edge that is alone at its inlet has no gain: the energy
rule undoes it. And a knob that follows the level (a threshold, a drive) is stored as for a
recording at :data:`REFERENCE_LEVEL_DB`; the recording's own level restores it.

Shapes: L tokens of one graph, P parameters of the kind that has most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count

import numpy as np
from numpy.typing import NDArray

from unpatch.blind.vocabulary import NO_SLOT, Vocabulary
from unpatch.declaration import EDGE_GAIN, Parameter, Processor
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import groups, renumbered, track_rank

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]


class TokenType(IntEnum):
    """NODE, EDGE and END are predicted; START and TASK open a sequence; PAD fills a batch."""

    NODE = 0
    EDGE = 1
    END = 2
    START = 3
    TASK = 4
    PAD = 5


PREDICTED_TYPES = 3
REFERENCE_LEVEL_DB = -21.0
COLUMNS = ("type", "node", "target", "kind", "edge_type")
TYPE, NODE_ID, TARGET, KIND, EDGE_TYPE = range(len(COLUMNS))
START_TOKEN = (int(TokenType.START), 0, 0, 0, 0)


def decoding_order(graph: Graph, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Nodes of an acyclic graph from ``out`` backwards; each follows all that it feeds.

    Of the nodes that are free those of the bus go first, then those of each track in the order of the
    sources, as far as sidechains between tracks allow; see :func:`unpatch.graph.order.groups`. In each of
    these the one goes first that has been free for longest. Feeders that become free at the same time are
    by edge type, kind, then position.
    """
    rank = [track_rank(graph, track) for track in groups(graph)]
    waiting_for = [len({edge.target for edge in graph.edges_from(i)}) for i in range(len(graph))]
    order: list[int] = []
    free = [(rank[graph.sink], 0, graph.sink)]
    arrivals = count(1)
    while free:
        node = heappop(free)[-1]
        order.append(node)
        for feeder in _feeders(graph, node, vocabulary):
            waiting_for[feeder] -= 1
            if waiting_for[feeder] == 0:
                heappush(free, (rank[feeder], next(arrivals), feeder))
    return tuple(order)


def _feeders(graph: Graph, node: int, vocabulary: Vocabulary) -> list[int]:
    def rank(edge: Edge) -> tuple[int, int, int]:
        return vocabulary.edge_type_of(edge), vocabulary.kind_of(graph.nodes[edge.source]), edge.source

    return list(dict.fromkeys(edge.source for edge in sorted(graph.edges_into(node), key=rank)))


def in_decoding_order(graph: Graph, vocabulary: Vocabulary) -> Graph:
    """The same graph with nodes and edges as the token sequence lists them."""
    found = renumbered(graph, decoding_order(graph, vocabulary))
    edges = sorted(found.edges, key=lambda e: (e.source, e.target, vocabulary.edge_type_of(e)))
    return Graph(found.nodes, tuple(edges))


def encode(graph: Graph, vocabulary: Vocabulary) -> IntArray:
    """Tokens ``[L, 5]`` of a graph whose edges all run to older nodes; see :func:`in_decoding_order`."""
    rows = [START_TOKEN]
    for i, node in enumerate(graph.nodes):
        rows.append((int(TokenType.NODE), i, i, vocabulary.kind_of(node), 0))
        rows += [
            (int(TokenType.EDGE), i, edge.target, 0, vocabulary.edge_type_of(edge))
            for edge in graph.edges_from(i)
        ]
    rows.append((int(TokenType.END), 0, 0, 0, 0))
    return np.array(rows, dtype=np.int64)


def decode(tokens: IntArray, vocabulary: Vocabulary, registry: Mapping[str, Processor]) -> Graph:
    """The prototype that a sequence describes; parameters are left out, gains are 1."""
    nodes, edges = [], []
    for kind, node, target, node_kind, edge_type in tokens.tolist():
        if kind == TokenType.NODE:
            name = vocabulary.kinds[node_kind]
            nodes.append(Node(name, version=registry[name].version if name in registry else 1))
        elif kind == TokenType.EDGE:
            edges.append(Edge(node, target, *vocabulary.edge_types[edge_type]))
    return Graph(tuple(nodes), tuple(edges))


def slots_of(tokens: IntArray, vocabulary: Vocabulary) -> IntArray:
    """Which numbers each token carries ``[..., L, P]``, as slots of the vocabulary, filled with -1."""
    kind = tokens[..., TYPE]
    row = np.where(kind == TokenType.EDGE, len(vocabulary.kinds), tokens[..., KIND])
    carries = (kind == TokenType.NODE) | ((kind == TokenType.EDGE) & ~_alone(tokens, vocabulary))
    return np.where(carries[..., None], vocabulary.slot_table[row], NO_SLOT)


def _alone(tokens: IntArray, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Audio edges that no other edge joins at their inlet ``[..., L]``."""
    inlet = np.where(tokens[..., TYPE] == TokenType.EDGE, vocabulary.audio_inlets[tokens[..., EDGE_TYPE]], -1)
    target = tokens[..., TARGET]
    joined = (inlet[..., :, None] == inlet[..., None, :]) & (target[..., :, None] == target[..., None, :])
    alone: NDArray[np.bool_] = (inlet >= 0) & (joined.sum(-1) == 1)
    return alone


def values_of(
    graph: Graph,
    slots: IntArray,
    vocabulary: Vocabulary,
    registry: Mapping[str, Processor],
    level_db: float = REFERENCE_LEVEL_DB,
) -> FloatArray:
    """Numbers of a graph in decoding order, in [0, 1] ``[L, P]``; 0 where no slot is.

    ``level_db`` is the level of the recording that goes with the graph.
    """
    units = np.zeros(slots.shape, dtype=np.float32)
    for row, carrier in enumerate(carriers(graph), start=1):
        for column, slot in enumerate(slots[row]):
            if slot != NO_SLOT:
                knob = vocabulary.knob(int(slot), registry)
                value = carrier.gain if isinstance(carrier, Edge) else carrier.parameters[knob.name]
                units[row, column] = min(max(knob.to_unit(knob.at_level(value, -_above(level_db))), 0.0), 1.0)
    return units


def _above(level_db: float) -> float:
    return level_db - REFERENCE_LEVEL_DB


def carriers(graph: Graph) -> list[Node | Edge]:
    """Nodes and edges in the order of their tokens: each node is followed by its outgoing edges."""
    parts: list[Node | Edge] = []
    for i, node in enumerate(graph.nodes):
        parts += [node, *graph.edges_from(i)]
    return parts


@dataclass(frozen=True)
class Tokens:
    """A graph as numbers: rows ``[L, 5]``, slots ``[L, P]`` and the slots' values in [0, 1] ``[L, P]``."""

    rows: IntArray
    slots: IntArray
    units: FloatArray

    def __len__(self) -> int:
        return len(self.rows)


def tokenize(
    graph: Graph,
    vocabulary: Vocabulary,
    registry: Mapping[str, Processor],
    level_db: float = REFERENCE_LEVEL_DB,
) -> Tokens:
    """A checked graph, with every parameter given, as numbers."""
    ordered = in_decoding_order(graph, vocabulary)
    rows = encode(ordered, vocabulary)
    slots = slots_of(rows, vocabulary)
    return Tokens(rows, slots, values_of(ordered, slots, vocabulary, registry, level_db))


def pad(sequences: Sequence[Tokens]) -> Tokens:
    """Several graphs as one batch: rows ``[B, L, 5]``, slots and units ``[B, L, P]``."""
    rows = pad_rows([tokens.rows for tokens in sequences])
    slots = np.full((*rows.shape[:2], sequences[0].slots.shape[1]), NO_SLOT, dtype=np.int64)
    units = np.zeros(slots.shape, dtype=np.float32)
    for i, tokens in enumerate(sequences):
        slots[i, : len(tokens)] = tokens.slots
        units[i, : len(tokens)] = tokens.units
    return Tokens(rows, slots, units)


def pad_rows(sequences: Sequence[IntArray]) -> IntArray:
    """Token rows as one batch ``[B, L, 5]``, filled up with PAD."""
    rows = np.zeros((len(sequences), max(map(len, sequences)), len(COLUMNS)), dtype=np.int64)
    rows[..., TYPE] = int(TokenType.PAD)
    for i, sequence in enumerate(sequences):
        rows[i, : len(sequence)] = sequence
    return rows


def with_numbers(
    graph: Graph,
    slots: IntArray,
    units: FloatArray,
    vocabulary: Vocabulary,
    registry: Mapping[str, Processor],
    level_db: float = REFERENCE_LEVEL_DB,
) -> Graph:
    """A graph in decoding order with the values that ``units [L, P]`` name for a recording of this level."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for row, carrier in enumerate(carriers(graph), start=1):
        found = {
            knob.name: _value(knob, float(unit), _above(level_db))
            for slot, unit in zip(slots[row], units[row], strict=True)
            if slot != NO_SLOT
            for knob in [vocabulary.knob(int(slot), registry)]
        }
        if isinstance(carrier, Edge):
            edges.append(replace(carrier, gain=found.get(EDGE_GAIN.name, EDGE_GAIN.default)))
        else:
            nodes.append(replace(carrier, parameters=found))
    return Graph(tuple(nodes), tuple(edges))


def _value(knob: Parameter, unit: float, above_db: float) -> float:
    value = knob.at_level(float(knob.from_unit(unit)), above_db)
    return min(max(value, knob.low), knob.high)
