"""Moves from one structure to the next: each gives a valid graph, or none."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from unpatch.declaration import Processor
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.processors.mix import mix
from unpatch.refining.player import GraphPlayer
from unpatch.refining.surgery import Moved, Surgery, is_control, is_link
from unpatch.synth.draw import Draw

# Share of exchanges within the family: a bell for a shelf, a chorus for a flanger.
KINSHIP = 0.7
# Gain of the dry path beside an inserted processor.
BESIDE = (0.3, 1.0)

Make: TypeAlias = Callable[[Surgery], Moved | None]


def moved(
    name: str,
    graph: Graph,
    player: GraphPlayer,
    draw: Draw,
    prior: Mapping[str, float] = MappingProxyType({}),
) -> Moved | None:
    """The graph after a move; None where the drawn move is impossible or gives no valid graph."""
    found = MOVES[name].make(Surgery(graph, player, draw, prior))
    return found if found and is_valid(found.graph, player.registry) else None


def is_valid(graph: Graph, registry: Mapping[str, Processor]) -> bool:
    """Whether it passes the check."""
    try:
        check(graph, registry)
    except GraphError:
        return False
    return True


def insert(surgery: Surgery) -> Moved:
    """A processor in the middle of a wire."""
    return surgery.done(surgery.insert(*_place_and_kind(surgery)))


def insert_beside(surgery: Surgery) -> Moved | None:
    """The same, mixed with its input; not for chains of mastering and consoles."""
    if mix.kind not in surgery.registry:
        return None
    place, kind = _place_and_kind(surgery)
    before = surgery.edges[place]
    new = surgery.insert(place, kind)
    both = surgery.add(Node(mix.kind, version=mix.version))
    after = surgery.edges[place]
    surgery.edges[place] = replace(after, source=both, outlet=mix.outlets[0].name)
    surgery.edges += [
        Edge(before.source, both, before.outlet, gain=surgery.draw.number(*BESIDE)),
        Edge(new[0], both, after.outlet),
    ]
    return surgery.done([*new, before.source])


def _place_and_kind(surgery: Surgery) -> tuple[int, str]:
    places = [i for i, edge in enumerate(surgery.edges) if surgery.carries_audio(edge)]
    kinds = [kind for kind, processor in surgery.registry.items() if is_link(processor)]
    return surgery.draw.choice(places), surgery.kind(kinds)


def drop(surgery: Surgery) -> Moved | None:
    """Remove a node."""
    nodes = [i for i, node in enumerate(surgery.nodes) if node.is_processor]
    return surgery.done(without=[surgery.draw.choice(nodes)]) if nodes else None


def exchange(surgery: Surgery) -> Moved | None:
    """Another kind in a node's place; knobs of the same name keep their values."""
    nodes = {i: others for i, node in enumerate(surgery.nodes) if (others := _others(node, surgery))}
    if not nodes:
        return None
    place = surgery.draw.choice(list(nodes))
    kin = [k for k in nodes[place] if _family(k, surgery) == _family(surgery.nodes[place].kind, surgery)]
    stays = bool(kin) and surgery.draw.chance(KINSHIP)
    return _exchanged(surgery, place, surgery.kind(kin if stays else nodes[place]))


def _others(node: Node, surgery: Surgery) -> list[str]:
    """Kinds that fit in its place."""
    own = surgery.registry.get(node.kind)
    fits = next((fits for fits in (is_link, is_control) if own and fits(own)), None)
    return [k for k, p in surgery.registry.items() if fits and fits(p) and k != node.kind]


def _family(kind: str, surgery: Surgery) -> str:
    return surgery.registry[kind].family


def _exchanged(surgery: Surgery, place: int, kind: str) -> Moved:
    old, processor, input_edge = surgery.nodes[place], surgery.registry[kind], surgery.input_of(place)
    fresh = surgery.node(kind, input_edge)
    kept = {
        name: min(max(old.parameters.get(name, value), knob.low), knob.high)
        for (name, value), knob in zip(fresh.parameters.items(), processor.parameters.values(), strict=True)
    }
    surgery.nodes[place] = replace(fresh, parameters=kept)
    surgery.edges = [
        _replugged(edge, place, processor) for edge in surgery.edges if _fits(edge, place, processor)
    ]
    return surgery.done([place, *surgery.feed(place)])


def _fits(edge: Edge, place: int, processor: Processor) -> bool:
    """Whether a wire has a target: its own inlet, or for modulation the only one that is moved."""
    return edge.target != place or processor.inlet(edge.inlet) is not None


def _replugged(edge: Edge, place: int, processor: Processor) -> Edge:
    return replace(edge, outlet=processor.outlets[0].name) if edge.source == place else edge


def swap(surgery: Surgery) -> Moved | None:
    """Swap two neighbours in a chain, with their modulators."""
    pairs = [
        (edge.source, edge.target)
        for edge in surgery.edges
        if edge.inlet == Edge.inlet
        and _is_link_at(edge.source, surgery)
        and _is_link_at(edge.target, surgery)
    ]
    if not pairs:
        return None
    pair = surgery.draw.choice(pairs)
    other = dict(zip(pair, reversed(pair), strict=True))
    for here, there in (pair, pair[::-1]):
        surgery.nodes[here] = surgery.graph.nodes[there]
    surgery.edges = [
        replace(edge, target=other[edge.target])
        if edge.target in other and edge.inlet != Edge.inlet
        else edge
        for edge in surgery.edges
    ]
    return surgery.done(pair)


def _is_link_at(node: int, surgery: Surgery) -> bool:
    processor = surgery.registry.get(surgery.nodes[node].kind)
    return processor is not None and is_link(processor)


def modulate(surgery: Surgery) -> Moved | None:
    """A static knob is moved by an oscillator or an envelope."""
    still = [
        (node, port.name)
        for node, kind in enumerate(n.kind for n in surgery.nodes)
        if kind in surgery.registry
        for port in surgery.registry[kind].inlets
        if port.signal == "control" and port.name not in {edge.inlet for edge in surgery.into(node)}
    ]
    return surgery.done([surgery.modulate(*surgery.draw.choice(still))]) if still else None


class Kind(NamedTuple):
    """A move, and its frequency."""

    make: Make
    weight: float


MOVES: Mapping[str, Kind] = MappingProxyType(
    {
        "insert": Kind(insert, 0.4),
        "insert beside": Kind(insert_beside, 0.05),
        "exchange": Kind(exchange, 0.25),
        "drop": Kind(drop, 0.1),
        "swap": Kind(swap, 0.12),
        "modulate": Kind(modulate, 0.08),
    }
)
