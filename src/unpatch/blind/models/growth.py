"""Latents to prototypes, node by node.

All sequences that still grow are given one token per step and share one cache. When the token was a node,
its edges to all older nodes are decided together; when all tokens have been given, the next node is.
Nodes are bounded in number, hence every sequence ends.

With the grammar enforced, wanted edges that it does not allow are left out, and the most probable missing
ones are added until some node, or END, may follow.

Shapes: B examples, W windows of one example, Q latents, D width, N older nodes, K kinds, E edge types.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from unpatch.blind.grammar import END_ACTION, BoolArray, Grammar, State
from unpatch.blind.models.hypothesis import (
    Decoding,
    Hypothesis,
    Row,
    drawn,
    masked,
    over_windows,
    with_windows,
)
from unpatch.blind.models.node_by_node import NodeByNode
from unpatch.blind.tokens import TYPE, TokenType


@dataclass
class Growth:
    """A sequence that grows; figures as of a :class:`Hypothesis`.

    Attributes:
        processed: number of its tokens that the transformer has processed.
        nodes: vectors of its node tokens ``[W, D]``.
    """

    state: State
    processed: int = 0
    nodes: list[Tensor] = field(default_factory=list)
    log_probability: float = 0.0
    confidences: list[float] = field(default_factory=list)
    stray_mass: list[float] = field(default_factory=list)

    @property
    def finished(self) -> Hypothesis:
        rows = tuple(self.state.rows)
        return Hypothesis(rows, self.log_probability, tuple(self.confidences), tuple(self.stray_mass))

    def next_row(self) -> tuple[int, ...]:
        """The next token for the transformer."""
        self.processed += 1
        return self.state.rows[self.processed - 1]

    def take(self, action: int, log_probability: float, stray_mass: float = math.nan) -> None:
        self.state.take(action)
        self.log_probability += log_probability
        self.confidences.append(math.exp(log_probability))
        self.stray_mass.append(stray_mass)


def search(model: NodeByNode, latents: Tensor, grammar: Grammar, how: Decoding) -> list[list[Hypothesis]]:
    """One prototype of each example of latents ``[B, W, Q, D]``: the most probable choices, or draws."""
    examples, windows = latents.shape[:2]
    random = np.random.default_rng(how.seed)
    cache = model.open(latents.flatten(0, 1))
    every = [Growth(grammar.start()) for _ in range(examples)]
    alive = every
    while alive:
        rows = torch.tensor([growth.next_row() for growth in alive], device=latents.device)
        vectors = model.step(rows.repeat_interleave(windows, 0), cache)
        for growth, own in zip(alive, torch.split(vectors, windows), strict=True):
            _grow(model, growth, own, how, random)
        kept = [i for i, growth in enumerate(alive) if not growth.state.finished]
        alive = [alive[i] for i in kept]
        cache.select(torch.tensor(with_windows(kept, windows), dtype=torch.long, device=latents.device))
    return [[growth.finished] for growth in every]


def _grow(
    model: NodeByNode, growth: Growth, vectors: Tensor, how: Decoding, random: np.random.Generator
) -> None:
    """Decide what the newest token's vectors ``[W, D]`` decide."""
    state = growth.state
    if state.rows[growth.processed - 1][TYPE] == TokenType.NODE:
        if growth.nodes:
            pairs = model.edges(vectors[:, None], torch.stack(growth.nodes, dim=1))
            _take_edges(growth, log_probabilities(pairs), how, random)
        growth.nodes.append(vectors)
    if growth.processed == len(state.rows):
        _take_node(growth, log_probabilities(model.next_node(vectors)), how, random)


def log_probabilities(logits: Tensor) -> Row:
    """Of logits ``[W, ..., C]``, averaged over windows and normalised ``[..., C]``."""
    logs = over_windows(logits.log_softmax(-1), len(logits))[0].log_softmax(-1)
    found: Row = logs.double().cpu().numpy()
    return found


def _take_node(growth: Growth, logs: Row, how: Decoding, random: np.random.Generator) -> None:
    """Append a node or END, by ``logs [K + 1]`` whose last is END's."""
    actions = np.roll(logs, 1)  # END is the first action, kinds follow
    allowed, stray_mass = masked(actions, _legal_nodes(growth.state, how))
    action = int(drawn(allowed, how.temperature, random).argmax())
    growth.take(action, float(allowed[action]), stray_mass if how.enforced else math.nan)


def _legal_nodes(state: State, how: Decoding) -> BoolArray:
    """Nodes and END that may follow ``[1 + K]``; without the grammar all, while there is room."""
    layout = state.grammar.actions
    if how.enforced:
        return state.legal()[: layout.first_edge]
    has_room = len(state.kinds) < layout.max_nodes
    return np.array([action == END_ACTION or has_room for action in range(layout.first_edge)])


def _take_edges(growth: Growth, logs: Row, how: Decoding, random: np.random.Generator) -> None:
    """Append the newest node's edges, by ``logs [N, E + 1]`` whose last is that of no edge."""
    layout, none = growth.state.grammar.actions, logs.shape[1] - 1
    for target, wanted in enumerate(drawn(logs, how.temperature, random).argmax(1).tolist()):
        action = layout.edge(target, wanted)
        if wanted != none and (not how.enforced or growth.state.legal()[action]):
            growth.take(action, float(logs[target, wanted]), 0.0 if how.enforced else math.nan)
        else:
            growth.log_probability += float(logs[target, none])
    if how.enforced:
        for action in _missing(growth.state, logs[:, :none]):
            growth.take(action, float(logs[:, :none].ravel()[action - layout.first_edge]), 0.0)


def _missing(state: State, logs: Row) -> Iterator[int]:
    """The most probable edges, one by one, until something else may follow."""
    first = state.grammar.actions.first_edge
    while not (legal := state.legal())[:first].any():
        yield first + int(np.where(legal[first:][: logs.size], logs.ravel(), -np.inf).argmax())
