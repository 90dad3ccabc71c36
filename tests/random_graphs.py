"""Random valid graphs over every kind of a registry, reproducible from a seed.

They are wilder than what the generator makes: splits, sums at any inlet, sidechains, shared
modulators, unused outlets, negative edge gains. What they sound like does not matter.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from unpatch.declaration import EDGE_GAIN, Port, Processor
from unpatch.graph.check import SINK_INLETS, SOURCE_OUTLETS, check
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.processors import PROCESSORS

Tap = tuple[int, str]
"""A signal: (node, outlet)."""


def sample(processor: Processor, draw: Callable[[], float]) -> dict[str, float]:
    """Parameter values, each uniform over its unit range; ``draw`` gives numbers in [0, 1]."""
    return {name: knob.from_unit(draw()) for name, knob in processor.parameters.items()}


def random_graph(
    seed: int,
    processors: int = 12,
    *,
    registry: Mapping[str, Processor] = PROCESSORS,
    kinds: Sequence[str] | None = None,
    sources: Sequence[str] = ("in",),
    neutral: float = 0.1,
) -> Graph:
    """A checked graph with about ``processors`` processors.

    Args:
        seed: the same seed gives the same graph.
        processors: how many kinds are placed; modulators and the last mix come on top.
        registry: kind to processor.
        kinds: what to draw from; modulators are added wherever an inlet needs one.
        sources: kinds of the sources.
        neutral: probability that a parameter stands at its neutral value, if it has one.
    """
    return _Grower(random.Random(seed), registry, neutral).grow(
        [kind for kind in kinds or registry if registry[kind].has_audio_output], processors, sources
    )


def shuffled(graph: Graph, seed: int) -> Graph:
    """The same graph with its nodes and edges listed in another order; sources keep their order."""
    rng = random.Random(seed)
    order = list(range(len(graph)))
    rng.shuffle(order)
    places = iter(graph.sources)
    order = [next(places) if graph.nodes[node].is_source else node for node in order]
    position = {node: new for new, node in enumerate(order)}
    edges = [
        Edge(position[e.source], position[e.target], e.outlet, e.inlet, e.gain, e.confidence)
        for e in graph.edges
    ]
    rng.shuffle(edges)
    return Graph(tuple(graph.nodes[node] for node in order), tuple(edges))


class _Grower:
    """Adds nodes one by one, each fed by nodes that are there already."""

    def __init__(self, rng: random.Random, registry: Mapping[str, Processor], neutral: float) -> None:
        self.rng = rng
        self.registry = registry
        self.neutral = neutral
        self.nodes: list[Node] = []
        self.edges: dict[tuple[Tap, int, str], Edge] = {}
        self.taps: dict[str, list[Tap]] = {"audio": [], "control": []}

    def grow(self, kinds: Sequence[str], processors: int, sources: Sequence[str]) -> Graph:
        for source in sources:
            self._add(Node(source), SOURCE_OUTLETS)
        for _ in range(processors):
            self._add_processor(self.rng.choice(kinds))
        sink = self._add(Node(SINK), ())
        for node in self._unheard(sink):
            tap = self.rng.choice([tap for tap in self.taps["audio"] if tap[0] == node])
            self._connect(tap, sink, SINK_INLETS[0].name)
        return check(Graph(tuple(self.nodes), tuple(self.edges.values())), self.registry)

    def _add(self, node: Node, outlets: Sequence[Port]) -> int:
        self.nodes.append(node)
        place = len(self.nodes) - 1
        for port in outlets:
            self.taps[port.signal].append((place, port.name))
        return place

    def _add_processor(self, kind: str) -> int:
        processor = self.registry[kind]
        feeds = [(tap, port.name) for port in processor.inlets for tap in self._feeds(port)]
        node = self._add(Node(kind, self._values(processor), processor.version), processor.outlets)
        for tap, inlet in feeds:
            self._connect(tap, node, inlet)
        return node

    def _feeds(self, port: Port) -> list[Tap]:
        """What to plug into an inlet: nothing, one signal or, now and then, several."""
        if not port.required and self.rng.random() < 0.7:
            return []
        count = 2 if self.rng.random() < 0.15 else 1
        find = self._audio if port.signal == "audio" else self._control
        return [find() for _ in range(count)]

    def _audio(self) -> Tap:
        """Mostly the latest signal, so that chains form; else any."""
        taps = self.taps["audio"]
        unheard = [tap for tap in taps if not any(key[0][0] == tap[0] for key in self.edges)]
        return self.rng.choice(unheard[-2:] if unheard and self.rng.random() < 0.75 else taps)

    def _control(self) -> Tap:
        if not self.taps["control"] or self.rng.random() < 0.5:
            makers = [kind for kind, p in self.registry.items() if not p.has_audio_output]
            self._add_processor(self.rng.choice(makers))
            return self.taps["control"][-1]
        return self.rng.choice(self.taps["control"])

    def _connect(self, tap: Tap, target: int, inlet: str) -> None:
        gain = 1.0 if self.rng.random() < 0.7 else EDGE_GAIN.from_unit(self.rng.random())
        self.edges.setdefault((tap, target, inlet), Edge(tap[0], target, tap[1], inlet, gain))

    def _values(self, processor: Processor) -> dict[str, float]:
        values = sample(processor, self.rng.random)
        for name, knob in processor.parameters.items():
            if knob.neutral is not None and self.rng.random() < self.neutral:
                values[name] = knob.neutral
        return values

    def _unheard(self, sink: int) -> list[int]:
        heard = {edge.source for edge in self.edges.values()}
        return [node for node in range(sink) if node not in heard]
