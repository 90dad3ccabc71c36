"""A prototype graph under construction: kinds, edge types, and hardly any numbers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from unpatch.declaration import EDGE_GAIN, Processor, pool
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.synth.draw import Draw

MAX_PROCESSORS = 30

REUSE_PROBABILITY = 0.2
LISTEN_ELSEWHERE_PROBABILITY = 0.35


class Tap(NamedTuple):
    """An outlet of a node of the sketch."""

    node: int
    outlet: str = "out"


class Sketch:
    """A node is connected to earlier ones when it is added; a control added later has no input behind the
    node it moves. So the graph has no cycle.

    Attributes:
        sources: how many of the nodes, the first ones, are sources.
        draw: the random choices of this graph.
        audio: possible sources of sidechains and envelope followers of later motifs.
        controls: control signals that later motifs may share.
        settings: knobs of a node that are set from the start.
    """

    def __init__(
        self, registry: Mapping[str, Processor], draw: Draw, sources: Sequence[str] = ("in",)
    ) -> None:
        self.registry = registry
        self.draw = draw
        self.sources = len(sources)
        self.kinds = list(sources)
        self.edges: list[Edge] = []
        self.audio = [Tap(source) for source in range(len(sources))]
        self.controls: list[Tap] = []
        self.settings: dict[int, dict[str, float]] = {}
        self._stereo: set[int] = set()

    @property
    def room(self) -> int:
        """How many processors may still be added."""
        return MAX_PROCESSORS - (len(self.kinds) - self.sources)

    def add(self, kind: str, *inputs: Tap, **settings: float) -> Tap:
        """A new node that sums ``inputs`` at its first inlet; its first outlet is returned."""
        self.kinds.append(kind)
        node = len(self.kinds) - 1
        self.settings[node] = settings
        if self.registry[kind].spreads:
            self._stereo.add(node)
        for tap in inputs:
            self.wire(tap, node, self.registry[kind].inlets[0].name)
        return Tap(node, self.registry[kind].outlets[0].name)

    def any_of(self, role: str) -> str:
        """One of the kinds that declare a role, by their weights."""
        return self.draw.weighted(pool(self.registry, role))

    def split(self, kind: str, tap: Tap) -> tuple[Tap, Tap]:
        """A new node with two outlets."""
        node = self.add(kind, tap).node
        first, second = self.registry[kind].outlets
        return Tap(node, first.name), Tap(node, second.name)

    def wire(self, tap: Tap, node: int, inlet: str, gain: float = EDGE_GAIN.default) -> None:
        self.edges.append(Edge(tap.node, node, tap.outlet, inlet, gain))
        if tap.node in self._stereo:
            self._stereo.add(node)

    def is_stereo(self, tap: Tap) -> bool:
        """Whether left and right can differ there."""
        return tap.node in self._stereo

    def connected(self, source: int, target: int) -> bool:
        return any(edge.source == source and edge.target == target for edge in self.edges)

    def modulate(self, tap: Tap, inlet: str, incoming: Tap, *, stereo: bool = True) -> None:
        """Modulate a knob of the node behind ``tap``; ``incoming`` is the input of a follower."""
        self.wire(self._control(tap.node, incoming, stereo=stereo), tap.node, inlet)

    def elsewhere(self, incoming: Tap) -> Tap | None:
        """An outlet of another motif than the one of ``incoming``, if there is one."""
        others = [tap for tap in self.audio if tap.node != incoming.node]
        return self.draw.choice(others) if others else None

    def _control(self, node: int, incoming: Tap, *, stereo: bool) -> Tap:
        shared = [tap for tap in self.controls if not self.connected(tap.node, node)]
        if shared and self.draw.chance(REUSE_PROBABILITY):
            return self.draw.choice(shared)
        controls = pool(self.registry, "control")
        kind = self.draw.weighted(
            {k: weight for k, weight in controls.items() if stereo or not self.registry[k].spreads}
        )
        inputs = (self._listened(incoming),) if self.registry[kind].inlets else ()
        self.controls.append(self.add(kind, *inputs))
        return self.controls[-1]

    def _listened(self, incoming: Tap) -> Tap:
        other = self.elsewhere(incoming)
        return other if other and self.draw.chance(LISTEN_ELSEWHERE_PROBABILITY) else incoming

    def graph(self, last: Tap) -> Graph:
        """The finished prototype with its sink behind ``last``."""
        nodes = [Node(kind, self.settings.get(i, {})) for i, kind in enumerate(self.kinds)]
        return Graph((*nodes, Node(SINK)), (*self.edges, Edge(last.node, len(self.kinds), last.outlet)))
