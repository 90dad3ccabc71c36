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

    Args:
        graph: to which the energy rule applies, see :mod:`unpatch.rendering.energy`.
        sources: dry audio ``[S, 2, T]`` in the order of its sources, or ``[C, T]`` where it has one.
        sample_rate: in Hz.
        registry: kind to processor.

    Returns:
        The graph with other gains on its edges.

    Raises:
        GraphError: the graph is not valid.
        ValueError: sources that do not fit it.

    Example:
        >>> import torch, unpatch
        >>> graph = unpatch.chain(unpatch.PROCESSORS, ("lowpass2", {"frequency_hz": 500}))
        >>> baked = unpatch.bake(graph, torch.randn(2, 44_100), 44_100)
        >>> baked.edges[1].gain > 1  # makes up for what the filter takes away
        True
    """
    _, gains = run([graph], [sources], sample_rate, registry=registry)

    def baked(edge: Edge) -> Edge:
        is_scaled = (0, edge.source) in gains and not carries_control(edge, graph, registry)
        return replace(edge, gain=edge.gain * float(gains[0, edge.source])) if is_scaled else edge

    return replace(graph, edges=tuple(map(baked, graph.edges)))
