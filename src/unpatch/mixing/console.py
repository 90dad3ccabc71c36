"""The mixing console: the start of a search for a mixing graph.

Tracks with a strip of processors each, summed per subgroup; subgroups with a strip each, summed into ``out``,
or into a master bus with a strip. Strips have the order of the paper (Lee et al., "Searching for music
mixing graphs: a pruning approach", DAFx 2024): equalizer, compressor, gate, imager, gain, delay, reverb.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, TypeAlias

from unpatch.graph.check import Registry, complete, complete_node
from unpatch.graph.data import SINK, Edge, Graph, Node, shorten
from unpatch.graph.simplify import MIX, dissolve
from unpatch.processors import KINDS

Strip: TypeAlias = Literal["ours", "published"]

ORDER = "ecnsgdr"
TYPES: Mapping[str, str] = {
    "e": "equalizer",
    "c": "compressor",
    "n": "gate",
    "s": "imager",
    "g": "gain",
    "d": "delay",
    "r": "reverb",
}
"""Letter of a chain to type of processor."""
FAMILY: Mapping[Strip, str] = {"ours": "console", "published": "published"}
ALIGNMENT, WEIGHT, MASTER = "alignment", "weight", "master"


def console(
    groups: Mapping[str, str],
    chain: str = ORDER,
    *,
    strip: Strip = "ours",
    master: bool = False,
    lone: bool = True,
    aligned: Collection[str] = (),
    registry: Registry = KINDS,
) -> Graph:
    """The full console, every knob at its default.

    Args:
        groups: track to subgroup, in the order of the tracks.
        chain: letters of :data:`TYPES` in the order ``ecnsgdr``; "" is a console of wires.
        strip: the set of processors.
        master: whether the subgroups go through a master strip.
        lone: whether a subgroup of one track also has a strip of its own.
        aligned: tracks that start with an alignment of time and polarity.
        registry: kind to processor.
    """
    _check(groups, chain, aligned)
    builder = _Builder([kind_of(strip, letter) for letter in chain], registry)
    sources = {track: builder.add(Node("in", name=track)) for track in groups}
    ends: dict[str, list[int]] = {}
    for track, group in groups.items():
        begin = builder.chain(sources[track], [ALIGNMENT] if track in aligned else [])
        ends.setdefault(group, []).append(builder.strip(begin))
    buses = [builder.bus(name, into, has_strip=lone or len(into) > 1) for name, into in ends.items()]
    last = [builder.bus(MASTER, buses, has_strip=True)] if master else buses
    builder.sum(last, Node(SINK))
    return complete(Graph(tuple(builder.nodes), tuple(builder.edges)), registry)


def prunable(graph: Graph) -> tuple[int, ...]:
    """Positions of the processors of strips: they have a dry/wet weight, and a search may remove them."""
    return tuple(i for i, node in enumerate(graph.nodes) if node.is_processor and _is_of_a_strip(node.kind))


def _is_of_a_strip(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].family in FAMILY.values() and type_of(kind) in TYPES.values()


def without(graph: Graph, gone: Collection[int]) -> Graph:
    """The graph with processors removed: the input of each feeds its targets. Others keep their order."""
    return dissolve(graph, gone) if gone else graph


def letter_of(kind: str) -> str:
    """The letter of a console processor's type, such as ``g`` of ``published_gain``."""
    return next(letter for letter, name in TYPES.items() if name == type_of(kind))


def type_of(kind: str) -> str:
    """The type of device that a kind declares, such as ``gain``; empty if it is none."""
    return KINDS[kind].device if kind in KINDS else ""


def kind_of(strip: Strip, letter: str) -> str:
    """The kind of a set of processors with this letter."""
    (kind,) = (k for k, p in KINDS.items() if (p.family, p.device) == (FAMILY[strip], TYPES[letter]))
    return kind


def _check(groups: Mapping[str, str], chain: str, aligned: Iterable[str]) -> None:
    if not groups:
        raise ValueError("a console needs at least one track")
    if "".join(letter for letter in ORDER if letter in chain) != chain:
        raise ValueError(f"a chain has letters of {ORDER} in that order, each once, got {shorten(chain)}")
    for track in aligned:
        if track not in groups:
            raise ValueError(f"there is no track {shorten(track)} to align")


class _Builder:
    """Nodes and edges so far."""

    def __init__(self, kinds: list[str], registry: Registry) -> None:
        self.kinds, self.registry = kinds, registry
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []

    def add(self, node: Node) -> int:
        self.nodes.append(complete_node(node, self.registry))
        return len(self.nodes) - 1

    def chain(self, last: int, kinds: Iterable[str]) -> int:
        """Processors in series behind a node; the last of them."""
        for kind in kinds:
            last = self.sum([last], Node(kind, version=self.registry[kind].version))
        return last

    def strip(self, last: int) -> int:
        return self.chain(last, self.kinds)

    def bus(self, name: str, into: Iterable[int], *, has_strip: bool) -> int:
        """A labelled sum, with a strip or without; its last node."""
        mix = self.sum(into, Node(MIX, version=self.registry[MIX].version, name=name))
        return self.strip(mix) if has_strip else mix

    def sum(self, into: Iterable[int], node: Node) -> int:
        position = self.add(node)
        self.edges.extend(Edge(source, position) for source in into)
        return position
