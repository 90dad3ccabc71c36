"""A finished master to the graph of its chain: equalizer, compressor, clipper.

Shapes: C channels, T samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from unpatch.audio import level_db
from unpatch.audio.windows import Windows
from unpatch.estimates import Candidate, Estimate
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.mastering.estimating import ChainEstimate, Setting, estimate_chain
from unpatch.mastering.model import Mastering, load_model
from unpatch.processors import KINDS
from unpatch.refining.material import Dry, sources_of
from unpatch.rendering.named import mixed

TINY = 1e-9


@dataclass(frozen=True)
class MasterEstimate(Estimate):
    """The result for a master.

    Thresholds and drives are for sound that peaks at full scale at the input of the compressor and the
    clipper. With the dry signal at hand the wires have the gains that bring it there; without it they
    have 1.

    Attributes:
        chain: settings with intervals of 90 %, the equalizer's curve, and the probability of each effect.
    """

    chain: ChainEstimate | None = None

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Every knob with its interval."""
        return () if self.chain is None else self.chain.settings

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        if self.chain is None:
            return {}
        return {
            "settings": [vars(setting) for setting in self.settings],
            "present": self.chain.present,
            "curve": {"hz": list(self.chain.frequencies_hz), "db": list(self.chain.curve_db)},
        }


def estimate_master(
    audio: Tensor,
    sample_rate: int,
    *,
    dry: Dry | None = None,
    folder: Path,
    windows: Windows = "loudest",
) -> MasterEstimate:
    """Estimate equalizer, compressor and clipper of a master ``[C, T]``; see :func:`unpatch.estimate`."""
    estimated = estimate_chain(_loaded(folder), audio, sample_rate, everywhere=windows == "all")
    graph = graph_of(estimated)
    if dry is not None:
        sources = sources_of(dry, audio, sample_rate)
        graph = with_gains(graph, mixed(sources), sample_rate, audio)
    scaled = audio / audio.abs().amax().clamp_min(TINY)
    candidate = Candidate(graph, 1.0, 0.0)
    return MasterEstimate(
        (candidate,), estimated.windows_s, estimated.window_s, level_db(scaled), chain=estimated
    )


def graph_of(estimated: ChainEstimate) -> Graph:
    """The present effects, in series, with their probabilities as confidences."""
    kinds = dict.fromkeys(setting.kind for setting in estimated.settings)
    graph = chain(KINDS, *((kind, estimated.values_of(kind)) for kind in kinds))
    nodes = [
        replace(node, confidence=round(estimated.present[node.kind], 4)) if node.is_processor else node
        for node in graph.nodes
    ]
    return replace(graph, nodes=tuple(nodes))


def with_gains(graph: Graph, dry: Tensor, sample_rate: int, recording: Tensor) -> Graph:
    """A serial graph whose wires bring ``dry [C, T]`` to full scale before each effect.

    The last wire brings it to the level of the recording.
    """
    signal = (dry if len(dry) == 2 else dry.expand(2, -1))[None]
    gains: dict[int, float] = {}
    node = graph.sources[0]
    edges: Sequence[int] = range(len(graph.edges))
    while node != graph.sink:
        place = next(edge for edge in edges if graph.edges[edge].source == node)
        node = graph.edges[place].target
        if node == graph.sink:
            gains[place] = 10 ** ((level_db(recording) - level_db(signal)) / 20)
        else:
            gains[place] = float(1 / signal.abs().amax().clamp_min(TINY))
            signal = _played(graph, node, gains[place] * signal, sample_rate)
    wires = tuple(replace(edge, gain=gains[place]) for place, edge in enumerate(graph.edges))
    return replace(graph, edges=wires)


def _played(graph: Graph, node: int, signal: Tensor, sample_rate: int) -> Tensor:
    own = graph.nodes[node]
    values: dict[str, Any] = dict(own.parameters)
    with torch.no_grad():
        return KINDS[own.kind]({"input": signal}, sample_rate=sample_rate, **values)["out"]


@lru_cache(maxsize=1)
def _loaded(folder: Path) -> Mastering:
    return load_model(folder)
