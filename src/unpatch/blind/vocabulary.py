"""The vocabulary of a model: node kinds, edge types and parameter slots, from the registry.

A vocabulary is plain data that is stored beside the weights; :meth:`Vocabulary.require` refuses a
registry under which the stored numbers would mean something else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from unpatch.declaration import EDGE_GAIN, Parameter, Port, Processor
from unpatch.graph.check import inlets, outlets
from unpatch.graph.data import SINK, TASK_SOURCES, Edge, GraphError, Node
from unpatch.processors import EVERYDAY, PROCESSORS

RegistryName = Literal["paper", "everyday"]

REGISTRIES: Mapping[RegistryName, Mapping[str, Processor]] = {"paper": PROCESSORS, "everyday": EVERYDAY}
"""The kinds that a blind estimator may be trained to name: the paper's, or those of everyday chains."""

NO_SLOT = -1


def registry_of(name: RegistryName) -> Mapping[str, Processor]:
    """Kind to processor."""
    return REGISTRIES[name]


@dataclass(frozen=True)
class Vocabulary:
    """The tokens and slots.

    Attributes:
        kinds: node kinds: the sink, the task's sources, then the processors.
        source_count: how many of them are sources.
        edge_types: pairs (outlet, inlet) that carry the same sort of signal.
        edge_signals: which sort, "audio" or "control", for each edge type.
        slots: every (kind, parameter) that a number can be given for; the last is an edge's gain.
        circular: which of them turn round, as a phase does.
        versions: version of each processor's declaration.
    """

    kinds: tuple[str, ...]
    source_count: int
    edge_types: tuple[tuple[str, str], ...]
    edge_signals: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    circular: tuple[int, ...]
    versions: tuple[int, ...]

    @classmethod
    def of(cls, registry: Mapping[str, Processor], task: str) -> "Vocabulary":
        sources = TASK_SOURCES[task]
        kinds = (SINK, *sources, *registry)
        edge_types = _edge_types(kinds, registry)
        knobs = {
            (k, name): knob
            for k, processor in registry.items()
            for name, knob in processor.parameters.items()
        }
        return cls(
            kinds=kinds,
            source_count=len(sources),
            edge_types=tuple(edge_types),
            edge_signals=tuple(edge_types.values()),
            slots=(*knobs, ("edge", EDGE_GAIN.name)),
            circular=tuple(slot for slot, knob in enumerate(knobs.values()) if knob.circular),
            versions=tuple(processor.version for processor in registry.values()),
        )

    @property
    def checksum(self) -> int:
        """Of everything in it."""
        return crc32(repr(self).encode())

    @cached_property
    def kind_index(self) -> Mapping[str, int]:
        return {kind: i for i, kind in enumerate(self.kinds)}

    @cached_property
    def edge_type_index(self) -> Mapping[tuple[str, str], int]:
        return {pair: i for i, pair in enumerate(self.edge_types)}

    @cached_property
    def audio_inlets(self) -> NDArray[np.int64]:
        """A number for each edge type's inlet ``[E]``: equal for equal names, -1 where it carries control."""
        names = [inlet for _, inlet in self.edge_types]
        return np.array(
            [names.index(n) if s == "audio" else -1 for n, s in zip(names, self.edge_signals, strict=True)]
        )

    @property
    def processor_kinds(self) -> tuple[str, ...]:
        return self.kinds[1 + self.source_count :]

    @cached_property
    def slot_table(self) -> NDArray[np.int64]:
        """Slots of each kind ``[kinds + 1, most parameters]``, filled with -1; the last row is an edge's."""
        owned = [[i for i, (owner, _) in enumerate(self.slots) if owner == k] for k in (*self.kinds, "edge")]
        width = max(len(row) for row in owned)
        return np.array([row + [NO_SLOT] * (width - len(row)) for row in owned])

    def knob(self, slot: int, registry: Mapping[str, Processor]) -> Parameter:
        kind, name = self.slots[slot]
        return EDGE_GAIN if kind == "edge" else registry[kind].parameters[name]

    def kind_of(self, node: Node) -> int:
        if node.kind not in self.kind_index:
            raise GraphError(f"kind {node.kind!r} is not in this model's vocabulary")
        return self.kind_index[node.kind]

    def edge_type_of(self, edge: Edge) -> int:
        if edge.port_pair not in self.edge_type_index:
            raise GraphError(f"edge type {edge.port_pair} is not in this model's vocabulary")
        return self.edge_type_index[edge.port_pair]

    def require(self, registry: Mapping[str, Processor]) -> None:
        """Raise GraphError unless every kind in the registry is as it was when the model was trained."""
        for kind, version in zip(self.processor_kinds, self.versions, strict=True):
            found = registry.get(kind)
            if found is None or found.version != version:
                has = "missing" if found is None else f"version {found.version}"
                raise GraphError(f"the model was trained with version {version} of {kind}; installed: {has}")
        for kind, name in self.slots[:-1]:
            if name not in registry[kind].parameters:
                raise GraphError(f"the model was trained with a parameter {name} of {kind}, now missing")


def ports(kind: str, registry: Mapping[str, Processor]) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    """Inlets and outlets of a node kind, sources and sink included."""
    return inlets(Node(kind), registry), outlets(Node(kind), registry)


def _edge_types(kinds: tuple[str, ...], registry: Mapping[str, Processor]) -> dict[tuple[str, str], str]:
    """Every outlet name with every inlet name of the same signal, and that signal; in order of appearance."""
    return {
        (outlet.name, inlet.name): outlet.signal
        for inlet in _distinct(ports(kind, registry)[0] for kind in kinds)
        for outlet in _distinct(ports(kind, registry)[1] for kind in kinds)
        if outlet.signal == inlet.signal
    }


def _distinct(groups: Iterator[tuple[Port, ...]]) -> list[Port]:
    return list({(port.name, port.signal): port for group in groups for port in group}.values())
