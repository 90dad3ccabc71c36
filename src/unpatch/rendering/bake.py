"""Baking: the energy rule's gains become edge gains, so that a graph sounds the same without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from unpatch.audio import AudioLike
from unpatch.declaration import Processor
from unpatch.graph.check import carries_control
from unpatch.graph.data import Edge, Graph
from unpatch.processors import KINDS
from unpatch.rendering.batched import run


def bake(
    graph: Graph,
    sources: AudioLike,
    sample_rate: float,
    *,
    registry: Mapping[str, Processor] = KINDS,
) -> Graph:
    """The graph with the gains that the rule applies to these sources worked into its edges.

    ``render(bake(graph, ...), sources, sample_rate, energy=False)`` equals
    ``render(graph, sources, sample_rate)``, and plays back causally on any other sound.
    """
    _, gains = run([graph], [sources], sample_rate, registry=registry)

    def baked(edge: Edge) -> Edge:
        is_scaled = (0, edge.source) in gains and not carries_control(edge, graph, registry)
        return replace(edge, gain=edge.gain * float(gains[0, edge.source])) if is_scaled else edge

    return replace(graph, edges=tuple(map(baked, graph.edges)))
