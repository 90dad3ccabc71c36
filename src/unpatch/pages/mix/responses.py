"""Impulse responses of the linear parts of a console: a convolver with them needs none of our processors.

Shapes: N samples; channels of a response are left to left, left to right, right to left, right to right.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from unpatch.audio import writing
from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.pages.mix.strips import Stretch, stretches, type_name
from unpatch.processors import KINDS
from unpatch.rendering import render_batch
from unpatch.rendering.ringing import memory_of_chain
from unpatch.rendering.song import MARGIN_S
from unpatch.storage.files import write_aside
from unpatch.storage.results import replacing

INAUDIBLE_DB = -100.0
"""What is so far below the whole response is cut off at its ends, and does not count as crosstalk."""
SHORTEST = 64


@dataclass(frozen=True, eq=False)
class Response:
    """Of a stretch of a strip.

    Attributes:
        stretch: to which it belongs.
        audio: ``[C, N]``; two channels, left and right, if neither reaches the other, else four.
        zero: the sample at which the impulse is; above 0 if a filter sounds before it.
        sample_rate: in Hz.
    """

    stretch: Stretch
    audio: Tensor
    zero: int
    sample_rate: int

    @property
    def sides(self) -> Tensor:
        """Left to left and right to right, ``[2, N]``."""
        return self.audio[[0, -1]]

    @property
    def rings_s(self) -> float:
        """Until it has fallen by 60 dB: energy that is left, integrated backwards (Schroeder 1965)."""
        left = self.audio[:, self.zero :].double().square().sum(0).flip(0).cumsum(0).flip(0)
        return int((left > 1e-6 * left[0]).sum()) / self.sample_rate

    @property
    def file_name(self) -> str:
        strip = self.stretch.strip
        parts = [type_name(strip.letters[strip.branch.nodes.index(node)]) for node in self.stretch.nodes]
        return f"{_plain(strip.name)}-{self.stretch.number}-{'-'.join(parts)}.wav"


def responses(graph: Graph, sample_rate: int, registry: Mapping[str, Processor] = KINDS) -> list[Response]:
    """All of a console's."""
    return [_response(stretch, sample_rate, registry) for stretch in stretches(graph, registry)]


def _response(stretch: Stretch, sample_rate: int, registry: Mapping[str, Processor]) -> Response:
    memory = memory_of_chain(stretch.chain, sample_rate, registry)
    lead = math.ceil((memory.lead_s + MARGIN_S / 2) * sample_rate)
    frames = lead + math.ceil((memory.tail_s + MARGIN_S / 2) * sample_rate)
    impulses = torch.zeros(2, 2, frames)
    impulses[0, 0, lead] = impulses[1, 1, lead] = 1.0
    made = render_batch([stretch.chain] * 2, list(impulses), sample_rate, energy=False, registry=registry)
    whole = made.reshape(4, frames)
    crossed = _energy(whole[1:3]) > 10 ** (INAUDIBLE_DB / 10) * _energy(whole)
    audio = whole if crossed else whole[[0, 3]]
    begin, end = _audible(audio, lead)
    return Response(stretch, audio[:, begin:end].clone(), lead - begin, sample_rate)


def _audible(audio: Tensor, lead: int) -> tuple[int, int]:
    """The audible range; it always includes the impulse itself."""
    energy = audio.double().square().sum(0)
    least = 10 ** (INAUDIBLE_DB / 10) * float(energy.sum())
    begin = int((energy.cumsum(0) <= least).sum())
    end = len(energy) - int((energy.flip(0).cumsum(0) <= least).sum())
    return min(begin, lead), max(end, lead + SHORTEST)


def _energy(audio: Tensor) -> float:
    return float(audio.double().square().sum())


def _plain(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "strip"


# --- files ----------------------------------------------------------------------------------------


def write_responses(found: Sequence[Response], folder: Path) -> None:
    """Write a WAV file (32 bit float, level as it is) for each, and ``index.json`` that describes them.

    Files of an earlier run that are not of this console are removed.
    """
    names = _unlike([response.file_name for response in found])
    index = folder / "index.json"
    old = [folder / name for name in _listed(index) if name not in names]
    with replacing([index, *(folder / name for name in names), *old]):
        for name, response in zip(names, found, strict=True):
            _write(folder / name, response)
        entries = [_entry(name, response) for name, response in zip(names, found, strict=True)]
        write_aside(index, (json.dumps(entries, indent=2) + "\n").encode())
        for path in old:
            path.unlink(missing_ok=True)


def _write(path: Path, response: Response) -> None:
    with writing(path, response.sample_rate, len(response.audio), "FLOAT") as file:
        file.write(response.audio.T.numpy())


def _entry(name: str, response: Response) -> dict[str, object]:
    strip = response.stretch.strip
    channels = ["left to left", "left to right", "right to left", "right to right"]
    return {
        "file": name,
        "strip": strip.name,
        "of": "track" if strip.is_track else "bus",
        "stretch": response.stretch.number,
        "nodes": list(response.stretch.nodes),
        "channels": channels if len(response.audio) == 4 else [channels[0], channels[3]],
        "impulse_at_sample": response.zero,
        "sample_rate": response.sample_rate,
    }


def _listed(index: Path) -> list[str]:
    """Files that an earlier run wrote here."""
    try:
        return [str(Path(entry["file"]).name) for entry in json.loads(index.read_bytes())]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _unlike(names: Sequence[str]) -> list[str]:
    """The same names, numbered where two are alike to a file system that ignores case."""
    found: list[str] = []
    for name in names:
        stem, lower = name.removesuffix(".wav"), [other.lower() for other in found]
        other, count = name, 2
        while other.lower() in lower:
            other, count = f"{stem} {count}.wav", count + 1
        found.append(other)
    return found
