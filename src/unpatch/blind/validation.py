"""How good a model is on examples that it does not learn from, in a minute or so.

Shapes: B batch, K kinds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

import torch
from torch import Tensor

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator
from unpatch.blind.models.decoding import decode_prototypes
from unpatch.blind.teacher_forced import TeacherForced, teacher_forced
from unpatch.blind.tokens import decode
from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.metrics import effect_f1

SIZE = 50
PRESENT = 0.5
"""From this probability on the presence head predicts a kind."""


def validate(
    model: Estimator, corpus: Corpus, registry: Mapping[str, Processor], decoded: int
) -> dict[str, float]:
    """Errors while the truth is given, F1 of the presence head's set of kinds, and of greedy decoding.

    Of greedy decoding also the share of the untouched recordings that are recognised.

    Leaves torch's random numbers as they were.

    Args:
        model: in evaluation mode.
        corpus: examples.
        registry: kind to processor.
        decoded: how many of the examples, from the first on, are decoded as well.
    """
    with torch.random.fork_rng(), torch.inference_mode():
        found = means(teacher_forced(model, corpus))
        if presence := list(_presence_scores(model, corpus)):
            found["presence_f1"] = _mean(presence)
        if decoded:
            first = Corpus(corpus.items[:decoded])
            found |= _greedy(model, first, registry)
    return found


def means(found: TeacherForced) -> dict[str, float]:
    """Those that any example has."""
    tallies = {f.name: getattr(found, f.name) for f in fields(found)}
    return {name: tally.mean for name, tally in tallies.items() if tally.count.any()}


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


def _presence_scores(model: Estimator, corpus: Corpus) -> Iterator[float]:
    """F1 of each example; none where the model does not predict kinds separately from the graph."""
    kinds = model.vocabulary.kinds
    processors = torch.tensor([kind in model.vocabulary.processor_kinds for kind in kinds])
    for graphs, batch in _parts(model, corpus):
        scores = model(batch).presence
        if scores is None:
            return
        predicted = scores.sigmoid().cpu().gt(PRESENT) & processors
        for graph, row in zip(graphs, predicted, strict=True):
            yield _f1({kinds[i] for i in row.nonzero().flatten().tolist()}, graph)


def _f1(predicted: set[str], graph: Graph) -> float:
    """Of sets of kinds; 1 where both are empty."""
    true = {node.kind for node in graph.nodes if node.is_processor}
    return 2 * len(predicted & true) / (len(predicted) + len(true)) if predicted or true else 1.0


def _greedy(model: Estimator, corpus: Corpus, registry: Mapping[str, Processor]) -> dict[str, float]:
    """Mean F1, and how many of the untouched recordings are recognised, if there are any."""
    limits = model.settings.decoder
    grammar = Grammar(model.vocabulary, registry, limits.max_processors, limits.max_edges)
    scores, untouched = list[float](), list[float]()
    for graphs, batch in _parts(model, corpus):
        latents: Tensor = model.latents(batch)
        for graph, found in zip(graphs, decode_prototypes(model, latents[:, None], grammar), strict=True):
            scores.append(effect_f1(decode(found[0].tokens, model.vocabulary, registry), graph))
            if not graph.processor_count:
                untouched.append(scores[-1])
    return {"greedy_f1": _mean(scores)} | ({"untouched": _mean(untouched)} if untouched else {})


def _parts(model: Estimator, corpus: Corpus) -> Iterator[tuple[Sequence[Graph], Batch]]:
    """The true graphs of a few examples at a time, and their batch on the model's device."""
    device = next(model.parameters()).device
    for start in range(0, len(corpus), SIZE):
        items = corpus.items[start : start + SIZE]
        yield (
            [item.graph for item in items],
            Batch(*(part.to(device) for part in Corpus(items).batch(range(len(items))))),
        )
