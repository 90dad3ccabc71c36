"""Initial thresholds of detectors: at levels of the signals in their strips.

A threshold that no signal reaches has no gradient, and one that all exceed acts like a gain.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.mixing.console import letter_of, prunable
from unpatch.mixing.tree import Tree
from unpatch.synth.listen import Listener

QUANTILES: Mapping[str, float] = {"c": 0.5, "n": 0.3}
"""Letter of the type to the share of a signal's sounding time that is below its first threshold."""
THRESHOLD = "threshold_db"


def with_thresholds(
    graph: Graph, stems: Tensor, sample_rate: int, registry: Mapping[str, Processor]
) -> Graph:
    """The console with thresholds set by dry ``stems [K, 2, T]``, and by their sums in groups."""
    tree = Tree.of(graph)
    tracks = {source: stems[k] for k, source in enumerate(graph.sources)}
    listeners: dict[int, Listener] = {}
    for node in prunable(graph):
        kind = graph.nodes[node].kind
        if (letter := letter_of(kind)) in QUANTILES and THRESHOLD in registry[kind].parameters:
            head = tree.branches[tree.home[node]].head
            if head not in listeners:
                listeners[head] = Listener(dry(tree, head, tracks)[None], sample_rate)
            knob = registry[kind].parameters[THRESHOLD]
            level_db = listeners[head].level_db(QUANTILES[letter])
            graph = graph.with_parameters(node, {THRESHOLD: min(max(level_db, knob.low), knob.high)})
    return graph


def dry(tree: Tree, head: int, tracks: Mapping[int, Tensor]) -> Tensor:
    """What comes into a strip ``[2, T]`` if nothing before it does anything; ``tracks`` by source."""
    if head in tracks:
        return tracks[head]
    feeding = [tree.branches[branch].head for branch in tree.feeding(head)]
    return torch.stack([dry(tree, other, tracks) for other in feeding]).sum(0)
