"""From a recording to graphs: features, encoder, prototypes, numbers.

Shapes: C channels, T samples, W windows, Q latents, D width, V sources of the task.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import get_args

import torch
from torch import Tensor

from unpatch.audio import AudioLike, as_rate, as_stereo, level_db, resample
from unpatch.dsp.cpu import one_thread
from unpatch.blind.estimating.candidates import Candidate, Estimate, merged
from unpatch.blind.estimating.masters import TASK as MASTERING
from unpatch.blind.estimating.masters import estimate_master, shipped_master_folder
from unpatch.blind.estimating.windows import Windows, cut, prepare, window_starts
from unpatch.features.pictures import FeatureSettings, dry_pictures, echoes, features
from unpatch.refining import leveled
from unpatch.refining.material import Dry, sources_of
from unpatch.blind.grammar import Grammar
from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.graph.order import in_playing_order
from unpatch.graph.time import after, with_phases
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.deciding import Deciding, Decision, decide
from unpatch.blind.models.decoding import finished_graphs
from unpatch.blind.models.hypothesis import Hypothesis
from unpatch.processors import EVERYDAY
from unpatch.declaration import Processor
from unpatch.blind.vocabulary import TASK_SOURCES

SHIPPED = {"singing": "singing_small_ours", "drums": "drums_small_ours"}
"""Task to the folder of weights inside the package, which has the name of their preset."""


def estimate(
    audio: AudioLike,
    sample_rate: float,
    task: str = "singing",
    *,
    dry: Dry | None = None,
    model: Estimator | str | Path | None = None,
    windows: Windows = "loudest",
    deciding: Deciding | None = None,
    registry: Mapping[str, Processor] = EVERYDAY,
) -> Estimate:
    """Estimate the graph behind a processed recording.

    The task "mastering" gives a :class:`~unpatch.blind.estimating.masters.MasterEstimate`, whose numbers have
    intervals.

    Thresholds and other knobs that follow the level are given for the recording at its level, and
    phases from its start.

    Args:
        audio: ``[C, T]`` or ``[T]``, mono or stereo, of any length.
        sample_rate: in Hz.
        task: which of the shipped models to use.
        dry: the recording before processing ``[C, T]``, or source kind to ``[C, T]``. A model that was
            trained with dry input uses it; candidates are many, and ordered by their re-rendering error.
            :func:`unpatch.fit` can continue from there.
        model: another model, or the folder of one.
        windows: analyse the loudest stretch only, or stretches all over the recording.
        deciding: how many graphs are searched and drawn; the one of the highest expected F1 of its effects
            is chosen.
        registry: kind to processor.
    """
    recording, rate = as_stereo(audio, "the audio"), as_rate(sample_rate)
    if windows not in get_args(Windows):
        raise ValueError(f"windows is {' or '.join(get_args(Windows))}, got {windows!r}")
    if task == MASTERING:
        if isinstance(model, Estimator):
            raise ValueError("a model of the task 'mastering' is given as the folder of one")
        return estimate_master(
            recording, rate, dry=dry, folder=None if model is None else Path(model), windows=windows
        )
    estimator = _model(model, task, registry)
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
        decision = decide(estimator, latents, _grammar(estimator, registry), registry, deciding)[0]
        graphs = _graphs(estimator, decision, latents, registry, level_db(stretches))
    begun_s = starts[0] / settings.features.sample_rate
    candidates = merged(
        [
            _candidate(in_playing_order(check(after(graph, -begun_s), registry)), hypothesis, expected)
            for graph, hypothesis, expected in zip(
                graphs, decision.hypotheses, decision.expected, strict=True
            )
        ],
        registry,
    )
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


def _graphs(
    estimator: Estimator,
    decision: Decision,
    latents: Tensor,
    registry: Mapping[str, Processor],
    recording_db: float,
) -> list[Graph]:
    """Finished graphs in the time of the first window, confidences calibrated."""
    found = decision.hypotheses
    everywhere, levels_db = latents.expand(len(found), -1, -1, -1), [recording_db] * len(found)
    graphs = finished_graphs(estimator, found, everywhere, registry, levels_db)
    # A phase belongs to one window: a mean over several is meaningless.
    first = finished_graphs(estimator, found, everywhere[:, :1], registry, levels_db)
    return [
        decision.confident(with_phases(graph, own, 0.0)) for graph, own in zip(graphs, first, strict=True)
    ]


def _candidate(graph: Graph, hypothesis: Hypothesis, expected_f1: float) -> Candidate:
    stray = sum(hypothesis.stray_mass) / len(hypothesis.stray_mass)
    probability = min(1.0, math.exp(hypothesis.log_probability))
    return Candidate(graph, probability, stray, expected_f1=expected_f1)


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


def _model(model: Estimator | str | Path | None, task: str, registry: Mapping[str, Processor]) -> Estimator:
    if isinstance(model, Estimator):
        return model.eval()
    if model is not None:
        return from_pretrained(Path(model), registry)
    return shipped(task) if registry is EVERYDAY else from_pretrained(shipped_folder(task), registry)


@lru_cache(maxsize=len(SHIPPED))
def shipped(task: str) -> Estimator:
    """The model of the package."""
    return from_pretrained(shipped_folder(task), EVERYDAY)


def shipped_folder(task: str) -> Path:
    """The folder of its weights."""
    if task == MASTERING:
        return shipped_master_folder()
    if task not in SHIPPED:
        raise ValueError(
            f"no weights for task {task!r} are shipped; there are some for {', '.join((*SHIPPED, MASTERING))}"
        )
    return Path(str(files("unpatch") / "assets" / "weights" / SHIPPED[task]))
