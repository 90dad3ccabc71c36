"""The graphs of a decision: with numbers and calibrated confidences, without what is improbable, and with
the delay of the recording's clearest repetition.

:func:`unpatch.estimate`, the evaluation and the checks against other makes have them from here.

Shapes: W windows of one recording, Q latents, D width.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from unpatch.blind.corpus import Corpus, pixels
from unpatch.blind.models.deciding import FOUNDED, Decision
from unpatch.blind.models.decoding import finished_graphs
from unpatch.blind.models.estimator import Estimator
from unpatch.blind.repetition import SIGNALS, Repetition, clearest, clearest_of, with_delay
from unpatch.declaration import Processor
from unpatch.features.echoes import EchoSignal
from unpatch.features.pictures import restored
from unpatch.graph.data import Graph
from unpatch.graph.time import with_phases
from unpatch.rendering import render
from unpatch.synth.prune import prune
from unpatch.synth.shards import Bytes, Stored


def graphs_of(
    model: Estimator,
    decision: Decision,
    latents: Tensor,
    registry: Mapping[str, Processor],
    recording_db: float,
    repetition: Repetition | None = None,
) -> list[Graph]:
    """Graphs of all hypotheses, in the time of the first window.

    Args:
        model: in evaluation mode.
        decision: on this recording.
        latents: ``[1, W, Q, D]``.
        registry: kind to processor.
        recording_db: level of the recording.
        repetition: the recording's clearest, if the decision used it.
    """
    found = decision.hypotheses
    everywhere, levels_db = latents.expand(len(found), -1, -1, -1), [recording_db] * len(found)
    graphs = finished_graphs(model, found, everywhere, registry, levels_db)
    if latents.shape[1] > 1:
        # A phase belongs to one window: a mean over several is meaningless.
        first = finished_graphs(model, found, everywhere[:, :1], registry, levels_db)
        graphs = [with_phases(graph, own, 0.0) for graph, own in zip(graphs, first, strict=True)]
    graphs = [founded(decision.confident(graph), registry) for graph in graphs]
    if repetition is None:
        return graphs
    return [with_delay(graph, repetition, decision.presence, registry) for graph in graphs]


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
