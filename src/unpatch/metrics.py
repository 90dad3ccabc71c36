"""What counts as right, each figure defined once. Every function gives one value per example.

Shapes: N examples, L tokens, P parameters per token, T samples.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.corpus import Batch, Corpus
from unpatch.graph.data import SINK, Graph
from unpatch.models.estimator import Logits
from unpatch.tokens import EDGE_TYPE, KIND, NODE_ID, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT

Figures = NDArray[np.float64]

FFT_SIZES = (2048, 1024, 512, 256, 128, 64)
LEVEL_FLOOR = 1e-7


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
        parts = [errors(*model(b.pictures, b.rows, b.slots), b) for b in corpus.in_order(size)]
    return TeacherForced(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(TeacherForced))
    )


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
