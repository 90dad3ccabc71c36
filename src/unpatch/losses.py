"""Training objectives: cross entropy of the next token, L1 of the numbers.

Shapes: B batch, L tokens, P parameters per token.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from unpatch.models.estimator import Answers
from unpatch.tokens import EDGE_TYPE, KIND, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT

PRESENCE_WEIGHT = 0.1


@dataclass(frozen=True)
class Losses:
    """Mean over the tokens, numbers or kinds that each part speaks of."""

    type: Tensor
    kind: Tensor
    target: Tensor
    edge_type: Tensor
    numbers: Tensor
    presence: Tensor

    @property
    def total(self) -> Tensor:
        """The sum; the paper gives no weights. Presence is a hint beside it, summed over all kinds."""
        tasks = self.type + self.kind + self.target + self.edge_type + self.numbers
        return tasks + PRESENCE_WEIGHT * self.presence


def losses(answers: Answers, rows: Tensor, slots: Tensor, units: Tensor, smoothing: float) -> Losses:
    """Losses of a teacher-forced pass.

    Args:
        answers: of the model; numbers may be given for the first ``A`` examples only.
        rows: the true tokens ``[B, L, 5]``.
        slots: -1 where there is no number ``[A, L, P]``.
        units: the true unit values ``[A, L, P]``.
        smoothing: of the labels.
    """
    coming, logits = rows[:, 1:], answers.logits
    is_node, is_edge = coming[..., TYPE] == TokenType.NODE, coming[..., TYPE] == TokenType.EDGE
    is_real = coming[..., TYPE] != TokenType.PAD

    def entropy(scores: Tensor, column: int, where: Tensor) -> Tensor:
        return cross_entropy(scores[:, :-1][where], coming[..., column][where], label_smoothing=smoothing)

    return Losses(
        type=entropy(logits.type, TYPE, is_real),
        kind=entropy(logits.kind, KIND, is_node),
        target=entropy(logits.target, TARGET, is_edge),
        edge_type=entropy(logits.edge_type, EDGE_TYPE, is_edge),
        numbers=number_error(answers.numbers, units, slots),
        presence=presence_error(answers.presence, rows),
    )


def presence_error(scores: Tensor | None, rows: Tensor) -> Tensor:
    """Cross entropy, summed over kinds, of which kinds are among the tokens; 0 without scores ``[B, K]``."""
    if scores is None:
        return rows.new_zeros((), dtype=torch.float32)
    is_node = (rows[..., TYPE] == TokenType.NODE).float()
    truth = torch.zeros_like(scores).scatter_reduce(1, rows[..., KIND], is_node.to(scores), "amax")
    entropy = binary_cross_entropy_with_logits(scores, truth, reduction="none")
    return entropy.sum(1).mean()


def number_error(numbers: Tensor, units: Tensor, slots: Tensor) -> Tensor:
    """Mean absolute error over all numbers of the batch, in unit coordinates."""
    error = (numbers - units).abs() * (slots != NO_SLOT)
    count: Tensor = (slots != NO_SLOT).sum().clamp_min(1)
    return torch.as_tensor(error.sum() / count)
