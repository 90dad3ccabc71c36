"""Families of effects: which of our kinds an engineer would accept as one and the same effect.

What another make calls a chorus may be a flanger or a vibrato of ours. An overall gain or a pan that an
oscillator moves is a tremolo or an auto-pan; standing still, a gain is no effect (the energy rule undoes it),
a pan is one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from unpatch.graph.build import Step, chain
from unpatch.graph.data import Graph, Node
from unpatch.processors import EVERYDAY, KINDS

FAMILIES: Mapping[str, tuple[str, ...]] = {
    akin: tuple(kind for kind in EVERYDAY if EVERYDAY[kind].akin == akin)
    for akin in dict.fromkeys(processor.akin for processor in EVERYDAY.values())
    if sum(processor.akin == akin for processor in EVERYDAY.values()) > 1
}
"""Kinds that are declared akin count as one effect, the one that stands for them first; others are alone."""

PLUMBING = tuple(kind for kind, processor in EVERYDAY.items() if not processor.is_effect)
"""Kinds that are no effects but serve them; they count neither for nor against."""

SHELVES = ("lowshelf", "highshelf")
SHELF = "shelf"
"""A low shelf up is a high shelf down but for the level: their family without the distinction."""

TREMOLO, AUTOPAN, DUCKING = "tremolo", "autopan", "ducking"
LFOS = ("mono_lfo", "stereo_lfo")

_MOVED = {"chorus": "mod", "phaser": "mod", "panning": "pan", "gain": "gain"}
_KINDS_OF = {TREMOLO: "gain", AUTOPAN: "panning"}

_FAMILY = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}


@dataclass(frozen=True)
class Named:
    """An effect that a graph names: its family, where it stands in the graph, and how sure it is."""

    family: str
    place: int
    confidence: float | None


def named(graph: Graph) -> Iterator[Named]:
    """Every effect of a graph."""
    for place, node in enumerate(graph.nodes):
        if node.is_processor and node.kind not in PLUMBING:
            family = family_of(graph, place)
            if family is not None:
                yield Named(family, place, node.confidence)


def effects_of(graph: Graph) -> set[str]:
    """Families that a graph has."""
    return {one.family for one in named(graph)}


def family_of(graph: Graph, place: int) -> str | None:
    """Of the processor there; None for a gain that stands still."""
    kind = graph.nodes[place].kind
    if kind == "panning":
        lfo = lfo_of(graph, place)
        return kind if lfo is None else TREMOLO if _opposed(lfo) else AUTOPAN
    if kind == "gain":
        lfo = lfo_of(graph, place)
        if lfo is not None:
            return AUTOPAN if _opposed(lfo) else TREMOLO
        return DUCKING if _controls(graph, place) else None
    return _FAMILY.get(kind, kind)


def may_be(kind: str) -> tuple[str, ...]:
    """The families that a kind can be of, where nothing is known of what moves it."""
    moved = {"panning": ("panning", AUTOPAN), "gain": (TREMOLO, AUTOPAN)}
    return moved.get(kind, (_FAMILY.get(kind, kind),))


def lfo_of(graph: Graph, place: int) -> Node | None:
    """The oscillator that moves a processor, if any."""
    return next((node for node in _controls(graph, place) if node.kind in LFOS), None)


def _controls(graph: Graph, place: int) -> list[Node]:
    """Whatever sends a control signal into a processor."""
    feeders = [graph.nodes[edge.source] for edge in graph.edges_into(place)]
    return [node for node in feeders if node.kind in (*LFOS, "envelope_follower")]


def _opposed(lfo: Node) -> bool:
    """Whether left and right move against each other; of two pans that means that both get louder at once."""
    if lfo.kind != "stereo_lfo":
        return False
    offset = lfo.parameters.get("stereo_offset", KINDS[lfo.kind].parameters["stereo_offset"].default)
    return 0.25 < offset < 0.75


def by_family(graph: Graph) -> Graph:
    """The graph with one kind standing for each family; only kinds and wires matter afterwards."""
    stands_for = {kind: kinds[0] for kinds in FAMILIES.values() for kind in kinds}
    nodes = []
    for node in graph.nodes:
        kind = stands_for.get(node.kind, node.kind)
        version = KINDS[kind].version if node.is_processor else node.version
        nodes.append(replace(node, kind=kind, parameters={}, version=version))
    return replace(graph, nodes=tuple(nodes))


def as_graph(families: Sequence[str]) -> Graph:
    """A chain of effects in our kinds; what there is no kind for is left out."""
    kinds = [_KINDS_OF.get(family, FAMILIES.get(family, (family,))[0]) for family in families]
    steps: list[Step] = [
        (kind, {_MOVED[kind]: "mono_lfo"}) if kind in _MOVED and family != "panning" else kind
        for kind, family in zip(kinds, families, strict=True)
        if kind in KINDS
    ]
    return chain(KINDS, *steps)


def shelves_as_one(families: Collection[str]) -> set[str]:
    """The same families without the distinction of low and high shelves."""
    return {SHELF if family in SHELVES else family for family in families}


def f1(found: Collection[str], true: Collection[str]) -> float:
    """Of two sets; 1 where both are empty: nothing was done, and nothing is named."""
    both = len(set(found) & set(true))
    return 2 * both / (len(set(found)) + len(set(true))) if found or true else 1.0
