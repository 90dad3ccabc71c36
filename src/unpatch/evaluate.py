"""How well does a model do? One table, every figure with its interval, the baseline beside it.

Figures are defined in :mod:`unpatch.metrics`. Graphs are decoded greedily. Intervals come from drawing
singers anew; beside a baseline stands the ratio to it, drawn together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from unpatch import metrics
from unpatch.corpus import Batch, Corpus, item_of, level_of
from unpatch.grammar import Grammar
from unpatch.graph.data import Graph
from unpatch.metrics import Bootstrap, Figure, Tally
from unpatch.models import Estimator, from_pretrained
from unpatch.models.decoding import decode_prototypes, estimated_units, finished_graphs
from unpatch.processors import PROCESSORS
from unpatch.render import render_batch
from unpatch.spec import Processor
from unpatch.synth.shards import Stored, read_shards
from unpatch.tokens import in_decoding_order, with_numbers

# Examples that are decoded and rendered together.
TOGETHER = 16

MEANINGS = {
    "node_error": "nodes mispredicted, true prefix given; of all nodes",
    "edge_error": "edges mispredicted, true prefix given; of all edges",
    "end_error": "ends mispredicted, true prefix given",
    "parameter_error": "L1 of processors' parameters in unit range, true prototype given; mean over all",
    "gain_error": "L1 of free edge gains in unit range, true prototype given; mean over all",
    "invalid": "decoded graphs that fail the check",
    "iou": "intersection over union of node kinds",
    "effect_f1": "F1 of the sets of processor kinds",
    "order": "agreement of the order of shared kinds, from -1 to 1 (Goodman and Kruskal's gamma)",
    "exact": "same canonical prototype, numbers left out",
    "stray_mass": "probability given to invalid continuations",
    "mss_default": "spectral distance, both with default parameters",
    "mss_oracle": "spectral distance, true prototype, estimated parameters",
    "mss_full": "spectral distance, everything estimated",
}
"""Every figure of the table, in order. Where nothing else is said, the mean is over graphs."""

ERRORS = tuple(name for name in MEANINGS if name.endswith("_error") or name.startswith("mss_"))
"""Those of which the ratio to the baseline is given."""

MODEL, BASELINE = "model", "no latent"

Report: TypeAlias = Callable[[int], None]


@dataclass(frozen=True)
class Table:
    """Figures of some systems over the same examples.

    Attributes:
        systems: name to figures, the model under test first.
        examples: how many were used.
        resampled: what the intervals are made of, as "5 singers".
        ratios: errors of the model over those of the baseline, if there is one.
    """

    systems: Mapping[str, Mapping[str, Figure]]
    examples: int
    resampled: str
    ratios: Mapping[str, Figure] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "examples": self.examples,
            "resampled": self.resampled,
            "systems": {s: {m: asdict(f) for m, f in row.items()} for s, row in self.systems.items()},
            "ratio": {m: asdict(f) for m, f in self.ratios.items()},
            "meanings": MEANINGS,
        }

    def __str__(self) -> str:
        """Lines of "metric, then per system mean and interval, then their ratio"."""
        columns = dict(self.systems) | ({"ratio": self.ratios} if self.ratios else {})
        lines = [f"{'':16}" + "".join(f"{name:>28}" for name in columns)]
        for metric in MEANINGS:
            cells = [self._cell(column[metric]) if metric in column else "" for column in columns.values()]
            lines += (
                [(f"{metric:16}" + "".join(f"{cell:>28}" for cell in cells)).rstrip()] if any(cells) else []
            )
        return "\n".join([*lines, f"Intervals: bootstrap over {self.resampled}."])

    def _cell(self, figure: Figure) -> str:
        """Says how many examples have the figure where that is not all of them."""
        few = f" n={figure.count}" if figure.count < self.examples else ""
        return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}]{few}"


def evaluate(
    checkpoint: Path | Estimator,
    shards: Iterable[Path],
    *,
    baseline: Path | Estimator | None = None,
    limit: int | None = None,
    sound: bool = True,
    registry: Mapping[str, Processor] = PROCESSORS,
    report: Report = lambda done: None,
) -> Table:
    """Evaluate a model on a data set.

    Args:
        checkpoint: folder of a model, or a model.
        shards: of the data set, made with pictures, and with dry audio if ``sound``.
        baseline: the same without latents.
        limit: use only so many examples.
        sound: also render and compare what is heard.
        registry: kind to processor.
        report: called with the number of examples that are done.
    """
    systems = {MODEL: _loaded(checkpoint, registry)}
    if baseline is not None:
        systems[BASELINE] = _loaded(baseline, registry)
    parts: dict[str, list[Mapping[str, Tally]]] = {name: [] for name in systems}
    singers: list[str] = []
    for chunk in _chunks(shards, limit, sound):
        truth = _truth(chunk, registry) if sound else None
        for name, model in systems.items():
            parts[name].append(figures(model, chunk, truth, registry))
        singers += [str(stored.meta["performer"]) for stored in chunk]
        report(len(singers))
    if not singers:
        raise ValueError("the data set holds no example")
    return _table({name: _joined(found) for name, found in parts.items()}, Bootstrap(singers))


def _joined(parts: Sequence[Mapping[str, Tally]]) -> dict[str, Tally]:
    return {name: Tally.joined([part[name] for part in parts]) for name in parts[0]}


def _table(systems: Mapping[str, Mapping[str, Tally]], bootstrap: Bootstrap) -> Table:
    """Means, intervals and ratios of everything that was counted."""
    own, other = systems[MODEL], systems.get(BASELINE, {})
    return Table(
        {s: {name: bootstrap.figure(tally) for name, tally in row.items()} for s, row in systems.items()},
        len(own["iou"].total),
        f"{bootstrap.size} {bootstrap.unit}",
        {name: bootstrap.ratio(own[name], other[name]) for name in ERRORS if name in other},
    )


def _loaded(model: Path | Estimator, registry: Mapping[str, Processor]) -> Estimator:
    return model.eval() if isinstance(model, Estimator) else from_pretrained(model, registry)


def _chunks(shards: Iterable[Path], limit: int | None, sound: bool) -> Iterator[list[Stored]]:
    stream = islice(read_shards(shards, parts=("pictures", "dry") if sound else ("pictures",)), limit)
    while chunk := list(islice(stream, TOGETHER)):
        yield chunk


@dataclass(frozen=True)
class Truth:
    """Audio of the true graphs ``[B, 2, T]``: dry, as they are, and with default parameters."""

    dry: list[Tensor]
    wet: Tensor
    default: Tensor
    sample_rate: int


def _truth(chunk: Sequence[Stored], registry: Mapping[str, Processor]) -> Truth:
    dry = [stored.dry[:, None] for stored in chunk if stored.dry is not None]
    if len(dry) < len(chunk):
        raise ValueError("the data set holds no dry audio: make it with it, or evaluate without sound")
    rate = int(chunk[0].meta["sample_rate"])
    plain = [metrics.prototype(stored.graph, registry) for stored in chunk]
    with torch.inference_mode():
        wet = render_batch([stored.graph for stored in chunk], dry, rate, registry=registry)
        return Truth(dry, wet, render_batch(plain, dry, rate, registry=registry), rate)


def figures(
    model: Estimator, chunk: Sequence[Stored], truth: Truth | None, registry: Mapping[str, Processor]
) -> dict[str, Tally]:
    """Every figure of every example."""
    pictures = model.settings.features
    corpus = Corpus(tuple(item_of(stored, model.vocabulary, registry, pictures) for stored in chunk))
    forced = metrics.teacher_forced(model, corpus)
    found: dict[str, Tally] = {f.name: getattr(forced, f.name) for f in fields(forced)}
    batch = corpus.batch(range(len(corpus)))
    limits = model.settings.decoder
    grammar = Grammar(model.vocabulary, registry, limits.max_processors, limits.max_edges)
    levels_db = [level_of(stored) for stored in chunk]
    with torch.inference_mode():
        device = next(model.parameters()).device
        latents = model.latents(Batch(*(part.to(device) for part in batch)))[:, None]
        best = [hypotheses[0] for hypotheses in decode_prototypes(model, latents, grammar)]
        full = finished_graphs(model, best, latents, registry, levels_db)
        found["stray_mass"] = Tally.of([float(np.mean(h.stray_mass)) for h in best])
        found |= _graph_figures(full, [stored.graph for stored in chunk], registry)
        if truth is not None:
            units = estimated_units(model, batch.rows.numpy(), batch.slots.numpy(), latents)
            ordered = [in_decoding_order(stored.graph, model.vocabulary) for stored in chunk]
            oracle = [
                with_numbers(g, s, u, model.vocabulary, registry, level_db)
                for g, s, u, level_db in zip(ordered, batch.slots.numpy(), units, levels_db, strict=True)
            ]
            found |= _sound_figures(full, oracle, truth, registry)
    return found


def _graph_figures(
    found: Sequence[Graph], true: Sequence[Graph], registry: Mapping[str, Processor]
) -> dict[str, Tally]:
    pairs = list(zip(found, true, strict=True))
    return {
        "invalid": Tally.of([metrics.invalid(graph, registry) for graph in found]),
        "iou": Tally.of([metrics.intersection_over_union(a, b) for a, b in pairs]),
        "effect_f1": Tally.of([metrics.effect_f1(a, b) for a, b in pairs]),
        "order": Tally.of_known([metrics.order_correlation(a, b, registry) for a, b in pairs]),
        "exact": Tally.of([metrics.exact_match(a, b, registry) for a, b in pairs]),
    }


def _sound_figures(
    full: Sequence[Graph], oracle: Sequence[Graph], truth: Truth, registry: Mapping[str, Processor]
) -> dict[str, Tally]:
    plain = [metrics.prototype(graph, registry) for graph in full]
    cases = {
        "mss_default": (plain, truth.default),
        "mss_oracle": (oracle, truth.wet),
        "mss_full": (full, truth.wet),
    }
    return {
        name: _distances(render_batch(graphs, truth.dry, truth.sample_rate, registry=registry), target, name)
        for name, (graphs, target) in cases.items()
    }


def _distances(found: Tensor, target: Tensor, name: str) -> Tally:
    """Spectral distances; a sound that blows up is an error, not an example less."""
    distances = metrics.spectral_distance(found, target)
    if not distances.isfinite().all():
        raise ValueError(f"{name} of {int((~distances.isfinite()).sum())} examples is not a finite number")
    return Tally.of(distances.tolist())
