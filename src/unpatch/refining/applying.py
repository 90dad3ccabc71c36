"""Putting a graph that was found on another recording.

Shapes: C channels, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from unpatch.audio import AudioError, as_rate, as_stereo, check_sounds, level_db
from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.ranges import SHARE
from unpatch.refining.material import Dry, by_source
from unpatch.rendering import render
from unpatch.rendering.named import in_order, mixed


def apply(
    graph: Graph,
    dry: Dry,
    sample_rate: float,
    *,
    amount: float = 1.0,
    made_for_db: float | None = None,
    registry: Mapping[str, Processor] = KINDS,
) -> Tensor:
    """The graph's effect on another recording ``[2, T]``, as loud as that is.

    Args:
        graph: what was found.
        dry: what to put it on, ``[C, T]``, or source kind to ``[C, T]``.
        sample_rate: in Hz.
        amount: share of the processed sound, from 0 (as it was) to 1.
        made_for_db: level at which the graph's thresholds and drives are right; they are moved to that of
            ``dry``. Left out, they stay.
        registry: kind to processor.

    Returns:
        Audio ``[2, T]``.

    Raises:
        ValueError: an amount out of range, or audio that is silent or is not audio.
        GraphError: the graph is not valid.

    Example:
        >>> import torch, unpatch
        >>> dry = 0.1 * torch.randn(1, 44_100)
        >>> graph = unpatch.chain(unpatch.PROCESSORS, ("lowpass2", {"frequency_hz": 500}))
        >>> unpatch.apply(graph, dry, 44_100, amount=0.5).shape
        torch.Size([2, 44100])
    """
    SHARE.check("amount", amount)
    rate = as_rate(sample_rate)
    sources = _of_one_length({name: as_stereo(audio, "the audio") for name, audio in by_source(dry).items()})
    before = mixed(sources)
    check_sounds(before, "the audio")
    if made_for_db is not None:
        graph = louder(graph, level_db(before) - made_for_db, registry)
    wet = _as_loud(render(graph, in_order(graph, sources), rate, registry=registry), before)
    return _as_loud((1 - amount) * before + amount * wet, before)


def louder(graph: Graph, change_db: float, registry: Mapping[str, Processor] = KINDS) -> Graph:
    """The graph with the same effect on sound that is louder by a gain: level-dependent knobs are moved."""
    nodes = list(graph.nodes)
    for i, node in enumerate(nodes):
        knobs = registry[node.kind].parameters if node.is_processor else {}
        moved = {
            name: min(max(knobs[name].at_level(value, change_db), knobs[name].low), knobs[name].high)
            for name, value in node.parameters.items()
        }
        nodes[i] = replace(node, parameters=moved)
    return replace(graph, nodes=tuple(nodes))


def _of_one_length(sources: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """All as long as the longest."""
    if not sources:
        raise AudioError("there is no audio to apply the graph to")
    longest = max(audio.shape[-1] for audio in sources.values())
    return {
        name: torch.nn.functional.pad(audio, (0, longest - audio.shape[-1]))
        for name, audio in sources.items()
    }


def _as_loud(audio: Tensor, like: Tensor) -> Tensor:
    """At the root mean square of another sound; silence stays silence."""
    power = audio.square().mean()
    return audio * (like.square().mean() / power).sqrt() if power > 0 else audio
