"""The main job end to end on a real voice that comes with the package.

The embedded voice is dry. Played through an embedded graph it gives a processed take whose truth is known;
the estimator gets that take alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS

if TYPE_CHECKING:
    from torch import Tensor

VOICE = "voice.flac"
VOICE_NAME = "the voice embedded in unpatch"


@dataclass(frozen=True)
class DemoChain:
    """An embedded graph: its file, what it is called, and the folder of its results in the demo's."""

    file: str
    words: str
    folder: str


EVERYDAY = DemoChain("everyday.json", "an everyday chain", "")
FIVE_EFFECTS = DemoChain("demo.json", "five effects", "five_effects")
CHAINS = EVERYDAY, FIVE_EFFECTS
"""From easy to hard."""


def embedded_voice() -> tuple[Tensor, int]:
    """A sung phrase without effects, stereo ``[2, T]``, and its sample rate in Hz."""
    from unpatch.audio import load

    with resources.as_file(resources.files("unpatch") / "assets" / VOICE) as path:
        return load(path)


def embedded_graph(chain: DemoChain = FIVE_EFFECTS) -> Graph:
    """The graph behind a take of the demo."""
    text = (resources.files("unpatch") / "assets" / chain.file).read_text(encoding="utf-8")
    return complete(check(Graph.from_json(text), PROCESSORS), PROCESSORS)


def processed_voice(chain: DemoChain = FIVE_EFFECTS) -> tuple[Tensor, Tensor, int]:
    """The dry voice, the take that an embedded graph makes of it, and their sample rate in Hz."""
    from unpatch.audio import fit_full_scale
    from unpatch.rendering import render

    dry, sample_rate = embedded_voice()
    return dry, fit_full_scale(render(embedded_graph(chain), dry, sample_rate)), sample_rate
