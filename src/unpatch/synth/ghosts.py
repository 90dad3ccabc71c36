"""Inaudible parts of a graph, here called ghosts. None may remain, for they cannot be estimated.

Each part is taken out in turn (see :meth:`unpatch.synth.rendered.Rendered.without`): every
processor, every wire of an oscillator or follower, every sidechain, branch of a mix, side of a merge.
The part is a ghost if the two outputs differ by less than :data:`GHOST_DB` of log-spectral distance
(:func:`unpatch.synth.listen.distances_db`). Of the remaining parts about one in a thousand is slightly
below (``bench/speed/synth.py`` counts them), since clearly audible parts are not measured again.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import soxr
import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.check import carries_control
from unpatch.graph.data import Graph, Node
from unpatch.synth.listen import Floats, band_powers, distances_db
from unpatch.synth.prune import Pruned, prune
from unpatch.synth.rendered import NOTHING, Part, Removal, Rendered

GHOST_DB = 1.0

# Most parts are clearly audible. A short excerpt at a low rate shows which are in doubt; only those
# are taken out of the whole signal.
EXCERPT_S = 1.0
EXCERPT_RATE = 22_050
DOUBT_DB = 1.8


def parts(graph: Graph, registry: Mapping[str, Processor]) -> Iterator[Part]:
    """Everything that must be audible."""
    for position, node in enumerate(graph.nodes):
        if _can_be_bypassed(node, registry):
            yield Part("node", position)
    for position, edge in enumerate(graph.edges):
        control = carries_control(edge, graph, registry)
        if control or edge.inlet == "sidechain" or _is_junction(graph.nodes[edge.target], registry):
            yield Part("edge", position)


def _can_be_bypassed(node: Node, registry: Mapping[str, Processor]) -> bool:
    if not node.is_processor or _is_junction(node, registry):
        return False
    processor = registry[node.kind]
    return processor.has_audio_output and bool(processor.inlets)


def _is_junction(node: Node, registry: Mapping[str, Processor]) -> bool:
    """Whether all there is to it are the wires that meet there."""
    return node.is_processor and registry[node.kind].is_junction


def audibility(rendered: Rendered, some: Sequence[Part] | None = None) -> dict[Part, float]:
    """For each part, or for some, the distance in dB that its removal makes."""
    chosen = list(parts(rendered.graph, rendered.registry)) if some is None else some
    return _distances(rendered.output.bands, rendered.without(chosen))


def suspects_of(rendered: Rendered) -> list[Part]:
    """Parts that are not plainly audible.

    Where several sources play intermittently, an excerpt is not enough: all parts are measured in full.
    """
    everything = list(parts(rendered.graph, rendered.registry))
    return doubtful(rendered, everything) if len(rendered.graph.sources) == 1 else everything


def doubtful(rendered: Rendered, some: Sequence[Part]) -> list[Part]:
    """Of some parts those that a short excerpt does not clearly show to be audible."""
    graph = rendered.graph
    signals = {(graph.sources[0], "out"): _excerpt(rendered.sources[0], rendered.sample_rate)[None]}
    outputs = Removal(graph, signals, EXCERPT_RATE, rendered.registry, [NOTHING, *some]).outputs()
    whole = band_powers(outputs.pop(NOTHING))[0]
    return [part for part, distance in _distances(whole, outputs).items() if distance < DOUBT_DB]


def _distances(whole: Floats, outputs: Mapping[Part, Tensor]) -> dict[Part, float]:
    if not outputs:
        return {}
    found = distances_db(whole, band_powers(torch.cat(list(outputs.values()))))
    return dict(zip(outputs, found.tolist(), strict=True))


def without_ghosts(rendered: Rendered) -> Rendered:
    """The same without inaudible parts; the graph may end up empty.

    Taking out what is inaudible hides nothing that was clearly audible, but of two parts in doubt
    it may hide or uncover one. Hence those are measured again until no ghost is found.
    """
    suspects = suspects_of(rendered)
    while ghosts := _removable(rendered.graph, levels_db := audibility(rendered, suspects)):
        nodes = [part.position for part in ghosts if part.what == "node"]
        edges = [part.position for part in ghosts if part.what == "edge"]
        pruned = prune(rendered.graph, rendered.registry, nodes, edges)
        suspects = _suspects_after(pruned, rendered, levels_db)
        rendered = rendered.pruned(pruned)
    return rendered


def _suspects_after(pruned: Pruned, before: Rendered, levels_db: Mapping[Part, float]) -> list[Part]:
    """What is still in doubt, and of several sources also the wires that pruning has joined."""
    registry = before.registry
    places = {part: _moved(part, before.graph, pruned) for part in parts(before.graph, registry)}
    doubts = [place for part in levels_db if levels_db[part] < DOUBT_DB and (place := places[part])]
    known = set(places.values())
    joined = [part for part in parts(pruned.graph, registry) if part not in known]
    return doubts if len(before.graph.sources) == 1 else doubts + joined


def _removable(graph: Graph, levels_db: Mapping[Part, float]) -> list[Part]:
    """Ghosts that can be removed together: of two equal branches, one has to stay for now."""
    ghosts = [part for part in levels_db if levels_db[part] < GHOST_DB]
    chosen: dict[tuple[str, int], Part] = {}
    for part in sorted(ghosts, key=lambda part: levels_db[part]):
        place = part.position if part.what == "node" else graph.edges[part.position].target
        chosen.setdefault((part.what, place), part)
    return list(chosen.values())


def _moved(part: Part, before: Graph, pruned: Pruned) -> Part | None:
    """The same part of the pruned graph, if it is still there."""
    if part.what == "node":
        place = pruned.places.get(part.position)
        return None if place is None else Part("node", place)
    old = before.edges[part.position]
    ends = (pruned.places.get(old.source), pruned.places.get(old.target))
    for position, edge in enumerate(pruned.graph.edges):
        if (edge.source, edge.target) == ends and edge.port_pair == old.port_pair:
            return Part("edge", position)
    return None


def _excerpt(dry: Tensor, sample_rate: float) -> Tensor:
    loud = loudest_excerpt(dry, round(EXCERPT_S * sample_rate))
    samples = soxr.resample(loud.numpy().T, sample_rate, EXCERPT_RATE)
    return torch.from_numpy(np.ascontiguousarray(samples.T))


def loudest_excerpt(audio: Tensor, frames: int, steps: int = 16) -> Tensor:
    """The loudest of a few evenly spaced excerpts ``[2, frames]`` of ``audio [2, T]``."""
    last = max(audio.shape[-1] - frames, 0)
    starts = sorted({last * step // steps for step in range(steps + 1)})
    energies = [float(audio[:, start : start + frames].square().sum()) for start in starts]
    start = starts[energies.index(max(energies))]
    return audio[:, start : start + frames]
