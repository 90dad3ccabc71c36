"""Audio files through a graph, block by block: the memory does not grow with their length.

Intermediate signals that do not fit into a part of the memory are in unnamed files beside the result.

Shapes: C channel, T time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from unpatch.audio import load, opened, resample, stretches
from unpatch.audio.limits import check_length
from unpatch.audio.signals import resampled
from unpatch.audio.writing import save_blocks
from unpatch.graph.data import Graph
from unpatch.rendering.song import play
from unpatch.rendering.tape import Tape, TapeStore

if TYPE_CHECKING:
    from torch import Tensor

_STRETCH_S = 10.0
_BLOCK = 2**18


def record_files(paths: Sequence[Path], store: TapeStore) -> tuple[list[Tape], int]:
    """Files as stereo at the rate of the first, and that rate in Hz."""
    lengths: list[tuple[int, int]] = []
    for path in paths:
        with opened(path) as file:
            check_length(path, file.frames, file.samplerate)
            lengths.append((int(file.frames), int(file.samplerate)))
    to_hz = lengths[0][1]
    tapes = []
    for path, (frames, from_hz) in zip(paths, lengths, strict=True):
        most = -(-frames * to_hz // from_hz) + 1 if from_hz != to_hz else frames
        tapes.append(store.record(_blocks(path, from_hz, to_hz), most))
    return tapes, to_hz


def _blocks(path: Path, from_hz: int, to_hz: int) -> Iterator[Tensor]:
    return resampled((part.audio for part in stretches(path, _STRETCH_S)), from_hz, to_hz)


def play_to_file(
    graph: Graph, tapes: Sequence[Tape], sample_rate: int, store: TapeStore, *, energy: bool, output: Path
) -> float:
    """Write the graph's output, lowered where it exceeds full scale; returns its peak."""
    frames = max(tape.written for tape in tapes)
    wire = play(graph, iter(tapes), frames, sample_rate, store, energy=energy)
    peak = max(float(block.abs().amax()) for block in wire.blocks(frames, _BLOCK))
    lowered = (block / max(peak, 1.0) for block in wire.blocks(frames, _BLOCK))
    save_blocks(output, lowered, (2, frames), sample_rate)
    return peak


def load_together(paths: list[Path]) -> tuple[Tensor, int]:
    """Files at one sample rate and of one length: ``[S, 2, T]`` and the rate of the first."""
    loaded = [load(path) for path in paths]
    sample_rate = loaded[0][1]
    signals = [resample(audio, rate, sample_rate) for audio, rate in loaded]
    longest = max(signal.shape[-1] for signal in signals)
    padded = [torch.nn.functional.pad(signal, (0, longest - signal.shape[-1])) for signal in signals]
    return torch.stack(padded), sample_rate
