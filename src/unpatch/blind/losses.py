"""Training objectives, the same for every system: cross entropy of what is chosen, cost of numbers.

Shapes: B batch, L tokens, K kinds, C choices.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from unpatch.blind.corpus import Batch
from unpatch.blind.models.teacher_forcing import IGNORED, Choice, Outputs
from unpatch.blind.tokens import KIND, TYPE, TokenType
from unpatch.blind.vocabulary import NO_SLOT


@dataclass(frozen=True)
class LossSettings:
    """What counts how much beside the choices.

    Attributes:
        balance: how far rare slots are made up for: of the n numbers of a slot in a batch each counts
            n^-balance. 0 counts every number alike, 1 every slot; at 0.5 a slot counts by the root of its
            frequency.
        presence: weight of the presence of kinds, summed over all kinds.
        direct: weight of numbers that are estimated without the decoder.
    """

    balance: float = 0.0
    presence: float = 0.1
    direct: float = 1.0


PUBLISHED = LossSettings()


@dataclass(frozen=True)
class Losses:
    """Mean over the choices, numbers or kinds of each part.

    Attributes:
        choices: by the names that the system gives them.
        direct: of numbers that are estimated without the decoder.
    """

    choices: Mapping[str, Tensor]
    numbers: Tensor
    presence: Tensor
    direct: Tensor
    settings: LossSettings

    @property
    def total(self) -> Tensor:
        """The sum of choices and numbers, to which the paper gives no weights; the rest has weights."""
        tasks = torch.stack([*self.choices.values(), self.numbers]).sum()
        return tasks + self.settings.presence * self.presence + self.settings.direct * self.direct

    @property
    def parts(self) -> dict[str, Tensor]:
        """Every part and the total, by name."""
        return {
            **self.choices,
            "numbers": self.numbers,
            "presence": self.presence,
            "direct": self.direct,
            "total": self.total,
        }


def losses(outputs: Outputs, batch: Batch, smoothing: float, settings: LossSettings = PUBLISHED) -> Losses:
    """Losses of a teacher-forced pass; ``smoothing`` is of the labels."""
    direct = outputs.direct
    return Losses(
        {name: entropy(choice, smoothing) for name, choice in outputs.choices.items()},
        number_cost(outputs.costs, batch.slots, settings.balance),
        presence_error(outputs.presence, batch.rows),
        outputs.costs.new_zeros(()) if direct is None else number_cost(direct, batch.slots, settings.balance),
        settings,
    )


def entropy(choice: Choice, smoothing: float) -> Tensor:
    """Cross entropy, averaged over all targets; 0 without targets."""
    scores, truth = choice.scores.flatten(0, -2), choice.truth.flatten()
    total = cross_entropy(scores, truth, ignore_index=IGNORED, label_smoothing=smoothing, reduction="sum")
    return total / (truth != IGNORED).sum().clamp_min(1)


def presence_error(scores: Tensor | None, rows: Tensor) -> Tensor:
    """Cross entropy, summed over kinds, of which kinds are among the tokens; 0 without scores ``[B, K]``."""
    if scores is None:
        return rows.new_zeros((), dtype=torch.float32)
    is_node = (rows[..., TYPE] == TokenType.NODE).float()
    truth = torch.zeros_like(scores).scatter_reduce(1, rows[..., KIND], is_node.to(scores), "amax")
    entropy = binary_cross_entropy_with_logits(scores, truth, reduction="none")
    return entropy.sum(1).mean()


def number_cost(costs: Tensor, slots: Tensor, balance: float = 0.0) -> Tensor:
    """Mean over all numbers of the examples in the parameter task ``[A, L, P]``, balanced between slots."""
    known = slots[: len(costs)] != NO_SLOT
    numbered_slots, paid = slots[: len(costs)][known], costs[known]
    weights = numbered_slots.bincount()[numbered_slots].to(paid) ** -balance
    return (weights * paid).sum() / weights.sum().clamp_min(1e-6)
