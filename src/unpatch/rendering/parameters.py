"""A graph's numbers as one tensor, separate from the graph: what gradients and estimators move.

``read(graph)`` lists every parameter of every processor, then every edge gain; ``write`` puts
numbers back. Where an optimiser or a network works in unit or latent coordinates, convert
with :meth:`Numbers.unit`, :meth:`Numbers.latent` and :meth:`Numbers.moved`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from unpatch.declaration import EDGE_GAIN, Parameter, Processor
from unpatch.graph.data import Graph, Node
from unpatch.processors import KINDS

Coordinate: TypeAlias = Literal["value", "unit", "latent"]


@dataclass(frozen=True)
class Slot:
    """Where one number lives: a parameter of a node, or the gain of an edge (``owner`` counts both)."""

    on_edge: bool
    owner: int
    parameter: Parameter
    differentiable: bool = True

    @property
    def size(self) -> int:
        """How many numbers it takes."""
        return self.parameter.size

    @property
    def name(self) -> str:
        return self.parameter.name


@dataclass(frozen=True, eq=False)
class Numbers:
    """Slots and their values ``[N]`` (dB, Hz, ms, ...), in the same order; a curve takes several."""

    slots: tuple[Slot, ...]
    values: Tensor

    def nodes(self, nodes: Sequence[int], name: str) -> Tensor:
        """A parameter's values ``[B]`` of nodes of one kind, or a curve's ``[B, size]``."""
        first = self._index[False, nodes[0], name]
        size = self.slots[first].size
        starts = [self.starts[self._index[False, node, name]] for node in nodes]
        if size == 1:
            return self.values[torch.tensor(starts)]
        return torch.stack([self.values[start : start + size] for start in starts])

    def gain(self, edge: int) -> Tensor | None:
        """An edge's gain, without dimensions; None where edges are not among the slots."""
        slot = self._index.get((True, edge, EDGE_GAIN.name))
        return None if slot is None else self._scalars[self.starts[slot]]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offset of the numbers of each slot."""
        return tuple(accumulate((slot.size for slot in self.slots), initial=0))

    def unit(self) -> Tensor:
        """All numbers in [0, 1], ``[N]``; refused where one is out of its range, as baked gains may be."""
        self._check_ranges()
        return self._convert(self.values, Parameter.to_unit)

    def latent(self) -> Tensor:
        """All numbers on the real line, ``[N]``; refused where one is out of its range."""
        self._check_ranges()
        return self._convert(self.values, Parameter.to_latent)

    def moved(self, to: Tensor, coordinate: Coordinate = "value") -> Numbers:
        """The same slots at other numbers ``[N]``; gradients flow from the result to ``to``."""
        if to.shape != self.values.shape:
            raise ValueError(f"{len(self.values)} numbers are needed, got shape {list(to.shape)}")
        return replace(self, values=to if coordinate == "value" else self._convert(to, _FROM[coordinate]))

    @cached_property
    def differentiable(self) -> Tensor:
        """Which numbers get a useful gradient, booleans ``[N]``."""
        return torch.tensor([slot.differentiable for slot in self._owners], dtype=torch.bool)

    @cached_property
    def _owners(self) -> tuple[Slot, ...]:
        """The slot of each number."""
        return tuple(slot for slot in self.slots for _ in range(slot.size))

    @cached_property
    def _index(self) -> dict[tuple[bool, int, str], int]:
        return {(slot.on_edge, slot.owner, slot.name): i for i, slot in enumerate(self.slots)}

    @cached_property
    def _scalars(self) -> tuple[Tensor, ...]:
        return self.values.unbind()

    def _check_ranges(self) -> None:
        """The way back ends inside of the range: it would be another graph."""
        for slot, value in zip(self._owners, self.values.tolist(), strict=True):
            if value not in slot.parameter:
                where, knob = "edge" if slot.on_edge else "node", slot.parameter
                raise ValueError(
                    f"{where} {slot.owner}: {slot.name} is {value:g}; unit and latent coordinates reach from "
                    f"{knob.low:g} to {knob.high:g}"
                )

    def _convert(self, numbers: Tensor, convert: Callable[[Parameter, Tensor], Tensor]) -> Tensor:
        """Convert all slots that share a range in one call."""
        if not self.slots:
            return numbers
        groups, back = self._by_parameter
        return torch.cat([convert(parameter, numbers[index]) for parameter, index in groups])[back]

    @cached_property
    def _by_parameter(self) -> tuple[list[tuple[Parameter, Tensor]], Tensor]:
        """Each declaration with the positions of its numbers, and the way back from that order."""
        groups: dict[Parameter, list[int]] = {}
        for i, slot in enumerate(self._owners):
            groups.setdefault(slot.parameter, []).append(i)
        positions = torch.tensor([i for index in groups.values() for i in index])
        return [(knob, torch.tensor(index)) for knob, index in groups.items()], positions.argsort()


_FROM: Mapping[Coordinate, Callable[[Parameter, Tensor], Tensor]] = {
    "unit": Parameter.from_unit,
    "latent": Parameter.from_latent,
}


def slots(graph: Graph, registry: Mapping[str, Processor] = KINDS, *, edges: bool = True) -> tuple[Slot, ...]:
    """Every number of a graph: knobs in the order of nodes and declarations, then edge gains."""
    knobs = [
        Slot(
            on_edge=False,
            owner=position,
            parameter=parameter,
            differentiable=parameter.name not in registry[node.kind].no_gradient,
        )
        for position, node in enumerate(graph.nodes)
        if node.is_processor
        for declared in (registry[node.kind].parameters, registry[node.kind].curves)
        for parameter in declared.values()
    ]
    return (
        *knobs,
        *(Slot(on_edge=True, owner=edge, parameter=EDGE_GAIN) for edge in range(len(graph.edges)) if edges),
    )


def read(graph: Graph, registry: Mapping[str, Processor] = KINDS, *, edges: bool = True) -> Numbers:
    """A graph's numbers as float64; parameters that are left out have their default.

    ``edges``: whether the gains of edges are among them, or fixed by the graph.
    """
    found = slots(graph, registry, edges=edges)
    numbers = [number for slot in found for number in _values(graph, slot)]
    return Numbers(found, torch.tensor(numbers, dtype=torch.float64))


def write(graph: Graph, numbers: Numbers) -> Graph:
    """The graph with its numbers replaced, as plain values."""
    nodes, edges = list(graph.nodes), list(graph.edges)
    values = numbers.values.tolist()
    for slot, start in zip(numbers.slots, numbers.starts, strict=False):
        own = values[start : start + slot.size]
        if slot.on_edge:
            edges[slot.owner] = replace(edges[slot.owner], gain=own[0])
        else:
            nodes[slot.owner] = _with_knob(nodes[slot.owner], slot, own)
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))


def _with_knob(node: Node, slot: Slot, values: list[float]) -> Node:
    if slot.size > 1:
        return replace(node, curves={**node.curves, slot.name: tuple(values)})
    return replace(node, parameters={**node.parameters, slot.name: values[0]})


def _values(graph: Graph, slot: Slot) -> Sequence[float]:
    if slot.on_edge:
        return (graph.edges[slot.owner].gain,)
    node, knob = graph.nodes[slot.owner], slot.parameter
    if slot.size > 1:
        return node.curves.get(slot.name, (knob.default,) * knob.size)
    return (node.parameters.get(slot.name, knob.default),)
