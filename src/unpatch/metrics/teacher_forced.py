"""Errors of each next token and of each number, while the true prefix or prototype is given.

Shapes: B batch, L tokens, P parameters per token.
"""

from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from unpatch.corpus import Batch, Corpus
from unpatch.metrics.tally import Tally
from unpatch.models.estimator import Logits
from unpatch.tokens import EDGE_TYPE, KIND, NODE_ID, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT


@dataclass(frozen=True)
class TeacherForced:
    """Errors while the true prefix is given.

    Attributes:
        node_error: share of nodes that were not predicted: wrong token type or wrong kind. ``out``, which
            opens every sequence, does not count.
        edge_error: share of edges that were not predicted: wrong token type, node id or edge type.
        end_error: share of ends that were not predicted when they came.
        parameter_error: mean absolute error of processors' parameters in unit coordinates, given the
            true prototype.
        gain_error: the same of edge gains, where they are free.
    """

    node_error: Tally
    edge_error: Tally
    end_error: Tally
    parameter_error: Tally
    gain_error: Tally


def teacher_forced(model: Any, corpus: Corpus, size: int = 64) -> TeacherForced:
    """Errors of a model, wherever it lies, over a corpus."""
    model.eval()
    with torch.inference_mode():
        parts = [_errors_of(model, batch) for batch in corpus.in_order(size)]
    return TeacherForced(
        *(Tally.joined([getattr(part, f.name) for part in parts]) for f in fields(TeacherForced))
    )


def _errors_of(model: Any, batch: Batch) -> TeacherForced:
    device = next(model.parameters()).device
    answers = model(*(part.to(device) for part in (batch.pictures, batch.rows, batch.slots)))
    logits = Logits(*(scores.cpu() for scores in answers.logits))
    return errors(logits, answers.numbers.cpu(), batch)


def errors(logits: Logits, guesses: Tensor, batch: Batch) -> TeacherForced:
    """Errors of one batch; everything lies on the CPU."""
    coming = batch.rows[:, 1:]
    types = coming[..., TYPE]

    def missed(scores: Tensor, column: int) -> Tensor:
        return scores[:, :-1].argmax(-1) != coming[..., column]

    wrong_type = missed(logits.type, TYPE)
    wrong_edge = wrong_type | missed(logits.target, TARGET) | missed(logits.edge_type, EDGE_TYPE)
    is_sink = (types == TokenType.NODE) & (coming[..., NODE_ID] == 0)
    distance = (guesses.clamp(0, 1) - batch.units).abs()
    is_gain = (batch.rows[..., TYPE] == TokenType.EDGE)[..., None]
    return TeacherForced(
        node_error=_tally(wrong_type | missed(logits.kind, KIND), (types == TokenType.NODE) & ~is_sink),
        edge_error=_tally(wrong_edge, types == TokenType.EDGE),
        end_error=_tally(wrong_type, types == TokenType.END),
        parameter_error=_tally(distance, (batch.slots != NO_SLOT) & ~is_gain),
        gain_error=_tally(distance, (batch.slots != NO_SLOT) & is_gain),
    )


def _tally(values: Tensor, where: Tensor) -> Tally:
    """Of each row, over the places where the mask holds."""
    total, count = (values.double() * where).flatten(1).sum(1), where.double().flatten(1).sum(1)
    return Tally(total.numpy(), count.numpy())
