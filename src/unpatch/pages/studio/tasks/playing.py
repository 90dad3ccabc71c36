"""Graphs played on stored signals, quickly.

Shapes: S sources, T samples.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.graph.time import after

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph

PREROLL_S = 1.0
"""Played before a region and cut off, so that effects with memory have some of it."""
MOST_SAMPLES = 200_000_000


class Signals:
    """Decoded signals ``[2, T]`` by file and rate; the oldest go when there are too many."""

    def __init__(self, most_samples: int = MOST_SAMPLES) -> None:
        self._kept: OrderedDict[tuple[Path, int], Tensor] = OrderedDict()
        self._most = most_samples

    def get(self, path: Path, rate: int) -> Tensor:
        """A file at a rate in Hz."""
        from unpatch.audio import load, resample

        key = path, rate
        if key not in self._kept:
            audio, own = load(path)
            self._kept[key] = resample(audio, own, rate)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(each.numel() for each in self._kept.values()) > self._most:
            self._kept.popitem(last=False)
        return self._kept[key]


def played(
    graph: Graph,
    paths: Sequence[Path],
    rate: int,
    *,
    signals: Signals,
    start_s: float = 0.0,
    seconds: float = math.inf,
    plays_from_s: float = 0.0,
    energy: bool | None = None,
) -> Tensor:
    """The graph's output ``[2, T]`` for a region of its sources.

    Args:
        graph: what is played.
        paths: of the sources, in their order.
        rate: of the output, in Hz.
        signals: decoded files.
        start_s: start of the region.
        seconds: its length; at most as long as the longest source.
        plays_from_s: where the sources start in the time of the graph.
        energy: whether the energy rule applies; left out, it does for all but mixing consoles.
    """
    import torch

    from unpatch.rendering import render

    whole = [signals.get(path, rate) for path in paths]
    longest = max(audio.shape[-1] for audio in whole)
    first = min(round(start_s * rate), longest)
    last = longest if math.isinf(seconds) else min(first + round(seconds * rate), longest)
    begin = max(0, first - round(PREROLL_S * rate))
    if last <= first:
        raise ValueError(f"the region starts at {start_s:g} s, the audio lasts {longest / rate:.1f} s")
    parts = [_part(audio, begin, last) for audio in whole]
    audio = render(after(graph, plays_from_s + begin / rate), torch.stack(parts), rate, energy=energy)
    return audio[:, first - begin :]


def _part(audio: Tensor, begin: int, end: int) -> Tensor:
    """Samples from ``begin`` to ``end``, silent where the signal is over."""
    import torch

    part = audio[:, begin:end]
    return torch.nn.functional.pad(part, (0, end - begin - part.shape[-1]))


def loudness_of(audio: Tensor, rate: int) -> float | None:
    """Integrated loudness in LUFS; None of silence and of what is too short to measure."""
    from unpatch.pages.mix.loudness import Loudness

    lufs = Loudness.of(audio, rate).lufs
    return lufs if math.isfinite(lufs) else None


def encoded(audio: Tensor, rate: int) -> bytes:
    """A WAV file in single precision."""
    import io

    import soundfile

    file = io.BytesIO()
    soundfile.write(file, audio.T.contiguous().numpy(), rate, subtype="FLOAT", format="WAV")
    return file.getvalue()


def live(order: dict[str, Any], signals: Signals) -> tuple[dict[str, Any], bytes]:
    """A region rendered for the page: figures, and a WAV file."""
    from unpatch.graph.data import Graph

    rate = order["sample_rate"]
    audio = played(
        Graph.from_dict(order["graph"]),
        [Path(path) for path in order["sources"]],
        rate,
        signals=signals,
        start_s=order["start_s"],
        seconds=order["seconds"],
        plays_from_s=order["plays_from_s"],
        energy=order["energy"],
    )
    peak = float(audio.abs().amax())
    if not math.isfinite(peak):
        raise ValueError("the output of the graph is not finite with these settings")
    return {"lufs": loudness_of(audio, rate), "peak": peak, "seconds": audio.shape[-1] / rate}, encoded(
        audio, rate
    )
