"""Latents to graphs, for every system's decoder.

Shapes: B examples, W windows of one example, Q latents, D width, L tokens, P parameters per token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.blind.grammar import Grammar
from unpatch.blind.models import beams, growth
from unpatch.blind.models.estimator import Estimator
from unpatch.blind.models.hypothesis import Decoding, Hypothesis, best_first, over_windows
from unpatch.blind.models.node_by_node import NodeByNode
from unpatch.blind.models.token_by_token import TokenByToken
from unpatch.blind.tokens import IntArray, carriers, decode, encode, pad_rows, slots_of, with_numbers
from unpatch.declaration import Processor
from unpatch.graph.data import Graph


def decode_prototypes(
    model: Estimator, latents: Tensor, grammar: Grammar, how: Decoding | None = None
) -> list[list[Hypothesis]]:
    """Prototypes of each example, at most as many as beams, most probable first.

    All are valid but those that are decoded node by node without the grammar.

    Args:
        model: in evaluation mode.
        latents: ``[B, W, Q, D]``.
        grammar: of the model's vocabulary; its bounds may be tighter than the model's.
        how: greedy if left out.
    """
    how = how or Decoding()
    if how.temperature > 0:
        return [best_first(found) for found in drawn_prototypes(model, latents, grammar, how)]
    return [best_first(found)[: how.beams] for found in _search(model, latents, grammar, how)]


def drawn_prototypes(
    model: Estimator, latents: Tensor, grammar: Grammar, how: Decoding
) -> list[list[Hypothesis]]:
    """``how.beams`` draws of each example, equal ones as often as they were drawn; arguments as above."""
    draws = how.beams
    found = _search(model, latents.repeat_interleave(draws, 0), grammar, replace(how, beams=1))
    return [list(chain.from_iterable(found[i : i + draws])) for i in range(0, len(found), draws)]


def _search(model: Estimator, latents: Tensor, grammar: Grammar, how: Decoding) -> list[list[Hypothesis]]:
    """By the model's decoder."""
    if isinstance(model, TokenByToken):
        return beams.search(model, latents, grammar, how)
    if isinstance(model, NodeByNode):
        return growth.search(model, latents, grammar, how)
    raise TypeError(f"no way is known to decode with a {type(model).__name__}")


def decode_graphs(
    model: Estimator,
    latents: Tensor,
    grammar: Grammar,
    registry: Mapping[str, Processor],
    levels_db: Sequence[float],
) -> list[Graph]:
    """The one graph of each example that greedy decoding finds; arguments as of the two steps below."""
    best = [found[0] for found in decode_prototypes(model, latents, grammar)]
    return finished_graphs(model, best, latents, registry, levels_db)


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
        levels_db: level of each recording.
    """
    prototypes = [prototype_of(hypothesis, model, registry) for hypothesis in hypotheses]
    return numbered(model, prototypes, latents, registry, levels_db)


def prototype_of(hypothesis: Hypothesis, model: Estimator, registry: Mapping[str, Processor]) -> Graph:
    """Without numbers, each token's probability on its node or edge; in decoding order."""
    graph = decode(hypothesis.tokens, model.vocabulary, registry)
    return with_confidences(graph, hypothesis.confidences)


def numbered(
    model: Estimator,
    prototypes: Sequence[Graph],
    latents: Tensor,
    registry: Mapping[str, Processor],
    levels_db: Sequence[float],
) -> list[Graph]:
    """Prototypes in decoding order with estimated numbers; arguments as above."""
    rows = pad_rows([encode(graph, model.vocabulary) for graph in prototypes])
    slots = slots_of(rows, model.vocabulary)
    units = estimated_units(model, rows, slots, latents)
    return [
        with_numbers(graph, slots[i], units[i], model.vocabulary, registry, levels_db[i])
        for i, graph in enumerate(prototypes)
    ]


def estimated_units(
    model: Estimator, rows: IntArray, slots: IntArray, latents: Tensor
) -> NDArray[np.float32]:
    """Unit values ``[B, L, P]`` of prototypes, the mean over windows."""
    windows = latents.shape[1]
    wide = [torch.from_numpy(a).to(latents.device).repeat_interleave(windows, 0) for a in (rows, slots)]
    values = over_windows(model.numbers(wide[0], wide[1], latents.flatten(0, 1)), windows)
    in_range = model.in_range(values, torch.from_numpy(slots).to(values.device))
    units: NDArray[np.float32] = in_range.float().cpu().numpy()
    return units


def with_confidences(graph: Graph, confidences: Sequence[float]) -> Graph:
    """Write each token's probability onto its node or edge."""
    known = {id(part): p for part, p in zip(carriers(graph), confidences, strict=False)}
    nodes = [replace(node, confidence=known[id(node)]) for node in graph.nodes]
    edges = [replace(edge, confidence=known[id(edge)]) for edge in graph.edges]
    return Graph(tuple(nodes), tuple(edges))
