"""Audio that the page plays, in the folder of a job.

Shapes: T samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.audio import AudioError, check_lasts, check_sounds, load, loudest, opened

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph

EXCERPT_S = 30.0
EXCERPT_HOP = 4
"""Parts of an excerpt: the resolution of its start."""
WHOLE_S = 120.0
"""Longer recordings are analysed in their loudest stretch."""


def read_recording(path: Path) -> tuple[Tensor, int, float]:
    """A recording or its loudest stretch ``[2, T]``, its rate in Hz, and where it starts in the file."""
    with opened(path) as file:
        lasts_s = int(file.frames) / int(file.samplerate)
    if lasts_s > WHOLE_S:
        part = loudest(path, EXCERPT_S)
        audio, rate, starts_s = part.audio, part.sample_rate, part.start_s
    else:
        (audio, rate), starts_s = load(path), 0.0
    check_lasts(audio, rate, path.name)
    check_sounds(audio, path.name)
    return audio, rate, starts_s


def read_dry(paths: Mapping[str, Path], frames: int, rate: int, starts_s: float) -> dict[str, Tensor]:
    """Dry signals ``[2, T]`` by source, at the rate of a recording and about as long."""
    from unpatch.audio import check_equally_long, resample

    if paths and starts_s:
        raise AudioError(f"with its dry signal a recording may last at most {WHOLE_S:.0f} s")
    found = {}
    for source, path in paths.items():
        audio, own_rate = load(path)
        check_equally_long(audio.shape[-1] / own_rate, frames / rate, path.name)
        found[source] = resample(audio, own_rate, rate)
    return found


def loudest_part(audio: Tensor, frames: int) -> slice:
    """The stretch of most energy, at a resolution of a part of its length."""
    hop = max(1, frames // EXCERPT_HOP)
    power = audio.double().square().sum(0)
    if len(power) <= frames:
        return slice(0, len(power))
    whole = len(power) // hop * hop
    blocks = power[:whole].view(-1, hop).sum(1)
    start = int(blocks.unfold(0, EXCERPT_HOP, 1).sum(1).argmax()) * hop
    return slice(start, start + min(frames, len(power) - start))


def write_takes(folder: Path, takes: Mapping[str, tuple[str, Tensor]], rate: int) -> list[dict[str, str]]:
    """Write signals ``[2, T]``, given by key with a name for people; what the page needs to play them."""
    return [
        {"key": key, "name": name, "file": _written(folder / f"{key}.wav", audio, rate)}
        for key, (name, audio) in takes.items()
    ]


def write_sources(folder: Path, graph: Graph, signals: Sequence[Tensor], rate: int) -> list[dict[str, Any]]:
    """Write what each source of a graph plays ``[2, T]``, in their order."""
    (folder / "sources").mkdir(exist_ok=True)
    rows = []
    for place, (source, audio) in enumerate(zip(graph.sources, signals, strict=True)):
        node = graph.nodes[source]
        file = f"sources/{place:03}.wav"
        _written(folder / file, audio, rate)
        rows.append({"kind": node.kind, "name": node.name, "file": file})
    return rows


def _written(path: Path, audio: Tensor, rate: int) -> str:
    """Samples as they are, in single precision; above full scale too."""
    import soundfile

    soundfile.write(path, audio.T.contiguous().numpy(), rate, subtype="FLOAT", format="WAV")
    return path.name
