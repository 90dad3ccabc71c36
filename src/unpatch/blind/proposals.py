"""The graphs of a decision: with numbers and calibrated confidences, without what is improbable, and with
the delay of the recording's clearest repetition. The first has the chosen effects.

:func:`unpatch.estimate`, the evaluation and the checks against other makes have them from here.

Shapes: W windows of one recording, Q latents, D width.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.blind.consensus import KindOrder, with_effects
from unpatch.blind.corpus import Corpus, pixels
from unpatch.blind.models.deciding import FOUNDED, Decision
from unpatch.blind.models.decoding import numbered, prototype_of
from unpatch.blind.models.estimator import Estimator
from unpatch.blind.models.hypothesis import Hypothesis
from unpatch.blind.repetition import SIGNALS, Repetition, clearest, clearest_of, with_delay
from unpatch.blind.tokens import in_decoding_order
from unpatch.declaration import Processor
from unpatch.features.echoes import EchoSignal
from unpatch.features.pictures import restored
from unpatch.graph.data import Graph
from unpatch.graph.time import with_phases
from unpatch.rendering import render
from unpatch.synth.prune import prune
from unpatch.synth.shards import Bytes, Stored


@dataclass(frozen=True)
class Proposal:
    """A graph, the hypothesis that it came from, and the expected F1 of its effects."""

    graph: Graph
    hypothesis: Hypothesis
    expected_f1: float


def proposals(
    model: Estimator,
    decision: Decision,
    latents: Tensor,
    registry: Mapping[str, Processor],
    recording_db: float,
    repetition: Repetition | None = None,
    *,
    alone: bool = False,
) -> list[Proposal]:
    """The graph of the chosen effects, then those of all hypotheses, in the time of the first window.

    Args:
        model: in evaluation mode.
        decision: on this recording.
        latents: ``[1, W, Q, D]``.
        registry: kind to processor.
        recording_db: level of the recording.
        repetition: the recording's clearest, if the decision used it.
        alone: only the first.
    """
    hypotheses = decision.hypotheses
    raw = [prototype_of(hypothesis, model, registry) for hypothesis in hypotheses]
    most = model.settings.decoder.max_processors
    chosen = with_effects(raw[0], decision.chosen, KindOrder.of(raw, registry), registry, most)
    prototypes = [chosen, *(founded(decision.confident(one), registry) for one in raw if not alone)]
    prototypes = [decision.confident(in_decoding_order(one, model.vocabulary)) for one in prototypes]
    graphs = _numbered(model, prototypes, latents, registry, recording_db)
    if repetition is not None:
        graphs = [with_delay(graph, repetition, decision.presence, registry) for graph in graphs]
    expected = (decision.chosen_expected, *decision.expected)
    return [Proposal(*one) for one in zip(graphs, (hypotheses[0], *hypotheses), expected, strict=False)]


def _numbered(
    model: Estimator,
    prototypes: list[Graph],
    latents: Tensor,
    registry: Mapping[str, Processor],
    recording_db: float,
) -> list[Graph]:
    everywhere, levels_db = latents.expand(len(prototypes), -1, -1, -1), [recording_db] * len(prototypes)
    graphs = numbered(model, prototypes, everywhere, registry, levels_db)
    # A phase belongs to one window: a mean over several is meaningless.
    first = numbered(model, prototypes, everywhere[:, :1], registry, levels_db)
    return [with_phases(graph, own, 0.0) for graph, own in zip(graphs, first, strict=True)]


def founded(graph: Graph, registry: Mapping[str, Processor]) -> Graph:
    """The graph without effects whose confidence is below :data:`FOUNDED`."""
    improbable = [
        place
        for place, node in enumerate(graph.nodes)
        if node.confidence is not None and node.confidence < FOUNDED and registry[node.kind].is_effect
    ]
    return prune(graph, registry, improbable).graph if improbable else graph


def repetition_of(stored: Stored, registry: Mapping[str, Processor]) -> Repetition | None:
    """The clearest repetition of a stored example, of its cepstra or its sound; None if it has neither."""
    signals = (stored.meta.get("pictures") or {}).get("echoes", ())
    if stored.echoes is not None and set(SIGNALS) <= set(signals):
        return _shown(pixels(stored.echoes), signals)
    rate = int(stored.meta["sample_rate"])
    if stored.wet is not None:
        return clearest(stored.wet[None], rate)
    if stored.dry is None:
        return None
    with torch.inference_mode():
        return clearest(render(stored.graph, stored.dry[:, None], rate, registry=registry)[None], rate)


def heights_db(corpus: Corpus, signals: Sequence[EchoSignal]) -> list[float] | None:
    """Of the clearest repetition of each example, whose cepstra are of these signals; None if any lacks."""
    if not set(SIGNALS) <= set(signals):
        return None
    return [_shown(item.repeats(), signals).height_db for item in corpus.items]


def _shown(cepstra: Bytes, signals: Sequence[str]) -> Repetition:
    """In stored cepstra ``[E, N]`` of some signals."""
    wanted = [signals.index(name) for name in SIGNALS]
    return clearest_of(restored(torch.from_numpy(cepstra[wanted])))
