"""Does an estimate depend on the level of the recording? A test with changed levels.

The prototype should stay as it is, knobs that follow the level (thresholds, drives) should follow it, and
all other knobs should stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from unpatch.audio import level_db
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.decoding import decode_prototypes, finished_graphs
from unpatch.blind.study.examples import Playback
from unpatch.declaration import Processor
from unpatch.features.pictures import echoes, features, quantised, restored
from unpatch.graph.data import Graph
from unpatch.metrics import bare
from unpatch.processors import EVERYDAY
from unpatch.ranges import COUNT
from unpatch.synth.shards import Stored, read_shards, shards_in

CHANGES_DB = (-12.0, -6.0, 6.0, 12.0)


@dataclass(frozen=True)
class LevelShift:
    """Changes of the estimates with the level of the recordings.

    Attributes:
        examples: number of recordings; each was tested with every one of CHANGES_DB.
        same: share of the estimates with an unchanged prototype. The other figures are of these only.
        following_db: mean error of knobs that follow the level, NaN if there was none. Knobs at an end of
            their range, which cannot follow, are left out.
        others: mean change of the other knobs, in unit range.
    """

    examples: int
    same: float
    following_db: float
    others: float

    def __str__(self) -> str:
        changes = ", ".join(f"{change:+g}" for change in CHANGES_DB)
        return (
            f"{self.examples} recordings turned by {changes} dB: the prototype stays in {self.same:.1%}; "
            f"knobs that follow the level are {self.following_db:.2f} dB off, others move by "
            f"{self.others:.4f} of their range"
        )


def level_shift(
    folder: Path, data: Path, *, limit: int, registry: Mapping[str, Processor] = EVERYDAY
) -> LevelShift:
    """How estimates change with the level of the recording, on the first ``limit`` examples with dry audio.

    Raises:
        ValueError: a limit out of range, or a model without a recording as its input.
    """
    COUNT.check("limit", limit)
    model = from_pretrained(folder, registry)
    if model.settings.hears == "graph":
        raise ValueError(f"{folder}: an autoencoder has no recording as input, so its level cannot change")
    stored = islice(read_shards(shards_in(data), ("pictures", "dry")), limit)
    return measured([shifted(model, example, registry) for example in stored], registry)


def shifted(model: Estimator, stored: Stored, registry: Mapping[str, Processor]) -> list[Graph]:
    """Estimates of one recording as it is, then changed by every one of CHANGES_DB."""
    wet = Playback(stored, registry).play(stored.graph)
    turned = [wet * 10 ** (change / 20) for change in (0.0, *CHANGES_DB)]
    settings = model.settings.features
    pictures = torch.stack([_stored(features(audio, settings)) for audio in turned])
    repeats = torch.stack([_stored(echoes(audio, settings)) for audio in turned])
    limits = model.settings.decoder
    grammar = Grammar(model.vocabulary, registry, limits.max_processors, limits.max_edges)
    with torch.inference_mode():
        latents = model.encode(pictures, None, repeats)[:, None]
        best = [found[0] for found in decode_prototypes(model, latents, grammar)]
        return finished_graphs(model, best, latents, registry, [level_db(audio) for audio in turned])


def _stored(picture: Tensor) -> Tensor:
    """With the steps in which pictures are stored."""
    return restored(torch.from_numpy(quantised(picture)))


def measured(found: Sequence[Sequence[Graph]], registry: Mapping[str, Processor]) -> LevelShift:
    """Summary of the results of :func:`shifted` for some recordings."""
    pairs = [
        (graphs[0], turned, change)
        for graphs in found
        for turned, change in zip(graphs[1:], CHANGES_DB, strict=True)
    ]
    alike = [pair for pair in pairs if bare(pair[0]) == bare(pair[1])]
    moves = [move for pair in alike for move in _moves(*pair, registry)]
    return LevelShift(
        len(found),
        len(alike) / len(pairs),
        _mean([off for follows, off in moves if follows]),
        _mean([off for follows, off in moves if not follows]),
    )


def _moves(
    before: Graph, after: Graph, change_db: float, registry: Mapping[str, Processor]
) -> Iterator[tuple[bool, float]]:
    """Of each knob whether it follows the level, and its deviation from the expected value."""
    for node, other in zip(before.nodes, after.nodes, strict=True):
        for name, value in node.parameters.items():
            knob, now = registry[node.kind].parameters[name], other.parameters[name]
            if not knob.follows_level:
                yield False, abs(knob.to_unit(now) - knob.to_unit(value))
            elif knob.low < value < knob.high and knob.low < now < knob.high:
                yield True, abs((now - knob.at_level(value, change_db)) / knob.follows_level)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
