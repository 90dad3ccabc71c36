"""What a search found, and what that sounds like: all that a report shows.

Shapes: K tracks, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from unpatch.pages.mix.losses import MixLosses, losses_of, losses_of_sum
from unpatch.pages.mix.loudness import Loudness
from unpatch.pages.mix.responses import Response, responses
from unpatch.rendering.song import render_song

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.mixing.evaluator import Evaluator
    from unpatch.mixing.results import SearchResult
    from unpatch.stems import Alignments

MIX, RECREATION, SUM = "Mix", "Re-creation", "Plain sum"


@dataclass(frozen=True, eq=False)
class Mixdown:
    """A mix, and its re-creation by the graph that was found.

    Attributes:
        name: of the mix.
        found: what the search ended with.
        sounds: name to ``[2, T]``: the mix, the re-creation of all of it, the plain sum of the stems.
        sample_rate: in Hz.
        losses: of the re-creation, the full console and the plain sum, by what they are called.
        loudness: of all sounds.
        responses: of what is linear in the graph.
        alignments: positions of the stems in the mix, where they were measured.
        notes: notes on how the stems were loaded, a line each.
        facts: label to text, printed at the end of the page.
    """

    name: str
    found: SearchResult
    sounds: Mapping[str, Tensor]
    sample_rate: int
    losses: Mapping[str, MixLosses]
    loudness: Mapping[str, Loudness]
    responses: Sequence[Response] = ()
    alignments: Alignments | None = None
    notes: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.sounds[MIX].shape[-1] / self.sample_rate

    def excerpt(self, seconds: float) -> slice:
        """The stretch in which the mix is loudest, at a resolution of a tenth of its length."""
        frames = round(seconds * self.sample_rate)
        hop = max(1, frames // 10)
        power = self.sounds[MIX].double().square().sum(0)
        blocks = torch.nn.functional.pad(power, (0, -len(power) % hop)).view(-1, hop).sum(1)
        if len(blocks) <= 10:
            return slice(0, frames)
        start = int(blocks.unfold(0, 10, 1).sum(1).argmax()) * hop
        return slice(start, start + frames)


def compose(
    found: SearchResult,
    evaluator: Evaluator,
    stems: Sequence[Tensor],
    *,
    name: str = "mix",
    alignments: Alignments | None = None,
    notes: Sequence[str] = (),
    facts: Mapping[str, str] | None = None,
) -> Mixdown:
    """Render the whole song, and measure.

    Args:
        found: result of the search.
        evaluator: evaluator of the search, with the mix.
        stems: each ``[2, T]``, in the order of the graph's sources.
        name: of the mix.
        alignments: positions of the stems in the mix.
        notes: notes on how the stems were loaded.
        facts: label to text.
    """
    song = evaluator.song
    made = render_song(found.graph, stems, song.sample_rate, registry=evaluator.registry)
    sounds = {MIX: song.mix, RECREATION: made, SUM: _sum(stems)}
    return Mixdown(
        name=name,
        found=found,
        sounds=sounds,
        sample_rate=song.sample_rate,
        losses={
            RECREATION: losses_of(found.graph, evaluator),
            "Full console": losses_of(found.console, evaluator),
            SUM: losses_of_sum(evaluator),
        },
        loudness={sound: Loudness.of(audio, song.sample_rate) for sound, audio in sounds.items()},
        responses=responses(found.graph, song.sample_rate, evaluator.registry),
        alignments=alignments,
        notes=notes,
        facts=facts or {},
    )


def _sum(stems: Sequence[Tensor]) -> Tensor:
    """As it is ``[2, T]``, one stem after another."""
    total = torch.zeros_like(stems[0])
    for stem in stems:
        total += stem
    return total
