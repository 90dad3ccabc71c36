"""Latents to prototypes: beam search in which the grammar allows nothing invalid.

All hypotheses grow by one token per step and share one key/value cache. Several windows of one recording
may be heard together: each has its own row in the batch, and their log probabilities are averaged before
a token is chosen. With one beam this is greedy decoding; with a temperature it is sampling (Gumbel noise),
and every beam is a draw of its own.

Shapes: B examples, W windows of one example, Q latents, D width, R = hypotheses alive x W, A actions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.grammar import Actions, BoolArray, Grammar, State
from unpatch.graph.data import Graph
from unpatch.models.estimator import Estimator, Logits
from unpatch.spec import Processor
from unpatch.tokens import PREDICTED_TYPES, IntArray, carriers, decode, pad_rows, slots_of, with_numbers

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Decoding:
    """How tokens are chosen.

    Attributes:
        beams: hypotheses kept per example, or draws made, of which those that come out alike count once.
        temperature: 0 takes the most probable tokens; above, tokens are drawn.
        seed: of the draws.
    """

    beams: int = 1
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Hypothesis:
    """A sequence and what the model thought of it.

    Attributes:
        state: what has been said.
        log_probability: of the whole sequence under the grammar.
        confidences: probability of each token after START.
        stray_mass: per step, the probability that the model gave to invalid continuations: a sign of
            trouble that the finished graph no longer shows.
    """

    state: State
    log_probability: float = 0.0
    confidences: tuple[float, ...] = ()
    stray_mass: tuple[float, ...] = ()


@dataclass(frozen=True)
class Step:
    """A token that may be appended to the hypothesis of one row."""

    parent: int
    action: int
    score: float
    log_probability: float
    stray_mass: float


def decode_prototypes(
    model: Estimator, latents: Tensor, grammar: Grammar, how: Decoding | None = None
) -> list[list[Hypothesis]]:
    """Prototypes of each example, at most as many as beams, most probable first.

    Args:
        model: in evaluation mode.
        latents: ``[B, W, Q, D]``.
        grammar: of the model's vocabulary; its bounds may be tighter than the model's.
        how: greedy if left out.
    """
    how = how or Decoding()
    if how.temperature > 0:
        each = _grown(model, latents.repeat_interleave(how.beams, 0), grammar, replace(how, beams=1))
        draws = [found[0] for found in each]
        found = [draws[i : i + how.beams] for i in range(0, len(draws), how.beams)]
    else:
        found = _grown(model, latents, grammar, how)
    return [_best_first(hypotheses)[: how.beams] for hypotheses in found]


def _best_first(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """By probability, each sequence once."""
    different = {tuple(hypothesis.state.rows): hypothesis for hypothesis in hypotheses}
    return sorted(different.values(), key=lambda hypothesis: -hypothesis.log_probability)


def _grown(model: Estimator, latents: Tensor, grammar: Grammar, how: Decoding) -> list[list[Hypothesis]]:
    """Finished hypotheses of each example."""
    examples, windows = latents.shape[:2]
    random = np.random.default_rng(how.seed)
    cache = model.decoder.open(latents.flatten(0, 1))
    alive = [(example, Hypothesis(grammar.start())) for example in range(examples)]
    finished: list[list[Hypothesis]] = [[] for _ in range(examples)]
    while alive:
        rows = torch.tensor([hypothesis.state.rows[-1] for _, hypothesis in alive], device=latents.device)
        vectors = model.decoder.step(rows.repeat_interleave(windows, 0), cache)
        logs = action_logs(model.next_token(vectors), windows, grammar.actions).double().cpu().numpy()
        steps = [s for i, (_, h) in enumerate(alive) for s in best_steps(i, h, logs[i], how, random)]
        alive, parents = _advance(alive, steps, finished, how.beams)
        cache.select(_with_windows(parents, windows).to(latents.device))
    return finished


def action_logs(logits: Logits, windows: int, layout: Actions) -> Tensor:
    """Log probability of every action ``[R / W, A]``, averaged over windows and normalised."""
    node, edge, end = logits.type.log_softmax(-1).chunk(PREDICTED_TYPES, dim=-1)
    target = logits.target.log_softmax(-1)[..., : layout.max_nodes]
    pair = target[..., :, None] + logits.edge_type.log_softmax(-1)[..., None, :]
    logs = torch.cat([end, node + logits.kind.log_softmax(-1), edge + pair.flatten(-2)], dim=-1)
    return over_windows(logs, windows).log_softmax(-1)


def over_windows(values: Tensor, windows: int) -> Tensor:
    """Mean of each run of so many rows."""
    return values.reshape(-1, windows, *values.shape[1:]).mean(1)


def masked(logs: Row, legal: BoolArray) -> tuple[Row, float]:
    """Log probabilities under the grammar ``[A]``, and the probability that it took away."""
    kept = np.logaddexp.reduce(logs[legal])
    return np.where(legal, logs - kept, -np.inf), float(max(0.0, 1.0 - np.exp(kept)))


def best_steps(
    parent: int, hypothesis: Hypothesis, logs: Row, how: Decoding, random: np.random.Generator
) -> list[Step]:
    """The most promising continuations of a hypothesis."""
    allowed, stray_mass = masked(logs, hypothesis.state.legal())
    scores = allowed
    if how.temperature > 0:
        scores = allowed / how.temperature + random.gumbel(size=len(allowed))
    best = np.argsort(-scores, kind="stable")[: how.beams]
    return [
        Step(parent, int(a), hypothesis.log_probability + float(scores[a]), float(allowed[a]), stray_mass)
        for a in best
        if np.isfinite(allowed[a])
    ]


def _advance(
    alive: list[tuple[int, Hypothesis]], steps: list[Step], finished: list[list[Hypothesis]], beams: int
) -> tuple[list[tuple[int, Hypothesis]], list[int]]:
    """Keep each example's best hypotheses; those still alive, and the rows they grew from."""
    grown, parents = [], []
    for example, found in enumerate(finished):
        own = [step for step in steps if alive[step.parent][0] == example]
        for step in _surviving(own, found, beams):
            hypothesis = _append(alive[step.parent][1], step)
            if hypothesis.state.finished:
                found.append(hypothesis)
            else:
                grown.append((example, hypothesis))
                parents.append(step.parent)
    return grown, parents


