"""What counts as right, each figure defined once. Every function gives one value per example.

Shapes: N examples, L tokens, P parameters per token, T samples.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.corpus import Batch, Corpus
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check, complete
from unpatch.graph.data import SINK, Edge, Graph, GraphError, Node
from unpatch.graph.order import topological_order
from unpatch.models.estimator import Logits
from unpatch.spec import Processor
from unpatch.tokens import EDGE_TYPE, KIND, NODE_ID, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT

Figures = NDArray[np.float64]

# Scales of the spectral distance, with hops of a quarter, after Engel et al. 2020 (DDSP).
FFT_SIZES = (2048, 1024, 512, 256, 128, 64)
# Magnitudes below this share of the target's own root mean square count as silence.
FLOOR = 1e-2

RESAMPLES = 2_000
COVERED = 0.95


@dataclass(frozen=True)
class TeacherForced:
    """Errors while the true prefix is given, one value per example ``[N]``.

    Attributes:
        node_error: share of nodes that were not predicted: wrong token type or wrong kind. ``out``, which
            opens every sequence, does not count.
        edge_error: share of edges that were not predicted: wrong token type, node id or edge type.
        end_error: 1 where the end was not predicted when it came.
        number_error: mean absolute error of parameters and gains in unit coordinates, given the true
            prototype; NaN where a graph has none.
    """

    node_error: Figures
    edge_error: Figures
    end_error: Figures
    number_error: Figures


def teacher_forced(model: Any, corpus: Corpus, size: int = 64) -> TeacherForced:
    """Errors of a model over a corpus."""
    model.eval()
    with torch.inference_mode():
        parts = [_errors_of(model, batch) for batch in corpus.in_order(size)]
    return TeacherForced(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(TeacherForced))
    )


def _errors_of(model: Any, batch: Batch) -> TeacherForced:
    answers = model(batch.pictures, batch.rows, batch.slots)
    return errors(answers.logits, answers.numbers, batch)


def errors(logits: Logits, guesses: Tensor, batch: Batch) -> TeacherForced:
    """Errors of one batch."""
    coming = batch.rows[:, 1:]
    types = coming[..., TYPE]

    def missed(scores: Tensor, column: int) -> Tensor:
        return scores[:, :-1].argmax(-1) != coming[..., column]

    wrong_type = missed(logits.type, TYPE)
    is_sink = (types == TokenType.NODE) & (coming[..., NODE_ID] == 0)
    return TeacherForced(
        _share(wrong_type | missed(logits.kind, KIND), (types == TokenType.NODE) & ~is_sink),
        _share(
            wrong_type | missed(logits.target, TARGET) | missed(logits.edge_type, EDGE_TYPE),
            types == TokenType.EDGE,
        ),
        _share(wrong_type, types == TokenType.END),
        _share((guesses.clamp(0, 1) - batch.units).abs().flatten(1), (batch.slots != NO_SLOT).flatten(1)),
    )


def _share(values: Tensor, where: Tensor) -> Figures:
    """Mean of each row where the mask holds; NaN where it never does."""
    total = (values.double() * where).sum(1)
    figures: Figures = (total / where.sum(1)).cpu().numpy()
    return figures


def kinds_of(graph: Graph) -> Counter[str]:
    """Multiset of a graph's node kinds, sources included; the sink, which every graph has, is not."""
    return Counter(node.kind for node in graph.nodes if node.kind != SINK)


def intersection_over_union(found: Graph, true: Graph) -> float:
    """Of the multisets of node kinds."""
    a, b = kinds_of(found), kinds_of(true)
    return (a & b).total() / max(1, (a | b).total())


def effect_f1(found: Graph, true: Graph) -> float:
    """F1 of the *sets* of processor kinds: which effects are there, however often."""
    a = {node.kind for node in found.nodes if node.is_processor}
    b = {node.kind for node in true.nodes if node.is_processor}
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def order_correlation(found: Graph, true: Graph) -> float:
    """Kendall's tau of the order of the kinds that both graphs hold exactly once; NaN if fewer than two.

    The order is that of :func:`~unpatch.graph.order.topological_order`.
    """
    a, b = _places(found), _places(true)
    shared = a.keys() & b.keys()
    signs = [np.sign((a[i] - a[j]) * (b[i] - b[j])) for i, j in combinations(sorted(shared), 2)]
    return float(np.mean(signs)) if signs else float("nan")


