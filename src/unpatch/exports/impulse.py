"""Impulse responses of linear processors that no recursion of a few samples is equal to.

Shapes: T samples; a response is ``[2, 2, T]``: from left and right, to left and right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from torch import Tensor

from unpatch.exports.wave import save_floats
from unpatch.graph.data import Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering.walk import run_node
from unpatch.storage.results import replacing

Signal = NDArray[np.float64]
_SILENCE_DB = -120.0
"""What rings on with less energy than this, re all of it, is cut off."""
PATHS = ("left to left", "left to right", "right to left", "right to right")


@dataclass(frozen=True)
class StereoImpulseResponse:
    """A response.

    Attributes:
        taps: ``[2, 2, T]``.
        lead: samples by which it begins before the sound that causes it.
    """

    taps: Tensor
    lead: int

    def convolved(self, audio: Signal) -> Signal:
        """What becomes of ``[2, T]``."""
        padded = np.pad(audio, ((0, 0), (0, self.lead)))
        taps = self.taps.double().numpy()
        made = sum(fftconvolve(padded[i][None], taps[i], axes=-1) for i in (0, 1))
        found: Signal = np.asarray(made)[:, self.lead : padded.shape[1]]
        return found

    def save(self, path: Path, sample_rate: int) -> None:
        """Four channels, in the order of :data:`PATHS`."""
        save_floats(path, self.taps.flatten(0, 1), sample_rate)


def has_response(kind: str) -> bool:
    """Whether all that a kind does is an impulse response."""
    processor = KINDS[kind]
    needed = [port for port in processor.inlets if port.required]
    return processor.lti and len(needed) == len(processor.outlets) == 1


def response_of(node: Node, sample_rate: int) -> StereoImpulseResponse:
    memory = KINDS[node.kind].memory({**node.parameters, **node.curves}, sample_rate)
    lead, tail = (math.ceil(seconds * sample_rate) for seconds in (memory.lead_s, memory.tail_s))
    impulses = torch.zeros(2, 2, lead + 1 + tail, dtype=torch.float64)
    impulses[0, 0, lead] = impulses[1, 1, lead] = 1
    made = run_node(node, {"input": impulses}, impulses, sample_rate, energy=False)["out"]
    return StereoImpulseResponse(_trimmed(made), lead)


def _trimmed(taps: Tensor) -> Tensor:
    left = taps.square().sum((0, 1)).flip(0).cumsum(0).flip(0)
    audible = int((left > left[0] * 10 ** (_SILENCE_DB / 10)).sum())
    return taps[..., : max(audible, 1)]


def responses_in(graph: Graph, nodes: list[int], folder: Path, sample_rate: int) -> dict[int, Path]:
    """Where the responses of nodes have been written, each in a file of its own."""
    found = {i: folder / f"node_{i}_{graph.nodes[i].kind}.wav" for i in nodes}
    with replacing(found.values()):
        for i, path in found.items():
            response_of(graph.nodes[i], sample_rate).save(path, sample_rate)
    return found