def _surviving(steps: list[Step], found: list[Hypothesis], beams: int) -> list[Step]:
    """Best steps that still compete with what is finished, which gives up no place."""
    kept = sorted(steps, key=lambda step: -step.score)[:beams]
    enough = sorted((h.log_probability for h in found), reverse=True)[beams - 1 : beams]
    return [step for step in kept if not enough or step.score > enough[0]]


def _append(hypothesis: Hypothesis, step: Step) -> Hypothesis:
    state = hypothesis.state.copy()
    state.take(step.action)
    return Hypothesis(
        state,
        hypothesis.log_probability + step.log_probability,
        (*hypothesis.confidences, float(np.exp(step.log_probability))),
        (*hypothesis.stray_mass, step.stray_mass),
    )


def _with_windows(parents: Sequence[int], windows: int) -> Tensor:
    """Rows of the cache: every window of each parent."""
    return (torch.tensor(parents, dtype=torch.long)[:, None] * windows + torch.arange(windows)).flatten()


def finished_graphs(
    model: Estimator,
    hypotheses: Sequence[Hypothesis],
    latents: Tensor,
    registry: Mapping[str, Processor],
    levels_db: Sequence[float],
) -> list[Graph]:
    """Prototypes with estimated numbers and confidences.

    Args:
        model: in evaluation mode.
        hypotheses: finished.
        latents: ``[B, W, Q, D]``, one row per hypothesis.
        registry: kind to processor.
        levels_db: level of the recording that each is about.
    """
    rows = pad_rows([hypothesis.state.tokens for hypothesis in hypotheses])
    slots = slots_of(rows, model.vocabulary)
    units = estimated_units(model, rows, slots, latents)
    graphs = []
    for i, hypothesis in enumerate(hypotheses):
        prototype = decode(hypothesis.state.tokens, model.vocabulary, registry)
        graph = with_numbers(prototype, slots[i], units[i], model.vocabulary, registry, levels_db[i])
        graphs.append(with_confidences(graph, hypothesis.confidences))
    return graphs


def estimated_units(
    model: Estimator, rows: IntArray, slots: IntArray, latents: Tensor
) -> NDArray[np.float32]:
    """Unit values ``[B, L, P]`` of prototypes, the mean over what each window says."""
    windows = latents.shape[1]
    wide = [torch.from_numpy(a).to(latents.device).repeat_interleave(windows, 0) for a in (rows, slots)]
    values = over_windows(model.numbers(wide[0], wide[1], latents.flatten(0, 1)), windows)
    units: NDArray[np.float32] = values.clamp(0, 1).float().cpu().numpy()
    return units


def with_confidences(graph: Graph, confidences: Sequence[float]) -> Graph:
    """Write each token's probability onto its node or edge."""
    known = {id(part): p for part, p in zip(carriers(graph), confidences, strict=False)}
    nodes = [replace(node, confidence=known[id(node)]) for node in graph.nodes]
    edges = [replace(edge, confidence=known[id(edge)]) for edge in graph.edges]
    return Graph(tuple(nodes), tuple(edges))
