"""Initial numbers of a console: gains, pans and equalizers in closed form, the rest nearly dry.

Shapes: K tracks, M bands, T samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.dsp.spectrum import fast_size
from unpatch.graph.data import Graph
from unpatch.mixing.closest_knobs import closest_knobs
from unpatch.mixing.console import ALIGNMENT, WEIGHT, letter_of, prunable
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.gain_merging import Diagonal, with_matrix
from unpatch.mixing.least_squares import TrackGains, from_powers, from_samples
from unpatch.mixing.simplification import loss_of
from unpatch.mixing.thresholds import with_thresholds
from unpatch.mixing.tree import Tree

FIRST_WEIGHTS: Mapping[str, float] = {"e": 1.0, "c": 0.5, "n": 0.5, "s": 1.0, "g": 1.0, "d": 0.1, "r": 0.1}
"""By the letter of the type. Wet delays and reverbs have no dry sound in them."""
PLAIN_WEIGHTS: Mapping[str, float] = {**dict.fromkeys(FIRST_WEIGHTS, 0.0), "g": 1.0}
"""Gains only: the model of a plain mix."""
PLAIN_LOSS = 0.02
"""Kinds of mixes; others start fully wet, so that knobs do not compensate for a small weight."""
MARGIN_S = 0.15
"""Margin around a passage, more than the largest delay of an alignment."""
RESPONSE_S = 0.1
"""Length of the impulse for matching equalizers."""


def first_weights(graph: Graph, weights: Mapping[str, float] = FIRST_WEIGHTS) -> Graph:
    """The console with its dry/wet weights at the start of a fit."""
    for node in prunable(graph):
        graph = graph.with_parameters(node, {WEIGHT: weights[letter_of(graph.nodes[node].kind)]})
    return graph


def closed_form(graph: Graph, evaluator: Evaluator) -> Graph:
    """The console with the gains, and perhaps equalizers, of the least loss.

    Detectors start at the levels of their input.
    """
    song = evaluator.song
    stems, mix = (torch.cat(parts, -1) for parts in zip(*_judged(graph, evaluator), strict=True))
    samples, powers = (levels(stems, mix, song.sample_rate) for levels in (from_samples, from_powers))
    plain = with_gains(first_weights(graph, PLAIN_WEIGHTS), samples, evaluator.registry)
    if loss_of(plain, evaluator) < PLAIN_LOSS:
        return plain
    graph = with_thresholds(graph, stems, song.sample_rate, evaluator.registry)
    tried = [graph]
    for each in (samples, powers):
        gained = with_gains(graph, each, evaluator.registry)
        tried += [gained, with_curves(gained, each, song.sample_rate, evaluator.registry)]
    return min(tried, key=lambda one: loss_of(one, evaluator))


def _judged(graph: Graph, evaluator: Evaluator) -> Iterator[tuple[Tensor, Tensor]]:
    """Stems ``[K, 2, T]`` as they leave the console's alignments, and mix ``[2, T]``, of each scored passage.

    Those are enough, as every track sounds in one of them; a whole song may not fit into memory.
    """
    margin = round(MARGIN_S * evaluator.song.sample_rate)
    for passage in evaluator.passages:
        start, frames = passage.start - margin, passage.mix.shape[-1] + 2 * margin
        wide = [evaluator.song.track(k, start, frames) for k in range(len(evaluator.song.stems))]
        moved = aligned_stems(graph, wide, evaluator.song.sample_rate, evaluator.registry)
        yield moved[..., margin:-margin], passage.mix


def aligned_stems(
    graph: Graph, stems: Sequence[Tensor], sample_rate: int, registry: Mapping[str, Processor]
) -> Tensor:
    """Tracks ``[2, T]`` as they leave the console's alignments, ``[K, 2, T]``."""
    tree = Tree.of(graph)
    moved = list(stems)
    for track, source in enumerate(graph.sources):
        for position in tree.branches[tree.by_head[source]].nodes:
            node = graph.nodes[position]
            if node.kind == ALIGNMENT:
                sent = {registry[node.kind].inlets[0].name: moved[track][None]}
                made = registry[node.kind](sent, sample_rate=sample_rate, frames=None, **node.parameters)
                moved[track] = next(iter(made.values()))[0]
    return torch.stack(moved)


def with_gains(graph: Graph, levels: TrackGains, registry: Mapping[str, Processor]) -> Graph:
    """Tracks' gains set, within the range of their knobs."""
    nodes = list(graph.nodes)
    for node, gains in zip(_of_tracks(graph, "g"), levels.gains_db.tolist(), strict=True):
        if node is not None:
            wanted = Diagonal(*(10 ** (db / 20) for db in gains))
            nodes[node] = with_matrix(nodes[node], wanted, registry) or nodes[node]
    return replace(graph, nodes=tuple(nodes))


def with_curves(
    graph: Graph, levels: TrackGains, sample_rate: int, registry: Mapping[str, Processor]
) -> Graph:
    """Tracks' equalizers set, as far as they have one."""
    found = [(node, k) for k, node in enumerate(_of_tracks(graph, "e")) if node is not None]
    if not found or not bool(levels.curves_db.any()):
        return graph
    kind = graph.nodes[found[0][0]].kind
    size = fast_size(round(RESPONSE_S * sample_rate))
    curves = _on_bins(levels, size, sample_rate)[[k for _, k in found]]
    knobs = closest_knobs(registry[kind], curves[:, None].expand(-1, 2, -1), size, sample_rate)
    nodes = list(graph.nodes)
    for row, (node, _) in enumerate(found):
        own: dict[str, Any] = {name: values[row].tolist() for name, values in knobs.items()}
        plain = {name: value for name, value in own.items() if isinstance(value, float)}
        curved = {name: tuple(value) for name, value in own.items() if not isinstance(value, float)}
        nodes[node] = replace(
            nodes[node],
            parameters={**nodes[node].parameters, **plain},
            curves={**nodes[node].curves, **curved},
        )
    return replace(graph, nodes=tuple(nodes))


def _of_tracks(graph: Graph, letter: str) -> Sequence[int | None]:
    """For each track its processor of a type, if there is one."""
    tree = Tree.of(graph)

    def first(nodes: Iterable[int]) -> int | None:
        own = (n for n in nodes if n in wanted)
        return next(own, None)

    wanted = {n for n in prunable(graph) if letter_of(graph.nodes[n].kind) == letter}
    return [first(tree.branches[tree.by_head[source]].nodes) for source in graph.sources]


def _on_bins(levels: TrackGains, size: int, sample_rate: int) -> Tensor:
    """Curves ``[K, F]``, straight between bands on a logarithmic axis; NaN outside of them."""
    bins = torch.fft.rfftfreq(size, 1 / sample_rate).double().clamp_min(1e-6).log2()
    bands = levels.bands_hz.log2()
    right = torch.searchsorted(bands, bins).clamp(1, len(bands) - 1)
    share = (bins - bands[right - 1]) / (bands[right] - bands[right - 1])
    inside = (share >= 0) & (share <= 1)
    curves = torch.lerp(levels.curves_db[:, right - 1], levels.curves_db[:, right], share)
    return torch.where(inside, curves, torch.nan)
