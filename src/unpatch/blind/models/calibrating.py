"""Fitting a model's calibration on held-out examples."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.grammar import Grammar
from unpatch.blind.models.calibration import Calibration, fitted, fitted_repeats, fitted_to
from unpatch.blind.models.deciding import Deciding, Decision, EffectSets, decide, none_of
from unpatch.blind.models.estimator import Estimator
from unpatch.blind.repetition import Repetition, any_of, delays_among, informed
from unpatch.declaration import Processor

TOGETHER = 25
"""Examples that are decided on at once; each is drawn many times."""


def calibrated(
    model: Estimator,
    corpus: Corpus,
    registry: Mapping[str, Processor],
    how: Deciding | None = None,
    heights_db: Sequence[float] | None = None,
) -> Calibration:
    """The calibration of maximum likelihood on a corpus; the model's own is not used.

    Args:
        model: in evaluation mode.
        corpus: examples of the domain of the calibration.
        registry: kind to processor.
        how: how graphs are decided on; the scale depends on the number of draws.
        heights_db: of each example's clearest repetition, see :mod:`unpatch.blind.repetition`; without them
            they are not used.
    """
    own, model.calibration = model.calibration, Calibration()
    try:
        decisions = list(_decisions(model, corpus, registry, how))
    finally:
        model.calibration = own
    kinds = EffectSets(model.vocabulary, registry)
    truths = [{node.kind for node in item.graph.nodes} & set(kinds.effects) for item in corpus.items]
    answers = {
        kind: ([decision.presence[kind] for decision in decisions], [kind in truth for truth in truths])
        for kind in kinds.effects
    }
    found = fitted_to(answers)
    calibrated_presence = [
        {kind: found.presence(kind, p) for kind, p in decision.presence.items()} for decision in decisions
    ]
    if heights_db is not None:
        delays = delays_among(kinds.effects, registry)
        before = [any_of(presence, delays) for presence in calibrated_presence]
        delayed = [bool(truth & set(delays)) for truth in truths]
        found = replace(found, repeats=fitted_repeats(before, heights_db, delayed))
        calibrated_presence = [
            informed(presence, Repetition(0.0, height_db), found.repeats, registry)
            for presence, height_db in zip(calibrated_presence, heights_db, strict=True)
        ]
    untouched = fitted([none_of(one) for one in calibrated_presence], [not truth for truth in truths])
    return replace(found, untouched=untouched)


def _decisions(
    model: Estimator, corpus: Corpus, registry: Mapping[str, Processor], how: Deciding | None
) -> list[Decision]:
    limits, device = model.settings.decoder, next(model.parameters()).device
    grammar = Grammar(model.vocabulary, registry, limits.max_processors, limits.max_edges)
    found: list[Decision] = []
    with torch.inference_mode():
        for batch in corpus.in_order(TOGETHER):
            latents = model.latents(Batch(*(part.to(device) for part in batch)))
            found += decide(model, latents[:, None], grammar, registry, how)
    return found
