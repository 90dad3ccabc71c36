"""Which token may come next: a complete grammar under which every sequence ends as a valid graph.

One *action* is one whole token: END, NODE of a kind, or EDGE to an older node with an edge type. The
actions of a step are one row (:class:`Actions`), and the mask over that row guarantees four properties.

*Valid*: edges run from the newest node to older ones, hence no cycle; port pairs carry one signal; no
edge is repeated; a node is left only once it feeds another, hence everything reaches ``out`` (older
nodes do, by induction); END waits until every required inlet is fed.

*Bounded*: at most ``max_processors`` processors, each source once, at most ``max_edges`` edges.

*Never stuck*: an action is offered only if the state behind it can still be completed. A state can be
completed exactly when, with ``a`` audio and ``c`` control inlets still to be fed,

1. the newest node can feed all those of its own signal that are not fed yet, and for the rest there is
   a source left (audio) or one processor left for an LFO (control), and
2. there are ``a + c`` edges left, and one more if the newest node is unheard and can feed none of them.

From such a state the newest node feeds what it can, an LFO the control inlets, a source the audio
inlets: each is offered, and then END is. Conversely each inlet takes one edge, a control inlet takes a
generator, and audio comes from a source in the end; so no valid continuation is hidden.

*Complete*: every valid graph within the bounds, in decoding order, is offered token by token. Other orders
that end in the same graph are offered too: the probability of a sequence is that of one spelling.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unpatch.blind.tokens import START_TOKEN, IntArray, TokenType
from unpatch.blind.vocabulary import Vocabulary, ports
from unpatch.declaration import Processor, Signal

BoolArray = NDArray[np.bool_]

MAX_PROCESSORS = 30
MAX_EDGES = 96
END_ACTION = 0


@dataclass(frozen=True)
class Actions:
    """Layout of a step's actions: END, then each kind, then each (older node, edge type)."""

    kinds: int
    edge_types: int
    max_nodes: int

    def __len__(self) -> int:
        return 1 + self.kinds + self.max_nodes * self.edge_types

    @property
    def first_edge(self) -> int:
        return 1 + self.kinds

    def node(self, kind: int) -> int:
        return 1 + kind

    def edge(self, target: int, edge_type: int) -> int:
        return self.first_edge + target * self.edge_types + edge_type

    def split_edge(self, action: int) -> tuple[int, int]:
        """(target, edge type)."""
        return divmod(action - self.first_edge, self.edge_types)


