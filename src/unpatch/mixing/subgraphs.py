"""Parts of a console, and which of the whole's numbers are theirs.

Shapes: N numbers of the whole, M of the part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph import order
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.rendering import parameters
from unpatch.rendering.parameters import Numbers, Slot


@dataclass(frozen=True, eq=False)
class Subgraph:
    """A graph made of nodes of another.

    Attributes:
        slots: of its numbers.
        index: where they are among those of the whole, ``[M]``.
    """

    graph: Graph
    slots: tuple[Slot, ...]
    index: Tensor

    @classmethod
    def of(
        cls, graph: Graph, positions: Sequence[int], whole: Numbers, registry: Mapping[str, Processor] = KINDS
    ) -> Subgraph:
        """A part, the places of its processors in the whole, in their order, and the whole's numbers."""
        ranges = number_ranges(whole)
        index = [i for position in positions for i in ranges.get(position, range(0))]
        return cls(
            graph, parameters.slots(graph, registry, edges=False), torch.tensor(index, dtype=torch.long)
        )

    def numbers(self, values: Tensor) -> Numbers:
        """Its numbers, of the whole's ``[N]``; gradients flow."""
        return Numbers(self.slots, values[self.index])


def number_ranges(numbers: Numbers) -> dict[int, range]:
    """Processor to where its numbers are."""
    found: dict[int, range] = {}
    for slot, start in zip(numbers.slots, numbers.starts, strict=False):
        begin = found[slot.owner].start if slot.owner in found else start
        found[slot.owner] = range(begin, start + slot.size)
    return found


def sounding(graph: Graph, sources: Sequence[int]) -> tuple[Graph, tuple[int, ...]]:
    """The part of the graph behind some of the sources, and its nodes.

    Console processors give silence for silence, so that the rest adds nothing.
    """
    alive = order.reached(sources, order.successors(graph)) | {graph.sink}
    kept = tuple(sorted(alive))
    return subgraph(graph, kept), kept


def subgraph(graph: Graph, kept: Sequence[int]) -> Graph:
    """Some of the nodes, in their order, and the wires between them."""
    place = {node: i for i, node in enumerate(kept)}
    wires = [e for e in graph.edges if e.source in place and e.target in place]
    return Graph(
        tuple(graph.nodes[node] for node in kept),
        tuple(type(e)(place[e.source], place[e.target], e.outlet, e.inlet, e.gain) for e in wires),
    )


def values_of(graph: Graph, registry: Mapping[str, Processor] = KINDS) -> Numbers:
    """A graph's knobs in single precision, which is what signals have; edges stay as they are."""
    numbers = parameters.read(graph, registry, edges=False)
    return numbers.moved(numbers.values.float())
