"""Training objectives: cross entropy of the next token, L1 of the numbers.

Shapes: B batch, L tokens, P parameters per token.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from unpatch.models.estimator import Logits
from unpatch.tokens import EDGE_TYPE, KIND, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT


@dataclass(frozen=True)
class Losses:
    """Mean over the tokens or numbers that each part speaks of."""

    type: Tensor
    kind: Tensor
    target: Tensor
    edge_type: Tensor
    numbers: Tensor

    @property
    def total(self) -> Tensor:
        """The plain sum, as in the paper."""
        return self.type + self.kind + self.target + self.edge_type + self.numbers


def losses(
    logits: Logits, numbers: Tensor, rows: Tensor, units: Tensor, slots: Tensor, smoothing: float
) -> Losses:
    """Losses of a teacher-forced pass.

    Args:
        logits: of every token's successor.
        numbers: estimated unit values ``[B, L, P]``.
        rows: the true tokens ``[B, L, 5]``.
        units: the true unit values ``[B, L, P]``.
        slots: -1 where there is no number ``[B, L, P]``.
        smoothing: of the labels.
    """
    coming = rows[:, 1:]
    is_node, is_edge = coming[..., TYPE] == TokenType.NODE, coming[..., TYPE] == TokenType.EDGE
    is_real = coming[..., TYPE] != TokenType.PAD

    def entropy(scores: Tensor, column: int, where: Tensor) -> Tensor:
        return cross_entropy(scores[:, :-1][where], coming[..., column][where], label_smoothing=smoothing)

    return Losses(
        type=entropy(logits.type, TYPE, is_real),
        kind=entropy(logits.kind, KIND, is_node),
        target=entropy(logits.target, TARGET, is_edge),
        edge_type=entropy(logits.edge_type, EDGE_TYPE, is_edge),
        numbers=number_error(numbers, units, slots),
    )


def number_error(numbers: Tensor, units: Tensor, slots: Tensor) -> Tensor:
    """Mean absolute error over all numbers of the batch, in unit coordinates."""
    error = (numbers - units).abs() * (slots != NO_SLOT)
    count: Tensor = (slots != NO_SLOT).sum().clamp_min(1)
    return torch.as_tensor(error.sum() / count)
