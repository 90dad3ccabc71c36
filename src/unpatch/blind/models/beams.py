"""Latents to prototypes, token by token: beam search under the grammar.

All hypotheses grow by one token per step and share one cache. Several windows of one recording may be
decoded together: each has its own row in the batch, and their log probabilities are averaged before a token
is chosen. With one beam this is greedy decoding, with a temperature a draw.

Shapes: B examples, W windows of one example, Q latents, D width, R = branches alive x W, A actions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from unpatch.blind.grammar import Actions, Grammar, State
from unpatch.blind.models.hypothesis import (
    Decoding,
    Hypothesis,
    Row,
    drawn,
    masked,
    over_windows,
    with_windows,
)
from unpatch.blind.models.token_by_token import Logits, TokenByToken
from unpatch.blind.tokens import PREDICTED_TYPES


@dataclass(frozen=True)
class PartialHypothesis:
    """An unfinished hypothesis, and its valid next actions; figures as of a :class:`Hypothesis`."""

    state: State
    log_probability: float = 0.0
    confidences: tuple[float, ...] = ()
    stray_mass: tuple[float, ...] = ()

    @property
    def finished(self) -> Hypothesis:
        return Hypothesis(tuple(self.state.rows), self.log_probability, self.confidences, self.stray_mass)


@dataclass(frozen=True)
class TokenChoice:
    """A token that may be appended to a branch."""

    parent: int
    action: int
    score: float
    log_probability: float
    stray_mass: float


def search(model: TokenByToken, latents: Tensor, grammar: Grammar, how: Decoding) -> list[list[Hypothesis]]:
    """Finished hypotheses of each example of latents ``[B, W, Q, D]``."""
    examples, windows = latents.shape[:2]
    random = np.random.default_rng(how.seed)
    cache = model.open(latents.flatten(0, 1))
    alive = [(example, PartialHypothesis(grammar.start())) for example in range(examples)]
    finished: list[list[Hypothesis]] = [[] for _ in range(examples)]
    while alive:
        rows = torch.tensor([branch.state.rows[-1] for _, branch in alive], device=latents.device)
        vectors = model.step(rows.repeat_interleave(windows, 0), cache)
        logs = action_logs(model.next_token(vectors), windows, grammar.actions).double().cpu().numpy()
        steps = [s for i, (_, b) in enumerate(alive) for s in best_steps(i, b, logs[i], how, random)]
        alive, parents = _advance(alive, steps, finished, how.beams)
        cache.select(torch.tensor(with_windows(parents, windows), dtype=torch.long, device=latents.device))
    return finished


def action_logs(logits: Logits, windows: int, layout: Actions) -> Tensor:
    """Log probability of every action ``[R / W, A]``, averaged over windows and normalised."""
    node, edge, end = logits.type.log_softmax(-1).chunk(PREDICTED_TYPES, dim=-1)
    target = logits.target.log_softmax(-1)[..., : layout.max_nodes]
    pair = target[..., :, None] + logits.edge_type.log_softmax(-1)[..., None, :]
    logs = torch.cat([end, node + logits.kind.log_softmax(-1), edge + pair.flatten(-2)], dim=-1)
    return over_windows(logs, windows).log_softmax(-1)


def best_steps(
    parent: int, branch: PartialHypothesis, logs: Row, how: Decoding, random: np.random.Generator
) -> list[TokenChoice]:
    """The most probable continuations of a branch."""
    allowed, stray_mass = masked(logs, branch.state.legal())
    scores = drawn(allowed, how.temperature, random)
    best = np.argsort(-scores, kind="stable")[: how.beams]
    return [
        TokenChoice(parent, int(a), branch.log_probability + float(scores[a]), float(allowed[a]), stray_mass)
        for a in best
        if np.isfinite(allowed[a])
    ]


def _advance(
    alive: list[tuple[int, PartialHypothesis]],
    steps: list[TokenChoice],
    finished: list[list[Hypothesis]],
    beams: int,
) -> tuple[list[tuple[int, PartialHypothesis]], list[int]]:
    """Keep each example's best branches; those still alive, and the rows they grew from."""
    grown, parents = [], []
    for example, found in enumerate(finished):
        own = [step for step in steps if alive[step.parent][0] == example]
        for step in _surviving(own, found, beams):
            branch = _append(alive[step.parent][1], step)
            if branch.state.finished:
                found.append(branch.finished)
            else:
                grown.append((example, branch))
                parents.append(step.parent)
    return grown, parents


def _surviving(steps: list[TokenChoice], found: Sequence[Hypothesis], beams: int) -> list[TokenChoice]:
    """Best steps that may still exceed the finished ones, which keep their places."""
    kept = sorted(steps, key=lambda step: -step.score)[:beams]
    enough = sorted((h.log_probability for h in found), reverse=True)[beams - 1 : beams]
    return [step for step in kept if not enough or step.score > enough[0]]


def _append(branch: PartialHypothesis, step: TokenChoice) -> PartialHypothesis:
    state = branch.state.copy()
    state.take(step.action)
    return PartialHypothesis(
        state,
        branch.log_probability + step.log_probability,
        (*branch.confidences, float(np.exp(step.log_probability))),
        (*branch.stray_mass, step.stray_mass),
    )
