"""Every figure of every example."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from unpatch import metrics
from unpatch.audio import level_db
from unpatch.blind.models import Estimator
from unpatch.blind.study.measured import Measured
from unpatch.blind.study.predicted import Predicted, predict
from unpatch.blind.tokens import in_decoding_order
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.metrics import Tally, Target
from unpatch.rendering import render
from unpatch.synth.shards import DatasetError, Stored

MISSING = float("nan")
SILENT_DB = -100.0
"""Root mean square below which a target counts as silent."""


def figures(
    models: Mapping[str, Estimator],
    chunk: Sequence[Stored],
    registry: Mapping[str, Processor],
    *,
    sound: bool = True,
    decided: bool = False,
) -> dict[str, Measured]:
    """Measure some systems, in evaluation mode, on the same examples.

    An invalid graph cannot be rendered: such an example has no spectral distances. Nor has one whose target
    is silent, since distances are relative to it. With ``decided``, confidences are those of the graphs
    that ``estimate`` would report, and the F1 of their effects is another figure.
    """
    outputs = {name: predict(model, chunk, registry, decided=decided) for name, model in models.items()}
    found: dict[str, list[dict[str, float]]] = {
        name: [
            _graph_figures(graph, stored.graph, models[name].vocabulary, registry)
            for graph, stored in zip(predicted.full, chunk, strict=True)
        ]
        for name, predicted in outputs.items()
    }
    for i, stored in enumerate(chunk if sound else ()):
        playback = Playback(stored, registry)
        for name, predicted in outputs.items():
            full = None if found[name][i]["invalid"] else predicted.full[i]
            found[name][i] |= _sound_figures(playback, full, predicted.oracle[i])
    for name, predicted in outputs.items():
        for row, graph, stored in zip(found[name], predicted.decided, chunk, strict=False):
            row["decided_f1"] = metrics.audible_f1(graph, stored.graph, registry)
    return {name: _measured(chunk, outputs[name], rows) for name, rows in found.items()}


def _measured(chunk: Sequence[Stored], predicted: Predicted, rows: Sequence[Mapping[str, float]]) -> Measured:
    own = {name: Tally.of_known([row[name] for row in rows]) for name in rows[0]}
    verdicts = zip(predicted.decided or predicted.full, chunk, strict=True)
    return Measured(
        tuple(str(stored.meta["performer"]) for stored in chunk),
        {**predicted.tallies, **own},
        tuple(tuple(metrics.predictions_of(graph, stored.graph)) for graph, stored in verdicts),
    )


def _graph_figures(
    found: Graph, true: Graph, vocabulary: Vocabulary, registry: Mapping[str, Processor]
) -> dict[str, float]:
    """An invalid graph has no canonical form and no order; it is no match."""
    shared = {
        "invalid": metrics.invalid(found, registry),
        "iou": metrics.intersection_over_union(found, true),
        "effect_f1": metrics.effect_f1(found, true),
        "edit": metrics.relative_edit_distance(found, true),
    }
    if shared["invalid"]:
        return shared | {"order": MISSING, "same": 0.0, "exact": 0.0, "edit_canonical": MISSING}
    estimate, truth = (in_decoding_order(metrics.bare(graph), vocabulary) for graph in (found, true))
    own, other = (metrics.normal(graph, registry) for graph in (found, true))
    return shared | {
        "order": metrics.order_correlation(found, true, registry),
        "same": float(estimate == truth),
        "exact": float(own == other),
        "edit_canonical": metrics.relative_edit_distance(own, other),
    }


def _sound_figures(playback: "Playback", full: Graph | None, oracle: Graph | None) -> dict[str, float]:
    """Spectral distances of the existing graphs."""
    true, prototype = playback.true, metrics.prototype
    found = dict.fromkeys(("mss_default", "mss_oracle", "mss_full"), MISSING)
    if full is not None:
        registry = playback.registry
        found["mss_default"] = playback.distance(prototype(full, registry), prototype(true, registry))
        found["mss_full"] = playback.distance(full, true)
    if oracle is not None:
        found["mss_oracle"] = playback.distance(oracle, true)
    return found


class Playback:
    """Renders graphs on the dry signal of one example; the truth is analysed once for all systems."""

    def __init__(self, stored: Stored, registry: Mapping[str, Processor]) -> None:
        if stored.dry is None:
            raise DatasetError(
                f"example {stored.key} has no dry audio: make the data set with it, or evaluate without sound"
            )
        self.true, self.registry = stored.graph, registry
        kinds = [stored.graph.nodes[i].kind for i in stored.graph.sources]
        self._dry = dict(zip(kinds, stored.dry, strict=True))
        self._silence, self._rate = torch.zeros_like(stored.dry[0]), int(stored.meta["sample_rate"])
        self._key = stored.key
        self._targets: dict[Graph, Target | None] = {}

    def distance(self, found: Graph, true: Graph) -> float:
        """Between the outputs of the two. A sound that blows up is an error, not a missing example."""
        if true not in self._targets:
            self._targets[true] = self._target(true)
        target = self._targets[true]
        if target is None:
            return MISSING
        distance = float(target.distance(self.play(found)))
        if not math.isfinite(distance):
            raise ValueError(f"the spectral distance of example {self._key} is not a finite number")
        return distance

    def _target(self, true: Graph) -> Target | None:
        played = self.play(true)
        return Target(played) if level_db(played) > SILENT_DB else None

    def play(self, graph: Graph) -> Tensor:
        """A source that the truth does not have is silent."""
        kinds = [graph.nodes[i].kind for i in graph.sources]
        tracks = torch.stack([self._dry.get(kind, self._silence) for kind in kinds])
        with torch.inference_mode():
            return render(graph, tracks[:, None], self._rate, registry=self.registry)
