"""A prototype with a chosen set of effects, made of a model's best one.

What is not among the chosen effects, nor akin to one, is taken out; what is missing is put into the main
line, where the other hypotheses have it relative to the effects that are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.graph.insert import insert, main_line
from unpatch.graph.order import topological_order
from unpatch.synth.prune import prune

DRIVER = "mono_lfo"
"""What moves an effect that is put in and must be moved."""


@dataclass(frozen=True)
class KindOrder:
    """How often one kind comes before another in some prototypes."""

    before: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, prototypes: Sequence[Graph], registry: Mapping[str, Processor]) -> "KindOrder":
        """Shares among the prototypes that have both, by their first nodes."""
        votes: dict[tuple[str, str], list[float]] = {}
        for graph in prototypes:
            rank: dict[str, int] = {}
            for place, node in enumerate(topological_order(graph)):
                rank.setdefault(graph.nodes[node].kind, place)
            for (one, first), (other, second) in product(rank.items(), repeat=2):
                votes.setdefault((one, other), []).append(float(first < second))
        return cls({pair: sum(own) / len(own) for pair, own in votes.items()})

    def share(self, one: str, other: str) -> float:
        """That the first comes before the second; a half where no prototype has both."""
        return self.before.get((one, other), 0.5)


def with_effects(
    graph: Graph, chosen: Sequence[str], order: KindOrder, registry: Mapping[str, Processor], most: int
) -> Graph:
    """The graph with the chosen effects and no others.

    Of several sources nothing is put in, as it would have to be known into which track.

    Args:
        graph: a checked prototype.
        chosen: kinds, each of which one akin satisfies.
        order: of kinds in the other prototypes.
        registry: kind to processor.
        most: processors that a graph may have.
    """
    wanted = {registry[kind].akin for kind in chosen}
    found = prune(graph, registry, _others(graph, wanted, registry)).graph
    for kind in chosen if len(found.sources) == 1 else ():
        if registry[kind].akin not in _akin_in(found, registry) and _processors(found) + 2 <= most:
            found = _with(found, kind, order, registry)
    return found


def _others(graph: Graph, wanted: set[str], registry: Mapping[str, Processor]) -> list[int]:
    """Effects that are not wanted."""
    return [i for i in _effects(graph, registry) if registry[graph.nodes[i].kind].akin not in wanted]


def _effects(graph: Graph, registry: Mapping[str, Processor]) -> list[int]:
    return [i for i, node in enumerate(graph.nodes) if node.is_processor and registry[node.kind].is_effect]


def _akin_in(graph: Graph, registry: Mapping[str, Processor]) -> set[str]:
    return {registry[graph.nodes[i].kind].akin for i in _effects(graph, registry)}


def _processors(graph: Graph) -> int:
    return sum(node.is_processor for node in graph.nodes)


def _with(graph: Graph, kind: str, order: KindOrder, registry: Mapping[str, Processor]) -> Graph:
    """With a kind in the wire of the main line that most prototypes would put it in; in doubt a late one."""
    effects = set(_effects(graph, registry))

    def agreement(wire: int) -> float:
        before, after = (sorted(effects & nodes) for nodes in line[wire])
        kinds = graph.nodes
        return sum(order.share(kinds[i].kind, kind) - 0.5 for i in before) + sum(
            order.share(kind, kinds[i].kind) - 0.5 for i in after
        )

    line = main_line(graph, registry)
    if not line:
        return graph
    wire = max(line, key=lambda wire: (agreement(wire), len(line[wire][0])))
    return insert(graph, wire, kind, registry, driver=DRIVER)
