"""A graph's numbers as one tensor, apart from the graph: what gradients and estimators move.

``read(graph)`` lists every parameter of every processor, then every edge gain; ``write`` puts
numbers back. Where an optimiser or a network works in unit or latent coordinates, convert
with :meth:`Numbers.unit`, :meth:`Numbers.latent` and :meth:`Numbers.moved`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS
from unpatch.spec import EDGE_GAIN, Parameter, Processor

Coordinate: TypeAlias = Literal["value", "unit", "latent"]


@dataclass(frozen=True)
class Slot:
    """Where one number lives: a parameter of a node, or the gain of an edge (``owner`` counts both)."""

    on_edge: bool
    owner: int
    parameter: Parameter
    differentiable: bool = True

    @property
    def name(self) -> str:
        return self.parameter.name


@dataclass(frozen=True, eq=False)
class Numbers:
    """Slots and their values ``[N]`` (dB, Hz, ms, ...), in the same order."""

    slots: tuple[Slot, ...]
    values: Tensor

    def node(self, node: int, name: str) -> Tensor:
        """A parameter's value, without dimensions."""
        return self._scalars[self._index[False, node, name]]

    def gain(self, edge: int) -> Tensor:
        """An edge's gain, without dimensions."""
        return self._scalars[self._index[True, edge, EDGE_GAIN.name]]

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
            raise ValueError(f"{len(self.slots)} numbers are needed, got shape {list(to.shape)}")
        return replace(self, values=to if coordinate == "value" else self._convert(to, _FROM[coordinate]))

    @cached_property
    def differentiable(self) -> Tensor:
        """Which numbers get a useful gradient, booleans ``[N]``."""
        return torch.tensor([slot.differentiable for slot in self.slots], dtype=torch.bool)

    @cached_property
    def _index(self) -> dict[tuple[bool, int, str], int]:
        return {(slot.on_edge, slot.owner, slot.name): i for i, slot in enumerate(self.slots)}

    @cached_property
    def _scalars(self) -> tuple[Tensor, ...]:
        return self.values.unbind()

    def _check_ranges(self) -> None:
        """The way back ends inside of the range: it would be another graph."""
        for slot, value in zip(self.slots, self.values.tolist(), strict=True):
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
        groups: dict[Parameter, list[int]] = {}
        for i, slot in enumerate(self.slots):
            groups.setdefault(slot.parameter, []).append(i)
        converted = torch.cat([convert(parameter, numbers[index]) for parameter, index in groups.items()])
        positions = torch.tensor([i for index in groups.values() for i in index])
        return converted[positions.argsort()]


_FROM: Mapping[Coordinate, Callable[[Parameter, Tensor], Tensor]] = {
    "unit": Parameter.from_unit,
    "latent": Parameter.from_latent,
}


def slots(graph: Graph, registry: Mapping[str, Processor] = PROCESSORS) -> tuple[Slot, ...]:
    """Every number of a graph: parameters in the order of nodes and declarations, then edge gains."""
    knobs = [
        Slot(False, position, parameter, parameter.name not in registry[node.kind].no_gradient)
        for position, node in enumerate(graph.nodes)
        if node.is_processor
        for parameter in registry[node.kind].parameters.values()
    ]
    return (*knobs, *(Slot(True, edge, EDGE_GAIN) for edge in range(len(graph.edges))))


def read(graph: Graph, registry: Mapping[str, Processor] = PROCESSORS) -> Numbers:
    """A graph's numbers as float64; parameters that are left out stand at their default."""
    found = slots(graph, registry)
    return Numbers(found, torch.tensor([_value(graph, slot) for slot in found], dtype=torch.float64))


def write(graph: Graph, numbers: Numbers) -> Graph:
    """The graph with its numbers replaced, as plain values."""
    nodes, edges = list(graph.nodes), list(graph.edges)
    for slot, value in zip(numbers.slots, numbers.values.tolist(), strict=True):
        if slot.on_edge:
            edges[slot.owner] = replace(edges[slot.owner], gain=value)
        else:
            known = nodes[slot.owner].parameters
            nodes[slot.owner] = replace(nodes[slot.owner], parameters={**known, slot.name: value})
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))


def _value(graph: Graph, slot: Slot) -> float:
    if slot.on_edge:
        return graph.edges[slot.owner].gain
    return graph.nodes[slot.owner].parameters.get(slot.name, slot.parameter.default)
