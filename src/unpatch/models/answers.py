"""What a system says while the true prefix is given, in one form for all systems.

A system asks itself questions of several sorts ("what comes next?", "which edge between these two?");
losses and metrics see only scores beside truths, so that neither knows how a system decodes.

Shapes: B batch, L tokens, P parameters per token, A examples whose numbers are asked, K kinds, C choices.
"""

from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

IGNORED = -100
"""The truth where nothing is asked; cross entropy leaves such places out."""


class Choice(NamedTuple):
    """Questions of one sort: scores ``[..., C]`` and what is true ``[...]``, or IGNORED."""

    scores: Tensor
    truth: Tensor

    @property
    def missed(self) -> Tensor:
        """Where something else would have been chosen ``[...]``."""
        return (self.scores.argmax(-1) != self.truth) & (self.truth != IGNORED)


class Answers(NamedTuple):
    """Of a teacher-forced pass.

    Attributes:
        choices: by name.
        numbers: unit values ``[A, L, P]`` of each token's slots; not yet brought into [0, 1].
        costs: what training pays for each; 0 where there is none.
        presence: logits of which kinds there are ``[B, K]``, if the system has the head for it.
        direct: what training pays for numbers that are told without the decoder ``[B, L, P]``, likewise.
    """

    choices: Mapping[str, Choice]
    numbers: Tensor
    costs: Tensor
    presence: Tensor | None
    direct: Tensor | None = None


class Mistakes(NamedTuple):
    """What was mispredicted.

    Attributes:
        wrong: true nodes, edges and ends that were not predicted ``[B, L]``.
        false_edges: edges that were predicted between pairs that have none ``[B]``. Where an edge is a
            token there are none: one too many is the miss of the token that came instead.
    """

    wrong: Tensor
    false_edges: Tensor
