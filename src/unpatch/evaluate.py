"""How well does a model do? One table, every figure with its interval, the baseline beside it.

Figures per example are defined in :mod:`unpatch.metrics`. Graphs are decoded greedily.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from unpatch import metrics
from unpatch.corpus import Corpus, item
from unpatch.grammar import Grammar
from unpatch.graph.data import Graph
from unpatch.metrics import Figure, Figures
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
    "node_error": "nodes mispredicted, true prefix given",
    "edge_error": "edges mispredicted, true prefix given",
    "end_error": "ends mispredicted, true prefix given",
    "number_error": "parameter L1 in unit range, true prototype given",
    "invalid": "decoded graphs that fail the check",
    "iou": "intersection over union of node kinds",
    "effect_f1": "F1 of the sets of processor kinds",
    "order": "Kendall's tau of shared kinds",
    "exact": "same canonical prototype",
    "stray_mass": "probability given to invalid continuations",
    "mss_default": "spectral distance, both with default parameters",
    "mss_oracle": "spectral distance, true prototype, estimated parameters",
    "mss_full": "spectral distance, everything estimated",
}
"""Every figure of the table, in order."""

Report: TypeAlias = Callable[[int], None]


@dataclass(frozen=True)
class Table:
    """Figures of some systems over the same examples.

    Attributes:
        systems: name to figures, the model under test first.
        examples: how many were used.
    """

    systems: Mapping[str, Mapping[str, Figure]]
    examples: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "examples": self.examples,
            "systems": {s: {m: asdict(f) for m, f in row.items()} for s, row in self.systems.items()},
            "meanings": MEANINGS,
        }

    def __str__(self) -> str:
        """Lines of "metric, then per system mean and interval"."""
        lines = [f"{'':14}" + "".join(f"{name:>28}" for name in self.systems)]
        for metric in MEANINGS:
            cells = [_cell(row[metric]) for row in self.systems.values() if metric in row]
            lines += [f"{metric:14}" + "".join(f"{cell:>28}" for cell in cells)] if cells else []
        return "\n".join(lines)


def _cell(figure: Figure) -> str:
    return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


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
        shards: of the data set, made with features, and with dry audio if ``sound``.
        baseline: the same without latents.
        limit: use only so many examples.
        sound: also render and compare what is heard.
        registry: kind to processor.
        report: called with the number of examples that are done.
    """
    systems = {"model": _loaded(checkpoint, registry)}
    if baseline is not None:
        systems["no latent"] = _loaded(baseline, registry)
    rows: dict[str, list[dict[str, Figures]]] = {name: [] for name in systems}
    done = 0
    for chunk in _chunks(shards, limit, sound):
        truth = _truth(chunk, registry) if sound else None
        for name, model in systems.items():
            rows[name].append(figures(model, chunk, truth, registry))
        done += len(chunk)
        report(done)
    return Table({name: _summaries(parts) for name, parts in rows.items()}, done)


def _loaded(model: Path | Estimator, registry: Mapping[str, Processor]) -> Estimator:
    return model.eval() if isinstance(model, Estimator) else from_pretrained(model, registry)


def _chunks(shards: Iterable[Path], limit: int | None, sound: bool) -> Iterator[list[Stored]]:
    stream = islice(read_shards(shards, parts=("features", "dry") if sound else ("features",)), limit)
    while chunk := list(islice(stream, TOGETHER)):
        yield chunk


def _summaries(parts: Sequence[Mapping[str, Figures]]) -> dict[str, Figure]:
    return {name: metrics.summarise(np.concatenate([part[name] for part in parts])) for name in parts[0]}


@dataclass(frozen=True)
class Truth:
    """Audio of the true graphs ``[B, 2, T]``: dry, as they are, and with default parameters."""

    dry: list[Tensor]
    wet: Tensor
    default: Tensor
    sample_rate: int


def _truth(chunk: Sequence[Stored], registry: Mapping[str, Processor]) -> Truth:
    dry = [stored.dry for stored in chunk if stored.dry is not None]
    if len(dry) < len(chunk):
        raise ValueError("the data set holds no dry audio: make it with it, or evaluate without sound")
    rate = int(chunk[0].meta["sample_rate"])
    plain = [metrics.prototype(stored.graph, registry) for stored in chunk]
    with torch.inference_mode():
        wet = render_batch([stored.graph for stored in chunk], dry, rate, registry=registry)
        return Truth(dry, wet, render_batch(plain, dry, rate, registry=registry), rate)


def figures(
    model: Estimator, chunk: Sequence[Stored], truth: Truth | None, registry: Mapping[str, Processor]
) -> dict[str, Figures]:
    """Every figure of every example."""
    corpus = Corpus(tuple(item(_picture(s), s.graph, model.vocabulary, registry) for s in chunk))
    forced = metrics.teacher_forced(model, corpus)
    found: dict[str, Figures] = {f.name: getattr(forced, f.name) for f in fields(forced)}
    batch = corpus.batch(range(len(corpus)))
    limits = model.settings.decoder
    grammar = Grammar(model.vocabulary, registry, limits.max_processors, limits.max_edges)
    with torch.inference_mode():
        latents = model.latents(batch.pictures)[:, None]
        best = [hypotheses[0] for hypotheses in decode_prototypes(model, latents, grammar)]
        full = finished_graphs(model, best, latents, registry)
        found["stray_mass"] = np.array([np.mean(h.stray_mass) for h in best])
        found |= _graph_figures(full, [stored.graph for stored in chunk], registry)
        if truth is not None:
            units = estimated_units(model, batch.rows.numpy(), batch.slots.numpy(), latents)
            ordered = [in_decoding_order(stored.graph, model.vocabulary) for stored in chunk]
            oracle = [
                with_numbers(g, s, u, model.vocabulary, registry)
                for g, s, u in zip(ordered, batch.slots.numpy(), units, strict=True)
            ]
            found |= _sound_figures(full, oracle, truth, registry)
    return found


def _picture(stored: Stored) -> Tensor:
    if stored.features is None:
        raise ValueError(f"example {stored.key} has no features: make the data set with them")
    return torch.from_numpy(stored.features)


def _graph_figures(
    found: Sequence[Graph], true: Sequence[Graph], registry: Mapping[str, Processor]
) -> dict[str, Figures]:
    pairs = list(zip(found, true, strict=True))
    return {
        "invalid": np.array([metrics.invalid(graph, registry) for graph in found]),
        "iou": np.array([metrics.intersection_over_union(a, b) for a, b in pairs]),
        "effect_f1": np.array([metrics.effect_f1(a, b) for a, b in pairs]),
        "order": np.array([metrics.order_correlation(a, b) for a, b in pairs]),
        "exact": np.array([metrics.exact_match(a, b, registry) for a, b in pairs]),
    }


def _sound_figures(
    full: Sequence[Graph], oracle: Sequence[Graph], truth: Truth, registry: Mapping[str, Processor]
) -> dict[str, Figures]:
    plain = [metrics.prototype(graph, registry) for graph in full]
    cases = {
        "mss_default": (plain, truth.default),
        "mss_oracle": (oracle, truth.wet),
        "mss_full": (full, truth.wet),
    }
    return {
        name: metrics.spectral_distance(
            render_batch(graphs, truth.dry, truth.sample_rate, registry=registry), target
        )
        .double()
        .numpy()
        for name, (graphs, target) in cases.items()
    }
