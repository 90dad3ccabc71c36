"""Tracks as they sound in the mix, for a loss that is dealt out to them.

Such a loss depends on where in the mix each track is audible among the others. Its tracks are delayed by
the console's alignments, and scaled by least squares on samples or powers. That is
computed once, independent of the search's results: the loss stays the same throughout.

Shapes: K tracks, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.initialisation import MARGIN_S, aligned_stems
from unpatch.mixing.least_squares import gains_in
from unpatch.mixing.segments import Passage, StemsAndMix
from unpatch.mixing.settings import SearchSettings
from unpatch.processors import KINDS


def evaluator_of(
    console: Graph, song: StemsAndMix, settings: SearchSettings, registry: Mapping[str, Processor] = KINDS
) -> Evaluator:
    """A song's evaluator by the loss of the settings, which may be dealt out to the console's tracks."""
    plain = Evaluator(song, replace(settings.loss, warmup_s=song.settings.warmup_s), registry)
    if not settings.loss.dealt:
        return plain
    aligned = Aligned(console, registry)
    gains = gains_in(((aligned(each), each.mix) for each in plain.passages), song.sample_rate)
    return replace(plain, tracks_of=Levelled(aligned, gains))


@dataclass(frozen=True, eq=False)
class Aligned:
    """The tracks of a passage ``[K, 2, T]`` as they leave a console's alignments."""

    console: Graph
    registry: Mapping[str, Processor]

    def __call__(self, passage: Passage) -> Tensor:
        song = passage.song
        margin = round(MARGIN_S * song.sample_rate)
        start, frames = passage.start - margin, song.length + 2 * margin
        wide = [song.track(track, start, frames) for track in range(len(song.stems))]
        return aligned_stems(self.console, wide, song.sample_rate, self.registry)[..., margin:-margin]


@dataclass(frozen=True, eq=False)
class Levelled:
    """The same at gains ``[K, 2]`` of each side."""

    tracks: Aligned
    gains: Tensor

    def __call__(self, passage: Passage) -> Tensor:
        return self.gains[..., None] * self.tracks(passage)