class Grammar:
    """The vocabulary's rules as tables; K kinds, E edge types.

    Attributes:
        fits: ``[K, K, E]``, may a node of one kind feed a node of another through this edge type?
        required: ``[K, E]``, how many required inlets an edge of this type feeds (0 or 1).
        gives: signal to ``[K]``: does the kind have such an outlet?
        needs: signal to ``[K]``: how many such inlets must be fed?
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        registry: Mapping[str, Processor],
        max_processors: int = MAX_PROCESSORS,
        max_edges: int = MAX_EDGES,
    ) -> None:
        self.vocabulary = vocabulary
        self.max_processors = max_processors
        self.max_edges = max_edges
        kinds = vocabulary.kinds
        self.ports = [ports(kind, registry) for kind in kinds]
        self.actions = Actions(len(kinds), len(vocabulary.edge_types), max_nodes(vocabulary, max_processors))
        self.fits = np.array([[self._edges(a, b) for b in range(len(kinds))] for a in range(len(kinds))])
        self.required = np.array([self._required(kind) for kind in range(len(kinds))])
        signals: tuple[Signal, ...] = ("audio", "control")
        self.gives = {
            s: np.array([any(p.signal == s for p in out) for _, out in self.ports]) for s in signals
        }
        self.needs = {
            s: np.array([sum(p.required and p.signal == s for p in into) for into, _ in self.ports])
            for s in signals
        }
        self.takes_control = self.fits[self.gives["control"]].any(axis=(0, 2))
        self.is_source = _range_mask(len(kinds), 1, 1 + vocabulary.source_count)
        self.is_processor = _range_mask(len(kinds), 1 + vocabulary.source_count, len(kinds))
        self._check_completable()

    def _edges(self, source: int, target: int) -> list[bool]:
        outlets = {p.name: p.signal for p in self.ports[source][1]}
        inlets = {p.name: p.signal for p in self.ports[target][0]}
        pairs = self.vocabulary.edge_types
        return [o in outlets and i in inlets and outlets[o] == inlets[i] for o, i in pairs]

    def _required(self, kind: int) -> list[bool]:
        names = {port.name for port in self.ports[kind][0] if port.required}
        return [inlet in names for _, inlet in self.vocabulary.edge_types]

    def _check_completable(self) -> None:
        """The completion argument needs a processor that gives control signals out of nothing."""
        generators = self.gives["control"] & (self.needs["audio"] == 0) & (self.needs["control"] == 0)
        if self.needs["control"].any() and not (generators & self.is_processor).any():
            raise ValueError("kinds need control signals, but no kind generates one without input")

    def start(self) -> "State":
        return State(self)


def max_nodes(vocabulary: Vocabulary, max_processors: int = MAX_PROCESSORS) -> int:
    """Most nodes of a graph: processors, sources and sink."""
    return max_processors + vocabulary.source_count + 1


def _range_mask(length: int, first: int, stop: int) -> BoolArray:
    index = np.arange(length)
    return (index >= first) & (index < stop)


@dataclass
class State:
    """The actions so far, and the valid next actions."""

    grammar: Grammar
    rows: list[tuple[int, ...]] = field(default_factory=lambda: [START_TOKEN])
    kinds: list[int] = field(default_factory=list)
    finished: bool = False
    used: bool = True
    """Does the newest node feed another? The sink need not."""
    processors_left: int = 0
    edges_left: int = 0

    def __post_init__(self) -> None:
        grammar, layout = self.grammar, self.grammar.actions
        self.processors_left = grammar.max_processors
        self.edges_left = grammar.max_edges
        self.sources_left = grammar.is_source.copy()
        # Which edge types into each node would feed a required inlet that is still unfed [N, E].
        self.hungry = np.zeros((layout.max_nodes, layout.edge_types), dtype=bool)
        # Which edges from the newest node are still free [N, E].
        self.free = np.zeros_like(self.hungry)
        self.unfed: dict[Signal, int] = {"audio": 0, "control": 0}

    def copy(self) -> "State":
        """An independent twin; every hypothesis makes one per token."""
        twin = copy(self)
        for name in ("rows", "kinds", "sources_left", "hungry", "free", "unfed"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    @property
    def tokens(self) -> IntArray:
        return np.array(self.rows, dtype=np.int64)

    def legal(self) -> BoolArray:
        """Mask over the row of actions; at least one is legal until END has been taken."""
        layout = self.grammar.actions
        mask = np.zeros(len(layout), dtype=bool)
        if not self.kinds:
            mask[layout.node(0)] = True
        elif not self.finished:
            mask[END_ACTION] = self.used and not self._unfed
            mask[1 : layout.first_edge] = self._legal_kinds()
            mask[layout.first_edge :] = self._legal_edges().ravel()
        return mask

    @property
    def _unfed(self) -> int:
        return self.unfed["audio"] + self.unfed["control"]

    def _legal_kinds(self) -> BoolArray:
        """Kinds after which the graph can still be completed."""
        grammar, unfed = self.grammar, self.unfed
        if not self.used:
            return np.zeros(len(grammar.is_source), dtype=bool)
        audio, control = grammar.gives["audio"], grammar.gives["control"]
        left_processors = self.processors_left - grammar.is_processor
        left_sources = self.sources_left.sum() - grammar.is_source
        # What the new node cannot feed: its own inlets, and those of a signal that it does not give.
        audio_rest = grammar.needs["audio"] + np.where(audio, 0, unfed["audio"])
        control_rest = grammar.needs["control"] + np.where(control, 0, unfed["control"])
        feeds_some = (audio & (unfed["audio"] > 0)) | (control & (unfed["control"] > 0))
        edges = self._unfed + grammar.needs["audio"] + grammar.needs["control"] + ~feeds_some
        can_be_heard = audio | (control & grammar.takes_control[self.kinds].any())
        allowed: BoolArray = (
            np.where(grammar.is_source, self.sources_left, grammar.is_processor & (left_processors >= 0))
            & can_be_heard
            & ((control_rest == 0) | (left_processors >= 1))
            & ((audio_rest == 0) | (left_sources >= 1))
            & (self.edges_left >= edges)
        )
        return allowed

    def _legal_edges(self) -> BoolArray:
        """Free wires from the newest node; an unneeded one only while enough edges remain."""
        if self.edges_left > self._unfed:
            return self.free
        return self.free & self.hungry

    def take(self, action: int) -> None:
        """Append the action's token."""
        layout = self.grammar.actions
        if action == END_ACTION:
            self.finished = True
            self.rows.append((int(TokenType.END), 0, 0, 0, 0))
        elif action < layout.first_edge:
            self._add_node(action - layout.node(0))
        else:
            self._add_edge(*layout.split_edge(action))

    def _add_node(self, kind: int) -> None:
        grammar, node = self.grammar, len(self.kinds)
        self.rows.append((int(TokenType.NODE), node, node, kind, 0))
        self.free[:] = False
        if node:
            self.free[:node] = grammar.fits[kind][self.kinds]
        self.kinds.append(kind)
        self.used = node == 0
        self.processors_left -= int(grammar.is_processor[kind])
        self.sources_left[kind] = False
        self.hungry[node] = grammar.required[kind]
        for signal in self.unfed:
            self.unfed[signal] += int(grammar.needs[signal][kind])

    def _add_edge(self, target: int, edge_type: int) -> None:
        self.rows.append((int(TokenType.EDGE), len(self.kinds) - 1, target, 0, edge_type))
        self.free[target, edge_type] = False
        self.used = True
        self.edges_left -= 1
        if self.hungry[target, edge_type]:
            self._feed(target, edge_type)

    def _feed(self, target: int, edge_type: int) -> None:
        inlet = self.grammar.vocabulary.edge_types[edge_type][1]
        port = next(port for port in self.grammar.ports[self.kinds[target]][0] if port.name == inlet)
        self.unfed[port.signal] -= 1
        self.hungry[target] &= [name != inlet for _, name in self.grammar.vocabulary.edge_types]

    def action_of(self, row: IntArray) -> int:
        """The action that appends this token."""
        layout = self.grammar.actions
        kind, _, target, node_kind, edge_type = (int(value) for value in row)
        if kind == TokenType.NODE:
            return layout.node(node_kind)
        return layout.edge(target, edge_type) if kind == TokenType.EDGE else END_ACTION