def _places(graph: Graph) -> dict[str, int]:
    """Place in the order of each processor kind that occurs once."""
    once = {kind for kind, count in kinds_of(graph).items() if count == 1}
    order = [graph.nodes[i] for i in topological_order(graph)]
    return {node.kind: place for place, node in enumerate(order) if node.is_processor and node.kind in once}


def prototype(graph: Graph, registry: Mapping[str, Processor]) -> Graph:
    """The graph with every parameter at its default and every edge gain at 1."""
    nodes = tuple(Node(node.kind, version=node.version) for node in graph.nodes)
    edges = tuple(Edge(edge.source, edge.target, *edge.port_pair) for edge in graph.edges)
    return complete(Graph(nodes, edges), registry)


def exact_match(found: Graph, true: Graph, registry: Mapping[str, Processor]) -> float:
    """1 if the two prototypes have one canonical form."""
    a, b = (canonical(prototype(graph, registry), registry) for graph in (found, true))
    return float(a == b)


def invalid(graph: Graph, registry: Mapping[str, Processor]) -> float:
    """1 if the graph does not pass the check."""
    try:
        check(graph, registry)
    except GraphError:
        return 1.0
    return 0.0


def spectral_distance(found: Tensor, target: Tensor) -> Tensor:
    """Multi-scale spectral distance of ``[..., 2, T]``, one value per example ``[...]``.

    Both are scaled by what brings the target to a root mean square of 1. At each scale, with magnitudes
    Y of the target and X of the other, over both channels::

        1/2 sum |Y - X| / sum Y  +  1/2 mean |log10(Y + f) - log10(X + f)|,   f = FLOOR rms(Y)

    and the scales are averaged. Equal signals are at 0; against silence the first term is 1/2.
    """
    level = target.square().mean((-2, -1), keepdim=True).sqrt().clamp_min(1e-9)
    return torch.stack([_at_scale(found / level, target / level, fft) for fft in FFT_SIZES]).mean(0)


def _at_scale(found: Tensor, target: Tensor, fft: int) -> Tensor:
    x, y = _magnitudes(found, fft), _magnitudes(target, fft)
    floor = FLOOR * y.square().mean((-3, -2, -1), keepdim=True).sqrt().clamp_min(1e-9)
    linear = (y - x).abs().sum((-3, -2, -1)) / y.sum((-3, -2, -1)).clamp_min(1e-9)
    logarithmic = ((y + floor).log10() - (x + floor).log10()).abs().mean((-3, -2, -1))
    return (linear + logarithmic) / 2


def _magnitudes(audio: Tensor, fft: int) -> Tensor:
    """``[..., 2, bins, frames]``."""
    window = torch.hann_window(fft, dtype=audio.dtype, device=audio.device)
    flat = audio.reshape(-1, audio.shape[-1])
    spectra = torch.stft(flat, fft, fft // 4, window=window, pad_mode="constant", return_complex=True).abs()
    return spectra.reshape(*audio.shape[:-1], *spectra.shape[-2:])


@dataclass(frozen=True)
class Figure:
    """A mean over examples with its bootstrap interval of 95 %."""

    mean: float
    low: float
    high: float
    count: int


def summarise(values: Figures, seed: int = 0) -> Figure:
    """Percentile bootstrap of the mean; examples that have no value (NaN) are left out."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    draws = np.random.default_rng(seed).integers(len(known), size=(RESAMPLES, len(known)))
    tails = np.quantile(known[draws].mean(1), [(1 - COVERED) / 2, (1 + COVERED) / 2])
    return Figure(float(known.mean()), float(tails[0]), float(tails[1]), len(known))
