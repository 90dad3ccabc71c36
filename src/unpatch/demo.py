"""The main job end to end on a real voice that comes with the package.

The embedded voice is dry. Played through the embedded graph it gives a processed take with a known
graph; the estimator gets only that take.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS

if TYPE_CHECKING:
    from torch import Tensor

VOICE, PATCH = "voice.flac", "demo.json"
VOICE_NAME = "the voice embedded in unpatch"


def embedded_voice() -> tuple[Tensor, int]:
    """A sung phrase without effects, stereo ``[2, T]``, and its sample rate in Hz."""
    from unpatch.audio import load

    with resources.as_file(resources.files("unpatch") / "assets" / VOICE) as path:
        return load(path)


def embedded_graph() -> Graph:
    """The patch behind the demo's take."""
    text = (resources.files("unpatch") / "assets" / PATCH).read_text(encoding="utf-8")
    return complete(check(Graph.from_json(text), PROCESSORS), PROCESSORS)


def processed_voice() -> tuple[Tensor, Tensor, int]:
    """The dry voice, the take that the embedded graph makes of it, and their sample rate in Hz."""
    from unpatch.audio import fit_full_scale
    from unpatch.render import render

    dry, sample_rate = embedded_voice()
    return dry, fit_full_scale(render(embedded_graph(), dry, sample_rate)), sample_rate
