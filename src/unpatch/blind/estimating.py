"""From a recording to graphs: features, encoder, prototypes, numbers.

Shapes: C channels, T samples, W windows, Q latents, D width, V sources of the task.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from unpatch.audio import level_db, resample
from unpatch.audio.windows import Windows, cut, prepare, window_starts
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.deciding import Deciding, decide
from unpatch.blind.proposals import Proposal, proposals
from unpatch.blind.repetition import clearest
from unpatch.declaration import Processor
from unpatch.dsp.cpu import one_thread
from unpatch.estimates import Candidate, Estimate, merged
from unpatch.features.pictures import FeatureSettings, dry_pictures, echoes, features
from unpatch.graph.check import check
from unpatch.graph.data import TASK_SOURCES
from unpatch.graph.order import in_playing_order
from unpatch.graph.time import after
from unpatch.processors import EVERYDAY
from unpatch.refining import leveled
from unpatch.refining.material import Dry, sources_of


def estimate_blind(
    recording: Tensor,
    rate: int,
    task: str,
    *,
    dry: Dry | None = None,
    model: Estimator | str | Path,
    windows: Windows = "loudest",
    deciding: Deciding | None = None,
    registry: Mapping[str, Processor] = EVERYDAY,
) -> Estimate:
    """Estimate the graph behind a recording ``[2, T]``; arguments as of :func:`unpatch.estimate`.

    Args:
        model: a model, or the folder of one.
    """
    estimator = model.eval() if isinstance(model, Estimator) else loaded(Path(model), registry)
    settings = estimator.settings
    if settings.task != task:
        raise ValueError(f"the model was trained for the task {settings.task!r}, not {task!r}")
    prepared = prepare(recording, rate, settings.features.sample_rate)
    starts = window_starts(prepared, settings.features.frames, windows)
    stretches = cut(prepared, starts, settings.features.frames)
    pictures = features(stretches, settings.features)
    sources = None if dry is None else sources_of(dry, recording, rate)
    shown = None if sources is None else _dry_pictures(sources, rate, starts, estimator)
    with torch.inference_mode(), one_thread():
        latents = estimator.encode(pictures, shown, echoes(stretches, settings.features))[None]
        used = estimator.calibration.uses_repetitions
        repetition = clearest(stretches, settings.features.sample_rate) if used else None
        grammar = _grammar(estimator, registry)
        decision = decide(estimator, latents, grammar, registry, deciding, [repetition])[0]
        found = proposals(estimator, decision, latents, registry, level_db(stretches), repetition)
    begun_s = starts[0] / settings.features.sample_rate
    candidates = merged([_candidate(one, begun_s, registry) for one in found], registry)
    if sources is not None:
        candidates = _by_distance(candidates, sources, recording, rate, registry)
    windows_s, window_s = _seconds(starts, settings.features)
    return Estimate(
        tuple(candidates), windows_s, window_s, level_db(stretches), decision.presence, decision.untouched
    )


def _dry_pictures(
    sources: Mapping[str, Tensor], sample_rate: int, starts: Sequence[int], estimator: Estimator
) -> Tensor:
    """Pictures ``[W, V, M, F]`` of the dry tracks, at the windows of the recording."""
    settings, known = estimator.settings.features, TASK_SOURCES[estimator.settings.task]
    tracks = {name: audio.mean(0, keepdim=True) for name, audio in sources.items() if name in known}
    if len(tracks) < len(sources):
        raise ValueError(f"the task {estimator.settings.task!r} has the sources {', '.join(known)}")
    resampled = torch.cat([resample(track, sample_rate, settings.sample_rate) for track in tracks.values()])
    return torch.stack(
        [
            dry_pictures(part, list(tracks), known, settings)
            for part in cut(resampled, starts, settings.frames)
        ]
    )


def _grammar(estimator: Estimator, registry: Mapping[str, Processor]) -> Grammar:
    limits = estimator.settings.decoder
    return Grammar(estimator.vocabulary, registry, limits.max_processors, limits.max_edges)


def _candidate(one: Proposal, begun_s: float, registry: Mapping[str, Processor]) -> Candidate:
    """In the time of the recording, whose first window begins there."""
    graph = in_playing_order(check(after(one.graph, -begun_s), registry))
    stray = sum(one.hypothesis.stray_mass) / len(one.hypothesis.stray_mass)
    probability = min(1.0, math.exp(one.hypothesis.log_probability))
    return Candidate(graph, probability, stray, expected_f1=one.expected_f1)


def _by_distance(
    candidates: Sequence[Candidate],
    sources: Mapping[str, Tensor],
    audio: Tensor,
    sample_rate: int,
    registry: Mapping[str, Processor],
) -> list[Candidate]:
    """At the recording's level and with their distances, the nearest first."""
    measured = leveled([c.graph for c in candidates], sources, audio, sample_rate, registry=registry)
    rated = [replace(c, graph=g, distance=d) for c, (g, d) in zip(candidates, measured, strict=True)]
    return sorted(rated, key=lambda one: one.distance or 0.0)


def _seconds(starts: Sequence[int], settings: FeatureSettings) -> tuple[tuple[float, ...], float]:
    rate = settings.sample_rate
    return tuple(start / rate for start in starts), settings.frames / rate


def loaded(folder: Path, registry: Mapping[str, Processor]) -> Estimator:
    """The model in a folder; with the everyday registry it is kept for the next recording."""
    return _kept(folder) if registry is EVERYDAY else from_pretrained(folder, registry)


@lru_cache(maxsize=2)
def _kept(folder: Path) -> Estimator:
    return from_pretrained(folder, EVERYDAY)
