"""Teacher-forced errors of each next token and of each number.

Shapes: B batch, L tokens, P parameters per token.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.models.teacher_forcing import Mistakes
from unpatch.blind.tokens import NODE_ID, TYPE, TokenType
from unpatch.blind.vocabulary import NO_SLOT
from unpatch.metrics.tally import Tally


@dataclass(frozen=True)
class TeacherForced:
    """Errors given the true prefix.

    Attributes:
        node_error: share of nodes that were not predicted: wrong token type or wrong kind. ``out``, which
            opens every sequence, does not count.
        edge_error: share of edges that were not predicted: wrong token type, node id or edge type; plus
            false edges, where a system may predict one without being at an edge (node by node).
        end_error: share of ends that were not predicted when they came.
        parameter_error: mean absolute error of processors' parameters in unit coordinates, on the circle
            if circular, given the true prototype.
        gain_error: the same of edge gains, where they are free.
    """

    node_error: Tally
    edge_error: Tally
    end_error: Tally
    parameter_error: Tally
    gain_error: Tally


def teacher_forced(model: Any, corpus: Corpus, size: int = 64) -> TeacherForced:
    """Errors of a model, on any device, over a corpus."""
    model.eval()
    with torch.inference_mode():
        parts = [_errors_of(model, batch) for batch in corpus.in_order(size)]
    return TeacherForced(
        *(Tally.joined([getattr(part, f.name) for part in parts]) for f in fields(TeacherForced))
    )


def _errors_of(model: Any, batch: Batch) -> TeacherForced:
    given = Batch(*(part.to(next(model.parameters()).device) for part in batch))
    outputs = model(given)
    mistakes = Mistakes(*(part.cpu() for part in model.mistakes(outputs, given)))
    return errors(outputs.numbers.cpu(), mistakes, batch, model.vocabulary.circular)


def errors(numbers: Tensor, mistakes: Mistakes, batch: Batch, circular: Sequence[int]) -> TeacherForced:
    """Errors of one batch, from the system's results for its tokens; everything is on the CPU.

    Args:
        numbers: unit values ``[B, L, P]``.
        mistakes: the system's wrong tokens.
        batch: the truth.
        circular: circular slots: there 0.95 is a tenth away from 0.05.
    """
    types = batch.rows[..., TYPE]
    is_edge, is_end = types == TokenType.EDGE, types == TokenType.END
    is_node = (types == TokenType.NODE) & (batch.rows[..., NODE_ID] > 0)
    is_number, is_gain = batch.slots != NO_SLOT, is_edge[..., None]
    apart = (numbers.clamp(0, 1) - batch.units).abs()
    turns = torch.isin(batch.slots, torch.tensor(circular, dtype=batch.slots.dtype))
    distance = torch.where(turns, torch.minimum(apart, 1 - apart), apart) * is_number
    return TeacherForced(
        node_error=_tally(mistakes.wrong & is_node, is_node),
        edge_error=_tally(torch.cat([mistakes.wrong & is_edge, mistakes.false_edges[:, None]], 1), is_edge),
        end_error=_tally(mistakes.wrong & is_end, is_end),
        parameter_error=_tally(distance * ~is_gain, is_number & ~is_gain),
        gain_error=_tally(distance * is_gain, is_number & is_gain),
    )


def _tally(values: Tensor, numbered: Tensor) -> Tally:
    """Of each row, the sum of the values over the number of targets."""
    total, count = values.double().flatten(1).sum(1), numbered.double().flatten(1).sum(1)
    return Tally(total.numpy(), count.numpy())
