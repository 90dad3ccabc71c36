"""Sources by their names."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from unpatch.graph.data import Graph, GraphError


def in_order(graph: Graph, sources: Mapping[str, Tensor]) -> Tensor:
    """What the graph's sources give ``[S, 2, T]``, of source kind to ``[2, T]``; the unnamed are silent."""
    kinds = [graph.nodes[i].kind for i in graph.sources]
    if not set(kinds) & set(sources):
        given = ", ".join(sources) or "nothing"
        raise GraphError(f"the graph plays {', '.join(kinds)}, but the audio given is that of {given}")
    silence = torch.zeros_like(next(iter(sources.values())))
    return torch.stack([sources.get(kind, silence) for kind in kinds])


def mixed(sources: Mapping[str, Tensor]) -> Tensor:
    """Their sum ``[2, T]``, as long as the longest."""
    longest = max(audio.shape[-1] for audio in sources.values())
    signals = [torch.nn.functional.pad(audio, (0, longest - audio.shape[-1])) for audio in sources.values()]
    return torch.stack(signals).sum(0)
