"""Outputs of a system under teacher forcing, in one form for all systems.

A system makes several sorts of choices ("which token is next?", "which edge between these two?");
losses and metrics use only scores and targets, so that neither depends on how a system decodes.

Shapes: B batch, L tokens, P parameters per token, A examples in the parameter task, K kinds, C choices.
"""

from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

IGNORED = -100
"""The target where there is no choice; cross entropy ignores it."""


class Choice(NamedTuple):
    """Choices of one sort: scores ``[..., C]`` and targets ``[...]``, or IGNORED."""

    scores: Tensor
    truth: Tensor

    @property
    def missed(self) -> Tensor:
        """Where the prediction is wrong ``[...]``."""
        return (self.scores.argmax(-1) != self.truth) & (self.truth != IGNORED)


class Outputs(NamedTuple):
    """Of a teacher-forced pass.

    Attributes:
        choices: by name.
        numbers: unit values ``[A, L, P]`` of each token's slots; not yet brought into [0, 1].
        costs: training cost of each; 0 where there is none.
        presence: logits of the present kinds ``[B, K]``, if the system has the head for it.
        direct: training cost of numbers that are estimated without the decoder ``[B, L, P]``, likewise.
    """

    choices: Mapping[str, Choice]
    numbers: Tensor
    costs: Tensor
    presence: Tensor | None
    direct: Tensor | None = None


class Mistakes(NamedTuple):
    """Mispredictions.

    Attributes:
        wrong: true nodes, edges and ends that were not predicted ``[B, L]``.
        false_edges: edges that were predicted between pairs that have none ``[B]``. Where an edge is a
            token there are none: one too many is the miss of the token that came instead.
    """

    wrong: Tensor
    false_edges: Tensor
